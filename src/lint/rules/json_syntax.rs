use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags every place where the text stops being JSON: brackets that do not match, missing
    /// commas, colons and values, words without quotes, strings that are never closed, numbers
    /// that are none. Reading goes on after each, so that one run shows them all.
    ///
    /// ## Why it matters
    /// IAM refuses the whole document with `MalformedPolicyDocument`. It names no line, and only
    /// when the policy is deployed.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow"
    ///     "Action": "s3:GetObject",
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
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-2>
    /// - Access Analyzer: `JSON_SYNTAX_ERROR`
    /// - parliament: `MALFORMED_JSON`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-syntax",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "text that is not JSON",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        missing_comma_in_a_list,
        allow(r#"["s3:GetObject" "s3:PutObject"]"#, r#""*""#),
        "\""
    );
    fires!(
        word_without_quotes,
        r#"{Version: "2012-10-17", "Statement": [True]}"#,
        "Version",
        "True"
    );
    fires!(brackets_of_two_kinds, r#"{"Statement": [}"#, "}");
    fires!(never_closed, r#"{"Statement": []"#, "{");
    fires!(empty_file, "", "");
    silent!(sound, allow(r#""s3:GetObject""#, r#""*""#));
    silent!(
        commas_at_the_end_are_another_rule,
        allow(r#"["s3:GetObject",]"#, r#""*""#)
    );
}
