use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a comma between the last item of a list or an object and its closing bracket.
    ///
    /// ## Why it matters
    /// JSON has no such comma. IAM rejects the whole document with `MalformedPolicyDocument`, and
    /// says so only when it is deployed.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["s3:GetObject",],
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
    ///     "Action": ["s3:GetObject"],
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-5>
    /// - Access Analyzer: `JSON_SYNTAX_ERROR`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-trailing-comma",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "comma after the last item",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(in_a_list, allow(r#"["s3:GetObject",]"#, r#""*""#), ",");
    fires!(
        in_an_object,
        r#"{"Version": "2012-10-17", "Statement": [],}"#,
        ","
    );
    silent!(
        between_items,
        allow(r#"["s3:GetObject", "s3:PutObject"]"#, r#""*""#)
    );
}
