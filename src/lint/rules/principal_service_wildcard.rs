use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, placeholders::is_unfilled, rule},
    policy::{Effect, PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `"Service": "*"` in an `Allow`, and a wildcard inside the name of a service
    /// (`error`).
    ///
    /// ## Why it matters
    /// With `*` any service of AWS may use the grant, on behalf of any of its customers: whoever
    /// can make one of them call, in their own account, gets through. A wildcard inside a name is
    /// refused.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "*"},
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"
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
    ///     "Principal": {"Service": "sns.amazonaws.com"},
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs",
    ///     "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `UNSUPPORTED_WILDCARD_IN_PRINCIPAL`
    /// - iam-policy-validator: `service_principal_wildcard`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-service-wildcard",
        category: Category::Security,
        severity: Severity::Critical,
        summary: "every service as principal",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        let text = entry.text.as_str();
        if entry.kind != PrincipalKind::Service || !text.contains(['*', '?']) || is_unfilled(text) {
            continue;
        }
        if text != "*" {
            out.report(
                entry.text.span(),
                format!("a wildcard in the service principal `{text}` matches nothing"),
            )
            .severity(Severity::Error)
            .help("list the services by name");
        } else if cx.statement.has_effect(Effect::Allow) && cx.statement.principal.is_some() {
            out.report(entry.text.span(), "every service of AWS may use this grant")
                .help("list the services that need it, each with `aws:SourceArn`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    fires!(
        every_service,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "*"}, "Action": "sts:AssumeRole""#
        ),
        "*"
    );
    fires!(
        part_of_a_name,
        statement(
            r#""Effect": "Deny", "Principal": {"Service": ["sns.amazonaws.com", "*.amazonaws.com"]}, "Action": "sqs:SendMessage", "Resource": "*""#
        ),
        "*.amazonaws.com"
    );
    silent!(
        deny,
        statement(
            r#""Effect": "Deny", "Principal": {"Service": "*"}, "Action": "sqs:*", "Resource": "*""#
        )
    );
    silent!(
        template,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "${Name}.*"}, "Action": "sts:AssumeRole""#
        )
    );

    #[test]
    fn a_wildcard_inside_a_name_is_an_error() {
        let text = statement(
            r#""Effect": "Allow", "Principal": {"Service": "ec?.amazonaws.com"}, "Action": "sts:AssumeRole""#,
        );
        assert_eq!(severity(&super::RULE, &text), Severity::Error);
    }
}
