use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a statement without `Principal` and `NotPrincipal` in a policy that must say whom it
    /// is about: that of a resource, of a role's trust, of a VPC endpoint, and resource control
    /// policies.
    ///
    /// ## Why it matters
    /// AWS refuses the policy. Where a document was guessed to be one of these, another of its
    /// statements names a principal: either this one lacks its own, or that one should have none.
    ///
    /// ## Fires
    /// ```json resource
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
    /// ## Silent
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `MISSING_PRINCIPAL`
    /// - iam-policy-validator: `missing_principal`, `missing_rcp_principal`
    /// - cfn-lint: `E3512`, `E3530`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-principal",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "statement without `Principal` where the type of policy needs one",
        types: PolicyTypes::of(&[
            PolicyType::Resource,
            PolicyType::Trust,
            PolicyType::Rcp,
            PolicyType::Endpoint,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    if statement.has_element("Principal") || statement.has_element("NotPrincipal") {
        return;
    }
    let kind = cx.policy_type();
    let help = match kind {
        PolicyType::Rcp => "add `\"Principal\": \"*\"`, the only one that it takes",
        PolicyType::Trust => {
            "add `Principal` with who may assume the role, such as `{\"Service\": \
             \"lambda.amazonaws.com\"}`"
        }
        PolicyType::Identity
        | PolicyType::Resource
        | PolicyType::Scp
        | PolicyType::Boundary
        | PolicyType::Session
        | PolicyType::Endpoint => {
            "add `Principal` with whom it is about; the policy of an identity has none, so that of \
             a type that was meant otherwise takes `--policy-type`"
        }
    };
    let message = format!(
        "the statement does not say whom it is about, which {} must",
        kind.with_article()
    );
    out.report(cx.start(), message).help(help);
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        resource,
        as Resource,
        statement(r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#),
        "{"
    );
    fires!(
        trust,
        as Trust,
        statement(r#""Effect": "Allow", "Action": "sts:AssumeRole""#),
        "{"
    );
    fires!(
        rcp,
        as Rcp,
        statement(r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#),
        "{"
    );
    fires!(
        only_one_statement_names_one,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}]}"#,
        "{"
    );
    silent!(
        not_principal,
        as Resource,
        statement(r#""Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*""#)
    );
    silent!(
        misspelt,
        as Resource,
        statement(r#""Effect": "Allow", "Principals": "*", "Action": "s3:*", "Resource": "*""#)
    );
    silent!(
        unreadable,
        as Resource,
        statement(r#""Effect": "Allow", "Principal": 7, "Action": "s3:*", "Resource": "*""#)
    );
    silent!(
        identity,
        as Identity,
        statement(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#)
    );
}
