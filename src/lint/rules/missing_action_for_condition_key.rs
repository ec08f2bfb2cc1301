use crate::{
    catalog::ServiceConditionKey,
    lint::{
        Category, Check, Findings, Rule, StatementCx, TestCx,
        condition_key::{has_own_actions, holds_without_key, may_take_unlisted},
        rule, wording,
    },
    policy::{ActionPattern, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a key that exists for one or a few actions, such as `iam:PassedToService` for
    /// `iam:PassRole`, in a statement that lists none of them.
    ///
    /// ## Why it matters
    /// The test can only fail, so the statement does nothing: whoever reads it takes the role for
    /// guarded, and it is not. Mostly the action was moved to a statement of its own and the
    /// condition stayed behind.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:RunInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
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
    ///     "Action": "iam:PassRole",
    ///     "Resource": "arn:aws:iam::123456789012:role/web",
    ///     "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `MISSING_ACTION_FOR_CONDITION_KEY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-action-for-condition-key",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition key without the action that alone has it",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let text = &cx.test.key;
    if !has_own_actions(text.as_str()) || holds_without_key(cx.test) != Some(false) {
        return;
    }
    let (statement, Some(key)) = (cx.statement, cx.key.service) else {
        return;
    };
    let Some(element) = &statement.statement.action else {
        return;
    };
    // What a template fills in, or is not readable, may be the action.
    if element.unread > 0 || !element.unfilled.is_empty() || element.entries.is_empty() {
        return;
    }
    let mut entries = element.entries.iter();
    if entries.any(|entry| may_take(statement, entry, key, text.as_str())) {
        return;
    }
    let carriers = cx.carriers(key);
    if carriers.is_empty() {
        return;
    }
    let actions = wording::list(&carriers);
    let message = format!(
        "only requests for {actions} have `{}`{}",
        text.as_str(),
        cx.consequence()
    );
    out.report(text.span(), message)
        .label(element.span, "not one of these actions has the key")
        .help(format!("add {actions}, or remove the test"));
}

/// Whether an action that the entry covers takes the key, by the reference or by what else is known
/// of it; yes where that cannot be told.
fn may_take(
    statement: &StatementCx<'_>,
    entry: &ActionPattern,
    key: ServiceConditionKey,
    name: &str,
) -> bool {
    if entry.covers_everything() {
        return true;
    }
    statement.expand(entry).is_none_or(|actions| {
        !statement.can_afford(actions.len() * 8)
            || actions.iter().any(|action| {
                action.takes_condition_key(key) || may_take_unlisted(&action.full_name(), name)
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, silent, statement};

    fn on(effect: &str, actions: &str, operator: &str, key: &str) -> String {
        statement(&format!(
            r#""Effect": "{effect}", "Action": {actions}, "Resource": "*",
               "Condition": {{"{operator}": {{"{key}": "x"}}}}"#
        ))
    }

    fires!(
        aa_missing_action_for_condition_key,
        on(
            "Allow",
            r#"["iam:GetRole", "ec2:RunInstances"]"#,
            "StringEquals",
            "iam:PassedToService"
        ),
        "iam:PassedToService"
    );
    fires!(
        letter_case_and_wildcards,
        on("Deny", r#""iam:List*""#, "StringLike", "IAM:awsservicename"),
        "IAM:awsservicename"
    );
    silent!(
        the_action_is_there,
        on(
            "Allow",
            r#"["iam:passrole", "ec2:RunInstances"]"#,
            "StringEquals",
            "iam:PassedToService"
        )
    );
    silent!(
        a_wildcard_covers_the_action,
        on(
            "Allow",
            r#""iam:Pass*""#,
            "StringEquals",
            "iam:PassedToService"
        )
    );
    silent!(
        what_services_document_for_their_roles,
        on(
            "Allow",
            r#"["iam:DeleteServiceLinkedRole", "iam:Get*"]"#,
            "StringLike",
            "iam:AWSServiceName"
        )
    );
    silent!(
        everything,
        on("Allow", r#""*""#, "StringEquals", "iam:PassedToService")
    );
    silent!(
        holds_without_the_key,
        on(
            "Allow",
            r#""ec2:RunInstances""#,
            "StringEqualsIfExists",
            "iam:PassedToService"
        )
    );
    silent!(
        a_template_may_fill_it_in,
        on(
            "Allow",
            r#"["ec2:RunInstances", "${var.action}"]"#,
            "StringEquals",
            "iam:PassedToService"
        )
    );
    silent!(
        keys_of_many_actions,
        on(
            "Allow",
            r#""ec2:RunInstances""#,
            "StringEquals",
            "ec2:Region"
        )
    );

    #[test]
    fn the_message_names_the_actions() {
        let text = on(
            "Allow",
            r#""ec2:RunInstances""#,
            "StringEquals",
            "iam:PassedToService",
        );
        assert_eq!(
            finding(&super::RULE, &text).message,
            "only requests for `iam:PassRole` have `iam:PassedToService`, so the statement never \
             grants anything"
        );
    }
}
