use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{ActionPattern, Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `*` alone as `Action` in a resource control policy, and actions of services that
    /// such policies do not reach. Which ones they reach is on a list of AWS that grows; the one of
    /// iamsim is of September 2026. An `Allow` is judged by `rcp-effect-allow` alone.
    ///
    /// ## Why it matters
    /// AWS refuses the policy, or has it restrict nothing of that service. A boundary around data
    /// that is believed to hold for every service holds only for those on the list.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": ["s3:*", "ec2:*"],
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
    ///     "Action": ["s3:*", "kms:*"],
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    /// - Access Analyzer: `RCP_SYNTAX_ERROR_ACTION`
    /// - iam-policy-validator: `invalid_rcp_wildcard_action`, `unsupported_rcp_service`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-action-service",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "action that resource control policies do not reach",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if cx.statement.has_effect(Effect::Allow) {
        return;
    }
    for entry in cx.listed_actions() {
        let (text, service) = (entry.as_str(), entry.service());
        if entry.covers_everything() {
            out.report(
                entry.text().span(),
                format!("a resource control policy takes no `{text}` as action, so AWS refuses it"),
            )
            .help("name the services, such as `s3:*`");
            continue;
        }
        if !is_out_of_reach(cx, entry) {
            continue;
        }
        out.report(
            entry.text().source_span(0..service.len()),
            format!(
                "resource control policies do not reach `{service}`, so `{text}` is never denied"
            ),
        )
        .help("remove it; a service control policy can deny it to the principals of the accounts");
    }
}

/// Whether an entry is of a service that resource control policies do not reach. A service that does
/// not exist is another rule's.
pub(in crate::lint) fn is_out_of_reach(cx: &StatementCx<'_>, entry: &ActionPattern) -> bool {
    let service = entry.service();
    entry.has_exact_service()
        && cx.catalog.service(service).is_some()
        && !cx.catalog.has_resource_control_policies(service)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        rcp_syntax_error_action,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": ["S3:*", "EC2:Describe*"], "Resource": "*""#),
        "EC2"
    );
    fires!(
        everything,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*""#),
        "*"
    );
    fires!(
        everything_of_every_service,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "*:*", "Resource": "*""#),
        "*:*"
    );
    silent!(
        services_on_the_list,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sts:AssumeRole", "KMS:Decrypt"], "Resource": "*""#)
    );
    silent!(
        no_such_service,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "s33:GetObject", "Resource": "*""#)
    );
    silent!(
        full_access,
        as Rcp,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#)
    );
}
