//! As one table of values with commas between them, RFC 4180 but for its line breaks: a line feed ends a row, as
//! other programs on Unix write it.
//!
//! A spreadsheet takes a field that starts with certain characters for a formula, and runs it. Text of a trail or of
//! a policy may come from an attacker, so such a field starts with an apostrophe.
//! <https://owasp.org/www-community/attacks/CSV_Injection>

mod rows;

use crate::{audit::Audit, source::escape::printable};

/// The columns.
const COLUMNS: [&str; 16] = [
    "kind",
    "principal",
    "policy",
    "statement",
    "action",
    "resource",
    "result",
    "recorded",
    "count",
    "first",
    "last",
    "layer",
    "detail",
    "file",
    "line",
    "event_id",
];

/// A row; what has nothing to say is empty.
#[derive(Debug, Clone, Default)]
struct Row {
    kind: &'static str,
    principal: String,
    policy: String,
    statement: Option<usize>,
    action: String,
    resource: String,
    result: String,
    recorded: &'static str,
    count: Option<u64>,
    first: String,
    last: String,
    layer: &'static str,
    detail: String,
    file: String,
    line: Option<u64>,
    event_id: String,
}

impl Row {
    fn fields(&self) -> [String; COLUMNS.len()] {
        let number = |of: Option<u64>| of.map(|of| of.to_string()).unwrap_or_default();
        [
            self.kind.to_owned(),
            text(&self.principal),
            text(&self.policy),
            self.statement.map(|of| of.to_string()).unwrap_or_default(),
            text(&self.action),
            text(&self.resource),
            text(&self.result),
            self.recorded.to_owned(),
            number(self.count),
            text(&self.first),
            text(&self.last),
            self.layer.to_owned(),
            text(&self.detail),
            text(&self.file),
            number(self.line),
            text(&self.event_id),
        ]
    }
}

/// A text that neither a terminal nor a spreadsheet takes for more.
fn text(of: &str) -> String {
    let safe = printable(of);
    let starts_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    // Control characters were escaped, so that of white space only blanks are left.
    if safe.trim_start().starts_with(starts_formula) || of.starts_with(['\t', '\r', '\n']) {
        return format!("'{safe}");
    }
    safe.into_owned()
}

pub(super) fn render(audit: &Audit) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let rows = rows::of(audit);
    let fields = rows.iter().map(Row::fields);
    let header = COLUMNS.map(str::to_owned);
    for fields in std::iter::once(header).chain(fields) {
        // Writing to memory cannot fail, and all rows have as many fields.
        if writer.write_record(&fields).is_err() {
            break;
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, render, text};
    use crate::report::audit::testing::audit;

    #[test]
    fn no_text_starts_a_formula() {
        for (of, safe) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\u{3000}=1", "'\u{3000}=1"),
            ("＝1", "'＝1"),
            ("\t=1", "'\\t=1"),
            ("\r=1", "'\\r=1"),
            ("\n", "'\\n"),
            ("a=1", "a=1"),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/*"),
            ("", ""),
        ] {
            assert_eq!(text(of), safe);
        }
    }

    #[test]
    fn every_row_has_every_column_and_lines_end_as_on_unix() {
        let table = render(&audit());
        assert!(!table.contains('\r'));
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        assert_eq!(reader.headers().unwrap(), &COLUMNS[..]);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert!(rows.len() > 40, "{}", rows.len());
    }
}
