use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, placeholders::is_unfilled, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a condition key without a prefix, or with nothing behind it.
    ///
    /// ## Why it matters
    /// No request has such a key, so the test is of nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"SourceVpce": "vpce-1a2b3c4d"}}
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
    ///     "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `INVALID_CONDITION_KEY_FORMAT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-key-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition key that is not of the form `service:name`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let text = &cx.test.key;
    let key = text.as_str();
    let has_form = key.split_once(':').is_some_and(|(prefix, name)| {
        !prefix.is_empty() && !name.is_empty() && !prefix.contains(char::is_whitespace)
    });
    if has_form || is_unfilled(key) {
        return;
    }
    let message = format!(
        "`{key}` is not of the form `service:name`{}",
        cx.consequence()
    );
    let global = format!("aws:{}", key.trim());
    let known = cx.statement.catalog.global_condition_key(&global);
    out.report(text.span(), message).help(match known {
        Some(known) if !known.key().contains("${") => format!("did you mean `{}`?", known.key()),
        Some(_) => format!("did you mean `{global}`?"),
        None => "write it like `aws:SourceIp` or `s3:prefix`".to_owned(),
    });
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, help, silent, under};

    fires!(
        aa_invalid_condition_key_format,
        under(r#"{"StringEquals": {"bad": "x"}}"#),
        "bad"
    );
    fires!(
        half_a_key,
        under(r#"{"StringEquals": {"aws:": "x", ":sub": "x", " aws:userid": "x"}}"#),
        "aws:",
        ":sub",
        " aws:userid"
    );
    silent!(
        blanks_in_names_of_tags,
        under(r#"{"StringEquals": {"aws:PrincipalTag/Cost Center": "x"}}"#)
    );
    silent!(
        what_a_template_fills_in,
        under(r#"{"StringEquals": {"${var.key}": "x", "{{ key }}": "x"}}"#)
    );

    #[test]
    fn a_key_without_its_prefix_gets_it() {
        let help = |key: &str| {
            help(
                &super::RULE,
                &under(&format!(r#"{{"StringEquals": {{"{key}": "x"}}}}"#)),
            )
        };
        assert_eq!(help("sourceip"), "did you mean `aws:SourceIp`?");
        assert_eq!(help("PrincipalTag/a"), "did you mean `aws:PrincipalTag/a`?");
        assert_eq!(help("bad"), "write it like `aws:SourceIp` or `s3:prefix`");
    }
}
