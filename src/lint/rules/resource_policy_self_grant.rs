use crate::{
    eval::Target,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        grants::{has_variables, is_of_any_name},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes, ResourceForm, ResourcePattern},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow`, on named resources, of an action that writes the policy of the resource,
    /// where the principal is not allowed to use the resource: `s3:PutBucketPolicy` on a bucket whose
    /// objects it may not read, `kms:PutKeyPolicy` on a key that it may not decrypt with. On resources
    /// of any name it is `resource-exposure`'s.
    ///
    /// ## Why it matters
    /// Inside one account, what the policy of a resource allows is allowed. The principal writes
    /// itself into it, and has what this policy seems to keep back.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:PutBucketPolicy",
    ///     "Resource": "arn:aws:s3:::payroll"
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
    ///     "Action": ["s3:GetObject", "s3:PutBucketPolicy"],
    ///     "Resource": ["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-in-single-account.html>
    /// - parliament: `RESOURCE_POLICY_PRIVILEGE_ESCALATION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-policy-self-grant",
        category: Category::PrivilegeEscalation,
        severity: Severity::Medium,
        summary: "policy of a resource can be rewritten to gain access to it",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// What writes the policy of a resource, what uses the resource, and what the ARN for that ends with.
const WRITES: [(&str, &str, &str); 10] = [
    ("ecr:SetRepositoryPolicy", "ecr:BatchGetImage", ""),
    ("kms:PutKeyPolicy", "kms:Decrypt", ""),
    ("lambda:AddPermission", "lambda:InvokeFunction", ""),
    ("s3:PutBucketAcl", "s3:GetObject", "/*"),
    ("s3:PutBucketPolicy", "s3:GetObject", "/*"),
    (
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:GetSecretValue",
        "",
    ),
    ("sns:AddPermission", "sns:Publish", ""),
    ("sns:SetTopicAttributes", "sns:Publish", ""),
    ("sqs:AddPermission", "sqs:ReceiveMessage", ""),
    ("sqs:SetQueueAttributes", "sqs:ReceiveMessage", ""),
];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    for entry in cx
        .listed_actions()
        .iter()
        .filter(|entry| !entry.has_wildcard())
    {
        let Some((writes, uses, end)) = WRITES
            .iter()
            .find(|(writes, ..)| writes.eq_ignore_ascii_case(entry.as_str()))
        else {
            continue;
        };
        let (Some(writing), Some(using)) = (cx.catalog.action(writes), cx.catalog.action(uses))
        else {
            continue;
        };
        let gains = |resource: &&ResourcePattern| {
            let (policy, use_of) = (resource.text.as_str(), resource.text.as_str());
            let use_of = format!("{use_of}{end}");
            let held = cx.document.held();
            !is_of_any_name(resource, writing)
                && !has_variables(resource)
                && matches!(resource.form, ResourceForm::Arn(_))
                && !policy.ends_with("/*")
                && held.allows(writing, Target::Like(policy.to_owned()), None)
                && !held.allows(using, Target::Like(use_of), None)
        };
        let resources = cx.statement.resource.iter();
        let mut resources = resources.flat_map(|element| &element.entries);
        if let Some(resource) = resources.find(gains) {
            out.report(
                entry.text().span(),
                format!("`{writes}` can be used to gain `{uses}`, which is not allowed"),
            )
            .label(resource.text.span(), "on this")
            .help("leave the policies of resources to those who may use them");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        bucket,
        allow(
            r#"["s3:ListBucket", "s3:PutBucketPolicy"]"#,
            r#""arn:aws:s3:::payroll""#
        ),
        "s3:PutBucketPolicy"
    );
    fires!(
        key_with_use_denied,
        statement(
            r#""Effect": "Allow", "Action": ["KMS:PutKeyPolicy", "kms:Decrypt"], "Resource": "arn:aws:kms:eu-west-1:418272953104:key/1234abcd-12ab-34cd-56ef-1234567890ab"}, {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*""#
        ),
        "KMS:PutKeyPolicy"
    );
    silent!(
        used_as_well,
        allow(
            r#"["sqs:SetQueueAttributes", "sqs:ReceiveMessage"]"#,
            r#""arn:aws:sqs:eu-west-1:418272953104:jobs""#
        )
    );
    silent!(
        used_by_another_statement,
        statement(
            r#""Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::b"}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*""#
        )
    );
    silent!(
        any_bucket_is_another_rule,
        allow(r#""s3:PutBucketPolicy""#, r#""*""#)
    );
}
