use super::text::soup;
use crate::support::{files_below, root};
use iamsim::{
    lint::{Category, Comments, Options, Suppression, Use, check, suppressible},
    source::{Finding, Source, Span},
};
use proptest::prelude::*;

/// Checks a document; every place of every finding lies in its text.
fn findings(bytes: Vec<u8>) -> Vec<Finding> {
    let source = Source::new("test.json", bytes);
    let findings = check(&source, &Options::default()).findings;
    let text = source.text();
    for finding in &findings {
        let labels = finding.labels.iter().map(|label| label.span);
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let edits = edits.map(|edit| edit.span);
        for span in std::iter::once(finding.span).chain(labels).chain(edits) {
            assert!(
                span.start <= span.end && span.end <= text.len(),
                "{finding:?}"
            );
            assert!(text.is_char_boundary(span.start), "{finding:?}");
            assert!(text.is_char_boundary(span.end), "{finding:?}");
        }
        assert!(!finding.message.ends_with('.'), "{finding:?}");
    }
    findings
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
fn fixtures() -> Vec<Vec<u8>> {
    let paths = files_below("tests/fixtures/policies");
    let small = |bytes: &Vec<u8>| bytes.len() < 4_000;
    paths
        .iter()
        .map(|path| std::fs::read(root().join(path)).unwrap())
        .filter(small)
        .collect()
}

/// A message in which statements have no numbers, as those follow the order.
fn without_numbers(message: &str) -> String {
    let mut words: Vec<_> = message.split(' ').collect();
    for at in 1..words.len() {
        if words[at - 1] == "statement" {
            words[at] = "#";
        }
    }
    words.join(" ")
}

#[test]
fn each_fix_mends_its_finding() {
    let mut tried = 0;
    for bytes in fixtures() {
        let before = findings(bytes.clone());
        let text = Source::new("test.json", bytes).text().to_owned();
        for finding in &before {
            let Some(fix) = &finding.fix else { continue };
            let mut mended = text.clone();
            for edit in fix.edits.iter().rev() {
                mended.replace_range(edit.span.start..edit.span.end, &edit.replacement);
            }
            let after = findings(mended.clone().into_bytes());
            let of_rule = |list: &[Finding]| list.iter().filter(|f| f.rule == finding.rule).count();
            assert!(
                of_rule(&after) < of_rule(&before),
                "`{}` does not mend {}:\n{mended}",
                fix.title,
                finding.message
            );
            tried += 1;
        }
    }
    assert!(tried >= 20, "only {tried} fixes were tried");
}

/// The rules and messages of findings, in one order.
fn told<'f>(found: impl Iterator<Item = &'f Finding> + Clone) -> Vec<(&'static str, &'f String)> {
    let of_policy = |finding: &&Finding| finding.rule.as_str() != "unused-ignore";
    let mut told: Vec<_> = found
        .filter(of_policy)
        .map(|finding| (finding.rule.as_str(), &finding.message))
        .collect();
    told.sort();
    told
}

#[test]
fn what_is_suppressed_changes_no_other_finding() {
    let mut suppressed = 0;
    for bytes in fixtures() {
        let source = Source::new("test.json", bytes);
        let before = check(&source, &Options::default()).findings;
        for category in Category::ALL {
            let Ok(rule) = suppressible(category.name()) else {
                continue;
            };
            let options = Options {
                suppressions: vec![Suppression {
                    rule,
                    sid: None,
                    action: None,
                    resource: None,
                    reason: "known".to_owned(),
                    expires: None,
                    span: Span::new(0, 0),
                }],
                ..Options::default()
            };
            let after = check(&source, &options);
            let taken = after.suppressed.iter().map(|each| &each.finding);
            assert_eq!(
                after.uses == [Use::Used],
                taken.len() > 0,
                "{}",
                source.text()
            );
            assert!(
                after
                    .findings
                    .is_sorted_by_key(|finding| finding.span.start)
            );
            assert_eq!(
                told(before.iter()),
                told(after.findings.iter().chain(taken))
            );
            suppressed += after.suppressed.len();
        }
    }
    assert!(
        suppressed > 100,
        "only {suppressed} findings were suppressed"
    );
}

#[test]
fn a_comment_for_the_whole_document_changes_no_other_finding() {
    for path in files_below("policies") {
        if path.contains(".test.") {
            continue;
        }
        let text = crate::support::text_of(&path);
        let options = Options {
            comments: Comments::Allowed,
            ..Options::default()
        };
        let checked =
            |text: String| check(&Source::new(path.as_str(), text.into_bytes()), &options);
        let before = checked(text.clone()).findings;
        let rules: Vec<_> = before.iter().map(|finding| finding.rule.as_str()).collect();
        let names = if rules.is_empty() {
            "style".to_owned()
        } else {
            rules.join(", ")
        };
        let after = checked(format!("// iamsim: ignore-file[{names}] known\n{text}"));
        assert_eq!(told(after.findings.iter()), [], "{path}");
        let taken = after.suppressed.iter().map(|each| &each.finding);
        assert_eq!(told(before.iter()), told(taken), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nearly_policies_are_checked_without_panic(text in soup()) {
        findings(text.into_bytes());
    }

    #[test]
    fn damaged_policies_are_checked_without_panic(
        bytes in proptest::sample::select(fixtures()),
        cut in any::<proptest::sample::Index>(),
        put in prop_oneof![any::<Vec<u8>>(), super::text::token().prop_map(String::into_bytes)],
        length in 0_usize..20,
    ) {
        let at = cut.index(bytes.len() + 1);
        let end = (at + length).min(bytes.len());
        let mut damaged = bytes;
        damaged.splice(at..end, put);
        findings(damaged);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_statements_changes_no_finding(order in Just((0..5).collect::<Vec<usize>>()).prop_shuffle()) {
        let statements = [
            r#"{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b"}"#,
            r#"{"Effect": "Deny", "Action": "sqs:ListQueues", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        ];
        let rules = |order: &[usize]| {
            let list: Vec<_> = order.iter().map(|at| statements[*at]).collect();
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, list.join(", "));
            let mut found: Vec<_> = findings(text.into_bytes())
                .into_iter()
                .map(|finding| (finding.rule, without_numbers(&finding.message)))
                .collect();
            found.sort();
            found
        };
        let expected = rules(&[0, 1, 2, 3, 4]);
        prop_assert!(expected.len() >= 5);
        prop_assert_eq!(rules(&order), expected);
    }
}
