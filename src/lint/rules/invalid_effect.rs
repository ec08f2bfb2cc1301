use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Effect` that is neither `Allow` nor `Deny`, letter case included.
    ///
    /// ## Why it matters
    /// The value is one of two words, and letter case counts. IAM refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "allow",
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
    /// - Access Analyzer: `INVALID_EFFECT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "invalid-effect",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Effect` other than `Allow` and `Deny`",
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
        letter_case,
        r#"{"Statement": [{"Effect": "DENY"}]}"#,
        "DENY"
    );
    fires!(
        other_word,
        r#"{"Statement": [{"Effect": "Permit"}]}"#,
        "Permit"
    );
    silent!(deny, r#"{"Statement": [{"Effect": "Deny"}]}"#);
}
