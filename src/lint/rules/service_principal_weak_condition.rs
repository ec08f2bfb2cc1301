use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule,
        service_principals::{Guard, acts_for_others, guard},
    },
    policy::{Effect, PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to a service that acts for all its customers, where the condition limits
    /// it by `aws:Referer`, `aws:SourceOwner`, `aws:SourceIp`, `aws:UserAgent` or a key of the
    /// principal such as `aws:PrincipalOrgID`, and not by `aws:SourceArn`, `aws:SourceAccount`,
    /// `aws:SourceOrgID` or `aws:SourceOrgPaths`.
    ///
    /// ## Why it matters
    /// The principal is the service, which is in no organization and in no account of yours, so
    /// keys of the principal do not tell for whom it acts: the statement may never grant
    /// anything. `aws:Referer` and `aws:UserAgent` are what a caller chooses, and
    /// `aws:SourceOwner` is only set by a few older integrations.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "ses.amazonaws.com"},
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::mail/*",
    ///     "Condition": {"StringEquals": {"aws:Referer": "123456789012"}}
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
    ///     "Principal": {"Service": "ses.amazonaws.com"},
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::mail/*",
    ///     "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// - Access Analyzer: `RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "service-principal-weak-condition",
        category: Category::Security,
        severity: Severity::Low,
        summary: "service is limited by a key that is not made for it",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let is_trust = cx.policy_type() == PolicyType::Trust;
    let policies = if is_trust { "trust" } else { "resource" };
    let entry = cx.named_principals().iter().find(|entry| {
        entry.kind == PrincipalKind::Service && acts_for_others(entry.text.as_str(), policies)
    });
    let Some(entry) = entry else { return };
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    if let Guard::Weak(test) = guard(cx) {
        out.report(
            test.key.span(),
            format!(
                "`{}` is not the key that says for whom `{}` acts",
                test.key.as_str(),
                entry.text.as_str()
            ),
        )
        .label(entry.text.span(), "acts for all its customers")
        .help("ask for `aws:SourceAccount` or `aws:SourceArn`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fn mail(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": "ses.amazonaws.com"}}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mail/*", "Condition": {condition}"#
        ))
    }

    fires!(
        aa_recommended_condition_key_for_service_principal,
        mail(r#"{"StringEquals": {"aws:Referer": "123456789012"}}"#),
        "aws:Referer"
    );
    fires!(
        organization_of_the_principal_in_other_letters,
        mail(
            r#"{"StringEquals": {"s3:x-amz-acl": "private", "AWS:principalorgid": "o-a1b2c3d4e5"}}"#
        ),
        "AWS:principalorgid"
    );
    silent!(
        beside_the_right_key,
        mail(
            r#"{"StringEquals": {"aws:Referer": "123456789012", "aws:SourceAccount": "123456789012"}}"#
        )
    );
    silent!(nothing_is_another_rule, mail("{}"));
    silent!(
        deny,
        mail(r#"{"StringEquals": {"aws:Referer": "x"}}"#).replace("Allow", "Deny")
    );
    silent!(
        principal_that_is_no_service,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": "*", "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}"#
        )
    );
}
