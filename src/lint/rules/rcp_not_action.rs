use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `NotAction` in a resource control policy.
    ///
    /// ## Why it matters
    /// AWS refuses it. A statement that denies all but some actions would also deny those of
    /// services that come later, and of services that such policies do not reach.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "NotAction": "s3:GetObject",
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
    /// - Access Analyzer: `RCP_SYNTAX_ERROR_NOTACTION`
    /// - iam-policy-validator: `invalid_rcp_not_action`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-not-action",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`NotAction` in a resource control policy",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for member in cx.members_named(&["NotAction"]) {
        out.report(
            member.key.span(),
            "a resource control policy has no `NotAction`, so AWS refuses this one",
        )
        .help("list in `Action` what is denied");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        rcp_syntax_error_notaction,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": "*""#),
        "NotAction"
    );
    fires!(
        empty,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "NotAction": [], "Resource": "*""#),
        "NotAction"
    );
    silent!(
        action,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*""#)
    );
    silent!(
        other_type,
        as Resource,
        statement(r#""Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#)
    );
}
