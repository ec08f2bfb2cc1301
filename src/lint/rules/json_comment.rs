use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `// ...`, `/* ... */` and `# ...` outside of strings. In a file that is called `.jsonc` only a
    /// comment that is never closed is flagged: such files are written to be stripped of comments.
    ///
    /// ## Why it matters
    /// JSON has no comments, and IAM refuses a document that has one. A short remark can go into
    /// the `Sid` of a statement, which takes letters and digits.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject", // read only
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
    ///     "Sid": "ReadReportsOnly",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ```jsonc
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject", // read only
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-2>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    /// - Access Analyzer: `JSON_SYNTAX_ERROR`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-comment",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "comment in a document",
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
        to_the_end_of_the_line,
        "{ // one\n\"Statement\": []}",
        "// one"
    );
    fires!(
        between_marks,
        r#"{"Statement": /* none */ []}"#,
        "/* none */"
    );
    fires!(never_closed, r#"{"Statement": [] /* }"#, "/*");
    silent!(
        slashes_in_a_string,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b//*/*""#)
    );
}
