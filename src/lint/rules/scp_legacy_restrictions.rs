use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyType, PolicyTypes, ResourceForm},
    source::{Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags what service control policies did not take before September 2025: `NotResource`, and
    /// an `Allow` with `NotAction`, with `Condition` or with a `Resource` other than `*`. It runs
    /// only where it is asked for.
    ///
    /// ## Why it matters
    /// AWS takes all of it today. Ask for this rule where a policy also goes to a partition, or
    /// through a tool, that still has the older language.
    ///
    /// ## Fires
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:*",
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    ///     "Action": "s3:*",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// - Access Analyzer: `SCP_SYNTAX_ERROR_ALLOW_CONDITION`, `SCP_SYNTAX_ERROR_ALLOW_NOTACTION`
    /// - Access Analyzer: `SCP_SYNTAX_ERROR_ALLOW_RESOURCE`, `SCP_SYNTAX_ERROR_NOTRESOURCE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "scp-legacy-restrictions",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "what service control policies did not take before 2025",
        types: PolicyTypes::of(&[PolicyType::Scp]),
        enabled: false,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let mut report = |span: Span, message: &str| {
        let message = format!("{message}, which AWS takes only since September 2025");
        out.report(span, message)
            .help("turn this rule off unless the policy must do with the older language");
    };
    for member in cx.members_named(&["NotResource"]) {
        report(member.key.span(), "the statement has `NotResource`");
    }
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    for member in cx.members_named(&["NotAction"]) {
        report(member.key.span(), "the `Allow` has `NotAction`");
    }
    for member in cx.members_named(&["Condition"]) {
        report(member.key.span(), "the `Allow` has a condition");
    }
    let resource = cx.statement.resource.as_ref();
    let mut entries = resource.into_iter().flat_map(|element| &element.entries);
    if let Some(entry) = entries.find(|entry| entry.form != ResourceForm::Star) {
        report(
            entry.text.span(),
            "the `Allow` has a resource other than `*`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            Options, check,
            testing::{fires, silent, statement},
        },
        policy::PolicyType,
        source::Source,
    };

    fires!(
        scp_syntax_error_allow_resource,
        as Scp,
        statement(r#""Effect": "Allow", "Action": "s3:*", "Resource": ["*", "arn:aws:s3:::b"]"#),
        "arn:aws:s3:::b"
    );
    fires!(
        scp_syntax_error_allow_notaction_and_condition,
        as Scp,
        statement(r#""Effect": "Allow", "NotAction": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#),
        "NotAction",
        "Condition"
    );
    fires!(
        scp_syntax_error_notresource,
        as Scp,
        statement(r#""Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b""#),
        "NotResource"
    );
    silent!(
        full_access,
        as Scp,
        statement(r#""Effect": "Allow", "Action": "*", "Resource": "*""#)
    );
    silent!(
        deny,
        as Scp,
        statement(r#""Effect": "Deny", "NotAction": "s3:*", "Resource": "arn:aws:s3:::b", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#)
    );

    #[test]
    fn it_runs_only_where_it_is_asked_for() {
        let text =
            statement(r#""Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b""#);
        let options = Options {
            policy_type: Some(PolicyType::Scp),
            ..Options::default()
        };
        let source = Source::new("test.json", text.into_bytes());
        let found = check(&source, &options).findings;
        assert!(found.iter().all(|each| each.rule != super::RULE.rule_id()));
    }
}
