use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` for everybody in the policy of a resource where some of the actions change the
    /// resource, its tags or its permissions.
    ///
    /// A condition counts by what it limits: the organization, an account, a VPC, an endpoint, a
    /// network of less than a 256th of all addresses, the ARN of a resource in one account. A user
    /// agent, a referer, a principal tag or `*` limit nobody. A `Deny` for everybody that covers the
    /// statement limits it if it has no condition, or if what its condition leaves over is such a
    /// limit.
    ///
    /// ## Why it matters
    /// Everybody can then delete what is there, put something else in its place, fill it at the cost
    /// of the account, or rewrite the policy itself.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": "*",
    ///     "Action": ["s3:GetObject", "s3:PutObject"],
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
    ///     "Principal": {"AWS": "arn:aws:iam::418272953104:role/uploader"},
    ///     "Action": ["s3:GetObject", "s3:PutObject"],
    ///     "Resource": "arn:aws:s3:::team-reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    /// - prowler: `s3_bucket_policy_public_write_access`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "public-write",
        category: Category::Security,
        severity: Severity::Critical,
        summary: "everybody is allowed to change something",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(public) = cx.public().filter(|public| public.writes.is_some()) else {
        return;
    };
    let Some(action) = public.writes else { return };
    let names = cx.document.source.slice(action);
    let draft = out
        .report(public.everyone, format!("everybody may call `{names}`"))
        .label(action, "without a limit on who")
        .help("name the accounts or roles, or limit it with a condition on `aws:PrincipalOrgID`");
    if let Some((key, why)) = public.limits_nobody {
        draft.label(key, why);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        put,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::reports/*""#
        ),
        "*"
    );
    fires!(
        everything,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "arn:aws:s3:::reports/*""#
        ),
        "*"
    );
    fires!(
        all_but_some,
        statement(
            r#""Effect": "Allow", "Principal": "*", "NotAction": "s3:DeleteObject", "Resource": "arn:aws:s3:::reports/*""#
        ),
        "*"
    );
    silent!(
        paths_of_an_api_behind_an_endpoint,
        statement(
            r#""Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/stage/*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}}, {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/stage/GET/pets""#
        )
    );
    silent!(
        reading_is_another_rule,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*""#
        )
    );
    silent!(
        account_of_the_source,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringEquals": {"aws:SourceAccount": "418272953104"}}"#
        )
    );
    fires!(
        a_denial_of_another_service_does_not_cover_all_but_some,
        statement(
            r#""Effect": "Allow", "Principal": "*", "NotAction": "s3:DeleteObject", "Resource": "arn:aws:s3:::reports/*"}, {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        ),
        "*"
    );
    silent!(
        writes_denied,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::reports/*"}, {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:Put*", "Resource": "*""#
        )
    );
}
