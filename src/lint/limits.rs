//! How much a condition limits.
//!
//! That there is a condition says little: one on the organization lets in few, one on the user agent
//! lets in everybody who cares to write it. What each key limits is told by
//! `data/condition-key-strength.txt`; what its values leave of that is judged here.

use super::{
    condition_key::is_of_identity_provider,
    condition_tests::{boolean_value, null_value},
};
use crate::{
    catalog::{Catalog, GlobalConditionKey, table::CONDITION_KEY_STRENGTH},
    policy::{Comparison, ConditionTest, Quantifier, Statement},
};

/// How much a test, a condition or a policy limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    /// Nothing: it holds for every request.
    Nothing,
    /// Little: those who want to can make it hold.
    Weak,
    /// Much: it holds for some callers, or for some resources, and others cannot help it.
    Strong,
}

/// What is to be limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Who may call.
    Callers,
    /// What may be called, and on what.
    Calls,
}

/// How much the condition of a statement limits what it applies to: as much as its best test.
pub(super) fn of_statement(statement: &Statement, of: Of) -> Limit {
    let tests = statement
        .condition
        .iter()
        .flat_map(|condition| &condition.tests);
    of_tests(tests, of)
}

/// How much tests that must all hold limit.
pub(super) fn of_tests<'t, I>(tests: I, of: Of) -> Limit
where
    I: Iterator<Item = &'t ConditionTest>,
{
    tests
        .map(|test| of_test(test, of))
        .max()
        .unwrap_or(Limit::Nothing)
}

/// How much is left where the statement does not apply, because its condition does not hold: all of
/// its tests would have to be such that their opposites limit. `Deny` unless the organization is this
/// one limits to this organization. Without a condition nothing is left.
pub(super) fn of_absence(statement: &Statement, of: Of) -> Limit {
    let tests = statement
        .condition
        .iter()
        .flat_map(|condition| &condition.tests);
    tests
        .map(|test| of_opposite(test, of))
        .min()
        .unwrap_or(Limit::Strong)
}

/// How much a test limits.
pub(super) fn of_test(test: &ConditionTest, of: Of) -> Limit {
    let comparison = test.operator.comparison;
    if comparison == Comparison::Null {
        let demands = null_value(test) == Some(false);
        // Resources that have a tag are not all resources.
        if demands && of == Of::Calls && is_tag_of_resource(test.key.as_str()) {
            return Limit::Strong;
        }
        return if demands { Limit::Weak } else { Limit::Nothing };
    }
    // Both hold where the request lacks the key.
    let passes_absence = test.operator.if_exists && !is_in_every_call(test)
        || test.operator.quantifier == Some(Quantifier::ForAllValues);
    // With every value of the tag, the tag is all that is asked for.
    let any_value = test.values.iter().all(|value| value.text == "*") && !test.values.is_empty();
    if !passes_absence
        && !comparison.is_negated()
        && comparison.reads_wildcards()
        && any_value
        && of == Of::Calls
        && is_tag_of_resource(test.key.as_str())
    {
        return Limit::Strong;
    }
    if passes_absence || comparison.is_negated() {
        return Limit::Weak.min(of_key(test, of));
    }
    of_key(test, of).min(of_values(test))
}

/// Whether each call has the key, or each call of the actions that have it.
pub(super) fn is_in_every_call(test: &ConditionTest) -> bool {
    let own = test.key.as_str();
    ["iam:PassedToService", "iam:AWSServiceName", "iam:PolicyARN"]
        .iter()
        .any(|key| key.eq_ignore_ascii_case(own))
        || Catalog::embedded()
            .global_condition_key(own)
            .is_some_and(GlobalConditionKey::always_present)
}

/// How much the opposite of a test limits.
fn of_opposite(test: &ConditionTest, of: Of) -> Limit {
    let comparison = test.operator.comparison;
    // What is spared where the request has the key and it is `true` are calls of AWS itself; without
    // `IfExists` requests that lack the key, such as those without credentials, are spared as well.
    let spares_services = ["aws:PrincipalIsAWSService", "aws:ViaAWSService"]
        .iter()
        .any(|key| test.is_about(key))
        && boolean_value(test) == Some(false);
    if comparison == Comparison::Bool && spares_services {
        return if test.operator.if_exists {
            Limit::Strong
        } else {
            Limit::Weak
        };
    }
    if comparison == Comparison::Bool {
        // The opposite of `false` is `true`, and of `true` is `false`.
        return of_key(test, of);
    }
    // `ForAnyValue` is false where the request lacks the key, so its opposite holds there.
    if !comparison.is_negated() || test.operator.quantifier == Some(Quantifier::ForAnyValue) {
        return Limit::Nothing;
    }
    of_key(test, of).min(of_values(test))
}

/// How much a key can limit at most.
fn of_key(test: &ConditionTest, of: Of) -> Limit {
    let key = test.key.as_str();
    let row = CONDITION_KEY_STRENGTH.row(key).or_else(|| {
        let (family, _) = key.split_once('/')?;
        CONDITION_KEY_STRENGTH.row(&format!("{family}/${{TagKey}}"))
    });
    match (row, of) {
        (Some([_, callers, ..]), Of::Callers) => grade(callers),
        (Some([_, _, calls, ..]), Of::Calls) => grade(calls),
        // What a service says of a call is about what is called. An identity provider says who calls.
        (_, Of::Calls) if !is_global(key) => Limit::Strong,
        (_, Of::Callers) if is_of_identity_provider(key) => Limit::Strong,
        _ => Limit::Weak,
    }
}

/// Whether a key tells a tag of the resource, of whatever service.
fn is_tag_of_resource(key: &str) -> bool {
    let (family, _) = key.split_once('/').unwrap_or((key, ""));
    let (_, name) = family.split_once(':').unwrap_or_default();
    name.eq_ignore_ascii_case("ResourceTag")
}

fn grade(word: &str) -> Limit {
    if word == "limits" {
        Limit::Strong
    } else {
        Limit::Weak
    }
}

fn is_global(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

/// What the values leave of it: each value is one more way in, so the weakest counts.
fn of_values(test: &ConditionTest) -> Limit {
    let patterns = test.operator.comparison.reads_wildcards();
    let network = matches!(
        test.operator.comparison,
        Comparison::IpAddress | Comparison::NotIpAddress
    );
    test.values
        .iter()
        .map(|value| {
            if network {
                of_network(&value.text)
            } else if (patterns || !value.text.contains(['*', '?']))
                && !has_fixed_part(&value.text, test.key.as_str())
            {
                Limit::Nothing
            } else {
                Limit::Strong
            }
        })
        .min()
        .unwrap_or(Limit::Nothing)
}

/// A network of more than a 256th of all addresses keeps out few.
fn of_network(text: &str) -> Limit {
    match text.rsplit_once('/').map(|(_, length)| length.parse()) {
        Some(Ok(0)) => Limit::Nothing,
        Some(Ok(1..8_u8)) => Limit::Weak,
        // A single address, or what is no network at all.
        Some(Ok(_) | Err(_)) | None => Limit::Strong,
    }
}

/// The managed policies with which whoever has them can give themselves the rest.
const ADMINISTRATORS: [&str; 2] = ["AdministratorAccess", "IAMFullAccess"];

/// Whether a pattern says whose it is: an account of an ARN, or enough text before the first wildcard.
fn has_fixed_part(text: &str, key: &str) -> bool {
    // Everything that AWS itself manages is open to everybody.
    let of_policy = key.eq_ignore_ascii_case("iam:PolicyARN");
    let managed = text.strip_prefix("arn:aws:iam::aws:policy/");
    if of_policy && managed.is_some_and(|name| ADMINISTRATORS.contains(&name) || name.contains('*'))
    {
        return false;
    }
    if !text.contains(['*', '?']) {
        return true;
    }
    // `*.amazonaws.com` is every service.
    let of_service = ["iam:PassedToService", "iam:AWSServiceName"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(key));
    if of_service {
        return !text.starts_with(['*', '?']);
    }
    if let Some(rest) = text.strip_prefix("arn:") {
        let mut fields = rest.splitn(5, ':');
        let account = fields.nth(3).unwrap_or_default();
        let resource = fields.next().unwrap_or_default();
        let fixed = |field: &str| !field.is_empty() && !field.contains(['*', '?']);
        // The ARNs of buckets have no account; their names are unique.
        let name = resource.split(['*', '?']).next().unwrap_or_default();
        return fixed(account) || account.is_empty() && name.len() >= 3;
    }
    // `o-*` is every organization, `AROAEXAMPLE:*` every session of one role.
    let start = text.split(['*', '?']).next().unwrap_or_default();
    let identifier = ["org", "vpc", "userid", "account"]
        .iter()
        .any(|word| key.to_ascii_lowercase().contains(word));
    if identifier {
        start.len() >= 8
    } else {
        !start.is_empty() || text.len() > 2
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Of, of_absence, of_statement};
    use crate::{lint::read, lint::testing::under, source::Source};

    fn limits(condition: &str, of: Of) -> (Limit, Limit) {
        let source = Source::new("test.json", under(condition).into_bytes());
        let policy = read(&source, None).policy.unwrap();
        let statement = policy.statements.first().unwrap();
        (of_statement(statement, of), of_absence(statement, of))
    }

    #[test]
    fn what_a_condition_limits_is_told_by_key_operator_and_values() {
        use Limit::{Nothing, Strong, Weak};
        for (condition, expected) in [
            (r"{}", Nothing),
            (
                r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
                Strong,
            ),
            (r#"{"StringLike": {"AWS:principalorgid": "o-*"}}"#, Nothing),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
                Weak,
            ),
            (
                r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/"}}"#,
                Weak,
            ),
            (
                r#"{"StringNotEquals": {"aws:PrincipalAccount": "418272953104"}}"#,
                Weak,
            ),
            (
                r#"{"StringEqualsIfExists": {"AWS:PrincipalAccount": "418272953104"}}"#,
                Strong,
            ),
            (r#"{"StringLike": {"aws:UserAgent": "x"}}"#, Weak),
            (
                r#"{"StringEquals": {"aws:PrincipalTag/team": "blue"}}"#,
                Weak,
            ),
            (
                r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
                Strong,
            ),
            (
                r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}}"#,
                Nothing,
            ),
            (r#"{"IpAddress": {"aws:SourceIp": "128.0.0.0/1"}}"#, Weak),
            (
                r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}"#,
                Nothing,
            ),
            (
                r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::418272953104:*"}}"#,
                Strong,
            ),
            (
                r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::reports"}}"#,
                Strong,
            ),
            (
                r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}"#,
                Nothing,
            ),
            (r#"{"Null": {"aws:SourceVpce": "FALSE"}}"#, Weak),
            (r#"{"Null": {"aws:SourceVpce": []}}"#, Nothing),
        ] {
            let (limit, _) = limits(condition, Of::Callers);
            assert_eq!(limit, expected, "{condition}");
        }
    }

    #[test]
    fn what_is_left_beside_a_denial_is_told_by_its_opposite() {
        use Limit::{Nothing, Strong};
        for (condition, expected) in [
            (
                r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
                Strong,
            ),
            (
                r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
                Strong,
            ),
            (
                r#"{"ForAnyValue:StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}"#,
                Nothing,
            ),
            (
                r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
                Nothing,
            ),
            (
                r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
                Strong,
            ),
            (
                r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#,
                Strong,
            ),
            (
                r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}"#,
                Limit::Weak,
            ),
        ] {
            let (_, left) = limits(condition, Of::Callers);
            assert_eq!(left, expected, "{condition}");
        }
    }
}
