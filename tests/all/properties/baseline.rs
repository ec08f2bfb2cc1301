//! What may change in a policy without making a known finding new.

use iamsim::{
    lint::{
        Baseline, BaselineEntry, FileIdentities, Identity, Options, Selection, Selector, check,
        fingerprints,
    },
    source::Source,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Statements with findings, several of them equal, and some without a `Sid`.
fn pool() -> Vec<Value> {
    let own = |sid: &str, action: Value, resource: Value| {
        let mut own = json!({"Effect": "Allow", "Action": action, "Resource": resource});
        if !sid.is_empty() {
            own["Sid"] = json!(sid);
        }
        own
    };
    let mut tested = own("", json!("s3:PutObject"), json!("arn:aws:s3:::logs/*"));
    tested["Condition"] = json!({
        "StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-/2"], "aws:SourceIp": "10.0.0.0/8"},
        "Bool": {"aws:SecureTransport": "maybe"},
    });
    vec![
        own("", json!("s3:GetObjekt"), json!("arn:aws:s3:::a/*")),
        own("", json!("s3:GetObjekt"), json!("arn:aws:s3:::b/*")),
        own(
            "",
            json!(["s3:GetObjekt", "s3:PutObject"]),
            json!(["arn:aws:s3:::b/*", "*"]),
        ),
        own("Users", json!("iam:*"), json!("*")),
        own("", json!("iam:*"), json!("*")),
        own("Passes", json!(["iam:PassRole", "sqs:Foo"]), json!("*")),
        own("", json!("sqs:Foo"), json!("arn:aws:sqs:us-east-9:1234:q")),
        own("", json!("s3:Gét\"\\Object"), json!("arn:aws:s3:::a/*")),
        tested,
    ]
}

/// Rules that speak of one of several statements, the later one: to change places is to change whom
/// they blame.
fn options() -> Options {
    let of_order = ["style", "redundant-statement", "duplicate-sid"];
    let ignore = of_order.map(|name| Selector::parse(name).unwrap());
    Options {
        selection: Selection {
            ignore: ignore.to_vec(),
            ..Selection::default()
        },
        ..Options::default()
    }
}

fn identities(text: &str) -> Vec<Identity> {
    let source = Source::new("test.json", text.as_bytes().to_vec());
    let findings = check(&source, &options()).findings;
    fingerprints(&source, &findings)
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn baseline(found: &[Identity]) -> Baseline {
    let files = [FileIdentities {
        path: "a.json",
        findings: found,
    }];
    let always = |_: &BaselineEntry| true;
    Baseline::default().updated(&files, &always).0
}

/// The findings that a baseline does not know, and how many entries have none.
fn news<'a>(baseline: &Baseline, found: &'a [Identity]) -> (Vec<&'a Identity>, usize) {
    let files = [FileIdentities {
        path: "a.json",
        findings: found,
    }];
    let comparison = baseline.compare(&files);
    let pairs = found.iter().zip(&comparison.entries[0]);
    let new = pairs.filter(|(_, entry)| entry.is_none());
    let new = new.map(|(identity, _)| identity).collect();
    (new, comparison.unmatched.len())
}

/// How a document is laid out.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Compact,
    Pretty,
    /// Pretty, with an empty line after each line.
    Spread,
    /// Compact, with tabs and blanks around each comma.
    Wide,
    /// Slashes written as `\/`, as some tools do.
    Escaped,
}

impl Layout {
    fn write(self, document: &Value) -> String {
        let compact = document.to_string();
        let pretty = serde_json::to_string_pretty(document).unwrap();
        match self {
            Self::Compact => compact,
            Self::Pretty => pretty,
            Self::Spread => pretty.replace('\n', "\r\n\r\n"),
            Self::Wide => compact.replace("\",\"", "\" ,\t \""),
            Self::Escaped => compact.replace('/', "\\/"),
        }
    }
}

fn layout() -> impl Strategy<Value = Layout> {
    proptest::sample::select(vec![
        Layout::Compact,
        Layout::Pretty,
        Layout::Spread,
        Layout::Wide,
        Layout::Escaped,
    ])
}

/// Some of the statements, in some order.
fn chosen() -> impl Strategy<Value = Vec<Value>> {
    proptest::sample::subsequence(pool(), 1..=pool().len()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn layout_and_the_order_of_statements_make_nothing_new(
        (before, after) in chosen().prop_flat_map(|own| (Just(own.clone()), Just(own).prop_shuffle())),
        layouts in (layout(), layout()),
    ) {
        let old = identities(&layouts.0.write(&document(&before)));
        prop_assert!(!old.is_empty());
        let found = identities(&layouts.1.write(&document(&after)));
        let (new, gone) = news(&baseline(&old), &found);
        prop_assert!(new.is_empty() && gone == 0, "{new:#?}\n{gone} gone");
    }

    #[test]
    fn one_value_may_be_written_as_a_list_of_it(own in chosen()) {
        let mut listed = own.clone();
        for statement in &mut listed {
            for element in ["Action", "Resource"] {
                if statement[element].is_string() {
                    statement[element] = json!([statement[element]]);
                }
            }
        }
        let known = baseline(&identities(&document(&own).to_string()));
        let found = identities(&document(&listed).to_string());
        let (new, gone) = news(&known, &found);
        prop_assert!(new.is_empty() && gone == 0, "{new:#?}\n{gone} gone");
    }

    #[test]
    fn of_one_statement_more_exactly_its_findings_are_new(
        own in chosen(),
        at in any::<proptest::sample::Index>(),
        sid in any::<bool>(),
        layouts in (layout(), layout()),
    ) {
        // Its findings are equal to those of others in the pool, but for what it is part of.
        let mut more = json!({
            "Effect": "Allow",
            "Action": ["s3:GetObjekt", "sqs:Foo"],
            "Resource": "arn:aws:s3:::new/*",
        });
        if sid {
            more["Sid"] = json!("New");
        }
        let known = baseline(&identities(&layouts.0.write(&document(&own))));
        let alone = identities(&document(std::slice::from_ref(&more)).to_string());
        let statement = alone.iter().find_map(|each| each.statement);
        let of_it = |found: &[&Identity]| {
            let mut keys: Vec<_> = found
                .iter()
                .map(|each| (each.rule, each.at.clone(), each.text.clone()))
                .collect();
            keys.sort();
            keys
        };
        let mut after = own;
        after.insert(at.index(after.len() + 1), more);
        let found = identities(&layouts.1.write(&document(&after)));
        let expected: Vec<_> = found.iter().filter(|each| each.statement == statement).collect();
        prop_assert!(expected.len() >= 2);
        let (new, gone) = news(&known, &found);
        prop_assert_eq!(of_it(&new), of_it(&expected));
        prop_assert!(new.iter().all(|each| each.statement == statement));
        prop_assert_eq!(gone, 0);
    }

    #[test]
    fn any_text_has_identities(text in super::text::soup()) {
        let source = Source::new("test.json", text.into_bytes());
        let findings = check(&source, &Options::default()).findings;
        let found = fingerprints(&source, &findings);
        prop_assert_eq!(found.len(), findings.len());
        let mut prints: Vec<_> = found.iter().map(|each| each.fingerprint).collect();
        prints.sort();
        prints.dedup();
        prop_assert_eq!(prints.len(), found.len());
        let written = baseline(&found);
        let text = written.text();
        let read = Baseline::parse(&Source::new("b.json", text.into_bytes()));
        prop_assert_eq!(read, Ok(written));
    }

    #[test]
    fn any_text_is_read_as_a_baseline_without_panic(text in super::text::soup()) {
        drop(Baseline::parse(&Source::new("b.json", text.into_bytes())));
    }
}
