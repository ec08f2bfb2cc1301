use super::{End, Fixed, check_beside, fix};
use crate::{
    lint::{Options, Selection, Selector, rule_by_id, testing::allow},
    policy::PolicyType,
    source::{Finding, Safety, Severity, Source},
};
use std::time::Instant;

fn source(text: &str) -> Source {
    Source::new("test.json", text.as_bytes().to_vec())
}

fn fixed_with(text: &str, options: &Options, up_to: Safety) -> Fixed {
    fix(&source(text), &[], options, up_to, &|_| true)
}

fn fixed(text: &str, up_to: Safety) -> Fixed {
    fixed_with(text, &Options::default(), up_to)
}

fn safely(text: &str) -> String {
    fixed(text, Safety::Safe).text
}

/// The rules of the fixes that were taken, in order.
fn rules(fixed: &Fixed) -> Vec<&str> {
    let rules = fixed.applied.iter().map(|fix| fix.rule.as_str());
    rules.collect()
}

/// Some rules and no others.
fn only(ids: &[&str]) -> Options {
    let rules = ids.iter().map(|id| Selector::Rule(rule_by_id(id).unwrap()));
    Options {
        selection: Selection {
            select: Some(rules.collect()),
            ..Selection::default()
        },
        ..Options::default()
    }
}

#[test]
fn a_clean_policy_stays() {
    let text = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::reports/*""#);
    let fixed = fixed(&text, Safety::Unsafe);
    assert_eq!(fixed.text, text);
    assert!(fixed.applied.is_empty());
    assert_eq!(fixed.end, End::Settled);
}

#[test]
fn only_the_edits_change_the_text() {
    let text = "\r\n{ \"Version\" :\t\"2012-10-17\",\r\n\"Statement\": {\"Resource\":\"*\",\n\n\
                \"Action\" : [ \"s3:listallmybuckets\" ] , \"Effect\":\"Allow\"}}\r\n \n";
    assert_eq!(
        safely(text),
        text.replace("listallmybuckets", "ListAllMyBuckets")
    );
}

#[test]
fn unsafe_fixes_are_taken_only_where_they_are_asked_for() {
    let text = allow(r#""s3:GetObjekt""#, r#""arn:aws:s3:::reports/*""#);
    assert_eq!(safely(&text), text);
    let fixed = fixed(&text, Safety::Unsafe);
    assert_eq!(fixed.text, text.replace("Objekt", "Object"));
    assert_eq!(fixed.applied[0].safety, Safety::Unsafe);
    assert_eq!(rules(&fixed), ["unknown-action"]);
}

#[test]
fn what_is_found_afterwards_is_told() {
    let text = allow(
        r#"["s3:getobject", "s3:GetObjekt"]"#,
        r#""arn:aws:s3:::reports/*""#,
    );
    let fixed = fixed(&text, Safety::Safe);
    let found: Vec<_> = fixed
        .after
        .findings
        .iter()
        .map(|own| own.rule.as_str())
        .collect();
    assert_eq!(rules(&fixed), ["action-case"]);
    assert_eq!(found, ["unknown-action"]);
}

#[test]
fn what_one_fix_brings_to_light_is_fixed_in_the_next_pass() {
    // The entries are the same once the letters are, and one entry needs no list.
    let text = allow(
        r#"["s3:getobject", "s3:GetObject"]"#,
        r#""arn:aws:s3:::reports/*""#,
    );
    let options = only(&["action-case", "redundant-action", "style-single-item-list"]);
    let fixed = fixed_with(&text, &options, Safety::Safe);
    assert_eq!(
        fixed.text,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::reports/*""#)
    );
    assert_eq!(fixed.end, End::Settled);
}

#[test]
fn a_list_of_the_same_entry_keeps_one() {
    let entries = vec![r#""s3:GetObject""#; 300].join(", ");
    let text = allow(&format!("[{entries}]"), r#""arn:aws:s3:::reports/*""#);
    let fixed = fixed(&text, Safety::Safe);
    assert_eq!(
        fixed.text,
        allow(r#"["s3:GetObject"]"#, r#""arn:aws:s3:::reports/*""#)
    );
    assert_eq!(fixed.applied.len(), 299);
}

#[test]
fn two_fixes_that_write_the_same_are_taken_once() {
    let text = allow(
        r#""s3:GetObject""#,
        r#""arn:aws:s3:::home/${aws:username}/*""#,
    );
    let old = text.replace("2012-10-17", "2008-10-17");
    let options = only(&["outdated-version", "variable-old-version"]);
    let before = check_beside(&source(&old), &[], &options).findings;
    let edits: Vec<_> = before
        .iter()
        .flat_map(|own| &own.fix)
        .map(|fix| &fix.edits)
        .collect();
    assert_eq!(edits.len(), 2);
    assert_eq!(edits[0], edits[1]);
    let fixed = fixed_with(&old, &options, Safety::Unsafe);
    assert_eq!(fixed.text, text);
    assert_eq!(fixed.applied.len(), 1);
    assert!(
        fixed.after.findings.is_empty(),
        "{:?}",
        fixed.after.findings
    );
}

/// Each of two operators can lose its `IfExists`, but not both: they would be one key twice.
fn two_blocks() -> String {
    let condition = r#"{"BoolIfExists": {"aws:SecureTransport": "true"}, "boolIfExists": {"aws:SecureTransport": "false"}}"#;
    let resource = format!(r#""arn:aws:s3:::reports/*", "Condition": {condition}"#);
    allow(r#""s3:getobject""#, &resource)
}

#[test]
fn a_fix_that_would_bring_an_error_is_left_out_and_the_others_are_taken() {
    let rules = [
        "ifexists-on-present-key",
        "action-case",
        "json-duplicate-key",
    ];
    let fixed = fixed_with(&two_blocks(), &only(&rules), Safety::Safe);
    let expected = two_blocks()
        .replace("getobject", "GetObject")
        .replace("BoolIfExists", "Bool");
    assert_eq!(fixed.text, expected);
    assert_eq!(fixed.after.findings.len(), 1);
    assert_eq!(fixed.end, End::Settled);
}

#[test]
fn errors_count_of_rules_that_do_not_run_and_that_the_options_make_less_of() {
    let mut options = only(&["ifexists-on-present-key"]);
    let rule = rule_by_id("json-duplicate-key").unwrap();
    options.severities.insert(rule.rule_id(), Severity::Hint);
    let fixed = fixed_with(&two_blocks(), &options, Safety::Safe);
    assert_eq!(fixed.text, two_blocks().replace("BoolIfExists", "Bool"));
}

#[test]
fn rules_that_are_off_fix_nothing() {
    let text = allow(r#""s3:getobject""#, r#""arn:aws:s3:::reports/*""#);
    let fixed = fixed_with(&text, &only(&["style-sort"]), Safety::Unsafe);
    assert_eq!(fixed.text, text);
}

#[test]
fn findings_that_are_not_wanted_stay_and_severities_are_those_of_the_options() {
    let text = allow(r#"["s3:getobject"]"#, r#""arn:aws:s3:::reports/*""#);
    let mut options = only(&["action-case", "style-single-item-list"]);
    let rule = rule_by_id("action-case").unwrap();
    options
        .severities
        .insert(rule.rule_id(), Severity::Critical);
    let wanted = |own: &Finding| own.severity == Severity::Critical;
    let fixed = fix(&source(&text), &[], &options, Safety::Safe, &wanted);
    assert_eq!(fixed.text, text.replace("getobject", "GetObject"));
    assert_eq!(fixed.after.findings.len(), 1);
}

#[test]
fn commas_and_comments_go_and_then_the_rest_is_fixed() {
    let text = "{\n  // who reads\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Effect\": \
                \"Allow\",\n    \"Action\": \"s3:getobject\",\n    \"Resource\": \
                \"arn:aws:s3:::reports/*\",\n  },],\n}\n";
    let expected = text
        .replace("// who reads", "")
        .replace("*\",\n", "*\"\n")
        .replace("},]", "}]")
        .replace("],\n", "]\n")
        .replace("getobject", "GetObject");
    let fixed = fixed(text, Safety::Safe);
    assert_eq!(fixed.text, expected);
    assert!(
        fixed.after.findings.is_empty(),
        "{:?}",
        fixed.after.findings
    );
}

#[test]
fn a_broken_text_is_fixed_as_far_as_that_goes() {
    let text = "{\"Statement\": [{\"Effect\": Allow \"Action\": \"s3:getobject\",},]";
    let fixed = fixed(text, Safety::Unsafe);
    assert_eq!(fixed.text, text.replace(",}", "}").replace(",]", "]"));
    assert_eq!(fixed.end, End::Settled);
}

#[test]
fn the_mark_at_the_start_goes_alone() {
    let text = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::reports/*""#);
    assert_eq!(safely(&format!("\u{feff}{text}")), text);
    let wanted = |own: &Finding| own.rule.as_str() != "json-bom-or-encoding";
    let marked = format!("\u{feff}{}", text.replace("Get", "get"));
    let fixed = fix(
        &source(&marked),
        &[],
        &Options::default(),
        Safety::Safe,
        &wanted,
    );
    assert_eq!(fixed.text, format!("\u{feff}{text}"));
}

#[test]
fn files_that_cannot_be_read_whole_are_left_alone() {
    let mut bytes = allow(r#""s3:getobject""#, r#""arn:aws:s3:::reports/*""#).into_bytes();
    bytes.extend(b" \xff");
    let source = Source::new("test.json", bytes);
    let fixed = fix(&source, &[], &Options::default(), Safety::Unsafe, &|_| true);
    assert_eq!(fixed.end, End::Unreadable);
    assert!(fixed.applied.is_empty());
    let large = format!(
        "{{\"a\": 1,}}{}",
        " ".repeat(crate::source::MAX_POLICY_BYTES)
    );
    assert_eq!(safely(&large), large);
}

#[test]
fn ten_thousand_fixes_take_no_longer_than_a_few_checks() {
    let statement = |number: usize| {
        format!(
            r#"{{"Effect":"Allow","Action":["s3:getobject"],"Resource":["arn:aws:s3:::reports{number}/*"]}}"#
        )
    };
    let statements: Vec<_> = (0..3_334).map(statement).collect();
    let entries = vec![r#""s3:GetObject""#; 10_000].join(",");
    let mut options = only(&[
        "action-case",
        "style-single-item-list",
        "redundant-action",
        "json-trailing-comma",
    ]);
    options.policy_type = Some(PolicyType::Identity);
    for (text, most, end) in [
        (
            allow(&format!("[{entries}]"), r#""arn:aws:s3:::reports/*""#),
            10_000,
            End::Settled,
        ),
        (
            format!(
                r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
                statements.join(",")
            ),
            10_002,
            End::Settled,
        ),
        (
            format!(r#"{{"Statement": [{}]}}"#, r#"{"a": 1,},"#.repeat(10_000)),
            50 * super::MOST_PASSES,
            End::OutOfPasses,
        ),
    ] {
        let started = Instant::now();
        let fixed = fixed_with(&text, &options, Safety::Safe);
        let taken = started.elapsed();
        assert_eq!((fixed.applied.len(), fixed.end), (most, end));
        // On a slow machine and hardly optimized.
        assert!(taken.as_secs() < 10, "{taken:?}");
    }
}

#[test]
fn no_fix_takes_a_comment_that_is_in_use_or_brings_back_what_is_accepted() {
    let text = "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\",\n     \
                // iamsim: ignore[data-exfiltration] reviewed by the board\n     \"s3:Get*\"], \"Resource\": \"*\"}]}\n";
    let source = Source::new("q.jsonc", text.as_bytes().to_vec());
    let options = Options::default();
    let before = check_beside(&source, &[], &options);
    assert!(!before.suppressed.is_empty());
    for up_to in [Safety::Safe, Safety::Unsafe] {
        let fixed = fix(&source, &[], &options, up_to, &|_| true);
        assert!(
            fixed.text.contains("reviewed by the board"),
            "{}",
            fixed.text
        );
        assert_eq!(fixed.after.suppressed.len(), before.suppressed.len());
        assert!(fixed.after.findings.len() <= before.findings.len());
    }
}
