use crate::{
    catalog::{Action, table},
    lint::{Category, Check, Findings, Rule, StatementCx, rule, wording},
    policy::PolicyTypes,
    source::Severity,
};
use std::sync::OnceLock;

rule! {
    /// ## What it does
    /// Flags an action that AWS has retired or marks as deprecated, and actions of services that are closed.
    /// An entry with wildcards is flagged where all that it covers is retired. The help names the actions in
    /// its place, where AWS does.
    ///
    /// ## Why it matters
    /// What the entry was written for needs other actions now, so a user is denied, or a `Deny` stops
    /// nobody. The actions of the old billing console, `aws-portal`, have not been asked for since 2023.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "aws-portal:ViewAccount",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["account:GetAccountInformation", "account:GetContactInformation"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/migrate-granularaccess-iam-mapping-reference.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-deprecated",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "action that AWS has retired",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions() {
        // Few services have such actions.
        if !entry.has_exact_service() || !has_retired_actions(entry.service()) {
            continue;
        }
        let Some(actions) = cx.expand(entry).filter(|actions| !actions.is_empty()) else {
            continue;
        };
        let rows: Option<Vec<_>> = actions.iter().map(|action| row(*action)).collect();
        let Some(rows) = rows else {
            continue;
        };
        let name = entry.as_str();
        let what = if entry.has_wildcard() {
            format!("all that `{name}` covers")
        } else {
            format!("`{name}`")
        };
        let since = rows.first().and_then(|row| row.get(1)).copied();
        let message = match since.filter(|since| *since != "-") {
            Some(since) => format!("AWS has retired {what} ({since})"),
            None => format!("AWS calls {what} deprecated"),
        };
        let mut instead: Vec<_> = rows
            .iter()
            .filter_map(|row| row.get(2))
            .filter(|list| **list != "-")
            .flat_map(|list| list.split(", "))
            .collect();
        instead.dedup();
        let draft = out.report(entry.text().span(), message);
        if instead.is_empty() {
            draft.help("remove it, unless an account still needs it");
        } else {
            draft.help(format!("use {} in its place", wording::list_all(instead)));
        }
    }
}

/// What the table says of an action.
fn row(action: Action) -> Option<&'static [&'static str]> {
    let table = &table::DEPRECATED_ACTIONS;
    table
        .row(&action.full_name())
        .or_else(|| table.row(&format!("{}:*", action.service().prefix())))
}

/// Whether the table has actions of a service.
fn has_retired_actions(service: &str) -> bool {
    static SERVICES: OnceLock<Vec<&str>> = OnceLock::new();
    let services = SERVICES.get_or_init(|| {
        let rows = table::DEPRECATED_ACTIONS.rows().iter();
        let mut services: Vec<_> = rows
            .filter_map(|row| row.first()?.split(':').next())
            .collect();
        services.dedup();
        services
    });
    services.iter().any(|own| own.eq_ignore_ascii_case(service))
}

#[cfg(test)]
mod tests {
    use crate::{
        catalog::{Catalog, table},
        lint::testing::{allow, finding, fires, help, silent},
    };

    fires!(
        billing_console,
        allow(r#"["aws-portal:ViewBilling", "s3:GetObject"]"#, r#""*""#),
        "aws-portal:ViewBilling"
    );
    fires!(
        wildcard_over_retired_actions,
        allow(r#"["aws-portal:*Billing", "Robomaker:*"]"#, r#""*""#),
        "aws-portal:*Billing",
        "Robomaker:*"
    );
    fires!(
        letter_case,
        allow(r#""ec2:attachclassiclinkvpc""#, r#""*""#),
        "ec2:attachclassiclinkvpc"
    );
    silent!(
        wildcard_over_others_too,
        allow(r#"["ec2:*", "ses:Verify*", "*"]"#, r#""*""#)
    );
    silent!(
        others,
        allow(
            r#"["ec2:RunInstances", "ses:VerifyEmailIdentity", "robo:x"]"#,
            r#""*""#
        )
    );

    #[test]
    fn the_actions_in_its_place_are_named() {
        let text = allow(r#""rds-data:ExecuteSql""#, r#""*""#);
        assert_eq!(
            help(&super::RULE, &text),
            "use `rds-data:BatchExecuteStatement` and `rds-data:ExecuteStatement` in its place"
        );
        assert_eq!(
            finding(&super::RULE, &text).message,
            "AWS has retired `rds-data:ExecuteSql` (2019-03-21)"
        );
    }

    #[test]
    fn every_name_in_the_table_exists() {
        let catalog = Catalog::embedded();
        for row in table::DEPRECATED_ACTIONS.rows() {
            let names = row[2]
                .split(", ")
                .chain([row[0]])
                .filter(|name| *name != "-");
            for name in names {
                assert!(!catalog.actions_matching(name).is_empty(), "{name}");
            }
        }
    }
}
