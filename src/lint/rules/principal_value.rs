use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, principals::Named, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an entry under `AWS` that is neither `*`, an account number of twelve digits, the
    /// ARN of an account's root user, of a user, a role, or a session of either, a unique id, nor
    /// a CloudFront origin access identity. Text that a template engine fills in is left alone.
    ///
    /// ## Why it matters
    /// AWS refuses to save the policy ("Invalid principal in policy"). The two usual causes are
    /// an account number that lost its leading zeros on the way through a spreadsheet or a YAML
    /// file, and a service or an identity provider listed under the wrong kind.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::1234567890:root"},
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
    ///     "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:role/app"]},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - parliament: `UNKNOWN_PRINCIPAL`
    /// - iam-policy-validator: `invalid_principal`
    /// - cfn-lint: `E3512`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-value",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "text under `AWS` that names no principal",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        if Named::of(entry) != Some(Named::Nobody) {
            continue;
        }
        let text = entry.text.as_str();
        let range = number(text).unwrap_or(0..text.len());
        let span = entry.text.source_span(range.clone());
        let wrong = text.get(range.clone()).unwrap_or_default();
        let is_number = !wrong.is_empty() && wrong.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            out.report(
                span,
                format!(
                    "`{wrong}` has {} digits, and an account number 12",
                    wrong.len()
                ),
            )
            .help("write all twelve digits as a string, with the zeros at its start");
            continue;
        }
        let help = if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") {
            "list a service under `Service`"
        } else if text.contains(":saml-provider/") || text.contains(":oidc-provider/") {
            "list an identity provider under `Federated`"
        } else if text.contains(":assumed-role/") {
            "a session is `arn:aws:sts::123456789012:assumed-role/role/session`; for all sessions \
             of a role name the role"
        } else {
            "name an account by its twelve digits, or a user or role by its ARN, such as \
             `arn:aws:iam::123456789012:role/name`"
        };
        out.report(
            entry.text.span(),
            format!("`{text}` is no principal of AWS, which refuses the policy"),
        )
        .help(help);
    }
}

/// Where the account number stands that is not one: the whole of a number, or the field of an ARN
/// of IAM.
fn number(text: &str) -> Option<std::ops::Range<usize>> {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if are_digits(text) {
        return Some(0..text.len());
    }
    let (start, rest) = text.split_once("::")?;
    let account = rest.split(':').next()?;
    let from = start.len() + 2;
    (are_digits(account) && account.len() != 12).then_some(from..from + account.len())
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, help, silent, statement};

    fn bucket(principal: &str) -> String {
        let rest = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#;
        statement(&format!(
            r#""Effect": "Allow", "Principal": {principal}, {rest}"#
        ))
    }

    fires!(
        account_in_an_arn,
        bucket(r#"{"AWS": "arn:aws:iam::1234567890:root"}"#),
        "1234567890"
    );
    fires!(
        account_that_lost_a_zero,
        bucket(r#"{"AWS": ["12345678901", "123456789012"]}"#),
        "12345678901"
    );
    fires!(
        resource_that_makes_no_requests,
        bucket(r#"{"AWS": "arn:aws:iam::123456789012:instance-profile/app"}"#),
        "arn:aws:iam::123456789012:instance-profile/app"
    );
    fires!(
        session_without_a_name,
        bucket(r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/app"}"#),
        "arn:aws:sts::123456789012:assumed-role/app"
    );
    fires!(
        in_a_trust_policy,
        statement(r#""Effect": "Allow", "Principal": {"AWS": "ana"}, "Action": "sts:AssumeRole""#),
        "ana"
    );
    fires!(in_a_deny, as Endpoint, bucket(r#"{"AWS": "root"}"#), "root");
    silent!(
        every_form,
        bucket(
            r#"{"AWS": ["*", "123456789012", "arn:aws-us-gov:iam::123456789012:root",
            "arn:aws:iam::123456789012:user/ops/ana", "arn:aws:sts::123456789012:assumed-role/a/b",
            "arn:aws:sts::123456789012:federated-user/bob", "AIDAEXAMPLEID1234567",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E15MNIMTCFKK4C"]}"#
        )
    );
    silent!(
        template,
        bucket(r#"{"AWS": "arn:aws:iam::${AWS::AccountId}:role/app"}"#)
    );
    silent!(
        placeholder,
        bucket(r#"{"AWS": "arn:aws:iam::ACCOUNT_ID:root"}"#)
    );
    silent!(
        group_is_another_rule,
        bucket(r#"{"AWS": "arn:aws:iam::123456789012:group/a"}"#)
    );

    #[test]
    fn the_right_kind_is_named() {
        let of = |text: &str| help(&super::RULE, &bucket(&format!(r#"{{"AWS": "{text}"}}"#)));
        assert!(of("lambda.amazonaws.com").contains("`Service`"));
        assert!(of("arn:aws:iam::123456789012:saml-provider/x").contains("`Federated`"));
    }
}
