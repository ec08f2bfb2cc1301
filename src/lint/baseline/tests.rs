use super::*;
use crate::{
    lint::{Options, Selection, Selector, check, fingerprints},
    source::Source,
};

/// The findings of one rule.
fn identities(text: &str) -> Vec<Identity> {
    let source = Source::new("test.json", text.as_bytes().to_vec());
    let selection = Selection {
        select: Some(vec![Selector::parse("unknown-action").unwrap()]),
        ..Selection::default()
    };
    let options = Options {
        selection,
        ..Options::default()
    };
    let findings = check(&source, &options).findings;
    fingerprints(&source, &findings)
}

/// A policy of statements that each allow a misspelt action on everything.
fn policy(statements: &[&str]) -> String {
    let list = statements.join(", ");
    format!(r#"{{"Version": "2012-10-17", "Statement": [{list}]}}"#)
}

fn statement(sid: &str, bucket: &str) -> String {
    let sid = if sid.is_empty() {
        String::new()
    } else {
        format!(r#""Sid": "{sid}", "#)
    };
    format!(
        r#"{{{sid}"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::{bucket}/*"}}"#
    )
}

fn file<'a>(path: &'a str, findings: &'a [Identity]) -> FileIdentities<'a> {
    FileIdentities { path, findings }
}

fn all(_: &BaselineEntry) -> bool {
    true
}

fn baseline(text: &str) -> Baseline {
    let (baseline, _) = Baseline::default().updated(&[file("a.json", &identities(text))], &all);
    baseline
}

/// The statements, by number, whose finding is new beside a baseline.
fn new_statements(baseline: &Baseline, text: &str) -> Vec<usize> {
    let found = identities(text);
    let comparison = baseline.compare(&[file("a.json", &found)]);
    let pairs = found.iter().zip(&comparison.entries[0]);
    let unknown = pairs.filter(|(each, _)| each.rule.as_str() == "unknown-action");
    let new = unknown
        .enumerate()
        .filter(|(_, (_, entry))| entry.is_none());
    new.map(|(number, _)| number).collect()
}

fn parse(text: &str) -> Result<Baseline, BaselineFault> {
    Baseline::parse(&Source::new("b.json", text.as_bytes().to_vec()))
}

#[test]
fn a_baseline_knows_all_that_it_was_made_from() {
    let text = policy(&[&statement("", "a"), &statement("Two", "b")]);
    let known = baseline(&text);
    assert_eq!(known.entries().len(), 2);
    let comparison = known.compare(&[file("a.json", &identities(&text))]);
    assert!(comparison.entries[0].iter().all(Option::is_some));
    assert!(comparison.unmatched.is_empty());
}

#[test]
fn a_finding_of_another_file_is_new() {
    let text = policy(&[&statement("", "a")]);
    let known = baseline(&text);
    let comparison = known.compare(&[file("b.json", &identities(&text))]);
    assert!(comparison.entries[0].iter().all(Option::is_none));
    assert_eq!(comparison.unmatched.len(), known.entries().len());
}

#[test]
fn of_equal_findings_the_one_in_the_new_statement_is_new() {
    let [a, b, c] = ["a", "b", "c"].map(|bucket| statement("", bucket));
    let known = baseline(&policy(&[&a, &b]));
    assert_eq!(new_statements(&known, &policy(&[&c, &a, &b])), [0]);
    assert_eq!(new_statements(&known, &policy(&[&b, &c, &a])), [1]);
    assert_eq!(new_statements(&known, &policy(&[&a, &a, &b])), [1]);
}

#[test]
fn a_statement_may_change_and_keep_its_sid_or_change_its_sid() {
    let [a, b] = ["a", "b"].map(|bucket| statement("One", bucket));
    let known = baseline(&policy(&[&a]));
    assert!(new_statements(&known, &policy(&[&b])).is_empty());
    assert!(new_statements(&known, &policy(&[&statement("Other", "a")])).is_empty());
    assert!(new_statements(&known, &policy(&[&statement("", "a")])).is_empty());
    assert_eq!(
        new_statements(&known, &policy(&[&statement("Other", "b")])),
        [0]
    );
}

#[test]
fn a_second_statement_of_the_same_sid_does_not_make_the_first_one_new() {
    let [a, b] = ["a", "b"].map(|bucket| statement("One", bucket));
    let known = baseline(&policy(&[&a]));
    assert_eq!(new_statements(&known, &policy(&[&b, &a])), [0]);
}

#[test]
fn one_entry_stands_for_one_finding() {
    let [a, b] = ["a", "b"].map(|bucket| statement("", bucket));
    let known = baseline(&policy(&[&a, &b]));
    let comparison = known.compare(&[file("a.json", &identities(&policy(&[&b])))]);
    let gone: Vec<_> = known.at_places(&comparison.unmatched).collect();
    let alone = identities(&policy(&[&a]));
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].statement, alone[0].statement);
}

#[test]
fn an_update_keeps_reasons_adds_what_is_new_and_drops_what_is_gone() {
    let [a, b, c] = ["a", "b", "c"].map(|bucket| statement("", bucket));
    let mut known = baseline(&policy(&[&a, &b]));
    for entry in &mut known.entries {
        entry.reason = Some(format!("as {} says", entry.statement.unwrap()));
    }
    let update = |buckets: &[&String]| {
        let statements: Vec<_> = buckets.iter().map(|each| each.as_str()).collect();
        let found = identities(&policy(&statements));
        let (updated, change) = known.updated(&[file("a.json", &found)], &all);
        let own = |entry: &&BaselineEntry| {
            entry.reason.as_deref() == Some(&format!("as {} says", entry.statement.unwrap()))
        };
        let reasons = updated.entries.iter().filter(own).count();
        ((change.kept, change.added, change.dropped), reasons)
    };
    assert_eq!(update(&[&b]), ((1, 0, 1), 1));
    assert_eq!(update(&[&c, &a, &b]), ((2, 1, 0), 2));
    // As far as anybody can tell, `c` is what has become of `a`.
    assert_eq!(update(&[&c, &b]), ((2, 0, 0), 1));
}

#[test]
fn an_update_leaves_the_entries_of_unchanged_statements_as_they_are() {
    let [a, b, c] = ["a", "b", "c"].map(|bucket| statement("", bucket));
    let known = baseline(&policy(&[&a, &b]));
    let found = identities(&policy(&[&c, &b, &c, &a]));
    let (updated, _) = known.updated(&[file("a.json", &found)], &all);
    assert_eq!(updated.entries.len(), 4);
    let old = |entry: &&BaselineEntry| known.entries.contains(entry);
    assert_eq!(updated.entries.iter().filter(old).count(), 2);
    assert_eq!(parse(&updated.text()), Ok(updated));
}

#[test]
fn what_the_run_would_not_have_found_stays() {
    let known = baseline(&policy(&[&statement("", "a")]));
    let never = |_: &BaselineEntry| false;
    assert_eq!(known.updated(&[], &never).0, known);
    assert_eq!(known.pruned(&[], &never).0, known);
    assert_eq!(known.updated(&[], &all).0, Baseline::default());
    assert_eq!(known.pruned(&[], &all).0, Baseline::default());
}

#[test]
fn pruning_adds_nothing() {
    let [a, b] = ["a", "b"].map(|bucket| statement("", bucket));
    let known = baseline(&policy(&[&a]));
    let found = identities(&policy(&[&a, &b]));
    let (pruned, change) = known.pruned(&[file("a.json", &found)], &all);
    assert_eq!(pruned, known);
    assert_eq!(change.kept, known.entries().len());
}

#[test]
fn what_is_written_is_read_again() {
    let mut known = baseline(&policy(&[
        &statement("\u{202e}\\u001b", "a"),
        &statement("", "b"),
    ]));
    known.entries[0].reason = Some("\"quoted\"\nand \u{1b}[31mred".to_owned());
    let text = known.text();
    assert!(!text.contains(|c| c != '\n' && escape::is_unprintable(c)));
    assert_eq!(text.lines().count(), known.entries.len() + 2);
    assert_eq!(parse(&text), Ok(known));
    assert_eq!(parse(&Baseline::default().text()), Ok(Baseline::default()));
}

#[test]
fn a_baseline_is_told_from_a_policy() {
    let is = |text: &str| is_baseline(&Source::new("b.json", text.as_bytes().to_vec()));
    assert!(is(&baseline(&policy(&[&statement("", "a")])).text()));
    assert!(is(
        r#"{"findings": [{"at": "Statement[].Effect"}], "version": 2,}"#
    ));
    assert!(!is(r#"{"version": 1, "findings": [], "Statement": []}"#));
    assert!(!is(&policy(&[&statement("", "a")])));
}

/// Expects a fault at the text between `«` and `»`.
#[track_caller]
fn wrong(text: &str, message: &str, help: &str) {
    let start = text.find('«').unwrap();
    let end = text.find('»').unwrap() - '«'.len_utf8();
    let fault = parse(&text.replace(['«', '»'], "")).unwrap_err();
    assert_eq!(
        (fault.span.start, fault.span.end),
        (start, end),
        "{fault:?}"
    );
    assert_eq!(fault.message, message);
    assert!(fault.help.contains(help), "{fault:?}");
}

/// A file of one entry, or of what stands for it.
fn with_entry(entry: &str) -> String {
    format!("{{\"version\": 1, \"findings\": [\n{entry}\n]}}\n")
}

const ENTRY: &str = r#"{"path": "a.json", "rule": "unknown-action", "at": "", "text": "{", "fingerprint": "00112233445566778899aabbccddeeff"}"#;

#[test]
fn what_is_no_baseline_is_refused_with_its_place() {
    wrong("«[»]", "a baseline is an object, not a list", "restore it");
    wrong(
        "«{»\"findings\": []}",
        "the baseline has no `version`",
        "`\"version\": 1`",
    );
    wrong(
        r#"{"version": «2», "findings": []}"#,
        "the version of the baseline is not 1",
        "a newer iamsim",
    );
    wrong(
        "«{»\"version\": 1}",
        "the baseline has no `findings`",
        "restore it",
    );
    wrong(
        r#"{"version": 1, "findings": «{}»}"#,
        "`findings` is an object, not a list",
        "restore it",
    );
    wrong(
        r#"{"version": 1, "«finding»": []}"#,
        "a baseline has no member `finding`",
        "did you mean `findings`?",
    );
    wrong(
        r#"{"version": 1 «:» "findings": []}"#,
        "the baseline is not JSON: `:` starts no value",
        "",
    );
    wrong(
        "{\"version\": 1, \"findings\": [\n«<<<<<<<» ours\n]}",
        "a merge has left a conflict here",
        "keep the lines of both sides",
    );
    wrong(
        "{\"version\": 1, «// why»\n\"findings\": []}",
        "the baseline is not JSON: comment in JSON",
        "an entry can have a `reason`",
    );
}

#[test]
fn a_wrong_entry_is_refused_with_its_place() {
    assert!(parse(&with_entry(ENTRY)).is_ok());
    wrong(
        &with_entry("«3»"),
        "an entry is an object, not a number",
        "remove the entry",
    );
    wrong(
        &with_entry(&ENTRY.replace(r#", "at": """#, "").replacen('{', "«{»", 1)),
        "the entry has no `at`",
        "`iamsim baseline update`",
    );
    wrong(
        &with_entry(&ENTRY.replace("\"path\"", "\"«paths»\"")),
        "an entry has no member `paths`",
        "did you mean `path`?",
    );
    wrong(
        &with_entry(&ENTRY.replace("\"\"", "«null»")),
        "`at` is null, not a string",
        "",
    );
    wrong(
        &with_entry(&ENTRY.replace("\"00112233445566778899aabbccddeeff\"", "«\"0011\"»")),
        "`fingerprint` is not 32 hex digits",
        "restore it",
    );
    wrong(
        &with_entry(&ENTRY.replace("\"at\": \"\"", "\"at\": \"\", \"«at»\": \"\"")),
        "`at` is here twice",
        "remove one",
    );
}

#[test]
fn what_a_merge_leaves_is_read_but_for_two_reasons_of_one_finding() {
    let with = |reason: &str| ENTRY.replace("\"}", &format!("\", \"reason\": \"{reason}\"}}"));
    let second = with("other").replacen('{', "«{»", 1);
    wrong(
        &with_entry(&format!("{},\n{second}", with("one"))),
        "there is an entry for the same finding already, with another reason",
        "remove one of the two",
    );
    // Without the comma between them, and with one too many at the end.
    let twice = parse(&with_entry(&format!("{ENTRY}\n{},", with("one")))).unwrap();
    assert_eq!(twice.entries().len(), 1);
    assert_eq!(twice.entries()[0].reason.as_deref(), Some("one"));
    let other = ENTRY.replace("\"text\"", "\"statement\": \"0011223344556677\", \"text\"");
    assert!(parse(&with_entry(&format!("{ENTRY},\n{other}"))).is_ok());
}

#[test]
fn a_rule_that_is_gone_is_no_fault() {
    let known = parse(&with_entry(&ENTRY.replace("unknown-action", "old-rule"))).unwrap();
    assert!(!known.entries()[0].has_rule());
}

#[test]
fn thousands_of_equal_findings_are_compared_in_little_time() {
    let statements = vec![statement("", "a"); 10_000];
    let texts: Vec<_> = statements.iter().map(String::as_str).collect();
    let found = identities(&policy(&texts));
    let start = std::time::Instant::now();
    let files = [file("a.json", &found)];
    let (known, change) = Baseline::default().updated(&files, &all);
    assert_eq!(change.added, 10_000);
    let comparison = known.compare(&files);
    assert!(comparison.entries[0].iter().all(Option::is_some));
    // Many times what it takes; what is quadratic takes minutes.
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
