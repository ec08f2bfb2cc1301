use crate::{
    catalog::{Action, ActionResource, ResourceType},
    lint::{
        Category, Check, DocumentCx, Findings, Rule, StatementCx, arn_fields, listed::Listed, rule,
        wording,
    },
    policy::{ActionPattern, Case, Effect, PolicyType, PolicyTypes, Wildcard},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `ec2:RunInstances`, `ec2:AttachVolume` and `ec2:DetachVolume`, which need resources of several
    /// types, where the `Allow` statements of the policy list some of the types and not the others:
    /// `instance/*` without an image. All statements of the policy that allow the action are looked at
    /// together. For other actions AWS's reference does not tell whether a call needs all types or one.
    ///
    /// It is `low`, because another policy of the same role may list the rest.
    ///
    /// ## Why it matters
    /// A call is allowed only if each of its resources is. With one of them missing, every call is denied.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:RunInstances",
    ///     "Resource": "arn:aws:ec2:*:123456789012:instance/*"
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
    ///     "Action": "ec2:RunInstances",
    ///     "Resource": ["arn:aws:ec2:*:123456789012:*", "arn:aws:ec2:*::image/*"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - parliament: `RESOURCE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-partial-match",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "action that needs resources of a type that is not listed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// Actions each of whose types every call needs. Elsewhere the reference calls types required of which a
/// call needs one or the other, such as the listeners of load balancers.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html>
const ACTIONS: [&str; 3] = ["ec2:AttachVolume", "ec2:DetachVolume", "ec2:RunInstances"];

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let mut told: Vec<Action> = Vec::new();
    for statement in cx.statements() {
        if !statement.statement.has_effect(Effect::Allow) || statement.listed_arns().is_empty() {
            continue;
        }
        for entry in statement.listed_actions() {
            let known = ACTIONS
                .iter()
                .find(|name| name.eq_ignore_ascii_case(entry.as_str()));
            let Some(action) = known.and_then(|name| cx.catalog.action(name)) else {
                continue;
            };
            let needed: Vec<_> = action
                .resources()
                .filter(|resource| resource.required())
                .map(ActionResource::resource_type)
                .collect();
            if needed.len() < 2 || told.contains(&action) {
                continue;
            }
            told.push(action);
            let Some(missing) = missing(cx, action, &needed) else {
                return;
            };
            if !missing.is_empty() && missing.len() < needed.len() {
                report(entry, action, &missing, out);
            }
        }
    }
}

fn report(entry: &ActionPattern, action: Action, missing: &[ResourceType], out: &mut Findings<'_>) {
    let names = missing.iter().map(|kind| kind.name());
    let forms = missing.iter().map(|kind| kind.arn_template());
    out.report(
        entry.text().span(),
        format!(
            "`{action}` needs a resource of type {} as well, and the policy allows it on none",
            wording::list(names)
        ),
    )
    .help(format!(
        "add {}, as far as calls need it",
        wording::list(forms)
    ));
}

/// The types of which no statement that allows the action lists a resource; `None` where there is no
/// effort left to tell.
fn missing(
    cx: &DocumentCx<'_>,
    action: Action,
    needed: &[ResourceType],
) -> Option<Vec<ResourceType>> {
    let mut missing = needed.to_vec();
    let name = action.full_name();
    for statement in cx.statements() {
        if missing.is_empty() {
            break;
        }
        if !statement.can_afford(statement.listed_actions().len() + 1) {
            return None;
        }
        if !statement.statement.has_effect(Effect::Allow) || !may_allow(&statement, &name) {
            continue;
        }
        let Some(mut listed) = Listed::new(&statement) else {
            // `*`, `NotResource`, or something that cannot be told.
            return Some(Vec::new());
        };
        if listed
            .arns
            .iter()
            .any(|(_, arn)| arn_fields::is_faulty(&statement, arn))
        {
            return Some(Vec::new());
        }
        missing.retain(|kind| !listed.holds(*kind));
    }
    Some(missing)
}

/// Whether a statement may be about an action.
fn may_allow(cx: &StatementCx<'_>, name: &str) -> bool {
    let Some(element) = &cx.statement.action else {
        return true;
    };
    element.unread > 0
        || element.unfilled.iter().any(|entry| entry.may_match(name))
        || element
            .entries
            .iter()
            .any(|entry| Wildcard::new(entry.as_str(), Case::Ignored).matches(name))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, silent};

    fires!(
        instances_without_images,
        allow(r#""ec2:RunInstances""#, r#""arn:aws:ec2:*:*:instance/*""#),
        "ec2:RunInstances"
    );
    fires!(
        in_two_statements,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "EC2:runinstances", "Resource": "arn:aws:ec2:*:*:instance/*"},
            {"Effect": "Allow", "Action": "ec2:Run*", "Resource": "arn:aws:ec2:*:*:volume/*"}]}"#,
        "EC2:runinstances",
    );
    silent!(
        the_rest_in_another_statement,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*"},
            {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": ["arn:aws:ec2:*:*:*", "arn:aws:ec2:*::image/*"]}]}"#
    );
    silent!(
        star_in_another_statement,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*"},
            {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}"#
    );
    silent!(
        one_type,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#)
    );
    silent!(
        none_of_the_types,
        allow(r#""ec2:RunInstances""#, r#""arn:aws:sqs:*:*:x""#)
    );
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*"}}"#
    );

    #[test]
    fn the_types_are_named() {
        let text = allow(
            r#""ec2:RunInstances""#,
            r#"["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:network-interface/*", "arn:aws:ec2:*:*:s*", "arn:aws:ec2:*:*:volume/*"]"#,
        );
        assert_eq!(
            finding(&super::RULE, &text).message,
            "`ec2:RunInstances` needs a resource of type `image` as well, and the policy allows it on none"
        );
    }
}
