use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Tells that a rule crashed over this policy. The other rules ran, and what it had found
    /// before is kept.
    ///
    /// ## Why it matters
    /// Silence would read as if the rule had found nothing. The crash is a fault of iamsim and not
    /// of the policy: please report it with the lines about it on standard error, which say where
    /// it was.
    ///
    /// ## Fires
    /// No document is known that makes a rule crash.
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
    /// - parliament: `EXCEPTION`
    /// - iam-policy-validator: `check_execution_error`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "check-failed",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "rule that crashed over this policy",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}
