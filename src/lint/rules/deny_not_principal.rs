use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Deny` with `NotPrincipal` in the policy of a resource.
    ///
    /// ## Why it matters
    /// To spare a role, the list needs the session, the role and the account: whoever has one
    /// identity that is not listed is denied. Whoever has a permissions boundary is denied in any
    /// case, and services that act for the account are as well. AWS advises against it. A
    /// condition with `ArnNotEquals` on `aws:PrincipalArn` says what was meant.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/admin"},
    ///     "Action": "s3:DeleteBucket",
    ///     "Resource": "arn:aws:s3:::reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:DeleteBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/admin"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    /// - iam-policy-validator: `not_principal_usage`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "deny-not-principal",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "everyone but some is denied",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(element) = &cx.statement.not_principal else {
        return;
    };
    if !cx.statement.has_effect(Effect::Deny) {
        return;
    }
    out.report(
        element.key_span,
        "a `Deny` with `NotPrincipal` also hits sessions of the roles listed, and whoever has a \
         permissions boundary",
    )
    .label(
        element.span,
        "spared only where each of their identities is listed",
    )
    .help(
        "deny `\"Principal\": \"*\"` under the condition `\"ArnNotEquals\": \
         {\"aws:PrincipalArn\": ...}`",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        role,
        statement(
            r#""Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/a"}, "Action": "s3:*", "Resource": "*""#
        ),
        "NotPrincipal"
    );
    fires!(
        everyone,
        statement(
            r#""Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:GetObject", "Resource": "*""#
        ),
        "NotPrincipal"
    );
    silent!(
        allow,
        statement(
            r#""Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*""#
        )
    );
    silent!(
        condition,
        statement(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/a"}}"#
        )
    );
}
