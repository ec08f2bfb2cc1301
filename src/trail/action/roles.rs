//! The roles that a call hands on to a service, for which `iam:PassRole` is asked.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>

use super::{Asked, Parameters, Part};
use crate::catalog::{Catalog, OperationAction, table::PASSED_ROLES};

/// Calls that hand on roles which stand elsewhere, if there are any: in a task definition or a launch
/// template; and the parameters of which one must be there, none where the call always does.
const FROM_ELSEWHERE: [(&str, &[&str]); 12] = [
    ("autoscaling:CreateAutoScalingGroup", &LAUNCH),
    ("autoscaling:UpdateAutoScalingGroup", &LAUNCH),
    ("ec2:CreateFleet", &[]),
    ("ec2:ModifyFleet", &["launchTemplateConfigs"]),
    (
        "ec2:RequestSpotFleet",
        &["spotFleetRequestConfig.launchTemplateConfigs"],
    ),
    ("ec2:RunInstances", &["launchTemplate"]),
    ("ecs:CreateService", &[]),
    ("ecs:CreateTaskSet", &[]),
    ("ecs:RunTask", &[]),
    ("ecs:StartTask", &[]),
    ("ecs:UpdateService", &["taskDefinition"]),
    ("eks:CreateNodegroup", &["launchTemplate"]),
];

const LAUNCH: [&str; 3] = [
    "launchConfigurationName",
    "launchTemplate",
    "mixedInstancesPolicy",
];

/// Members that the map takes for roles and that are something else: names and searches in a directory,
/// a user of a database.
const NO_ROLES: [&str; 2] = ["LdapServerMetadata.", "MasterBackendRole"];

/// Adds `iam:PassRole` for the roles that the parameters name.
pub(super) fn add(
    catalog: Catalog,
    (prefix, name): (&str, &str),
    parameters: &Parameters,
    asked: &mut Vec<Asked>,
) {
    let Some(action) = catalog.action("iam:PassRole") else {
        return;
    };
    let described = catalog.operation(prefix, name).into_iter();
    let described = described
        .flat_map(crate::catalog::Operation::actions)
        .filter(|one| one.action() == "iam:PassRole")
        .filter(|one| one.when().is_none_or(|path| parameters.has(path)));
    let mut passed: Vec<Option<&'static str>> = Vec::new();
    for one in described {
        match template(one) {
            // Some role is passed: the one in the instance profile.
            Some("*") => {
                let is_profile = |path: &str| path.contains("InstanceProfile");
                if prefix != "iam" && one.when().is_some_and(is_profile) {
                    passed.push(None);
                }
            }
            template => passed.push(template),
        }
    }
    let operation = format!("{prefix}:{name}");
    let listed = PASSED_ROLES.rows_of(&operation);
    passed.extend(listed.filter_map(|row| row.get(1).copied()).map(Some));
    passed.retain(|template| template.is_none_or(|template| names_a_role(template, parameters)));
    passed.dedup();
    asked.extend(passed.into_iter().map(|template| Asked {
        action,
        part: Part::PassRole(template),
    }));
}

/// Where the map has the role of an `iam:PassRole`.
fn template(described: OperationAction) -> Option<&'static str> {
    let of_type = || described.arns().next().map(|(_, template)| template);
    described.arn_override().or_else(of_type)
}

/// Whether the parameters in a template are there, and are a role.
fn names_a_role(template: &str, parameters: &Parameters) -> bool {
    let mut paths = template
        .split("${")
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .filter(|name| !["Partition", "Region", "Account"].contains(name))
        .peekable();
    // Services have their service-linked roles without anybody passing them.
    let is_passed = |path: &str| {
        let roles = parameters.texts(path);
        is_role_path(path)
            && !roles.is_empty()
            && !roles
                .iter()
                .any(|role| role.contains(":role/aws-service-role/"))
    };
    paths.peek().is_some() && paths.all(is_passed)
}

fn is_role_path(path: &str) -> bool {
    let member = path.rsplit('.').next().unwrap_or(path);
    let is_named = member.to_ascii_lowercase().contains("role") || path.contains("InstanceProfile");
    is_named && !NO_ROLES.iter().any(|text| path.contains(text))
}

/// Whether a call can hand on a role that the event does not name.
pub(in crate::trail) fn may_pass_another(
    (prefix, name): (&str, &str),
    parameters: &Parameters,
) -> bool {
    let full = format!("{prefix}:{name}");
    FROM_ELSEWHERE.iter().any(|(operation, needed)| {
        *operation == full && (needed.is_empty() || needed.iter().any(|path| parameters.has(path)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_operations_pass_roles_of_parameters() {
        for row in PASSED_ROLES.rows() {
            let path = row[1]
                .strip_prefix("${")
                .and_then(|rest| rest.strip_suffix('}'));
            assert!(path.is_some_and(is_role_path), "{row:?}");
            let (prefix, _) = row[0].split_once(':').unwrap();
            assert!(Catalog::embedded().service(prefix).is_some(), "{row:?}");
        }
    }

    #[test]
    fn what_is_no_role_is_not_passed() {
        for path in [
            "httpConfig.authorizationConfig.awsIamConfig.signingRegion",
            "LdapServerMetadata.RoleBase",
            "AdvancedSecurityOptions.SAMLOptions.MasterBackendRole",
            "IamUserArn",
            "NeptuneSettings.IamAuthEnabled",
        ] {
            assert!(!is_role_path(path), "{path}");
        }
        assert!(is_role_path("RoleArn") && is_role_path("IamRoles[]") && is_role_path("nodeRole"));
    }
}
