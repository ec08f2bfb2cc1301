use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_key::lacks_tag_name, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `aws:ResourceTag`, `aws:RequestTag`, `aws:PrincipalTag` and the like of services
    /// without the name of a tag behind a slash.
    ///
    /// ## Why it matters
    /// Each tag is a key of its own. Without its name the test is of a key that no request has.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalTag": "blue"}}
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
    ///     "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `MISSING_TAG_KEY_IN_CONDITION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-tag-key",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition on a tag that does not name the tag",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let text = &cx.test.key;
    let key = text.as_str();
    if cx.key.is_known() || !lacks_tag_name(cx.statement.catalog, key) {
        return;
    }
    let stem = key.strip_suffix('/').unwrap_or(key);
    let message = format!("`{key}` names no tag{}", cx.consequence());
    out.report(text.span(), message)
        .help(format!("write it like `{stem}/team`"));
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_missing_tag_key_in_condition,
        under(r#"{"StringEquals": {"aws:ResourceTag/": "x"}}"#),
        "aws:ResourceTag/"
    );
    fires!(
        keys_of_services_and_letter_case,
        under(
            r#"{"StringEquals": {"AWS:requesttag": "x", "s3:ExistingObjectTag": "x", "ec2:ResourceTag/": "x"}}"#
        ),
        "AWS:requesttag",
        "s3:ExistingObjectTag",
        "ec2:ResourceTag/"
    );
    silent!(
        with_a_name,
        under(r#"{"StringEquals": {"aws:ResourceTag/a": "x", "aws:TagKeys": "a"}}"#)
    );
    silent!(
        no_key_of_tags,
        under(r#"{"StringEquals": {"aws:Tag": "x", "s3:tag": "a", "s3:${var.x}Tag": "a"}}"#)
    );
}
