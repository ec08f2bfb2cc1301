//! Policies and file names that were written to break a report, or to say something in its name.

use super::{
    FORMATS, checked,
    readers::{Command, heads, read, rows},
    rendered, schema,
};
use iamsim::{
    lint::RULES,
    report::lint::{FileFindings, LintFormat},
    source::{
        Edit, Finding, Fix, Label, Level, Safety, Severity, Source, Span, escape::is_unprintable,
    },
};
use serde_json::json;

/// Texts that mean something to a terminal, a runner, a parser or a page.
pub(super) fn texts() -> Vec<String> {
    let mut texts: Vec<_> = [
        "\u{1b}[31mred\u{1b}]0;title\u{7}",
        "a\nb\r\nc\rd\te",
        "\u{0}\u{1}\u{7f}\u{9b}\u{85}",
        "::error file=a.json,line=1::forged",
        "  ::set-output name=token::forged",
        "\u{ad}::add-mask::forged",
        "x\n::stop-commands::forged",
        "##[error]forged",
        "a ###[set-env name=PATH]forged",
        "100%0A::error::%0D%25%3A%2C",
        "a,line=9,title=forged::",
        "]]>",
        "<script>alert(1)</script>",
        "<!-- --> <?xml?> &lt; &#0; \"'",
        "</testsuite></failure>",
        "a|b\\|c | d |",
        "`code` ``more`` ```fence",
        "odd ` backtick",
        "`@everyone` @everyone #1 a/b#2 GH-3",
        "[x](javascript:alert(1))",
        "`[x](javascript:alert(1))` ![y](https://a.invalid/p.png)",
        "https://a.invalid www.a.invalid a@a.invalid <https://a.invalid>",
        "# head\n- item\n> quote\n---\n***bold*** ~~gone~~ $math$ :tada:",
        "\u{2028}\u{2029}\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}",
        "\u{fffe}\u{ffff}\u{fdd0}\u{10ffff}",
        "{0} {{ }} ${{ secrets.TOKEN }}",
        "\\u001b[31m \\x1b \\",
        "%SRCROOT%/../../etc/passwd",
        "file:///etc/passwd?a#b",
        "",
        " ",
        "::",
        ":",
        "`",
        "|",
    ]
    .map(str::to_owned)
    .into();
    texts.push("Sid".repeat(34_000));
    texts.push("`|@".repeat(34_000));
    texts
}

/// A policy with that text wherever a text may stand, as JSON escapes it.
fn policy(text: &str) -> Vec<u8> {
    let policy = json!({
        "Version": text,
        "Statement": [{
            "Sid": text,
            "Effect": text,
            "Principal": {text: text, "AWS": text},
            "Action": [text, format!("s3:{text}"), format!("{text}:*")],
            "Resource": [text, format!("arn:aws:s3:::{text}"), format!("arn:aws:{text}::x")],
            "Condition": {text: {text: text}, "StringEquals": {text: text, format!("aws:{text}"): text}},
            text: text,
        }],
        text: text,
    });
    policy.to_string().into_bytes()
}

/// Files whose contents and names are hostile, each by itself.
fn files() -> Vec<FileFindings> {
    let mut files = Vec::new();
    for text in texts() {
        let escaped = policy(&text);
        // The same with the text as it is, which is often no JSON.
        let raw = format!(
            "{{\"Statement\": [{{\"Sid\": \"{text}\", \"Action\": \"{text}\" {text} }}]\n{text}"
        );
        let name: String = text.chars().take(300).collect();
        files.push(checked("policy.json", &escaped));
        files.push(checked("policy.json", raw.as_bytes()));
        files.push(checked(&name, &escaped));
        files.push(written(&name, &text));
    }
    for surrogates in [r"\ud800", r"\udc00\ud800", r"\ud83d\ude00\ud83d"] {
        let text = format!(
            r#"{{"Statement": {{"Sid": "{surrogates}", "Effect": "Allow", "Action": "s3:{surrogates}"}}}}"#
        );
        files.push(checked("policy.json", text.as_bytes()));
    }
    files.push(checked("policy.json", b"\xff\xfe\x00{\x80\x81"));
    files
}

/// A finding that says nothing but that text, wherever a finding says something.
fn written(path: &str, text: &str) -> FileFindings {
    let content = format!("é{text}\n{text}");
    let span = Span::new("é".len(), content.len());
    let finding = |severity| Finding {
        rule: RULES[0].rule_id(),
        severity,
        span,
        // A message is never empty.
        message: format!("m{text}"),
        caption: Some(text.to_owned()),
        labels: vec![Label {
            span,
            text: text.to_owned(),
        }],
        help: Some(text.to_owned()),
        fix: Some(Fix {
            title: format!("t{text}"),
            safety: Safety::Unsafe,
            edits: vec![Edit {
                span,
                replacement: text.to_owned(),
            }],
        }),
    };
    FileFindings {
        source: Source::new(path, content.into_bytes()),
        repository_path: path.to_owned(),
        type_of_policy: None,
        // More of a level than GitHub shows.
        findings: vec![finding(Severity::Critical); 12],
    }
}

#[test]
fn no_report_has_a_character_that_steers_a_terminal() {
    for file in files() {
        let files = [file];
        for (name, format) in FORMATS {
            let report = rendered(format, &files);
            let harmful = |c: char| is_unprintable(c) && !matches!(c, '\n' | '\t');
            let found: Vec<_> = report.matches(harmful).collect();
            assert!(found.is_empty(), "{name}: {found:?} in {report:?}");
        }
    }
}

#[test]
fn every_format_is_read_back_with_all_findings_and_no_others() {
    let mut number = 0;
    for file in files() {
        let count = file.findings.len();
        number += count;
        let path = file.repository_path.clone();
        let files = [file];
        for (name, format) in FORMATS {
            let report = rendered(format, &files);
            // Of lines for people only their number is told: names of files have escapes in them.
            let found = match name {
                "concise" => report.lines().count(),
                "full" => heads(&report).len(),
                "github" => report.lines().count() - 1,
                _ => read(format, &report, &files).len(),
            };
            assert_eq!(found, count, "{name} of {path:?}: {report}");
        }
    }
    assert!(number > 1_000, "only {number} findings");
}

#[test]
fn the_runner_of_github_reads_the_commands_of_the_findings_and_no_others() {
    for file in files() {
        let level = |level| {
            let of_level = file
                .findings
                .iter()
                .filter(|finding| finding.severity.level() == level);
            of_level.count().min(10)
        };
        let expected = [Level::Error, Level::Warning, Level::Note].map(level);
        let (path, count) = (file.repository_path.clone(), file.findings.len());
        let report = rendered(LintFormat::Github, &[file]);
        let commands: Vec<_> = report.lines().filter_map(Command::of).collect();
        let named = |name: &str| commands.iter().filter(|own| own.name == name).count();
        assert_eq!(
            ["error", "warning", "notice"].map(named),
            expected,
            "{report}"
        );
        assert_eq!(commands.len(), expected.iter().sum::<usize>());
        assert_eq!(report.lines().count(), count + 1);
        let shown = iamsim::source::escape::printable(&path).replace("##[", "#\\u{23}[");
        for command in commands {
            assert_eq!(command.property("file"), Some(&*shown));
            let given: Vec<_> = command.properties.iter().map(|(name, _)| &**name).collect();
            let all = ["file", "line", "endLine", "col", "endColumn", "title"];
            assert!(given.iter().all(|name| all.contains(name)), "{given:?}");
            assert!(!command.message.contains('\r'));
        }
    }
}

#[test]
fn logs_about_hostile_files_are_of_the_schema_of_sarif() {
    let log = |file| serde_json::from_str(&rendered(LintFormat::Sarif, &[file])).unwrap();
    let logs: Vec<_> = files().into_iter().map(log).collect();
    schema::validate(&logs);
}

#[test]
fn markdown_has_no_markup_but_its_own() {
    for file in files() {
        let report = rendered(LintFormat::Markdown, &[file]);
        for line in report.lines().filter(|line| !line.starts_with('|')) {
            let own =
                line.is_empty() || line.starts_with("## iamsim") || line.starts_with("checked ");
            match line.strip_prefix("### ") {
                Some(path) => only_code_and_words(path),
                None => assert!(own, "{line}"),
            }
        }
        for [_, _, place, message] in rows(&report) {
            only_code_and_words(place);
            only_code_and_words(message);
        }
    }
}

/// Expects code spans of one backtick each, and between them words.
#[track_caller]
pub(super) fn only_code_and_words(cell: &str) {
    assert!(!cell.contains("``"), "{cell}");
    let cell = cell
        .replace("<br>", " ")
        .replace("&#96;", " ")
        .replace("&#124;", " ");
    let parts: Vec<_> = cell.split('`').collect();
    assert_eq!(parts.len() % 2, 1, "a code span without an end: {cell}");
    for words in parts.iter().step_by(2) {
        let harmful = |c: char| !c.is_alphanumeric() && !" ,.;:?()'\"…/-".contains(c);
        assert!(!words.contains(harmful), "{words:?} in {cell}");
        for link in ["://", "www.", "@"] {
            assert!(!words.to_lowercase().contains(link), "{words:?} in {cell}");
        }
    }
}
