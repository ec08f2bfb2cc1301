use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx, rule,
        tag_conditions::{Untagged, has_no_resource},
        wording,
    },
    policy::{Effect, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a test of `aws:ResourceTag/..`, `aws:RequestTag/..` or `aws:TagKeys` in an `Allow` on
    /// a service that has no tags. Of `*` and `NotAction`, all such services are one finding.
    ///
    /// Also flags, as a medium finding, a test of `aws:ResourceTag/..` where every action only
    /// looks things up without working on a resource, such as `ec2:DescribeInstances`: nothing is
    /// there that could have the tag.
    ///
    /// ## Why it matters
    /// The test fails for these actions, so the statement does not grant them.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "support:DescribeCases",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}
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
    ///     "Action": "ec2:StartInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
    /// - Access Analyzer: `ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`, `ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "tag-key-unsupported-allow",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "allowed by a tag, for a service without tags",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if cx.statement.effect() != Some(Effect::Allow) {
        return;
    }
    let text = &cx.test.key;
    let key = text.as_str();
    let Some(untagged) = Untagged::of(cx) else {
        if has_no_resource(cx) {
            let message = "none of the actions works on a resource that could have the tag, so the \
                           statement never grants anything";
            out.report(text.span(), message)
                .severity(Severity::Medium)
                .help("remove the test, or test a tag of the caller");
        }
        return;
    };
    let services = wording::list(untagged.services.iter().map(|service| service.prefix()));
    let message =
        format!("requests to {services} never have `{key}`: none of their actions is granted");
    let mut draft = out.report(text.span(), message);
    for span in untagged.spans.into_iter().take(MOST_LABELS) {
        draft = draft.label(span, "covers services without tags");
    }
    draft.help("allow their actions in a statement without the test");
}

/// How many entries are pointed at.
const MOST_LABELS: usize = 5;

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    fn on(actions: &str, operator: &str, key: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", {actions}, "Resource": "*",
               "Condition": {{"{operator}": {{"{key}": "x"}}}}"#
        ))
    }

    fires!(
        aa_allow_with_unsupported_tag_condition_key_for_service,
        on(
            r#""Action": "support:*""#,
            "StringEquals",
            "aws:ResourceTag/team"
        ),
        "aws:ResourceTag/team"
    );
    fires!(
        aa_allow_notaction_with_unsupported_tag_condition_key_for_service,
        on(
            r#""NotAction": "iam:*""#,
            "StringLike",
            "AWS:requesttag/team"
        ),
        "AWS:requesttag/team"
    );
    fires!(
        nothing_to_have_the_tag,
        on(
            r#""Action": ["ec2:DescribeInstances", "ec2:DescribeVpcs"]"#,
            "StringEquals",
            "aws:ResourceTag/a"
        ),
        "aws:ResourceTag/a"
    );
    silent!(
        services_with_tags,
        on(
            r#""Action": ["ec2:*", "s3:GetObject"]"#,
            "StringEquals",
            "aws:ResourceTag/a"
        )
    );
    silent!(
        holds_without_the_key,
        on(
            r#""Action": "*""#,
            "StringEqualsIfExists",
            "aws:ResourceTag/a"
        )
    );
    silent!(
        tags_of_the_caller,
        on(r#""Action": "*""#, "StringEquals", "aws:PrincipalTag/a")
    );
    silent!(
        denied,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*",
               "Condition": {"StringEquals": {"aws:ResourceTag/a": "x"}}"#
        )
    );

    #[test]
    fn a_statement_that_grants_nothing_matters_more() {
        let of = |actions: &str| {
            severity(
                &super::RULE,
                &on(actions, "StringEquals", "aws:ResourceTag/a"),
            )
        };
        assert_eq!(of(r#""Action": "*""#), Severity::Low);
        assert_eq!(of(r#""Action": "ec2:DescribeVpcs""#), Severity::Medium);
    }
}
