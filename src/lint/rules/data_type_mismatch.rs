use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an element whose value is of a type that the grammar does not have there: a number in
    /// `Action`, an object in `Resource`, a list in `Sid`.
    ///
    /// ## Why it matters
    /// IAM refuses the document. Calls of a template engine, such as `{"Ref": "..."}`, are
    /// `unresolved-template-token`'s.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["s3:GetObject", 7],
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
    ///     "Action": ["s3:GetObject", "s3:GetObjectTagging"],
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// - Access Analyzer: `DATA_TYPE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "data-type-mismatch",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "element with a value of the wrong type",
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
        number_among_actions,
        allow(r#"["s3:GetObject", 7]"#, r#""*""#),
        "7"
    );
    fires!(
        object_as_resource,
        allow(r#""s3:GetObject""#, r#"{"Bucket": "b"}"#),
        r#"{"Bucket": "b"}"#
    );
    fires!(null, r#"{"Statement": null}"#, "null");
    silent!(
        calls_of_a_template,
        allow(
            r#"["s3:GetObject", {"Fn::Sub": "s3:${A}"}]"#,
            r#"{"Ref": "Bucket"}"#
        )
    );
    silent!(string_and_list, allow(r#"["s3:GetObject"]"#, r#""*""#));
}
