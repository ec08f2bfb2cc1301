//! What holds of every rule.

use super::{FILES, RULES};
use crate::{
    lint::{
        Category, Example, Manual, Options, RESERVED, Rule, check, markdown,
        testing::{allow, assert_fires, assert_silent},
    },
    source::{Finding, Source},
};
use std::{collections::BTreeSet, path::Path};

fn findings(name: &str, text: &str) -> Vec<Finding> {
    let source = Source::new(name, text.as_bytes().to_vec());
    check(&source, &Options::default()).findings
}

/// Whether no example of a manual can make the rule fire: a policy that is too long would fill
/// pages, and no document is known that makes a rule crash. Their own tests do.
fn fires_without_example(rule: &Rule) -> bool {
    rule.category == Category::Quota || rule.id == "check-failed"
}

fn examples(rule: &Rule, heading: &str) -> Vec<Example> {
    let mut examples = Manual::of(rule).examples(heading);
    let may_lack = heading == "Fires" && fires_without_example(rule);
    assert!(
        may_lack || !examples.is_empty(),
        "{}: no example under {heading}",
        rule.id
    );
    // Those with settings are run where the configuration is read.
    examples.retain(|example| example.settings.is_none());
    examples
}

#[test]
fn names_are_kebab_case_and_those_of_the_files() {
    for (rule, file) in RULES.iter().zip(FILES) {
        assert_eq!(rule.id, file.replace('_', "-"));
        let words = rule.id.split('-');
        assert!(words.into_iter().all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        }));
    }
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(names.len(), RULES.len());
}

#[test]
fn the_list_is_sorted() {
    let keys = RULES.iter().map(|rule| (rule.category, rule.id));
    assert!(keys.is_sorted(), "sort the list by category, then by name");
}

#[test]
fn summaries_are_one_line_in_the_voice_of_messages() {
    for rule in RULES {
        assert!(
            !rule.summary.contains('\n') && !rule.summary.ends_with('.'),
            "{}",
            rule.id
        );
        assert!(rule.summary.len() <= 72, "{}", rule.id);
    }
}

#[test]
fn manuals_have_every_heading_in_order() {
    for rule in RULES {
        let manual = Manual::of(rule);
        let headings: Vec<_> = manual
            .sections
            .iter()
            .map(|(heading, _)| heading.as_str())
            .collect();
        assert_eq!(headings, Manual::HEADINGS, "{}", rule.id);
        assert!(
            manual.sections.iter().all(|(_, body)| !body.is_empty()),
            "{}",
            rule.id
        );
    }
}

#[test]
fn lists_in_manuals_have_a_line_an_item() {
    for rule in RULES {
        let text = Manual::text(rule);
        let outside = text.split("```").step_by(2).flat_map(str::lines);
        for line in outside {
            let inner = line.trim_start().trim_start_matches("- ");
            assert!(
                !inner.ends_with(" -") && !inner.contains(" - `"),
                "{}: {line}",
                rule.id
            );
        }
    }
}

#[test]
fn names_that_are_kept_are_no_rules_yet() {
    for reserved in RESERVED {
        assert!(
            RULES.iter().all(|rule| rule.id != reserved.id),
            "{}",
            reserved.id
        );
    }
}

#[test]
fn examples_that_fire_fire_this_rule_and_no_other_error() {
    for rule in RULES {
        for example in examples(rule, "Fires") {
            assert_fires(rule, &example, Options::default());
        }
    }
}

#[test]
fn silent_examples_are_free_of_this_rule_and_of_errors() {
    for rule in RULES {
        for example in examples(rule, "Silent") {
            assert_silent(rule, &example, Options::default());
        }
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may look at its environment and the repository"
)]
fn the_document_of_rules_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let text = markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "run `UPDATE_DOCS=1 cargo test` and commit docs/rules.md"
    );
}

#[test]
fn the_policy_of_the_messages_worker_has_its_two_faults() {
    let text = include_str!("../../../policies/messages-worker.json");
    let source = Source::new("messages-worker.json", text.as_bytes().to_vec());
    let found: Vec<_> = check(&source, &Options::default())
        .findings
        .iter()
        .map(|finding| (finding.rule.as_str(), source.slice(finding.span).to_owned()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "action-wildcard-matches-nothing",
                "sqs:Describe*".to_owned()
            ),
            ("resource-requires-star", "sqs:List*".to_owned()),
        ]
    );
}

#[test]
fn hostile_lists_cost_little() {
    let many = |entry: &str| {
        let entries: Vec<_> = (0..2_000).map(|n| format!("\"{entry}{n}*\"")).collect();
        format!("[{}]", entries.join(","))
    };
    for (actions, resources) in [("*:*a", "arn:aws:s3:::x"), ("ec2:*e", "arn:aws:ec2:*:*:y/")] {
        let (actions, arns) = (many(actions), many(resources));
        let start = std::time::Instant::now();
        findings("hostile.json", &allow(&actions, &arns));
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
