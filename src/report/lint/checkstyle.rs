//! As XML of the form of Checkstyle.
//!
//! <https://checkstyle.org/config.html>

use super::{FileFindings, located::located};
use crate::{report::xml::Writer, source::Level};

/// The version of Checkstyle whose form it is, which readers ask for.
const VERSION: &str = "4.3";

pub(super) fn render(files: &[FileFindings]) -> String {
    let mut xml = Writer::default();
    xml.open("checkstyle", [("version", VERSION.to_owned())]);
    for file in files {
        xml.open("file", [("name", file.service_path().to_owned())]);
        for located in located(std::slice::from_ref(file)) {
            let start = located.range().start;
            let finding = located.finding;
            let severity = match finding.severity.level() {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "info",
            };
            let help = located
                .help()
                .map(|help| format!("; {}", help.replace('\n', "; ")));
            let attributes = [
                ("line", start.line.to_string()),
                ("column", start.column.to_string()),
                ("severity", severity.to_owned()),
                (
                    "message",
                    finding.message.clone() + &help.unwrap_or_default(),
                ),
                ("source", format!("iamsim.{}", finding.rule)),
            ];
            xml.empty("error", attributes);
        }
        xml.close("file");
    }
    xml.close("checkstyle");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::report::lint::testing::{file, full_finding};

    #[test]
    fn a_finding_is_an_error_in_its_file() {
        let files = [
            file("a.json", "0\n xy\n zz", &[full_finding()]),
            file("b\u{1b}<.json", "{}", &[]),
        ];
        assert_eq!(
            render(&files),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <checkstyle version=\"4.3\">\n  \
               <file name=\"a.json\">\n    \
                 <error line=\"2\" column=\"2\" severity=\"warning\" \
                  message=\"no action `xy`; take one of; `a`\" source=\"iamsim.unknown-action\"/>\n  \
               </file>\n  \
               <file name=\"b\\u{1b}&lt;.json\">\n  \
               </file>\n\
             </checkstyle>\n"
        );
    }
}
