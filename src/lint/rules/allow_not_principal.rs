use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, principals::caller_limit, rule},
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` with `NotPrincipal` in the policy of a resource. Where a condition limits
    /// the callers to an organization, an account or ARNs it is `medium`. Trust policies are
    /// `trust-not-principal`'s, as IAM refuses the element there.
    ///
    /// ## Why it matters
    /// Everyone who is not listed is let in: every other account of AWS, and people who did not
    /// sign their request at all.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/eve"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    /// - Access Analyzer: `ALLOW_WITH_NOT_PRINCIPAL`
    /// - parliament: `NOTPRINCIPAL_WITH_ALLOW`
    /// - iam-policy-validator: `not_principal_with_allow`
    /// - `cfn_nag`: `F6`, `F7`, `F8`, `F9`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "allow-not-principal",
        category: Category::Security,
        severity: Severity::Critical,
        summary: "everyone but some is allowed",
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
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    let draft = out
        .report(
            element.key_span,
            "the statement allows everyone but those listed, anonymous callers as well",
        )
        .label(element.span, "the only ones left out")
        .help("list in `Principal` who may, or deny those listed in a statement of their own");
    if let Some(limit) = caller_limit(cx) {
        draft
            .severity(Severity::Medium)
            .label(limit.key.span(), "this limits the callers");
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    fn but_one(rest: &str) -> String {
        statement(&format!(
            r#""NotPrincipal": {{"AWS": "arn:aws:iam::123456789012:root"}}, "Action": "s3:*", "Resource": "*", {rest}"#
        ))
    }

    fires!(
        aa_allow_with_not_principal,
        but_one(r#""Effect": "Allow""#),
        "NotPrincipal"
    );
    fires!(
        under_a_condition,
        but_one(r#""Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#),
        "NotPrincipal"
    );
    silent!(deny, but_one(r#""Effect": "Deny""#));
    silent!(
        principal,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*""#
        )
    );

    #[test]
    fn a_condition_on_the_callers_softens_it() {
        let of = |key: &str| {
            let condition =
                format!(r#""Effect": "Allow", "Condition": {{"StringLike": {{{key}}}}}"#);
            severity(&super::RULE, &but_one(&condition))
        };
        assert_eq!(
            of(r#""AWS:principalorgid": "o-a1b2c3d4e5""#),
            Severity::Medium
        );
        assert_eq!(of(r#""aws:PrincipalOrgID": "*""#), Severity::Critical);
    }
}
