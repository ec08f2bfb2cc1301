use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a statement that has neither `Resource` nor `NotResource` though its type of policy
    /// must: those of identities and organizations, permissions boundaries, session policies and
    /// the policies of VPC endpoints. Trust policies have none.
    ///
    /// With the policies of resources it depends on the service. Those of S3, SQS, SNS, KMS, Lambda
    /// and Secrets Manager must have it, those of ECR must not, so a statement is flagged only
    /// where all of its actions are of the first ones.
    ///
    /// ## Why it matters
    /// AWS refuses a policy that does not say what it is about.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject"
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
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - Access Analyzer: `MISSING_RESOURCE`
    /// - parliament: `MALFORMED`
    /// - iam-policy-validator: `missing_resource`, `missing_rcp_resource`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-resource",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "statement without `Resource`",
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
        policy_of_a_bucket,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "S3:GetObject"}}"#,
        "{"
    );
    fires!(
        service_control_policy,
        as Scp,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*"}}"#,
        "{"
    );
    silent!(
        policy_of_a_repository,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": ["ecr:*", "s3:GetObject"]}}"#
    );
    fires!(
        missing,
        r#"{"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}"#,
        "{"
    );
    silent!(
        trust_policy_with_a_misspelt_principal,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principals": {"AWS": "*"}, "Action": "sts:AssumeRole"}}"#
    );
    silent!(
        trust_policy,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}"#
    );
    silent!(
        not_resource,
        r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"}]}"#
    );
}
