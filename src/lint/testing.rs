//! How the tests of rules are written: a line each.

use super::{Example, Options, Requirements, Rule, Selection, check, read, rule_by_id};
use crate::{
    policy::{AccountId, PolicyType},
    source::{Finding, Severity, Source},
};

/// The options under which a rule surely runs: of the first type that it looks at where it does not
/// look at the one that would be guessed.
fn options(rule: &Rule, source: &Source) -> Options {
    let guessed = read(source, None)
        .type_of_policy
        .is_none_or(|of| rule.types.contains(of.policy_type));
    Options {
        policy_type: rule.types.iter().next().filter(|_| !guessed),
        selection: Selection::with(rule_by_id(rule.id)),
        ..Options::default()
    }
}

/// What a rule and the others find in an example of its manual. An example of a type that would not
/// be guessed says so after `json`: `json scp`.
fn findings_of_example(rule: &Rule, example: &Example, settings: Options) -> Vec<Finding> {
    let source = Source::new(
        format!("example.{}", example.language),
        example.text.as_bytes().to_vec(),
    );
    let policy_type = example
        .policy_type
        .as_deref()
        .map(|name| PolicyType::from_name(name).unwrap_or_else(|| panic!("{}: {name}", rule.id)));
    let options = Options {
        policy_type,
        selection: Selection::with(rule_by_id(rule.id)),
        // What becomes too old has examples too.
        today: Some(jiff::civil::date(2999, 1, 1))
            .filter(|_| ["stale-database", "expired-suppression"].contains(&rule.id)),
        // The account that most examples are of.
        account: settings.account.or(AccountId::parse("123456789012")),
        ..settings
    };
    check(&source, &options).findings
}

/// Asserts that an example fires its rule under some settings, and nothing else that is an error.
pub(crate) fn assert_fires(rule: &Rule, example: &Example, settings: Options) {
    let found = findings_of_example(rule, example, settings);
    let (own, others): (Vec<_>, Vec<_>) = found
        .iter()
        .partition(|finding| finding.rule == rule.rule_id());
    assert!(!own.is_empty(), "{}: {}", rule.id, example.text);
    for other in others {
        let (id, text) = (other.rule, &example.text);
        assert_ne!(other.severity, Severity::Error, "{}: {id}: {text}", rule.id);
    }
}

/// Asserts that an example does not fire its rule under some settings, and is free of errors.
pub(crate) fn assert_silent(rule: &Rule, example: &Example, settings: Options) {
    for finding in findings_of_example(rule, example, settings) {
        let (id, text) = (finding.rule, &example.text);
        assert_ne!(id, rule.rule_id(), "{text}");
        assert_ne!(finding.severity, Severity::Error, "{}: {id}", rule.id);
    }
}

/// What a rule underlines in a document, in order.
pub(super) fn underlined(rule: &Rule, text: &str) -> Vec<String> {
    underlined_as(rule, None, text)
}

/// What a rule underlines in a document of a type, in order.
pub(super) fn underlined_as(
    rule: &Rule,
    policy_type: Option<PolicyType>,
    text: &str,
) -> Vec<String> {
    underlined_under(rule, Requirements::default(), policy_type, text)
}

/// What a rule underlines where the user asks something of policies, in order.
pub(super) fn underlined_under(
    rule: &Rule,
    requirements: Requirements,
    policy_type: Option<PolicyType>,
    text: &str,
) -> Vec<String> {
    underlined_with(rule, text, |options| {
        options.policy_type = policy_type.or(options.policy_type);
        options.requirements = requirements.into();
    })
}

/// What a rule underlines under further options, in order.
pub(super) fn underlined_with(
    rule: &Rule,
    text: &str,
    set: impl FnOnce(&mut Options),
) -> Vec<String> {
    let (source, found) = findings_with(rule, text, set);
    let spans = found.iter().map(|finding| finding.span);
    spans.map(|span| source.slice(span).to_owned()).collect()
}

fn findings_with(
    rule: &Rule,
    text: &str,
    set: impl FnOnce(&mut Options),
) -> (Source, Vec<Finding>) {
    let source = Source::new("test.json", text.as_bytes().to_vec());
    let mut options = options(rule, &source);
    set(&mut options);
    let mut found = check(&source, &options).findings;
    found.retain(|finding| finding.rule == rule.rule_id());
    (source, found)
}

/// The one finding of a rule in a document.
#[track_caller]
pub(super) fn finding(rule: &Rule, text: &str) -> Finding {
    finding_as(rule, None, text)
}

/// The one finding of a rule in a document of a type.
#[track_caller]
pub(super) fn finding_as(rule: &Rule, policy_type: Option<PolicyType>, text: &str) -> Finding {
    finding_under(rule, Requirements::default(), policy_type, text)
}

/// The one finding of a rule where the user asks something of policies.
#[track_caller]
pub(super) fn finding_under(
    rule: &Rule,
    requirements: Requirements,
    policy_type: Option<PolicyType>,
    text: &str,
) -> Finding {
    let (_, mut found) = findings_with(rule, text, |options| {
        options.policy_type = policy_type.or(options.policy_type);
        options.requirements = requirements.into();
    });
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

/// The help of the one finding of a rule in a document.
#[track_caller]
pub(super) fn help(rule: &Rule, text: &str) -> String {
    finding(rule, text).help.unwrap()
}

/// The severity of the one finding of a rule in a document.
#[track_caller]
pub(super) fn severity(rule: &Rule, text: &str) -> Severity {
    finding(rule, text).severity
}

/// The document after the fix of the one finding of a rule.
#[track_caller]
pub(super) fn fixed(rule: &Rule, text: &str) -> String {
    let mut text = text.to_owned();
    for edit in finding(rule, &text).fix.unwrap().edits.iter().rev() {
        text.replace_range(edit.span.start..edit.span.end, &edit.replacement);
    }
    text
}

/// A policy of one statement that allows an action on a resource, each as JSON.
pub(super) fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {action}, "Resource": {resource}}}]}}"#
    )
}

/// A policy of one statement, given as its members.
pub(super) fn statement(members: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{{members}}}]}}"#)
}

/// A policy of one statement under a condition, given as JSON.
pub(super) fn under(condition: &str) -> String {
    allow(
        r#""s3:GetObject""#,
        &format!(r#""*", "Condition": {condition}"#),
    )
}

/// `fires!(name, document, "underlined", ...)`: the rule of this file finds exactly these. With
/// `as Scp` before the document, it is one of that type.
macro_rules! fires {
    ($name:ident, as $policy_type:ident, $text:expr, $($underlined:expr),+ $(,)?) => {
        #[test]
        fn $name() {
            let text: &str = &$text;
            let policy_type = Some($crate::policy::PolicyType::$policy_type);
            let found = $crate::lint::testing::underlined_as(&super::RULE, policy_type, text);
            assert_eq!(found, [$($underlined),+], "{text}");
        }
    };
    ($name:ident, $text:expr, $($underlined:expr),+ $(,)?) => {
        #[test]
        fn $name() {
            let text: &str = &$text;
            assert_eq!($crate::lint::testing::underlined(&super::RULE, text), [$($underlined),+], "{text}");
        }
    };
}

/// `silent!(name, document)`: the rule of this file finds nothing. With `as Scp` before the document,
/// it is one of that type.
macro_rules! silent {
    ($name:ident, as $policy_type:ident, $text:expr) => {
        #[test]
        fn $name() {
            let text: &str = &$text;
            let policy_type = Some($crate::policy::PolicyType::$policy_type);
            let found = $crate::lint::testing::underlined_as(&super::RULE, policy_type, text);
            assert_eq!(found, [] as [&str; 0], "{text}");
        }
    };
    ($name:ident, $text:expr) => {
        #[test]
        fn $name() {
            let text: &str = &$text;
            let found = $crate::lint::testing::underlined(&super::RULE, text);
            assert_eq!(found, [] as [&str; 0], "{text}");
        }
    };
}

pub(super) use {fires, silent};
