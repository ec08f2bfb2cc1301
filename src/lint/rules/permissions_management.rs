use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule, sensitive::is_permissions_management,
    },
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of actions of access level Permissions management on resources of any name,
    /// but for those that open a resource to others, which are `resource-exposure`'s. Actions that
    /// have the level and only read are left out.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// These actions decide who may do what. Used on the wrong resource they lock out those who should
    /// have access, or remove what kept others out.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:DeleteBucketPolicy",
    ///     "Resource": "*"
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
    ///     "Action": "s3:DeleteBucketPolicy",
    ///     "Resource": "arn:aws:s3:::team-reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
    /// - parliament: `PERMISSIONS_MANAGEMENT_ACTIONS`
    /// - cloudsplaining: `ResourceExposure`
    /// - checkov: `CKV_AWS_109`, `CKV_AWS_289`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "permissions-management",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "permissions of any resource can be changed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_unlimited(
        is_permissions_management,
        out,
        "which changes who may do what",
        "name the resources, or remove it",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        any_bucket,
        allow(r#""s3:DeleteBucketPolicy""#, r#""*""#),
        "s3:DeleteBucketPolicy"
    );
    fires!(
        through_a_wildcard,
        allow(r#"["lambda:Remove*", "lambda:Get*"]"#, r#""*""#),
        "lambda:Remove*"
    );
    silent!(
        one_bucket,
        allow(r#""s3:DeleteBucketPolicy""#, r#""arn:aws:s3:::reports""#)
    );
    silent!(
        exposure_is_another_rule,
        allow(r#""s3:PutBucketPolicy""#, r#""*""#)
    );
    silent!(
        only_reading,
        allow(r#""billing:GetResourcePolicy""#, r#""*""#)
    );
}
