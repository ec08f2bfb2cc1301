use super::{End, Fixed, fix};
use crate::{
    lint::{Options, Selection, Selector, rule_by_id, testing::allow},
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
fn two_fixes_that_add_the_same_add_it_once() {
    let text = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}"#;
    let options = only(&["missing-version", "variable-old-version"]);
    let before = super::check_beside(&source(text), &[], &options).findings;
    let adding = |own: &&Finding| {
        let mut edits = own.fix.iter().flat_map(|fix| &fix.edits);
        edits.any(|edit| edit.replacement.contains("\"Version\""))
    };
    assert_eq!(before.iter().filter(adding).count(), 2, "{before:?}");
    let fixed = fixed_with(text, &options, Safety::Unsafe);
    assert_eq!(
        fixed.text,
        text.replacen('{', r#"{"Version": "2012-10-17", "#, 1)
    );
    assert_eq!(fixed.applied.len(), 1);
}

#[test]
fn a_fix_that_would_bring_an_error_is_left_out_and_the_others_are_taken() {
    // `StringLike` would become a second `StringEquals`.
    let condition = r#"{"StringLikeIfExists": {"aws:PrincipalTag/team": "blue"}, "Bool": {"aws:SecureTransport": "true"}, "BoolIfExists": {"aws:SecureTransport": "true"}}"#;
    let text = allow(
        r#""s3:getobject""#,
        &format!(r#""arn:aws:s3:::reports/*", "Condition": {condition}"#),
    );
    let fixed = fixed(&text, Safety::Safe);
    let expected = text
        .replace("getobject", "GetObject")
        .replace("StringLikeIfExists", "StringEqualsIfExists");
    assert_eq!(fixed.text, expected);
    let left = fixed.after.findings.iter();
    assert!(
        left.clone()
            .any(|own| own.rule.as_str() == "ifexists-on-present-key" && own.fix.is_some())
    );
    assert_eq!(fixed.end, End::Settled);
}

#[test]
fn errors_of_rules_that_do_not_run_count_as_well() {
    let condition = r#"{"Bool": {"aws:SecureTransport": "true"}, "BoolIfExists": {"aws:SecureTransport": "true"}}"#;
    let text = allow(
        r#""s3:GetObject""#,
        &format!(r#""arn:aws:s3:::reports/*", "Condition": {condition}"#),
    );
    let mut options = only(&["ifexists-on-present-key"]);
    let rule = rule_by_id("json-duplicate-key").unwrap();
    options.severities.insert(rule.rule_id(), Severity::Hint);
    let fixed = fixed_with(&text, &options, Safety::Safe);
    assert_eq!(fixed.text, text);
    assert_eq!(fixed.after.findings.len(), 1);
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
    let entries = vec![r#""s3:GetObject""#; 10_000].join(",");
    let broken = format!("{{\"Statement\": [{}]}}", "{\"a\": 1,},".repeat(10_000));
    let statements: Vec<_> = (0..3_334).map(statement).collect();
    let mut options = only(&["action-case", "style-single-item-list", "redundant-action"]);
    options.policy_type = Some(crate::policy::PolicyType::Identity);
    for text in [
        allow(&format!("[{entries}]"), r#""arn:aws:s3:::reports/*""#),
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            statements.join(",")
        ),
        broken,
    ] {
        let started = Instant::now();
        super::check_beside(&source(&text), &[], &Options::default());
        let check = started.elapsed();
        let started = Instant::now();
        let fixed = fixed_with(&text, &options, Safety::Safe);
        let taken = started.elapsed();
        eprintln!(
            "{} {} {check:?} {taken:?} {:?} {}",
            text.len(),
            fixed.applied.len(),
            fixed.end,
            fixed.after.findings.len()
        );
        assert!(taken.as_secs() < 20, "{taken:?}, and a check {check:?}");
    }
}
