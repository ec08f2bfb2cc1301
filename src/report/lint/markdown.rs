//! As Markdown, for the summaries of jobs and for comments on pull requests.

use super::{
    FileFindings, Summary,
    located::{Located, located, rule_page},
};
use crate::{
    report::{
        count, cut,
        markdown::{RESERVE, code, prose},
    },
    source::escape::printable,
};

/// The most characters of a message or a help in the table.
const MOST_CHARACTERS: usize = 1_000;

/// Renders the findings of all files in as many bytes: those that there is no room for are only
/// counted. The headline is always there.
pub fn markdown(files: &[FileFindings], summary: &Summary, most_bytes: usize) -> String {
    let mut text = format!("## iamsim\n\n{}\n", summary.text());
    let all = located(files);
    let mut path = None;
    for (written, located) in all.iter().enumerate() {
        let own = located.file.service_path();
        let head = if path == Some(own) {
            String::new()
        } else {
            let columns = "| severity | rule | place | message |\n|---|---|---|---|\n";
            format!("\n### {}\n\n{columns}", code(&printable(own)))
        };
        let row = row(located);
        if text.len() + head.len() + row.len() + RESERVE > most_bytes {
            let more = count(all.len() - written, "more finding", "more findings");
            return format!("{text}\n… {more}\n");
        }
        text += &head;
        text += &row;
        path = Some(own);
    }
    text
}

fn row(located: &Located<'_>) -> String {
    let finding = located.finding;
    let start = located.range().start;
    let path = printable(located.file.service_path());
    let place = format!("{path}:{}:{}", start.line, start.column);
    let rule = finding.rule.as_str();
    let mut message = prose(&cut(&printable(&finding.message), MOST_CHARACTERS));
    if let Some(help) = located.help() {
        let help = cut(&help, MOST_CHARACTERS);
        let lines: Vec<_> = help.split('\n').map(prose).collect();
        message += &format!("<br>help: {}", lines.join("<br>"));
    }
    format!(
        "| {} | [`{rule}`]({}) | {} | {message} |\n",
        finding.severity.name(),
        rule_page(rule),
        code(&place)
    )
}

#[cfg(test)]
mod tests {
    use super::markdown;
    use crate::report::{
        lint::testing::{file, finding, full_finding, summary},
        markdown::JOB_SUMMARY_BYTES,
    };

    #[test]
    fn findings_stand_in_a_table_a_file() {
        let files = [
            file("a.json", "0\n xy\n zz", &[full_finding()]),
            file("clean.json", "{}", &[]),
            file("b.json", "xy", &[finding(0, 2)]),
        ];
        let page = "https://github.com/iamsim/iamsim/blob/main/docs/rules.md#unknown-action";
        assert_eq!(
            markdown(&files, &summary(&files), JOB_SUMMARY_BYTES),
            format!(
                "## iamsim\n\n\
                 checked 3 policies: 1 error, 1 medium; 1 can be fixed with `--fix --unsafe-fixes`\n\n\
                 ### `a.json`\n\n\
                 | severity | rule | place | message |\n|---|---|---|---|\n\
                 | medium | [`unknown-action`]({page}) | `a.json:2:2` | \
                 no action `xy`<br>help: take one of<br>`a` |\n\n\
                 ### `b.json`\n\n\
                 | severity | rule | place | message |\n|---|---|---|---|\n\
                 | error | [`unknown-action`]({page}) | `b.json:1:1` | no action `xy` |\n"
            )
        );
    }

    #[test]
    fn a_report_that_is_too_long_ends_with_a_whole_row_and_the_number_of_the_others() {
        let files = [file("a.json", "xy", &vec![finding(0, 2); 100])];
        let summary = summary(&files);
        let whole = markdown(&files, &summary, JOB_SUMMARY_BYTES);
        assert_eq!(whole.matches("\n| error ").count(), 100);
        for most in [0, 300, 1_000, 5_000, whole.len() - 1] {
            let text = markdown(&files, &summary, most);
            assert!(text.len() <= most.max(200), "{most}: {}", text.len());
            let (rows, last) = text.trim_end().rsplit_once("\n\n").unwrap();
            let more = 100 - rows.matches("\n| error ").count();
            assert!(
                last.starts_with(&format!("… {more} more finding")),
                "{last}"
            );
            assert!(more == 100 || rows.ends_with(" |"), "{rows}");
        }
    }
}
