use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_tests::Fate, rule},
    policy::{Comparison, Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `s3:prefix` where it should keep a part of a bucket hidden: under `Deny` with a comparison
    /// that is not negated, and under `Allow` with one that is. A test for the empty prefix alone is left
    /// in peace.
    ///
    /// ## Why it matters
    /// A listing shows the keys that start with the prefix of the request. Denying `private/` does not
    /// hide them: a listing with the prefix `priv`, or with none, shows them as well.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringLike": {"s3:prefix": "private/*"}}
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
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringLike": {"s3:prefix": "public/*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
    /// - Access Analyzer: `S3_PREFIX_IN_NEGATIVE_CONTEXT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "s3-prefix-negative",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "`s3:prefix` used to hide keys, which a shorter prefix shows",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let comparison = cx.test.operator.comparison;
    let denies = cx.has_effect(Effect::Deny);
    if !cx.is_about("s3:prefix")
        || comparison == Comparison::Null
        || comparison.is_negated() == denies
        || !denies && !cx.has_effect(Effect::Allow)
        || cx.fate() != Fate::Open
    {
        return;
    }
    let mut hidden = cx.test.values.iter().filter(|value| !value.text.is_empty());
    let Some(value) = hidden.next() else {
        return;
    };
    out.report(
        cx.test.span,
        format!("a listing with a shorter prefix than `{}` shows these keys as well", value.text),
    )
    .label(cx.test.key.span(), "the prefix that the request asks for")
    .help("allow the prefixes that may be listed: `Allow` with `StringLike`, or `Deny` with `StringNotLike`");
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fn list(effect: &str, condition: &str) -> String {
        statement(&format!(
            r#""Effect": "{effect}", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": {condition}"#
        ))
    }

    fires!(
        aa_s3_prefix_in_negative_context,
        list("Deny", r#"{"StringLike": {"s3:prefix": "priv/*"}}"#),
        "\"priv/*\""
    );
    fires!(
        allowed_but_for_a_prefix_in_other_letters,
        list(
            "Allow",
            r#"{"stringnotequalsifexists": {"S3:Prefix": ["priv/", "x/"]}}"#
        ),
        r#"["priv/", "x/"]"#
    );
    silent!(
        allowed,
        list("Allow", r#"{"StringLike": {"s3:prefix": "pub/*"}}"#)
    );
    silent!(
        all_but_a_prefix_denied,
        list("Deny", r#"{"StringNotLike": {"s3:prefix": ["", "pub/*"]}}"#)
    );
    silent!(
        whole_bucket_denied,
        list("Deny", r#"{"StringEquals": {"s3:prefix": ""}}"#)
    );
    silent!(null, list("Deny", r#"{"Null": {"s3:prefix": "true"}}"#));
}
