use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an element whose name is right but for its letter case, such as `effect` or
    /// `notaction`.
    ///
    /// ## Why it matters
    /// The grammar of policies has each name in one spelling. Another one is an unknown key to the
    /// tools that read policies, and AWS's own checker calls it an error.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "effect": "Allow",
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// - Access Analyzer: `INVALID_POLICY_ELEMENT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "element-name-case",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "element in the wrong letter case",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(lower_case, r#"{"statement": []}"#, "statement");
    fires!(
        one_letter,
        r#"{"Statement": [{"Notaction": "s3:*"}]}"#,
        "Notaction"
    );
    silent!(as_aws_writes_it, allow(r#""s3:GetObject""#, r#""*""#));
    silent!(
        values_are_another_rule,
        r#"{"Statement": [{"Effect": "allow"}]}"#
    );
}
