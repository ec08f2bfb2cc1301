use crate::{
    catalog::{Action, ServiceConditionKey},
    lint::{
        Category, Check, Findings, Rule, StatementCx, TestCx,
        condition_key::{
            has_own_actions, holds_without_key, is_about_tags, is_of_identity_provider,
            may_take_unlisted, prefix,
        },
        rule, wording,
    },
    policy::{ActionPattern, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a key of a service on an action whose requests never have it. Of an entry with
    /// wildcards, only where none of the actions that it covers takes the key.
    ///
    /// Tags and keys of identity providers are left to other rules, and so are keys of a single
    /// action such as `iam:PassedToService`. Operators with `IfExists` and negated ones hold
    /// without the key, so nothing is lost by them.
    ///
    /// ## Why it matters
    /// A test of a key that is not there fails. `Allow` then never grants the action, and `Deny`
    /// never denies it, however the rest of the statement reads. The list of keys that an action
    /// takes is in the service authorization reference.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["s3:ListBucket", "s3:GetObject"],
    ///     "Resource": "*",
    ///     "Condition": {"StringLike": {"s3:prefix": "reports/*"}}
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
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "*",
    ///     "Condition": {"StringLike": {"s3:prefix": "reports/*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `UNSUPPORTED_ACTION_FOR_CONDITION_KEY`
    /// - parliament: `UNKNOWN_CONDITION_FOR_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unsupported-condition-key-for-action",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition key that an action never comes with",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let (statement, text) = (cx.statement, &cx.test.key);
    let (None, Some(key)) = (cx.key.global, cx.key.service) else {
        return;
    };
    if holds_without_key(cx.test) != Some(false) || is_left_to_others(text.as_str()) {
        return;
    }
    let entries = statement.listed_actions();
    let mut without = Vec::new();
    for entry in entries {
        match takes(statement, entry, key, text.as_str()) {
            Some(false) => without.push(entry),
            Some(true) => {}
            None => return,
        }
    }
    // One call to STS asks for several actions, and each is asked for with the keys of all.
    let some_take = without.len() < entries.len();
    if without.is_empty() || some_take && prefix(key.key()) == "sts" {
        return;
    }
    let carriers = cx.carriers(key);
    let is_another_rule = || has_own_actions(text.as_str()) && !statement.lists_one_of(&carriers);
    if carriers.is_empty() || is_another_rule() {
        return;
    }
    let names = wording::list(without.iter().map(|entry| entry.as_str()));
    let (verb, key) = (statement.verb(), text.as_str());
    let these = match without.as_slice() {
        [entry] if !entry.has_wildcard() => "it",
        _ => "these",
    };
    let message =
        format!("no request for {names} has `{key}`, so the statement never {verb} {these}");
    let mut draft = out.report(text.span(), message);
    for entry in without.iter().take(MOST_LABELS) {
        draft = draft.label(entry.text().span(), "never comes with the key");
    }
    draft.help(if some_take {
        format!("move {names} to a statement without `{key}`")
    } else {
        format!("`{key}` comes with {}", wording::list(carriers))
    });
}

/// How many actions are pointed at.
const MOST_LABELS: usize = 5;

fn is_left_to_others(key: &str) -> bool {
    is_about_tags(key) || is_of_identity_provider(key)
}

/// Whether an action that the entry covers takes the key; `None` where that cannot be told.
fn takes(
    statement: &StatementCx<'_>,
    entry: &ActionPattern,
    key: ServiceConditionKey,
    name: &str,
) -> Option<bool> {
    if entry.covers_everything() {
        return Some(true);
    }
    let actions = statement.expand(entry)?;
    if !statement.can_afford(actions.len() * 8) {
        return None;
    }
    let owner = family(key.key());
    let may = |action: &Action| {
        let own = action.service().prefix();
        // `s3-outposts` and its like share keys with `s3` here and there.
        own != prefix(key.key()) && family(own) == owner
            || action.takes_condition_key(key)
            || may_take_unlisted(&action.full_name(), name)
    };
    // An entry that covers nothing is another rule's.
    Some(actions.is_empty() || actions.iter().any(may))
}

/// The first word of the prefix of a service.
fn family(name: &str) -> &str {
    prefix(name).split('-').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, help, silent, statement},
        source::Severity,
    };

    fn on(effect: &str, actions: &str, operator: &str, key: &str) -> String {
        statement(&format!(
            r#""Effect": "{effect}", "Action": {actions}, "Resource": "*",
               "Condition": {{"{operator}": {{"{key}": "x"}}}}"#
        ))
    }

    fires!(
        aa_unsupported_action_for_condition_key,
        on(
            "Allow",
            r#"["s3:ListBucket", "s3:GetObject"]"#,
            "StringLike",
            "s3:prefix"
        ),
        "s3:prefix"
    );
    fires!(
        wildcard_of_actions_without_it,
        on("Deny", r#""s3:GetObj*""#, "StringEquals", "S3:Prefix"),
        "S3:Prefix"
    );
    fires!(
        key_of_another_service,
        on(
            "Allow",
            r#""sqs:SendMessage""#,
            "ForAnyValue:StringEquals",
            "s3:prefix"
        ),
        "s3:prefix"
    );
    silent!(
        wildcard_of_actions_with_it,
        on(
            "Allow",
            r#"["s3:List*", "s3:*", "*"]"#,
            "StringEquals",
            "s3:prefix"
        )
    );
    silent!(
        holds_without_the_key,
        on(
            "Allow",
            r#""s3:GetObject""#,
            "StringEqualsIfExists",
            "s3:prefix"
        )
    );
    silent!(
        negated,
        on("Deny", r#""s3:GetObject""#, "StringNotEquals", "s3:prefix")
    );
    silent!(
        all_but_some_actions,
        statement(
            r#""Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*",
               "Condition": {"StringEquals": {"s3:prefix": "x"}}"#
        )
    );
    silent!(
        one_call_asks_for_both,
        on(
            "Allow",
            r#"["sts:AssumeRole", "sts:TagSession"]"#,
            "StringEquals",
            "sts:ExternalId"
        )
    );
    silent!(
        keys_of_all_services,
        on(
            "Allow",
            r#""s3:GetObject""#,
            "StringEquals",
            "aws:SourceVpce"
        )
    );
    silent!(
        unknown_actions_and_keys,
        on(
            "Allow",
            r#"["s3:Nothing", "x:Y"]"#,
            "StringEquals",
            "s3:prefix"
        )
    );
    silent!(
        keys_that_aws_itself_uses_so,
        on(
            "Allow",
            r#""aws-marketplace:Subscribe""#,
            "StringEquals",
            "aws-marketplace:ProductId"
        )
    );
    silent!(
        keys_of_one_action_are_another_rule,
        on(
            "Allow",
            r#"["iam:GetRole", "x:Y"]"#,
            "StringEquals",
            "iam:PassedToService"
        )
    );

    #[test]
    fn the_help_names_the_way_out() {
        let text = on(
            "Allow",
            r#"["s3:ListBucket", "s3:GetObject"]"#,
            "StringLike",
            "s3:prefix",
        );
        assert_eq!(
            help(&super::RULE, &text),
            "move `s3:GetObject` to a statement without `s3:prefix`"
        );
        let found = finding(&super::RULE, &text);
        assert_eq!(found.labels.len(), 1);
        assert_eq!(found.severity, Severity::Error);
        let text = on("Deny", r#""s3:GetObject""#, "StringLike", "s3:prefix");
        assert_eq!(
            help(&super::RULE, &text),
            "`s3:prefix` comes with `s3:ListBucket` and `s3:ListBucketVersions`"
        );
        let message = finding(&super::RULE, &text).message;
        assert!(
            message.ends_with("the statement never denies it"),
            "{message}"
        );
    }
}
