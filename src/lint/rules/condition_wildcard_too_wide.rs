use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, Strength, has_wildcard, needs_key},
        condition_value, rule,
        service_principals::is_open_guard,
    },
    policy::{
        ArnPattern, Comparison, ConditionValue, Effect, Pattern, Piece, PolicyType, PolicyTypes,
        PrincipalKind, starts_with_ignoring_case,
    },
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a wildcard in a value of a key that says who calls or from where, if it leaves the key with
    /// little to say. It looks at what an `Allow` lets in, and at what a `Deny` with a negated comparison
    /// spares.
    ///
    /// - Accounts, organizations, VPCs and endpoints: any wildcard. `o-*` is every organization.
    /// - Paths of organizations: a wildcard before the first `/`.
    /// - `aws:userid`: a wildcard before the colon with fewer than 16 characters before it.
    /// - `aws:PrincipalArn` and `aws:SourceArn` under `Allow`, `medium`: a wildcard as the account, or fewer
    ///   than six characters of the name of a bucket, where no other test and no principal limits the
    ///   account.
    ///
    /// It also flags `${aws:UserAgent}`, `${aws:referer}` and `${aws:RequestTag/...}` in such values: then the
    /// caller chooses what is compared.
    ///
    /// For `sts:ExternalId` under `Allow` it flags a value of wildcards alone. For the other keys a lone
    /// `*` is left to `condition-always-true` and `condition-equivalent-to-null`, and a service that acts
    /// for all its customers to `confused-deputy`.
    ///
    /// In the policy of a resource that lets everybody in for that reason, `public-principal` and
    /// `public-write` tell it.
    ///
    /// ## Why it matters
    /// The condition looks like a limit to one organization or network, and lets in everybody's.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}
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
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `WILDCARD_USAGE_TOO_PERMISSIVE`, `VARIABLE_USAGE_TOO_PERMISSIVE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-wildcard-too-wide",
        category: Category::Security,
        severity: Severity::High,
        summary: "wildcard leaves a limiting key with little to say",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
            PolicyType::Trust,
            PolicyType::Scp,
            PolicyType::Rcp,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

/// How many characters of an id of a role or user tell it from others.
const FIXED_OF_ID: usize = 16;

/// How many characters of the name of a bucket tell its owner from others.
const FIXED_OF_NAME: usize = 6;

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let comparison = cx.test.operator.comparison;
    let is_deny = cx.has_effect(Effect::Deny);
    if comparison.is_negated() != is_deny || !is_deny && !cx.has_effect(Effect::Allow) {
        return;
    }
    let key = cx.test.key.as_str();
    if is_any_external_id(cx) {
        let any = cx.test.values.iter().find(|value| is_any(&value.text));
        out.report(
            any.map_or(cx.test.span, condition_value::span),
            "this lets in every external id, so the trusted party can be made to act for strangers",
        )
        .severity(Severity::High)
        .help("write the id that you agreed on with the trusted party");
        return;
    }
    let Some(strength) = Strength::of(key).filter(|strength| strength.is_guard()) else {
        return;
    };
    if cx.fate() != Fate::Open || is_open_guard(cx.statement, cx.test) {
        return;
    }
    if cx.is_told_as_public() {
        return;
    }
    let what = if is_deny { "spares" } else { "lets in" };
    for value in &cx.test.values {
        let Ok(pattern) = Pattern::parse(&value.text, cx.version()) else {
            continue;
        };
        if let Some(variable) = chosen_by_caller(&pattern) {
            let message = format!(
                "the caller chooses what stands for `{variable}`, so this {what} whoever wants"
            );
            out.report(value.source_span(0..value.text.len()), message)
                .help("compare with a text, or with a variable that AWS sets");
            continue;
        }
        if !comparison.reads_wildcards() || !has_wildcard(&pattern) {
            continue;
        }
        let Some((severity, matched, help)) = fault(cx, strength, value, &pattern) else {
            continue;
        };
        let message = format!(
            "`{}` {what} {matched}, as `{key}` says little then",
            value.text
        );
        out.report(value.source_span(0..value.text.len()), message)
            .severity(severity)
            .help(help);
    }
}

/// Whether an `Allow` asks for an external id and takes whichever.
pub(in crate::lint) fn is_any_external_id(cx: &TestCx<'_>) -> bool {
    cx.test.operator.comparison == Comparison::StringLike
        && cx.has_effect(Effect::Allow)
        && cx.is_about("sts:ExternalId")
        && matches!(cx.fate(), Fate::Open | Fate::WithKey)
        && cx.test.values.iter().any(|value| is_any(&value.text))
}

/// Whether a text has wildcards alone.
fn is_any(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'*' | b'?')) && text.contains('*')
}

/// What a pattern matches if it is too wide, how bad that is, and what to write instead.
fn fault(
    cx: &TestCx<'_>,
    strength: Strength,
    value: &ConditionValue,
    pattern: &Pattern,
) -> Option<(Severity, &'static str, &'static str)> {
    let start = match pattern.pieces().first() {
        Some(Piece::Literal(start)) => start.as_str(),
        Some(Piece::Variable(_)) => return None,
        Some(Piece::AnyText | Piece::AnyCharacter) | None => "",
    };
    match strength.wildcards {
        "none" => {
            let help = "list the values in full";
            has_no_variable(pattern).then_some((Severity::High, "those of other owners", help))
        }
        "after organization" => {
            let help = "write the id of the organization in full, up to the first `/`";
            (!start.contains('/')).then_some((Severity::High, "every organization", help))
        }
        "after colon" => {
            let help = "write the id in full, and a wildcard only after the `:`";
            let is_told = start.contains(':') || start.len() >= FIXED_OF_ID;
            (!is_told).then_some((Severity::High, "other users and roles", help))
        }
        "account" => {
            let is_wide =
                !cx.has_effect(Effect::Deny) && is_of_any_account(value, cx) && !limits_account(cx);
            let help =
                "write the account in full, or add `aws:PrincipalOrgID` or `aws:SourceAccount`";
            is_wide.then_some((Severity::Medium, "every account", help))
        }
        _ => None,
    }
}

fn has_no_variable(pattern: &Pattern) -> bool {
    pattern.variables().next().is_none()
}

/// A variable whose text the caller makes up.
fn chosen_by_caller(pattern: &Pattern) -> Option<&str> {
    pattern
        .variables()
        .map(|variable| variable.key.as_str())
        .find(|key| {
            key.eq_ignore_ascii_case("aws:UserAgent")
                || key.eq_ignore_ascii_case("aws:referer")
                || starts_with_ignoring_case(key, "aws:RequestTag/")
        })
}

/// Whether an ARN says nothing of whose account it is.
fn is_of_any_account(value: &ConditionValue, cx: &TestCx<'_>) -> bool {
    let Ok(Some(arn)) = ArnPattern::parse(&value.text, cx.version()) else {
        return false;
    };
    let [_, service, _, account, resource] = arn.fields();
    match account.pieces() {
        [] => {
            let name = match resource.pieces() {
                [Piece::Literal(start), _, ..] => start.as_str(),
                [Piece::AnyText | Piece::AnyCharacter, ..] => "",
                _ => return false,
            };
            service.as_literal() == Some("s3") && name.len() < FIXED_OF_NAME
        }
        pieces => pieces.iter().all(|piece| matches!(piece, Piece::AnyText)),
    }
}

/// Whether something else limits the account: the principals, another test, or that the policy decides
/// about the requests of one account.
fn limits_account(cx: &TestCx<'_>) -> bool {
    let of_principal = cx.is_about("aws:PrincipalArn");
    let resource_policy = matches!(
        cx.policy_type(),
        PolicyType::Resource | PolicyType::Trust | PolicyType::Endpoint
    );
    if !resource_policy {
        return true;
    }
    let is_open = cx.statement.principals().any(|entry| match entry.kind {
        PrincipalKind::Everyone => true,
        PrincipalKind::Service => !of_principal,
        PrincipalKind::Aws => entry.text.as_str() == "*",
        PrincipalKind::Federated | PrincipalKind::CanonicalUser => false,
    });
    // A network is that of an owner as well.
    let is_limited = cx.condition.tests.iter().any(|test| {
        let own = test.key.span() == cx.test.key.span();
        let strength = Strength::of(test.key.as_str());
        !own && strength.is_some_and(Strength::is_guard) && needs_key(test)
    });
    !is_open || is_limited
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement, under};

    fn bucket(effect: &str, condition: &str) -> String {
        statement(&format!(
            r#""Effect": "{effect}", "Principal": {{"AWS": "*"}}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}"#
        ))
    }

    fires!(
        aa_wildcard_usage_too_permissive,
        as Trust,
        bucket("Allow", r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#),
        "o-*"
    );
    fires!(
        aa_variable_usage_too_permissive,
        under(r#"{"StringEquals": {"aws:SourceVpc": "${aws:UserAgent}"}}"#),
        "${aws:UserAgent}"
    );
    fires!(
        spared_from_a_deny_in_other_letters,
        bucket(
            "Deny",
            r#"{"stringnotlike": {"AWS:sourcevpce": ["vpce-0123456789abcdef0", "vpce-?*"]}}"#
        ),
        "vpce-?*"
    );
    fires!(
        any_role_with_a_session_name,
        as Trust,
        bucket(
            "Allow",
            r#"{"StringLike": {"aws:userid": ["*:admin", "AROAEXAMPLEID1234567:*"]}}"#
        ),
        "*:admin"
    );
    fires!(
        role_of_any_account,
        as Trust,
        bucket(
            "Allow",
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}"#
        ),
        "arn:aws:iam::*:role/reader"
    );
    silent!(
        deputy_is_another_rule,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}"#
        )
    );
    fires!(
        any_bucket,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:123456789012:t", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}"#
        ),
        "arn:aws:s3:::*"
    );
    fires!(
        any_external_id,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "sts:AssumeRole", "Condition": {"stringlike": {"STS:externalid": ["*", "a"]}}"#
        ),
        "*"
    );
    silent!(
        external_ids_of_a_customer,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:ExternalId": "acme-*"}}"#
        )
    );
    silent!(
        everybody_is_let_in,
        bucket(
            "Allow",
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}"#
        )
    );
    silent!(
        whole_organization,
        bucket(
            "Allow",
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#
        )
    );
    silent!(
        role_of_any_account_of_an_organization,
        bucket(
            "Allow",
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}, "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        )
    );
    silent!(
        bucket_of_an_account,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:123456789012:t", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}, "StringEquals": {"aws:SourceAccount": "123456789012"}}"#
        )
    );
    silent!(
        own_roles,
        under(r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}"#)
    );
    silent!(
        denied_organizations,
        bucket("Deny", r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#)
    );
    silent!(
        own_account,
        bucket(
            "Allow",
            r#"{"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}"#
        )
    );
    silent!(
        everything_is_another_rule,
        bucket("Allow", r#"{"StringLike": {"aws:PrincipalOrgID": "*"}}"#)
    );
}
