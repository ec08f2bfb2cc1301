use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, placeholders::is_unfilled, rule},
    policy::{PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `*` or `?` inside a principal under `AWS`, `Federated` or `CanonicalUser`. `*` alone
    /// under `AWS` means everyone and is right there; services are
    /// `principal-service-wildcard`'s.
    ///
    /// ## Why it matters
    /// Principals are compared as they stand, or AWS refuses the policy outright: no wildcard in
    /// them ever matches a part of a name. Roles of one name pattern are let in by their account,
    /// together with a condition on `aws:PrincipalArn`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/app-*"},
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
    ///     "Principal": {"AWS": "123456789012"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/app-*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `UNSUPPORTED_WILDCARD_IN_PRINCIPAL`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-wildcard-partial",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "wildcard inside a principal",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        let text = entry.text.as_str();
        let Some(at) = text.find(['*', '?']) else {
            continue;
        };
        let help = match entry.kind {
            PrincipalKind::Everyone | PrincipalKind::Service => continue,
            PrincipalKind::Aws if text == "*" => continue,
            _ if is_unfilled(text) => continue,
            PrincipalKind::Aws => {
                "name the account, and limit its roles by a condition such as \
                 `\"ArnLike\": {\"aws:PrincipalArn\": ...}`"
            }
            PrincipalKind::Federated | PrincipalKind::CanonicalUser => "write the name out",
        };
        out.report(
            entry.text.source_span(at..at + 1),
            format!("a wildcard in the principal `{text}` matches nothing"),
        )
        .help(help);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fn assumed_by(principal: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole""#
        ))
    }

    fires!(
        aa_unsupported_wildcard_in_principal,
        assumed_by(r#"{"AWS": "arn:aws:iam::123456789012:role/app-*"}"#),
        "*"
    );
    fires!(
        question_mark_in_a_list,
        assumed_by(r#"{"AWS": ["123456789012", "arn:aws:iam::12345678901?:root"]}"#),
        "?"
    );
    fires!(
        identity_provider,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "*"}, "Action": "sts:AssumeRoleWithSAML""#
        ),
        "*"
    );
    fires!(
        not_principal,
        statement(
            r#""Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::*:root"}, "Action": "s3:*", "Resource": "*""#
        ),
        "*"
    );
    silent!(everyone, assumed_by(r#""*""#));
    silent!(everyone_under_aws, assumed_by(r#"{"AWS": ["*"]}"#));
    silent!(service_is_another_rule, assumed_by(r#"{"Service": "*"}"#));
    silent!(
        template,
        assumed_by(r#"{"AWS": "arn:aws:iam::${Account}:role/*"}"#)
    );
}
