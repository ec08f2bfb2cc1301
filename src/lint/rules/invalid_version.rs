use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Version` other than `2012-10-17` and `2008-10-17`.
    ///
    /// ## Why it matters
    /// `Version` is not the date of the policy but the name of the language that it is written in,
    /// and there are two. IAM refuses any other.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2025-01-01",
    ///   "Statement": [{
    ///     "Effect": "Allow",
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// - Access Analyzer: `INVALID_VERSION`
    /// - parliament: `INVALID_VERSION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "invalid-version",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Version` that AWS does not have",
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
        own_date,
        r#"{"Version": "2025-01-01", "Statement": []}"#,
        "2025-01-01"
    );
    fires!(
        other_format,
        r#"{"Version": "2012-10-17T00:00:00Z", "Statement": []}"#,
        "2012-10-17T00:00:00Z"
    );
    silent!(new, r#"{"Version": "2012-10-17", "Statement": []}"#);
    silent!(old, r#"{"Version": "2008-10-17", "Statement": []}"#);
}
