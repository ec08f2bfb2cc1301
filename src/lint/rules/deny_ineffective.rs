use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyTypes, PrincipalKind, ResourceForm},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Deny` with `*` under `NotAction`, `NotResource` or `NotPrincipal`. A `Deny` whose condition
    /// no request meets is `condition-never-true`.
    ///
    /// ## Why it matters
    /// The element says what the statement leaves alone, and `*` is everything: nothing is denied.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "s3:DeleteBucket",
    ///     "NotResource": "*"
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
    ///     "Action": "s3:DeleteBucket",
    ///     "NotResource": "arn:aws:s3:::scratch-*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    /// - iam-policy-validator: `not_resource_deny_ineffective`, `not_action_allow_ineffective`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "deny-ineffective",
        category: Category::Semantics,
        severity: Severity::High,
        summary: "`Deny` that denies nothing",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    if !statement.has_effect(Effect::Deny) {
        return;
    }
    let actions = statement.not_action.iter();
    let actions = actions
        .flat_map(|element| &element.entries)
        .filter(|entry| entry.covers_everything())
        .map(|entry| ("NotAction", entry.text().span(), "action"));
    let resources = statement.not_resource.iter();
    let resources = resources
        .flat_map(|element| &element.entries)
        .filter(|entry| entry.form == ResourceForm::Star)
        .map(|entry| ("NotResource", entry.text.span(), "resource"));
    let principals = statement.not_principal.iter();
    let principals = principals
        .flat_map(|element| &element.entries)
        .filter(|entry| {
            entry.kind == PrincipalKind::Everyone
                || entry.kind == PrincipalKind::Aws && entry.text.as_str() == "*"
        })
        .map(|entry| ("NotPrincipal", entry.text.span(), "principal"));
    if let Some((element, span, what)) = actions.chain(resources).chain(principals).next() {
        let positive = element.trim_start_matches("Not");
        out.report(
            span,
            format!("`*` leaves out every {what}, so the statement denies nothing"),
        )
        .help(format!(
            "use `{positive}` to deny everything, or list under `{element}` what is to be left out"
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        every_resource,
        statement(r#""Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::b", "*"]"#),
        "*"
    );
    fires!(
        every_action,
        statement(r#""Effect": "Deny", "NotAction": ["s3:*", "*:*"], "NotResource": "*""#),
        "*:*"
    );
    fires!(
        everybody,
        statement(
            r#""Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b""#
        ),
        "*"
    );
    silent!(
        some_actions,
        statement(r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*""#)
    );
    silent!(
        allow,
        statement(r#""Effect": "Allow", "Action": "s3:*", "NotResource": "*""#)
    );
    silent!(
        everything_is_denied,
        statement(r#""Effect": "Deny", "Action": "*", "Resource": "*""#)
    );
}
