use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{ActionPattern, Effect, PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `Allow` in a resource control policy. The statement of `RCPFullAWSAccess` is left out:
    /// it allows everyone every action on every resource, and AWS attaches it itself.
    ///
    /// ## Why it matters
    /// AWS refuses it. What no such policy denies is allowed already, as `RCPFullAWSAccess` is
    /// always attached; a resource control policy can only take away.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": "*",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    /// - Access Analyzer: `RCP_SYNTAX_ERROR_ALLOW`
    /// - iam-policy-validator: `invalid_rcp_effect`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-effect-allow",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Allow` in a resource control policy",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let effect = cx.statement.effect.as_ref();
    let Some(effect) = effect.filter(|effect| effect.value == Effect::Allow) else {
        return;
    };
    if is_full_access(cx) {
        return;
    }
    out.report(
        effect.span,
        "a resource control policy only denies, so AWS refuses this `Allow`",
    )
    .help("deny what is not to be; all that no such policy denies is allowed already");
}

/// Whether it is the statement of `RCPFullAWSAccess`.
fn is_full_access(cx: &StatementCx<'_>) -> bool {
    let statement = cx.statement;
    let everyone = statement.principal.as_ref().is_some_and(|element| {
        element.entries.iter().any(|entry| {
            matches!(entry.kind, PrincipalKind::Everyone | PrincipalKind::Aws)
                && entry.text.as_str() == "*"
        })
    });
    let mut actions = cx.listed_actions().iter();
    everyone
        && actions.any(ActionPattern::covers_everything)
        && cx.star_resource().is_some()
        && !statement.has_element("Condition")
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        rcp_syntax_error_allow,
        as Rcp,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#),
        "Allow"
    );
    fires!(
        everything_under_a_condition,
        as Rcp,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#),
        "Allow"
    );
    silent!(
        full_access,
        as Rcp,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#)
    );
    silent!(
        deny,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#)
    );
}
