use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a statement that does not say whether it allows or denies.
    ///
    /// ## Why it matters
    /// There is no default. IAM refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html>
    /// - Access Analyzer: `MISSING_EFFECT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-effect",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "statement without `Effect`",
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
        missing,
        r#"{"Statement": [{"Action": "s3:*", "Resource": "*"}]}"#,
        "{"
    );
    silent!(
        misspelt,
        r#"{"Statement": [{"Efect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#
    );
    silent!(present, allow(r#""s3:GetObject""#, r#""*""#));
}
