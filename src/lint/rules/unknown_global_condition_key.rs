use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_key::{is_retired, lacks_tag_name, may_exist, prefix},
        edits, rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a key that starts with `aws:` and that AWS does not have. Letter case does not matter.
    ///
    /// ## Why it matters
    /// IAM takes the document all the same. No request has the key: a positive test of it never
    /// holds, and one with `IfExists` or a negated one always does. A `Deny` may thus deny nothing,
    /// or everything.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIPs": "203.0.113.0/24"}}
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `INVALID_GLOBAL_CONDITION_KEY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-global-condition-key",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition key of `aws:` that does not exist",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let (text, catalog) = (&cx.test.key, cx.statement.catalog);
    let key = text.as_str();
    if cx.key.is_known() || !prefix(key).eq_ignore_ascii_case("aws") || key.len() <= "aws:".len() {
        return;
    }
    if may_exist(catalog, key) || lacks_tag_name(catalog, key) || is_retired(key) {
        return;
    }
    let message = format!("there is no condition key `{key}`{}", cx.consequence());
    let draft = out.report(text.span(), message);
    match catalog.nearest_condition_key(key) {
        Some(near) => draft.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            Safety::Unsafe,
            vec![edits::replace(text.content_span(), near)],
        ),
        None => draft.help("the IAM user guide lists the keys that start with `aws:`"),
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, help, silent, statement, under};

    fires!(
        aa_invalid_global_condition_key,
        under(r#"{"StringEquals": {"aws:SourceIPs": "x"}}"#),
        "aws:SourceIPs"
    );
    fires!(
        each_of_several,
        under(
            r#"{"StringLike": {"AWS:Nothing": "x", "aws:SourceIp": "x", "aws:RequestTags/a": "b"}}"#
        ),
        "AWS:Nothing",
        "aws:RequestTags/a"
    );
    silent!(
        letter_case,
        under(r#"{"StringLike": {"AWS:sourceip": "x", "aws:principaltag/a": "b"}}"#)
    );
    silent!(
        what_a_template_fills_in,
        under(r#"{"StringLike": {"aws:${var.key}": "x", "${var.key}": "x"}}"#)
    );
    silent!(
        what_aws_itself_writes,
        under(r#"{"StringLike": {"aws:PrincipalOrgMasterAccountId": "123456789012"}}"#)
    );
    silent!(
        other_rules_have_these,
        under(
            r#"{"StringLike": {"aws:": "a", "aws:ResourceTag": "x", "aws:ARN": "x", "s3:foo": "x"}}"#
        )
    );

    #[test]
    fn slips_are_mended() {
        let with = |key: &str| under(&format!(r#"{{"StringLike": {{"{key}": "x"}}}}"#));
        for (wrong, right) in [
            ("aws:SourceIPs", "aws:SourceIp"),
            ("aws:ResourceTags/a/b", "aws:ResourceTag/a/b"),
        ] {
            assert_eq!(
                help(&super::RULE, &with(wrong)),
                format!("did you mean `{right}`?")
            );
            assert_eq!(fixed(&super::RULE, &with(wrong)), with(right));
        }
        assert!(finding(&super::RULE, &with("aws:Nothing")).fix.is_none());
    }

    #[test]
    fn the_message_says_what_comes_of_it() {
        let message = |effect: &str, operator: &str| {
            let text = format!(
                r#""Effect": "{effect}", "Action": "s3:*", "Resource": "*",
                   "Condition": {{"{operator}": {{"aws:Nothing": "x"}}}}"#
            );
            finding(&super::RULE, &statement(&text)).message
        };
        assert!(message("Allow", "StringLike").ends_with("so the statement never grants anything"));
        assert!(message("Deny", "StringLike").ends_with("so the statement never denies anything"));
        assert!(message("Deny", "StringNotLike").ends_with("so the test holds for every request"));
        assert!(
            message("Allow", "StringLikeIfExists").ends_with("the test holds for every request")
        );
        assert!(message("Deny", "ForAnyValue:StringNotLike").ends_with("never denies anything"));
    }
}
