use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule, sensitive::Class},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of actions that read data or secrets, on resources of any name: objects,
    /// secrets, parameters, tables, queues. `data/sensitive-actions.txt` has the list.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// Whoever reads every secret or every bucket has what the other accounts, databases and services
    /// trust. Read access looks harmless in review, and is what a data leak needs.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "secretsmanager:GetSecretValue",
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
    ///     "Action": "secretsmanager:GetSecretValue",
    ///     "Resource": "arn:aws:secretsmanager:eu-west-1:418272953104:secret:reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - cloudsplaining: `DataExfiltration`
    /// - iam-policy-validator: `DATA_ACCESS`
    /// - checkov: `CKV_AWS_108`, `CKV_AWS_288`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "data-exfiltration",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "data of any resource can be read in bulk",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_class(
        Class::Data,
        out,
        "which reads data of any resource",
        "name the resources that are to be read",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        any_secret,
        allow(r#""secretsmanager:GetSecretValue""#, r#""*""#),
        "secretsmanager:GetSecretValue"
    );
    fires!(
        any_object,
        allow(r#"["s3:Get*", "s3:List*"]"#, r#"["arn:aws:s3:::*/*"]"#),
        "s3:Get*"
    );
    silent!(
        one_bucket,
        allow(r#""s3:Get*""#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#)
    );
    silent!(
        secrets_of_a_tag,
        allow(
            r#""secretsmanager:GetSecretValue""#,
            r#""*", "Condition": {"StringEquals": {"secretsmanager:ResourceTag/team": "blue"}}"#
        )
    );
    fires!(
        session_policy_with_a_denial_of_some,
        as Session,
        statement(
            r#""Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, {"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:*:*:secret:prod/*""#
        ),
        "secretsmanager:GetSecretValue"
    );
    fires!(
        the_stage_that_every_secret_has,
        allow(
            r#""secretsmanager:GetSecretValue""#,
            r#""*", "Condition": {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}"#
        ),
        "secretsmanager:GetSecretValue"
    );
    silent!(
        taken_away_elsewhere,
        statement(
            r#""Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*"}, {"Effect": "Deny", "Action": "ssm:Get*", "Resource": "*""#
        )
    );
}
