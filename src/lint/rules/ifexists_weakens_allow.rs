use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, Strength, condition_needs, without_if_exists},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes, PrincipalKind},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `IfExists` under `Allow` with a key that says who calls, from where or for whom: requests
    /// without the key are allowed as well. `high` where the principal is everybody, `medium` elsewhere.
    ///
    /// It is silent where another test asks for the key, and for `aws:SourceIp` beside `aws:SourceVpc` or
    /// `aws:SourceVpce` with `IfExists`: each request has one of the two, so one of them decides.
    /// `aws:MultiFactorAuthPresent` is left to `mfa-boolifexists-allow`.
    ///
    /// In the policy of a resource that lets everybody in for that reason, `public-principal` and
    /// `public-write` tell it.
    ///
    /// ## Why it matters
    /// `IfExists` reads "or if the request has no such key". `StringEqualsIfExists` on `aws:SourceVpce`
    /// admits your VPC endpoint and the whole internet, which goes through no endpoint.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - iam-policy-validator: `ifexists_weakens_security_condition`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "ifexists-weakens-allow",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "`IfExists` allows requests without a key that should limit them",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
            PolicyType::Trust,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let key = cx.test.key.as_str();
    if !operator.if_exists
        || operator.comparison.is_negated()
        || !cx.has_effect(Effect::Allow)
        || cx.is_always_present()
    {
        return;
    }
    let Some(strength) = Strength::of(key).filter(|strength| strength.is_guard()) else {
        return;
    };
    let Some(missing_from) = strength.missing_from else {
        return;
    };
    if cx.fate() != Fate::Open || condition_needs(cx.condition, key) || is_one_of_two(cx) {
        return;
    }
    if cx.is_told_as_public() {
        return;
    }
    let severity = if is_for_everyone(cx) {
        Severity::High
    } else {
        Severity::Medium
    };
    let plain = without_if_exists(operator);
    let draft = out
        .report(
            cx.test.key.span(),
            format!("`IfExists` also allows requests without `{key}`: {missing_from}"),
        )
        .severity(severity)
        .label(cx.test.operator_text.span(), "holds without the key")
        .help(format!("use `{plain}`"));
    if let Some(edit) = cx.with_operator(plain) {
        draft.fix(format!("use `{plain}`"), Safety::Unsafe, vec![edit]);
    }
}

/// Whether the condition tests the address of requests from the internet, and the network of those
/// through endpoints: each request has one of the keys.
fn is_one_of_two(cx: &TestCx<'_>) -> bool {
    const INSIDE: [&str; 4] = [
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:VpceAccount",
        "aws:VpceOrgID",
    ];
    let has = |key: &str| cx.condition.tests.iter().any(|test| test.is_about(key));
    let is_inside = INSIDE.iter().any(|key| cx.is_about(key)) || cx.is_about("aws:VpcSourceIp");
    cx.is_about("aws:SourceIp") && INSIDE.iter().any(|key| has(key))
        || is_inside && has("aws:SourceIp")
}

fn is_for_everyone(cx: &TestCx<'_>) -> bool {
    let element = cx.statement.statement.principal.as_ref();
    element.is_some_and(|element| {
        element.entries.iter().any(|entry| {
            entry.kind == PrincipalKind::Everyone
                || entry.kind == PrincipalKind::Aws && entry.text.as_str() == "*"
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, fixed, severity, silent, statement, under},
        source::Severity,
    };

    const ENDPOINT: &str =
        r#"{"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}"#;

    fires!(endpoint, under(ENDPOINT), "aws:SourceVpce");
    fires!(
        paths_in_other_letters,
        under(r#"{"foranyvalue:stringlikeifexists": {"aws:principalorgpaths": "o-a/*"}}"#),
        "aws:principalorgpaths"
    );
    silent!(
        without,
        under(r#"{"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}"#)
    );
    silent!(
        key_that_limits_the_request_only,
        under(r#"{"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#)
    );
    silent!(
        address_or_network,
        under(
            r#"{"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "StringEqualsIfExists": {"aws:SourceVpc": "vpc-01234567"}}"#
        )
    );
    silent!(
        asked_for_elsewhere,
        under(
            r#"{"StringEqualsIfExists": {"aws:SourceVpce": "vpce-01234567"}, "Null": {"aws:SourceVpce": "false"}}"#
        )
    );
    silent!(
        deny,
        statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {ENDPOINT}"#
        ))
    );

    #[test]
    fn everybody_is_worse() {
        assert_eq!(severity(&super::RULE, &under(ENDPOINT)), Severity::Medium);
        let everybody = statement(&format!(
            r#""Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": "sts:AssumeRole", "Condition": {ENDPOINT}"#
        ));
        assert_eq!(severity(&super::RULE, &everybody), Severity::High);
    }

    #[test]
    fn the_fix_asks_for_the_key() {
        let expected = r#"{"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}"#;
        assert_eq!(fixed(&super::RULE, &under(ENDPOINT)), under(expected));
    }
}
