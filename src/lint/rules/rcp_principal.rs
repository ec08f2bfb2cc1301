use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, edits::replace, rule},
    policy::{PolicyType, PolicyTypes, PrincipalKind},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `NotPrincipal`, and any principal but `*`, in a resource control policy. `{"AWS":
    /// "*"}` is left alone.
    ///
    /// ## Why it matters
    /// AWS refuses it. Such a policy is about everybody who asks for the resources of an account,
    /// and `Condition` says who of them is meant.
    ///
    /// The fix writes `"*"` and is not safe: the statement is about more principals then, and
    /// without a condition denies them all.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
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
    /// - Access Analyzer: `RCP_SYNTAX_ERROR_PRINCIPAL`
    /// - iam-policy-validator: `invalid_rcp_principal`, `invalid_rcp_not_principal`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-principal",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "principal other than `*` in a resource control policy",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

const HELP: &str = "write `\"Principal\": \"*\"` and say in `Condition` who is meant, such as with \
                    `aws:PrincipalArn`";

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for member in cx.members_named(&["NotPrincipal"]) {
        out.report(
            member.key.span(),
            "a resource control policy has no `NotPrincipal`, so AWS refuses this one",
        )
        .help(HELP);
    }
    let Some(element) = &cx.statement.principal else {
        return;
    };
    // One finding tells of them all.
    let wrong = element.entries.iter().find(|entry| {
        let is_open = matches!(entry.kind, PrincipalKind::Everyone | PrincipalKind::Aws);
        !(is_open && entry.text.as_str() == "*")
    });
    if let Some(entry) = wrong {
        let message = format!(
            "a resource control policy takes no principal but `*`, so AWS refuses `{}`",
            entry.text.as_str()
        );
        out.report(entry.text.span(), message).help(HELP).fix(
            "write `\"*\"`",
            Safety::Unsafe,
            vec![replace(element.span, "\"*\"")],
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        rcp_syntax_error_principal,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": {"AWS": ["*", "111122223333"]}, "Action": "s3:*", "Resource": "*""#),
        "111122223333"
    );
    fires!(
        every_service,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": {"Service": "*"}, "Action": "s3:*", "Resource": "*""#),
        "*"
    );
    fires!(
        not_principal,
        as Rcp,
        statement(r#""Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*""#),
        "NotPrincipal"
    );
    silent!(
        everyone,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#)
    );
    silent!(
        everyone_in_an_object,
        as Rcp,
        statement(r#""Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": "s3:*", "Resource": "*""#)
    );

    #[test]
    fn the_fix_writes_a_star() {
        let with = |principal: &str| {
            statement(&format!(
                r#""Effect": "Deny", "Principal": {principal}, "Action": "s3:*", "Resource": "*""#
            ))
        };
        let text = with(r#"{"AWS": "111122223333"}"#);
        let source = crate::source::Source::new("test.json", text.clone().into_bytes());
        let options = crate::lint::Options {
            policy_type: Some(crate::policy::PolicyType::Rcp),
            ..Default::default()
        };
        let findings = crate::lint::check(&source, &options).findings;
        let own = findings
            .iter()
            .find(|each| each.rule == super::RULE.rule_id());
        let fix = own.unwrap().fix.clone().unwrap();
        let mut fixed = text;
        for edit in fix.edits {
            fixed.replace_range(edit.span.start..edit.span.end, &edit.replacement);
        }
        assert_eq!(fixed, with("\"*\""));
    }
}
