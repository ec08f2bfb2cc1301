use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags strings in quotes such as `“...”` or `«...»` in place of `"..."`.
    ///
    /// ## Why it matters
    /// Word processors, wikis and chat programs put them in when a policy is pasted through them.
    /// JSON knows only `"`, so IAM refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     “Effect”: "Allow",
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
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-7>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-smart-quotes",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "typographic quotes around a string",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(
        key_and_value,
        r#"{"Statement": [], “Id”: “x”}"#,
        "“Id”",
        "“x”"
    );
    fires!(other_languages, r#"{"Statement": [], "Id": „x“}"#, "„x“");
    silent!(inside_a_string, r#"{"Statement": [], "Id": "“x”"}"#);
    silent!(
        single_quotes_are_another_rule,
        r#"{"Statement": [], "Id": 'x'}"#
    );
}
