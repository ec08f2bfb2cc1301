use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, rule, tag_conditions::Untagged, wording},
    policy::{Effect, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a test of `aws:ResourceTag/..`, `aws:RequestTag/..` or `aws:TagKeys` in a `Deny` on a
    /// service that has no tags. Of `*` and `NotAction`, all such services are one finding, a
    /// medium one: whoever denies everything by a tag may know that not everything has tags.
    ///
    /// ## Why it matters
    /// The test fails for these actions, so they are not denied, and the fence has a gap.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "support:CreateCase",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:ResourceTag/locked": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "lambda:DeleteFunction",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:ResourceTag/locked": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
    /// - Access Analyzer: `DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`, `DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "tag-key-unsupported-deny",
        category: Category::Security,
        severity: Severity::High,
        summary: "denied by a tag, for a service without tags",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if cx.statement.effect() != Some(Effect::Deny) {
        return;
    }
    let Some(untagged) = Untagged::of(cx) else {
        return;
    };
    let text = &cx.test.key;
    let key = text.as_str();
    let services = wording::list(untagged.services.iter().map(|service| service.prefix()));
    let message =
        format!("requests to {services} never have `{key}`: none of their actions is denied");
    let mut draft = out.report(text.span(), message);
    for span in untagged.spans.into_iter().take(MOST_LABELS) {
        draft = draft.label(span, "covers services without tags");
    }
    if untagged.wide {
        draft = draft.severity(Severity::Medium);
    }
    draft.help("deny their actions in a statement without the test");
}

/// How many entries are pointed at.
const MOST_LABELS: usize = 5;

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, silent, statement},
        source::Severity,
    };

    fn on(actions: &str, operator: &str, key: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", {actions}, "Resource": "*",
               "Condition": {{"{operator}": {{"{key}": "x"}}}}"#
        ))
    }

    fires!(
        aa_deny_with_unsupported_tag_condition_key_for_service,
        on(
            r#""Action": ["ec2:*", "support:Get*"]"#,
            "StringEquals",
            "aws:ResourceTag/team"
        ),
        "aws:ResourceTag/team"
    );
    fires!(
        aa_deny_notaction_with_unsupported_tag_condition_key_for_service,
        on(
            r#""NotAction": "iam:*""#,
            "ForAnyValue:StringNotLike",
            "AWS:tagkeys"
        ),
        "AWS:tagkeys"
    );
    silent!(
        services_with_tags,
        on(
            r#""Action": ["ec2:*", "lambda:DeleteFunction"]"#,
            "StringEquals",
            "aws:ResourceTag/a"
        )
    );
    silent!(
        negated_tests_deny_without_the_tag,
        on(r#""Action": "*""#, "StringNotEquals", "aws:ResourceTag/a")
    );
    silent!(
        passed_on_to_other_services,
        on(
            r#""Action": "tag:TagResources""#,
            "ForAnyValue:StringEquals",
            "aws:TagKeys"
        )
    );

    #[test]
    fn denying_everything_by_a_tag_matters_less() {
        let of = |actions: &str| {
            finding(
                &super::RULE,
                &on(actions, "StringEquals", "aws:ResourceTag/a"),
            )
        };
        assert_eq!(of(r#""Action": "*""#).severity, Severity::Medium);
        let named = of(r#""Action": "support:*""#);
        assert_eq!(named.severity, Severity::High);
        assert!(
            named.message.contains("requests to `support` never have"),
            "{}",
            named.message
        );
    }
}
