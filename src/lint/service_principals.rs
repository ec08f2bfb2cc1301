//! The names of services as principals.

use super::{
    StatementCx,
    principals::{Measure, is_equality, is_strict, limits},
};
use crate::{
    catalog::{Catalog, table::SERVICE_PRINCIPALS},
    policy::{
        Comparison, ConditionTest, Effect, PolicyType, PrincipalEntry, PrincipalKind,
        starts_with_ignoring_case,
    },
};

/// The endings of service principals, over all partitions; `.cn` stands first as it is longer.
const ENDINGS: [&str; 2] = [".amazonaws.com.cn", ".amazonaws.com"];

/// Endings of names of which the table has few or none.
const OTHER_ENDINGS: [&str; 5] = [
    ".aws.internal",
    ".amazonaws.eu",
    ".ic.gov",
    ".sgov.gov",
    ".adc-e.uk",
];

/// A service principal without its ending and its region: `delivery.logs` for
/// `delivery.logs.amazonaws.com`, `states` for `states.eu-west-1.amazonaws.com`. `None` for text
/// that is not of the form.
pub(super) fn short_name(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let name = ENDINGS.iter().find_map(|end| lower.strip_suffix(end))?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name
        .split('.')
        .all(|label| !label.is_empty() && label.chars().all(is_part))
    {
        return None;
    }
    let name = match name.rsplit_once('.') {
        Some((service, region)) if is_region(region) => service,
        _ => name,
    };
    Some(name.to_owned())
}

/// `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`
fn is_region(label: &str) -> bool {
    let parts: Vec<_> = label.split('-').collect();
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    let are_letters = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2
        && words.first().is_some_and(|word| word.len() <= 4)
        && words.iter().all(are_letters)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The row of the table for a service principal, in whatever region or partition.
pub(super) fn row(text: &str) -> Option<&'static [&'static str]> {
    let name = short_name(text)?;
    SERVICE_PRINCIPALS.row(&format!("{name}.amazonaws.com"))
}

/// Whether AWS documents that policies of a kind, `resource` or `trust`, should limit for whom this
/// service acts.
pub(super) fn acts_for_others(text: &str, policies: &str) -> bool {
    let column = row(text).and_then(|row| row.get(1));
    column.is_some_and(|column| column.split(", ").any(|each| each == policies))
}

/// What a text under `Service` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// A service principal that there is, or one that may be newer than the table.
    Plausible,
    /// One that there is not, and one that is almost written so.
    Near(String),
    /// No name of a service at all.
    Malformed,
}

/// What a text under `Service` is.
pub(super) fn standing(catalog: Catalog, text: &str) -> Standing {
    let Some(name) = short_name(text) else {
        let is_other = OTHER_ENDINGS.iter().any(|end| text.ends_with(end));
        if is_other || SERVICE_PRINCIPALS.has(text) {
            return Standing::Plausible;
        }
        // A service of AWS with the ending of another company, such as `lambda.amazon.com`.
        let first = text.split('.').next().unwrap_or_default();
        let meant = format!("{}.amazonaws.com", first.to_ascii_lowercase());
        return if SERVICE_PRINCIPALS.has(&meant) && !text.contains([':', '/', ' ']) {
            Standing::Near(meant)
        } else if text.ends_with(".amazon.com") {
            Standing::Plausible
        } else {
            Standing::Malformed
        };
    };
    if SERVICE_PRINCIPALS.has(&format!("{name}.amazonaws.com")) || catalog.service(&name).is_some()
    {
        return Standing::Plausible;
    }
    let near = nearest(&name);
    near.map_or(Standing::Plausible, |near| {
        let lower = text.to_ascii_lowercase();
        let rest = lower.strip_prefix(&name).unwrap_or(".amazonaws.com");
        Standing::Near(format!("{near}{rest}"))
    })
}

/// The name in the table that differs from this one by a slip of the hand. Names that differ in
/// digits alone, as versions do, are no slips.
fn nearest(name: &str) -> Option<&'static str> {
    let most = match name.len() {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    let letters =
        |text: &str| -> String { text.chars().filter(char::is_ascii_lowercase).collect() };
    let rows = SERVICE_PRINCIPALS.rows().iter();
    rows.filter_map(|row| row.first()?.strip_suffix(".amazonaws.com"))
        .filter(|known| known.len().abs_diff(name.len()) <= most)
        .map(|known| (strsim::osa_distance(known, name), known))
        .filter(|(distance, known)| *distance <= most && letters(known) != letters(name))
        .min()
        .map(|(_, known)| known)
}

/// The keys that say for whom a service acts.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention>
const SOURCE_KEYS: [(&str, Measure); 4] = [
    ("aws:SourceArn", Measure::Arn),
    ("aws:SourceAccount", Measure::Account),
    ("aws:SourceOrgID", Measure::Organization),
    ("aws:SourceOrgPaths", Measure::Organization),
];

/// Keys that are put in their place: of the principal, which is the service, or of what a caller
/// can write as it likes.
const WEAK_KEYS: [&str; 9] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:Referer",
    "aws:SourceIp",
    "aws:SourceOwner",
    "aws:UserAgent",
    "aws:userid",
];

/// How a condition limits for whom a service acts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guard<'a> {
    /// It does, or it cannot be told.
    Kept,
    /// Only by a key that is not made for it.
    Weak(&'a ConditionTest),
    /// By a key that is made for it, in a way that every customer passes.
    Open(&'a ConditionTest),
    /// Not at all.
    None,
}

/// How the condition of a statement limits for whom a service acts.
pub(super) fn guard<'a>(cx: &'a StatementCx<'_>) -> Guard<'a> {
    if cx.never_holds() || cx.has_unfilled_key() {
        return Guard::Kept;
    }
    let (mut open, mut weak) = (None, None);
    for test in cx.tests() {
        let key = test.key.as_str();
        let source = SOURCE_KEYS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key));
        let is_weak = WEAK_KEYS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(key));
        let is_strict = is_strict(test.operator);
        if let Some((_, measure)) = source {
            if limits(test, *measure) {
                return Guard::Kept;
            }
            if is_equality(test.operator) {
                open.get_or_insert(test);
            }
        } else if is_weak {
            if is_strict || test.operator.comparison == Comparison::IpAddress {
                weak.get_or_insert(test);
            }
        } else if is_strict && may_name_source(key) {
            return Guard::Kept;
        }
    }
    match (open, weak) {
        (Some(test), _) => Guard::Open(test),
        (None, Some(test)) => Guard::Weak(test),
        (None, None) => Guard::None,
    }
}

/// The services of an `Allow` that act for all their customers, where policies of its type should
/// say for which. Keys of KMS are left out: their encryption context mostly says it.
pub(super) fn deputies<'a>(cx: &'a StatementCx<'_>) -> Vec<&'a PrincipalEntry> {
    let policies = match cx.policy_type() {
        PolicyType::Resource => "resource",
        PolicyType::Trust => "trust",
        PolicyType::Identity
        | PolicyType::Session
        | PolicyType::Boundary
        | PolicyType::Endpoint
        | PolicyType::Scp
        | PolicyType::Rcp => return Vec::new(),
    };
    if !cx.statement.has_effect(Effect::Allow) || is_of_keys(cx) {
        return Vec::new();
    }
    cx.named_principals()
        .iter()
        .filter(|entry| entry.kind == PrincipalKind::Service)
        .filter(|entry| acts_for_others(entry.text.as_str(), policies))
        .collect()
}

/// Whether all of it is about keys of KMS.
fn is_of_keys(cx: &StatementCx<'_>) -> bool {
    let actions = cx.listed_actions();
    !actions.is_empty()
        && actions
            .iter()
            .all(|entry| entry.service().eq_ignore_ascii_case("kms"))
}

/// Whether `confused-deputy` tells of a test, as every customer of a service passes it.
pub(super) fn is_open_guard(cx: &StatementCx<'_>, test: &ConditionTest) -> bool {
    let key = test.key.as_str();
    SOURCE_KEYS
        .iter()
        .any(|(known, _)| known.eq_ignore_ascii_case(key))
        && is_equality(test.operator)
        && matches!(guard(cx), Guard::Open(_))
        && !deputies(cx).is_empty()
}

/// Whether another key may tell for whom a service acts: an external id that the service sends, the
/// encryption context of a log group, or a key that is not known here. Those of objects in S3 and
/// of requests in general do not.
fn may_name_source(key: &str) -> bool {
    !starts_with_ignoring_case(key, "s3:") && !starts_with_ignoring_case(key, "aws:")
}

#[cfg(test)]
mod tests {
    use super::{Standing, acts_for_others, row, short_name, standing};
    use crate::catalog::Catalog;

    #[test]
    fn regions_and_partitions_are_not_part_of_the_name() {
        for (text, name) in [
            ("sns.amazonaws.com", Some("sns")),
            ("states.us-east-1.amazonaws.com", Some("states")),
            ("codedeploy.cn-north-1.amazonaws.com.cn", Some("codedeploy")),
            ("delivery.logs.amazonaws.com", Some("delivery.logs")),
            ("Lambda.amazonaws.com", Some("lambda")),
            (
                "resource-explorer-2.amazonaws.com",
                Some("resource-explorer-2"),
            ),
            ("es.us-gov-west-1.amazonaws.com", Some("es")),
            ("lambda", None),
            (".amazonaws.com", None),
            ("arn:aws:iam::1:role/x.amazonaws.com", None),
        ] {
            assert_eq!(short_name(text).as_deref(), name, "{text}");
        }
        assert!(row("logs.eu-west-1.amazonaws.com").is_some());
    }

    #[test]
    fn services_that_run_in_the_account_of_the_role_are_not_deputies_of_others() {
        for text in [
            "ec2.amazonaws.com",
            "lambda.amazonaws.com",
            "ecs-tasks.amazonaws.com",
        ] {
            assert!(row(text).is_some());
            assert!(!acts_for_others(text, "trust") && !acts_for_others(text, "resource"));
        }
        assert!(acts_for_others("sns.amazonaws.com", "resource"));
        assert!(acts_for_others("bedrock.amazonaws.com", "trust"));
    }

    #[test]
    fn only_slips_of_the_hand_are_told() {
        let near = |text: &str| Standing::Near(text.to_owned());
        for (text, expected) in [
            ("ecs-tasks.amazonaws.com", Standing::Plausible),
            ("spotfleet.amazonaws.com", Standing::Plausible),
            ("brand-new-service.amazonaws.com", Standing::Plausible),
            ("inspector3.amazonaws.com", Standing::Plausible),
            ("apprunner.aws.internal", Standing::Plausible),
            ("alexa-appkit.amazon.com", Standing::Plausible),
            ("lambd.amazonaws.com", near("lambda.amazonaws.com")),
            (
                "lamdba.us-east-1.amazonaws.com",
                near("lambda.us-east-1.amazonaws.com"),
            ),
            ("ecs-task.amazonaws.com", near("ecs-tasks.amazonaws.com")),
            ("lambda.amazon.com", near("lambda.amazonaws.com")),
            ("ec2", near("ec2.amazonaws.com")),
            ("my-app", Standing::Malformed),
            ("arn:aws:iam::123456789012:root", Standing::Malformed),
        ] {
            assert_eq!(standing(Catalog::embedded(), text), expected, "{text}");
        }
    }
}
