//! What users see: the full, concise and JSON reports of every document under `policies/` and
//! `tests/fixtures/`, in `snapshots/`, each named after its fixture; and what services see, of two.

use crate::{
    formats,
    support::{files_below, iamsim, root},
};
use iamsim::report::audit::AuditFormat;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

const FORMATS: [&str; 3] = ["full", "concise", "json"];

/// The policy by which the recorded events are explained.
const POLICY: &str = "policies/messages-worker.json";

/// The policies whose reports for services are kept: one as people write them, and a hostile one.
const FOR_SERVICES: [&str; 2] = [
    "policies/messages-worker.json",
    "tests/fixtures/policies/look/hostile-text.json",
];

/// An audit that answers every question.
const AUDIT: [&str; 9] = [
    "audit",
    "tests/fixtures/trail",
    "--account",
    "tests/fixtures/account/authorization-details.json",
    "--propose",
    "--series",
    "1w",
    "--alarm",
    "denied >= 5 in 10m by principal",
];

/// A report to keep.
struct Report {
    /// Its place under `snapshots/`, without `.snap`.
    name: String,
    made: Made,
}

/// Where a report comes from.
enum Made {
    /// A call of iamsim.
    Call(Vec<String>),
    /// The renderer of a format, on the findings of a file.
    Rendered { path: String, format: &'static str },
    /// The renderer of a format, on an audit with every part filled.
    Audit(AuditFormat),
}

impl Report {
    fn text(&self) -> String {
        match &self.made {
            Made::Call(arguments) => {
                let run = iamsim(arguments).run();
                format!("{}\nexit {}\n{}", run.stdout, run.exit, run.stderr)
            }
            Made::Rendered { path, format } => formats::report_on(path, format),
            Made::Audit(format) => formats::audit_report(*format),
        }
    }
}

fn stem(fixture: &str) -> &str {
    fixture.strip_suffix(".json").unwrap_or(fixture)
}

fn reports() -> Vec<Report> {
    let mut reports = Vec::new();
    let mut add = |fixture: &str, command: &str, more: &[&str]| {
        for format in FORMATS {
            let mut arguments: Vec<_> = [command, fixture, "--format", format]
                .map(str::to_owned)
                .into();
            arguments.extend(more.iter().map(|&argument| argument.to_owned()));
            reports.push(Report {
                name: format!("{}.{command}.{format}", stem(fixture)),
                made: Made::Call(arguments),
            });
        }
    };
    for policy in files_below("policies")
        .iter()
        .chain(&files_below("tests/fixtures/policies"))
        // Tests of policies are none.
        .filter(|path| !path.contains(".test."))
    {
        add(policy, "lint", &[]);
    }
    for events in &files_below("tests/fixtures/events") {
        add(events, "events", &[]);
        add(events, "explain", &["--policy", POLICY]);
    }
    let for_services = formats::FORMATS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !FORMATS.contains(name) && *name != "jsonl");
    for format in for_services {
        reports.extend(FOR_SERVICES.map(|path| Report {
            name: format!("{}.lint.{format}", stem(path)),
            made: Made::Rendered {
                path: path.to_owned(),
                format,
            },
        }));
    }
    // What the page looks like is seen in a browser.
    let of_audits = AuditFormat::ALL
        .into_iter()
        .filter(|format| *format != AuditFormat::Html);
    reports.extend(of_audits.map(|format| Report {
        name: format!("audit/filled.{}", formats::audit_format_name(format)),
        made: Made::Audit(format),
    }));
    // A whole trail of a small account, by the command itself.
    for format in ["full", "json", "csv", "markdown", "github"] {
        let more = ["--format", format];
        let arguments = AUDIT.iter().chain(&more);
        reports.push(Report {
            name: format!("tests/fixtures/trail.audit.{format}"),
            made: Made::Call(arguments.map(|&argument| argument.to_owned()).collect()),
        });
    }
    reports
}

#[test]
fn every_report_is_as_it_was_reviewed() {
    let mut wrong = Vec::new();
    for report in reports() {
        let (folder, name) = report.name.rsplit_once('/').unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(root().join("snapshots").join(folder));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let shown = report.text();
        let compare = || settings.bind(|| insta::assert_snapshot!(name, shown));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            wrong.push(report.name);
        }
    }
    assert!(
        wrong.is_empty(),
        "differ from their snapshots: {wrong:#?}\nreview them, then run `INSTA_UPDATE=always cargo test`"
    );
}

#[test]
fn every_snapshot_has_its_fixture() {
    let kept: BTreeSet<_> = files_below("snapshots").into_iter().collect();
    let wanted: BTreeSet<_> = reports()
        .iter()
        .map(|report| format!("snapshots/{}.snap", report.name))
        .collect();
    let stale: Vec<_> = kept.difference(&wanted).collect();
    assert!(
        stale.is_empty(),
        "snapshots of fixtures that are gone: {stale:#?}"
    );
}
