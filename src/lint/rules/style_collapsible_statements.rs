use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, covering, rule, wording},
    policy::{PolicyTypes, Statement},
    source::Severity,
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags statements that are the same but for their `Action`, or the same but for their
    /// `Resource`. Once for each group of them, and not where all but one have a `Sid`: those are kept
    /// apart on purpose. Lists under `NotAction` and `NotResource` cannot be put together.
    ///
    /// ## Why it matters
    /// One statement with both lists is shorter, and the next change of its condition or its resources
    /// is made once.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "Read",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Sid": "Write",
    ///     "Effect": "Allow",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "style-collapsible-statements",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "statements that could be one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// The most statements of a group that are looked through for ones that cover each other.
const MOST: usize = 100;

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let statements = &cx.policy.statements;
    // A statement without Sid is one of each group, and there are two in it.
    let unnamed = statements.iter().filter(|each| !has_sid(each)).count();
    if unnamed == 0 || statements.len() < 2 {
        return;
    }
    let mut by_resources: BTreeMap<String, Vec<&Statement>> = BTreeMap::new();
    let mut by_actions: BTreeMap<String, Vec<&Statement>> = BTreeMap::new();
    for statement in statements {
        let Some(keys) = keys(statement) else {
            continue;
        };
        if let Some(resources) = keys.resources {
            by_resources
                .entry(format!("{}{resources}", keys.rest))
                .or_default()
                .push(statement);
        }
        if let Some(actions) = keys.actions {
            by_actions
                .entry(format!("{}{actions}", keys.rest))
                .or_default()
                .push(statement);
        }
    }
    for (groups, differing) in [(by_resources, "Action"), (by_actions, "Resource")] {
        for group in groups.into_values() {
            report(cx, &group, differing, out);
        }
    }
}

fn has_sid(statement: &Statement) -> bool {
    statement.has_element("Sid")
}

/// What has to be the same in two statements.
struct Keys {
    /// Effect, principals and condition.
    rest: String,
    /// The resources, of a statement whose actions can be put together with others.
    resources: Option<String>,
    /// The actions, of a statement whose resources can be put together with others.
    actions: Option<String>,
}

fn keys(statement: &Statement) -> Option<Keys> {
    let rest = format!(
        "{}\n{}",
        covering::principals_text(statement)?,
        covering::condition_text(statement)?
    );
    let actions = statement
        .action
        .as_ref()
        .or(statement.not_action.as_ref())?;
    if !actions.is_whole() {
        return None;
    }
    let resources = statement
        .resource
        .as_ref()
        .or(statement.not_resource.as_ref());
    if resources.is_some_and(|element| !element.is_whole()) {
        return None;
    }
    let name = |positive: bool| if positive { "\n+\n" } else { "\n-\n" };
    let resources = resources.map(|element| {
        let name = name(statement.resource.is_some());
        format!("{name}{}", covering::entries_text(element))
    });
    let actions = format!(
        "{}{}",
        name(statement.action.is_some()),
        covering::entries_text(actions).to_ascii_lowercase()
    );
    Some(Keys {
        rest,
        resources: resources.clone().filter(|_| statement.action.is_some()),
        actions: resources.and(statement.resource.is_some().then_some(actions)),
    })
}

fn report(cx: &DocumentCx<'_>, group: &[&Statement], differing: &str, out: &mut Findings<'_>) {
    let is_covered = |statement: &&&Statement| {
        // Those are another rule's.
        group.len() <= MOST
            && group.iter().any(|other| {
                other.index != statement.index
                    && covering::covers_actions(&cx.statement(other), statement)
                    && covering::covers_resources(&cx.statement(other), statement)
            })
    };
    let group: Vec<_> = group
        .iter()
        .filter(|statement| !is_covered(statement))
        .collect();
    let [first, others @ ..] = group.as_slice() else {
        return;
    };
    let Some(statement) = others.iter().find(|each| !has_sid(each) || !has_sid(first)) else {
        return;
    };
    let (message, help) = if differing == "Action" {
        ("the same but for `Action`", "put the actions into one list")
    } else {
        (
            "the same but for `Resource`",
            "put the resources into one list",
        )
    };
    let handle = |statement: &Statement| {
        let resource = statement
            .resource
            .as_ref()
            .filter(|_| differing == "Resource");
        let action = statement.action.as_ref().filter(|_| differing == "Action");
        resource
            .map(|element| element.key_span)
            .or(action.map(|element| element.key_span))
            .unwrap_or_else(|| covering::name_span(statement))
    };
    let message = format!("{} and {} are {message}", first.title(), statement.title());
    let mut draft = out
        .report(handle(statement), message)
        .label(handle(first), "could be one with this")
        .help(help);
    let more = others.iter().filter(|each| each.index != statement.index);
    for other in more.take(wording::MOST) {
        draft = draft.label(handle(other), "this as well");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fn policy(first: &str, second: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {first}}}, {{"Effect": "Allow", {second}}}]}}"#
        )
    }

    const READ: &str =
        r#""Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]"#;
    const WRITE: &str =
        r#""Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"]"#;

    fires!(other_actions, policy(READ, WRITE), "Action");
    fires!(
        other_resources,
        policy(
            READ,
            r#""Resource": "arn:aws:s3:::c/*", "Action": ["S3:getObject"]"#
        ),
        "Resource"
    );
    fires!(
        one_of_them_named,
        policy(&format!(r#""Sid": "Read", {READ}"#), WRITE),
        "Action"
    );
    fires!(
        under_the_same_condition,
        policy(
            &format!(
                r#"{READ}, "Condition": {{"StringEquals": {{"aws:PrincipalTag/a": ["x", "y"]}}}}"#
            ),
            &format!(
                r#"{WRITE}, "Condition": {{"StringEquals": {{"aws:principalTag/a": ["y", "x"]}}}}"#
            )
        ),
        "Action"
    );
    silent!(
        both_named,
        policy(
            &format!(r#""Sid": "Read", {READ}"#),
            &format!(r#""Sid": "Write", {WRITE}"#)
        )
    );
    silent!(
        another_condition,
        policy(
            READ,
            &format!(r#"{WRITE}, "Condition": {{"Bool": {{"aws:SecureTransport": "true"}}}}"#)
        )
    );
    silent!(
        exceptions,
        policy(
            r#""NotAction": "s3:*", "Resource": "*""#,
            r#""NotAction": "sqs:*", "Resource": "*""#
        )
    );
    silent!(
        one_covers_the_other,
        policy(
            READ,
            r#""Action": "s3:*", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]"#
        )
    );
    silent!(
        other_actions_on_other_resources,
        policy(
            READ,
            r#""Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*""#
        )
    );
}
