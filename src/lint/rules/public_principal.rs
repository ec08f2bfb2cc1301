use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` for everybody in the policy of a resource: `"Principal": "*"` or `{"AWS":
    /// "*"}`, with nothing that limits it. Where the actions change something it is `public-write`'s.
    ///
    /// A condition counts by what it limits: the organization, an account, a VPC, an endpoint, a
    /// network of less than a 256th of all addresses, the ARN of a resource in one account. A user
    /// agent, a referer, a principal tag or `*` limit nobody. A `Deny` for everybody that covers the
    /// statement limits it if it has no condition, or if what its condition leaves over is such a
    /// limit.
    ///
    /// ## Why it matters
    /// Everybody means those without an AWS account as well. Most buckets that leaked were opened by a
    /// line like this.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::team-reports/*"
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
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::team-reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    /// - checkov: `CKV_AWS_283`, `CKV_AWS_70`, `CKV_AWS_168`, `CKV_AWS_169`, `CKV_AWS_167`, `CKV_AWS_32`, `CKV_AWS_33`
    /// - cloudsplaining: `internet_accessible_actions`
    /// - `cfn_nag`: `F13`, `F15`, `F16`, `F18`, `F21`, `F76`
    /// - trivy: `AWS-0032`
    /// - iam-policy-validator: `unauthorized_principal`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "public-principal",
        category: Category::Security,
        severity: Severity::High,
        summary: "everybody is allowed to read",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(public) = cx.public().filter(|public| public.writes.is_none()) else {
        return;
    };
    let action = public.reads;
    let draft = out
        .report(public.everyone, "everybody is let in")
        .label(action, "may do this")
        .help("name the accounts or roles, or limit it with a condition on `aws:PrincipalOrgID`");
    if let Some((key, why)) = public.limits_nobody {
        draft.label(key, why);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        star,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*""#
        ),
        "*"
    );
    fires!(
        star_of_aws,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": ["418272953104", "*"]}, "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::reports/*""#
        ),
        "*"
    );
    fires!(
        weak_condition,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringLike": {"aws:Referer": "https://reports.test/*"}}"#
        ),
        "*"
    );
    fires!(
        any_organization,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#
        ),
        "*"
    );
    fires!(
        all_addresses,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#
        ),
        "*"
    );
    fires!(
        key_that_may_be_absent,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}"#
        ),
        "*"
    );
    silent!(
        organization,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringEquals": {"AWS:principalorgid": "o-a1b2c3d4e5"}}"#
        )
    );
    silent!(
        endpoint,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}"#
        )
    );
    silent!(
        others_are_denied,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::reports*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        )
    );
    silent!(
        one_account,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*""#
        )
    );
    silent!(
        deny,
        statement(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*""#
        )
    );
    fires!(
        a_denial_of_one_resource_does_not_cover_the_rest,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::reports/private/*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/x", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        ),
        "*"
    );
    fires!(
        a_denial_that_spares_requests_without_the_key,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*", "Condition": {"ForAnyValue:StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}"#
        ),
        "*"
    );
    silent!(
        a_denial_of_all_but_another_action_covers_it,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}, {"Effect": "Deny", "Principal": "*", "NotAction": "s3:PutObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        )
    );
    silent!(
        writing_is_another_rule,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:*Object", "Resource": "arn:aws:s3:::reports/*""#
        )
    );
}
