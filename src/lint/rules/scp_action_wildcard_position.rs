use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an action of a service control policy whose `*` or `?` is not at its end, such as
    /// `iam:*Role`.
    ///
    /// ## Why it matters
    /// Until September 2025 such policies took wildcards only at the end of an action, and Access
    /// Analyzer still counts any other as a fault. Organizations in partitions without the newer
    /// language have the policy refused. Hence a hint and no error.
    ///
    /// ## Fires
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "iam:*Role",
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
    ///     "Action": ["iam:CreateRole", "iam:Delete*"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// - Access Analyzer: `SCP_SYNTAX_ERROR_ACTION_WILDCARD`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "scp-action-wildcard-position",
        category: Category::Schema,
        severity: Severity::Hint,
        summary: "wildcard inside an action of a service control policy",
        types: PolicyTypes::of(&[PolicyType::Scp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions().filter(|entry| !entry.covers_everything()) {
        let text = entry.as_str();
        let literal = text.trim_end_matches(['*', '?']);
        let Some(at) = literal.find(['*', '?']) else {
            continue;
        };
        out.report(
            entry.text().source_span(at..at + 1),
            format!("the wildcard in `{text}` is not at its end, which older tools refuse"),
        )
        .help("AWS takes it since September 2025; write the actions out where that matters");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        scp_syntax_error_action_wildcard,
        as Scp,
        statement(r#""Effect": "Deny", "Action": ["iam:*role", "s3:Get?bject*"], "Resource": "*""#),
        "*",
        "?"
    );
    fires!(
        in_the_service,
        as Scp,
        statement(r#""Effect": "Deny", "NotAction": "i*m:GetRole", "Resource": "*""#),
        "*"
    );
    silent!(
        at_the_end,
        as Scp,
        statement(r#""Effect": "Deny", "Action": ["*", "*:*", "iam:Get*", "s3:GetObjec??", "ec2:*"], "Resource": "*""#)
    );
    silent!(
        identity,
        as Identity,
        statement(r#""Effect": "Deny", "Action": "iam:*Role", "Resource": "*""#)
    );
}
