use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `"Resource": []`.
    ///
    /// ## Why it matters
    /// The statement matches no request, so it neither allows nor denies anything. Most often a
    /// template had nothing to fill in.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": []
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - Access Analyzer: `EMPTY_ARRAY_RESOURCE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-resource",
        category: Category::Schema,
        severity: Severity::Medium,
        summary: "empty list of resources",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(empty, allow(r#""s3:GetObject""#, "[]"), "[]");
    silent!(one, allow(r#""s3:GetObject""#, r#"["*"]"#));
    silent!(
        not_resource_is_another_rule,
        r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "NotResource": []}]}"#
    );
}
