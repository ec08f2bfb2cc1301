use super::{Origin, Suppressed, Suppression, Use, findings_of_entries, suppressible};
use crate::{
    lint::{Checked, Comments, Options, Selection, Selector, check, testing::allow},
    policy::{Case, Located, Wildcard},
    source::{Finding, Severity, Source, Span},
};

fn options() -> Options {
    Options {
        comments: Comments::Allowed,
        ..Options::default()
    }
}

fn checked(text: &str, options: &Options) -> (Source, Checked) {
    let source = Source::new("test.json", text.as_bytes().to_vec());
    let checked = check(&source, options);
    (source, checked)
}

/// What is underlined of findings of a rule.
fn underlined(source: &Source, rule: &str, findings: &[Finding]) -> Vec<String> {
    let own = findings
        .iter()
        .filter(|finding| finding.rule.as_str() == rule);
    own.map(|finding| source.slice(finding.span).to_owned())
        .collect()
}

/// The unknown actions that a document keeps, and those that are suppressed.
fn unknown_actions(text: &str) -> (Vec<String>, Vec<String>) {
    let (source, checked) = checked(text, &options());
    (
        underlined(&source, "unknown-action", &checked.findings),
        underlined(&source, "unknown-action", &suppressed(&checked)),
    )
}

fn suppressed(checked: &Checked) -> Vec<Finding> {
    let suppressed = checked.suppressed.iter();
    suppressed.map(|each| each.finding.clone()).collect()
}

#[track_caller]
fn assert_kept(text: &str, kept: &[&str], suppressed: &[&str]) {
    let found = unknown_actions(text);
    assert_eq!(found.0, kept, "kept of {text}");
    assert_eq!(found.1, suppressed, "suppressed of {text}");
}

const DIRECTIVE: &str = "iamsim: ignore[unknown-action] is new";

#[test]
fn after_code_a_comment_is_about_its_line() {
    let text = format!(
        "{{\"Statement\": [{{\"Effect\": \"Allow\", \"Resource\": \"*\", \"Action\": [\n\
         \"s3:A\", \"s3:B\", /* {DIRECTIVE} */ \"s3:C\",\n\
         \"s3:D\"\n]}}]}}"
    );
    assert_kept(&text, &["s3:D"], &["s3:A", "s3:B", "s3:C"]);
}

#[test]
fn before_code_a_comment_is_about_what_comes_next() {
    for comment in [
        format!("// {DIRECTIVE}"),
        format!("# {DIRECTIVE}"),
        format!("/* {DIRECTIVE}\n over two lines */"),
        format!("// {DIRECTIVE}\n// another remark\n\n/* and one */"),
    ] {
        let list = format!("[\n\"s3:A\",\n{comment}\n\"s3:B\",\n\"s3:C\"]");
        assert_kept(&allow(&list, r#""*""#), &["s3:A", "s3:C"], &["s3:B"]);
        let element = allow("[\n\"s3:A\",\n\"s3:B\"]", r#""*""#)
            .replace(r#""Action""#, &format!("\n{comment}\n\"Action\""));
        assert_kept(&element, &[], &["s3:A", "s3:B"]);
    }
}

#[test]
fn before_a_statement_it_is_about_all_of_it() {
    let statement = |action: &str| {
        format!("{{\n\"Effect\": \"Allow\",\n\"Action\": \"{action}\",\n\"Resource\": \"*\"\n}}")
    };
    let (one, two) = (statement("s3:A"), statement("s3:B"));
    let listed = format!("{{\"Statement\": [\n{one},\n// {DIRECTIVE}\n{two}]}}");
    assert_kept(&listed, &["s3:A"], &["s3:B"]);
    // A comma at the start of a line belongs to the statement before it.
    let comma_first = format!("{{\"Statement\": [\n{one}\n// {DIRECTIVE}\n, {two}]}}");
    assert_kept(&comma_first, &["s3:A"], &["s3:B"]);
    let lone = format!("{{\n// {DIRECTIVE}\n\"Statement\": {one}}}");
    assert_kept(&lone, &[], &["s3:A"]);
    // The list of all statements is no element of one.
    let all = format!("{{\n// {DIRECTIVE}\n\"Statement\": [\n{one}]}}");
    assert_kept(&all, &["s3:A"], &[]);
}

#[test]
fn before_the_document_it_is_about_a_line_or_with_ignore_file_about_all() {
    let policy = allow("\n\"s3:A\"", r#""*""#);
    assert_kept(&format!("// {DIRECTIVE}\n{policy}"), &["s3:A"], &[]);
    let for_all = DIRECTIVE.replace("ignore", "ignore-file");
    assert_kept(&format!("// {for_all}\n{policy}"), &[], &["s3:A"]);
    assert_kept(&format!("\u{feff}// {for_all}\r\n{policy}"), &[], &["s3:A"]);
}

#[test]
fn line_breaks_of_windows_and_wide_characters_move_nothing() {
    let text = format!(
        "{{\"Statement\": [{{\"Sid\": \"x\", \"Effect\": \"Allow\", \"Resource\": \"*\",\r\n\
         /* é日本語 */ \"Action\": [\"s3:A\",\r\n\"s3:B\", // {DIRECTIVE} é\r\n\"s3:C\"]}}]}}"
    );
    assert_kept(&text, &["s3:A", "s3:C"], &["s3:B"]);
    let (_, checked) = checked(&text, &options());
    assert_eq!(checked.suppressed[0].by[0].reason, "is new é");
}

#[test]
fn where_comments_are_refused_a_directive_works_and_is_a_comment_still() {
    let text = allow(&format!("\"s3:A\" // {DIRECTIVE}\n"), r#""*""#);
    let (source, checked) = checked(&text, &Options::default());
    assert_eq!(checked.suppressed.len(), 1);
    let comment = format!("// {DIRECTIVE}");
    assert_eq!(
        underlined(&source, "json-comment", &checked.findings),
        [comment]
    );
}

#[test]
fn comments_are_allowed_by_the_options_or_by_the_name() {
    let text = allow("\"s3:GetObject\" // read\n", r#""arn:aws:s3:::b/*""#);
    for (name, comments, refused) in [
        ("a.json", Comments::Refused, true),
        ("a.json", Comments::Allowed, false),
        ("a.jsonc", Comments::Refused, false),
        ("A.JSONC", Comments::Refused, false),
        ("jsonc", Comments::Refused, true),
    ] {
        let source = Source::new(name, text.clone().into_bytes());
        let options = Options {
            comments,
            ..Options::default()
        };
        let found = check(&source, &options).findings;
        let found = underlined(&source, "json-comment", &found);
        assert_eq!(!found.is_empty(), refused, "{name}");
    }
}

#[test]
fn what_keeps_a_document_from_being_read_is_never_suppressed() {
    // A comma too many leaves the tree sound, a string that is not closed does not.
    for text in [
        format!("// {DIRECTIVE}\n{{\"Statement\": [],}}"),
        "// iamsim: ignore-file[schema] x\n{\"Statement\": \"s3:A}".to_owned(),
        "// iamsim: ignore-file[schema] x\n[]".to_owned(),
    ] {
        let mut options = options();
        options.suppressions = vec![suppression("schema")];
        let (_, checked) = checked(&text, &options);
        let errors = checked.findings.iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        assert!(errors.count() > 0, "{text}");
    }
    for name in [
        "syntax",
        "json-comment",
        "check-failed",
        "all",
        "malformed-suppression",
    ] {
        assert!(suppressible(name).is_err(), "{name}");
    }
    for name in ["schema", "style", "unknown-action"] {
        assert!(suppressible(name).is_ok(), "{name}");
    }
}

#[test]
fn a_malformed_directive_suppresses_nothing() {
    for directive in [
        "iamsim: ignore[unknown-action]",
        "iamsim: ignore[unknown-action, no-such-rule] x",
        "iamsim:ignore[unknown-action] x",
        "iamsim: ignore-file[unknown-action] x",
        "iamsim: ignore[all] x",
    ] {
        let text = allow(&format!("\"s3:A\" // {directive}\n"), r#""*""#);
        assert_kept(&text, &["s3:A"], &[]);
        let (_, checked) = checked(&text, &options());
        let told = checked.findings.iter();
        let told = told.filter(|finding| finding.rule.as_str() == "malformed-suppression");
        assert_eq!(told.count(), 1, "{directive}");
    }
}

#[test]
fn suppressions_of_rules_that_are_off_say_nothing() {
    let text = allow(
        "\"s3:GetObject\" // iamsim: ignore[unknown-action]\n",
        r#""*""#,
    );
    let mut options = options();
    options.selection.ignore = vec![Selector::parse("malformed-suppression").unwrap()];
    let (_, checked) = checked(&text, &options);
    let mut found = checked.findings.iter();
    assert!(found.all(|finding| finding.rule.as_str() != "malformed-suppression"));
}

#[test]
fn hostile_comments_cost_little_and_steer_nothing() {
    let many = format!("/* {DIRECTIVE} */").repeat(5_000);
    let deep = format!("/*{}*/", "/* ".repeat(200_000));
    let names = format!("// iamsim: ignore[{}] x", "unknown-action,".repeat(50_000));
    let steering = "// iamsim: ignore[\u{1b}[31m\u{202e}] x\u{7}";
    let blank = format!("/*iamsim: ignore[style] x*/{}", " ".repeat(500_000)).repeat(4);
    for comment in [many, deep, names, steering.to_owned(), blank] {
        let text = allow(&format!("\n{comment}\n\"s3:A\""), r#""*""#);
        let start = std::time::Instant::now();
        let (_, checked) = checked(&text, &options());
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
        assert!(checked.findings.len() < 20, "{}", checked.findings.len());
        assert!(
            checked
                .findings
                .iter()
                .all(|finding| finding.message.len() < 1_000)
        );
    }
}

#[test]
fn only_so_many_directives_are_read() {
    let comments = format!("// {DIRECTIVE}\n").repeat(super::MOST_DIRECTIVES);
    let text = allow(&format!("\n{comments}\"s3:A\""), r#""*""#);
    let (_, fits) = checked(&text, &options());
    assert_eq!(fits.suppressed[0].by.len(), super::MOST_DIRECTIVES);
    let text = allow(&format!("\n// {DIRECTIVE}\n{comments}\"s3:A\""), r#""*""#);
    let (source, over) = checked(&text, &options());
    assert_eq!(over.suppressed[0].by.len(), super::MOST_DIRECTIVES);
    let told = underlined(&source, "malformed-suppression", &over.findings);
    assert_eq!(told, [format!("// {DIRECTIVE}")]);
}

/// An entry for a rule, anywhere.
fn suppression(rule: &str) -> Suppression {
    Suppression {
        rule: suppressible(rule).unwrap(),
        sid: None,
        action: None,
        resource: None,
        reason: "agreed".to_owned(),
        expires: None,
        span: Span::new(3, 5),
    }
}

fn pattern(text: &str) -> Option<Wildcard> {
    Some(Wildcard::new(text, Case::Sensitive))
}

/// Two statements: `One` has two actions and a resource, `Two` an action and two resources.
const TWO: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "One", "Effect": "Allow", "Action": ["s3:A", "s3:GetObject"], "Resource": "arn:aws:s3:::b"},
  {"Sid": "Two", "Effect": "Allow", "Action": "s3:B", "Resource": ["arn:aws:s3:::c", "arn:aws:s3:::d"]}
]}"#;

/// What is underlined in what an entry suppresses in the two statements.
fn taken(change: impl FnOnce(&mut Suppression)) -> Vec<String> {
    let mut entry = suppression("unknown-action");
    change(&mut entry);
    let mut options = options();
    options.suppressions = vec![entry];
    let (source, checked) = checked(TWO, &options);
    let used = checked.suppressed.is_empty();
    assert_eq!(checked.uses, [if used { Use::Unused } else { Use::Used }]);
    let taken = checked.suppressed.iter();
    taken
        .map(|each| source.slice(each.finding.span).to_owned())
        .collect()
}

#[test]
fn an_entry_takes_its_rule_anywhere() {
    assert_eq!(taken(|_| ()), ["s3:A", "s3:B"]);
    assert_eq!(
        taken(|entry| entry.rule = suppressible("semantics").unwrap()).len(),
        3
    );
}

#[test]
fn an_entry_with_a_sid_takes_what_is_in_such_statements() {
    assert_eq!(taken(|entry| entry.sid = pattern("One")), ["s3:A"]);
    assert_eq!(taken(|entry| entry.sid = pattern("*o")), ["s3:B"]);
    assert_eq!(taken(|entry| entry.sid = pattern("one")), [""; 0]);
    // Every statement lacks an Id, and so does what is outside of them.
    let outside = |sid: Option<Wildcard>| {
        let mut options = options();
        let mut entry = suppression("missing-version");
        entry.sid = sid;
        options.suppressions = vec![entry];
        let text =
            allow(r#""s3:GetObject""#, r#""*""#).replace("\"Version\": \"2012-10-17\", ", "");
        checked(&text, &options).1.suppressed.len()
    };
    assert_eq!(outside(None), 1);
    assert_eq!(outside(pattern("*")), 0);
}

#[test]
fn an_entry_with_an_action_takes_findings_about_it() {
    let action =
        |text: &str| taken(|entry| entry.action = Some(Wildcard::new(text, Case::Ignored)));
    assert_eq!(action("S3:a"), ["s3:A"]);
    assert_eq!(action("s3:*"), ["s3:A", "s3:B"]);
    assert_eq!(action("ec2:*"), [""; 0]);
}

#[test]
fn a_finding_about_a_whole_element_needs_all_of_its_entries_covered() {
    let resource = |text: &str| taken(|entry| entry.resource = pattern(text));
    assert_eq!(resource("arn:aws:s3:::b"), ["s3:A"]);
    assert_eq!(resource("arn:aws:s3:::c"), [""; 0]);
    assert_eq!(resource("arn:aws:s3:::?"), ["s3:A", "s3:B"]);
    // A statement without the element is not about it.
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:A"}}"#;
    let mut options = options();
    let mut entry = suppression("unknown-action");
    entry.resource = pattern("*");
    options.suppressions = vec![entry];
    assert_eq!(checked(text, &options).1.suppressed, []);
}

#[test]
fn a_pattern_covers_the_wildcards_of_an_entry_and_not_only_its_text() {
    let mut options = options();
    let mut entry = suppression("action-wildcard-matches-nothing");
    entry.action = Some(Wildcard::new("s3:Nothing?", Case::Ignored));
    options.suppressions = vec![entry];
    let text = allow(r#"["s3:Nothing?", "s3:Nothing*"]"#, r#""*""#);
    let (source, checked) = checked(&text, &options);
    let taken = suppressed(&checked);
    let taken = underlined(&source, "action-wildcard-matches-nothing", &taken);
    assert_eq!(taken, ["s3:Nothing?"]);
}

#[test]
fn all_that_suppress_a_finding_are_named() {
    let mut options = options();
    options.suppressions = vec![suppression("style"), suppression("unknown-action")];
    let text = allow(&format!("\"s3:A\" // {DIRECTIVE}\n"), r#""*""#);
    let (_, checked) = checked(&text, &options);
    let [Suppressed { by, .. }] = checked.suppressed.as_slice() else {
        panic!("{:?}", checked.suppressed);
    };
    assert!(matches!(by[0].origin, Origin::Comment(_)));
    assert_eq!(by[1].origin, Origin::Entry(1));
    assert_eq!(
        (by[0].reason.as_str(), by[1].reason.as_str()),
        ("is new", "agreed")
    );
    assert_eq!(checked.uses, [Use::Unused, Use::Used]);
    assert!(
        checked
            .findings
            .iter()
            .all(|finding| finding.rule.as_str() != "unused-ignore")
    );
}

#[test]
fn what_came_of_an_entry_is_not_judged_without_its_rule_or_the_document() {
    let mut options = options();
    options.suppressions = vec![suppression("style-sort")];
    let (_, off) = checked(TWO, &options);
    assert_eq!(off.uses, [Use::NotJudged]);
    options.selection = Selection::with(crate::lint::rule_by_id("style-sort"));
    assert_eq!(checked(TWO, &options).1.uses, [Use::Unused]);
    assert_eq!(
        checked("{\"Statement\": [", &options).1.uses,
        [Use::NotJudged]
    );
}

#[test]
fn entries_without_use_or_over_are_findings_in_the_configuration() {
    let mut options = options();
    let day = jiff::civil::date(2026, 3, 31);
    options.today = Some(day.tomorrow().unwrap());
    let mut over = suppression("unknown-action");
    over.expires = Some(Located {
        value: day,
        span: Span::new(7, 9),
    });
    options.suppressions = vec![over.clone()];
    let (_, checked) = checked(TWO, &options);
    assert_eq!(checked.suppressed, []);
    let plain = suppression("unknown-action");
    let uses = [
        (&over, Use::NotJudged),
        (&over, Use::NotJudged),
        (&plain, Use::Unused),
        (&plain, Use::NotJudged),
        (&plain, Use::Used),
    ];
    let found: Vec<_> = findings_of_entries(&uses, &options)
        .iter()
        .map(|finding| (finding.rule.as_str(), finding.span, finding.message.clone()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "expired-suppression",
                Span::new(7, 9),
                "the suppression ended with 2026-03-31".to_owned()
            ),
            (
                "unused-ignore",
                Span::new(3, 5),
                "no finding of `unknown-action` is suppressed by it".to_owned()
            ),
        ]
    );
    options.selection.ignore = vec![Selector::Category(crate::lint::Category::Style)];
    assert_eq!(findings_of_entries(&uses, &options), []);
}
