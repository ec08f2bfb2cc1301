use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, covering, rule},
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Deny` of every action on every resource, without a condition, in a service or resource
    /// control policy.
    ///
    /// ## Why it matters
    /// In every account that it is attached to nothing works any more, for the root user neither, and
    /// what runs there loses its permissions at once. Where that is meant, for accounts that are to be
    /// closed, ignore the finding in that file.
    ///
    /// ## Fires
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "*",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "*",
    ///     "Resource": "*",
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    /// - iam-policy-validator: `rcp_blanket_deny`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "scp-denies-all",
        category: Category::Security,
        severity: Severity::High,
        summary: "every action is denied in the accounts of an organization",
        types: PolicyTypes::of(&[PolicyType::Scp, PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Deny) || !covering::is_unconditional(cx.statement) {
        return;
    }
    let mut entries = cx.listed_actions().iter();
    if let (Some(entry), Some(star)) = (
        entries.find(|entry| entry.covers_everything()),
        cx.star_resource(),
    ) {
        out.report(
            entry.text().span(),
            "the accounts that this is attached to can do nothing at all",
        )
        .caption("every action")
        .label(star.text.span(), "every resource")
        .help("list the actions to deny, or add a condition that exempts those who still have to work");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        service_control,
        as Scp,
        statement(r#""Effect": "Deny", "Action": ["s3:*", "*:*"], "Resource": ["*"]"#),
        "*:*"
    );
    fires!(
        resource_control,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {}"#),
        "*"
    );
    silent!(
        under_a_condition,
        as Scp,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}"#
        )
    );
    silent!(
        allowed,
        as Scp,
        statement(r#""Effect": "Allow", "Action": "*", "Resource": "*""#)
    );
    silent!(
        one_service,
        as Scp,
        statement(r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#)
    );
}
