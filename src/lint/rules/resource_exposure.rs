use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule, sensitive::Class},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of actions that can open a resource to other accounts or to everybody, on
    /// resources of any name: resource policies, ACLs, shares, snapshot attributes, function URLs.
    /// `data/sensitive-actions.txt` has the list.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// Whoever can write the policy of every bucket can make one of them public, by mistake or on
    /// purpose, and nothing in this policy stands in the way. The grant looks like one right among many,
    /// and is one on all data that the service holds.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["s3:PutBucketPolicy"],
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
    ///     "Action": ["s3:PutBucketPolicy"],
    ///     "Resource": "arn:aws:s3:::team-reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - cloudsplaining: `ResourceExposure`
    /// - iam-policy-validator: `RESOURCE_EXPOSURE`
    /// - checkov: `CKV_AWS_109`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-exposure",
        category: Category::Security,
        severity: Severity::High,
        summary: "resource can be opened to others",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_class(
        Class::Exposure,
        out,
        "which can open a resource to others",
        "name the resources, or limit it with a condition on their account or tags",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        policy_of_any_bucket,
        allow(r#""s3:PutBucketPolicy""#, r#""*""#),
        "s3:PutBucketPolicy"
    );
    fires!(
        through_a_wildcard,
        allow(r#"["s3:Put*", "s3:Get*"]"#, r#""arn:aws:s3:::*""#),
        "s3:Put*"
    );
    fires!(
        snapshots,
        allow(
            r#""EC2:modifysnapshotattribute""#,
            r#""arn:aws:ec2:*:*:snapshot/*""#
        ),
        "EC2:modifysnapshotattribute"
    );
    fires!(
        all_but_one,
        statement(
            r#""Effect": "Allow", "Action": "kms:PutKeyPolicy", "NotResource": "arn:aws:kms:eu-west-1:418272953104:key/1234abcd-12ab-34cd-56ef-1234567890ab""#
        ),
        "kms:PutKeyPolicy"
    );
    fires!(
        a_weak_condition,
        allow(
            r#""s3:PutBucketPolicy""#,
            r#""*", "Condition": {"StringLike": {"aws:UserAgent": "*aws-cli*"}}"#
        ),
        "s3:PutBucketPolicy"
    );
    silent!(
        named_buckets,
        allow(r#""s3:PutBucketPolicy""#, r#""arn:aws:s3:::reports-*""#)
    );
    silent!(
        own_bucket,
        allow(
            r#""s3:PutBucketPolicy""#,
            r#""arn:aws:s3:::${aws:PrincipalTag/team}-*""#
        )
    );
    silent!(
        limited_by_account,
        allow(
            r#""s3:PutBucketPolicy""#,
            r#""*", "Condition": {"StringEquals": {"s3:ResourceAccount": "418272953104"}}"#
        )
    );
    silent!(
        taken_away,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["s3:Put*Policy", "s3:Put*Acl", "s3:Put*Block"], "Resource": "*"}]}"#
    );
    silent!(whole_service, allow(r#""s3:*""#, r#""*""#));
}
