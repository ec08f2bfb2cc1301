//! Reports of `iamsim lint`.

mod checkstyle;
mod concise;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod located;
mod markdown;
mod rdjson;
mod sarif;
#[cfg(test)]
mod testing;

pub use concise::concise_line;
pub use full::snippet;
pub use markdown::markdown;

use super::{JOB_SUMMARY_BYTES, Painter, count};
use crate::{
    lint::TypeOfPolicy,
    source::{Finding, Safety, Severity, Source},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where the tool is at home.
const HOME_PAGE: &str = "https://github.com/iamsim/iamsim";

/// The manual of all rules; `#` and the name of a rule lead to its own.
pub const RULES_PAGE: &str = "https://github.com/iamsim/iamsim/blob/main/docs/rules.md";

/// How a report of findings is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LintFormat {
    /// For people: the source with what matters underlined.
    Full,
    /// A line each.
    Concise,
    /// One JSON document.
    Json,
    /// A JSON document a line.
    Jsonl,
    /// Workflow commands, which GitHub Actions shows beside the code.
    Github,
    /// SARIF 2.1.0, for code scanning and viewers.
    Sarif,
    /// The form of GitLab's Code Quality.
    Gitlab,
    /// XML of the form of `JUnit`, as CI systems read it.
    Junit,
    /// XML of the form of Checkstyle.
    Checkstyle,
    /// The form of reviewdog.
    Rdjson,
    /// Markdown, for job summaries and comments.
    Markdown,
}

/// What was found in one file.
#[derive(Debug)]
pub struct FileFindings {
    /// The file.
    pub source: Source,
    /// Its path from the root of the repository, with `/`, as services name it that show findings
    /// beside the code.
    pub repository_path: String,
    /// What it was taken for; `None` where it could not be read as a policy.
    pub type_of_policy: Option<TypeOfPolicy>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What was looked at, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How many policy documents were checked.
    pub policies: usize,
    /// How many files in the folders that were searched hold no policy.
    pub not_policies: usize,
    /// How many files the configuration leaves out.
    pub excluded: usize,
    /// How many actions a template engine was to fill in, so that they could not be judged.
    pub unfilled: usize,
    /// How many findings are accepted, and not shown.
    pub suppressed: usize,
    /// How many inputs could not be read.
    pub unreadable: usize,
    /// How many findings were left out, as the baseline lists them.
    pub baselined: usize,
    /// How many fixes were taken.
    pub fixed: usize,
    /// How many of the findings have a safe fix.
    pub fixable: usize,
    /// How many have one that may change what the policy grants.
    pub unsafely_fixable: usize,
    /// How many findings there are, by severity.
    pub findings: BTreeMap<&'static str, usize>,
    /// Whether a report for people says what each policy was taken for.
    #[serde(skip)]
    pub show_types: bool,
}

impl Summary {
    /// Counts the findings.
    #[must_use]
    pub fn with_findings(mut self, files: &[FileFindings]) -> Self {
        for finding in files.iter().flat_map(|file| &file.findings) {
            *self.findings.entry(finding.severity.name()).or_default() += 1;
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => self.fixable += 1,
                Some(Safety::Unsafe) => self.unsafely_fixable += 1,
                None => {}
            }
        }
        self
    }

    /// One line for people, without its line break.
    pub fn text(&self) -> String {
        let mut text = format!("checked {}", count(self.policies, "policy", "policies"));
        if self.not_policies > 0 {
            text += &format!(
                ", passed over {}",
                count(
                    self.not_policies,
                    "file that is no policy",
                    "files that are no policies"
                )
            );
        }
        if self.excluded > 0 {
            text += &format!(
                ", left out {}",
                count(self.excluded, "excluded file", "excluded files")
            );
        }
        if self.unfilled > 0 {
            let (one, many) = ("action", "actions");
            text += &format!(
                ", left open {} that a template fills in",
                count(self.unfilled, one, many)
            );
        }
        if self.suppressed > 0 {
            text += &format!(
                ", suppressed {}",
                count(self.suppressed, "finding", "findings")
            );
        }
        if self.unreadable > 0 {
            text += &format!(
                ", could not read {}",
                count(self.unreadable, "input", "inputs")
            );
        }
        if self.baselined > 0 {
            let (one, many) = ("finding", "findings");
            text += &format!(
                ", left out {} of the baseline",
                count(self.baselined, one, many)
            );
        }
        if self.fixed > 0 {
            text += &format!(", took {}", count(self.fixed, "fix", "fixes"));
        }
        let counts: Vec<_> = Severity::ALL
            .into_iter()
            .rev()
            .filter_map(|severity| {
                let number = *self.findings.get(severity.name())?;
                let plural = match severity {
                    Severity::Error => "errors",
                    Severity::Hint => "hints",
                    Severity::Critical | Severity::High | Severity::Medium | Severity::Low => {
                        severity.name()
                    }
                };
                Some(count(number, severity.name(), plural))
            })
            .collect();
        if !counts.is_empty() {
            format!("{text}: {}{}", counts.join(", "), self.fixes())
        } else if self.baselined > 0 {
            format!("{text}: nothing new found")
        } else if self.policies > 0 {
            format!("{text}: nothing found")
        } else {
            text
        }
    }

    /// What can be done about the findings by itself.
    fn fixes(&self) -> String {
        match (self.fixable, self.unsafely_fixable) {
            (0, 0) => String::new(),
            (safe, 0) => format!("; {safe} can be fixed with `--fix`"),
            (0, other) => format!("; {other} can be fixed with `--fix --unsafe-fixes`"),
            (safe, other) => {
                format!("; {safe} can be fixed with `--fix`, {other} more with `--unsafe-fixes`")
            }
        }
    }
}

/// How many findings there are of each rule, most first, a line each.
pub fn statistics(files: &[FileFindings]) -> String {
    let mut numbers: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in files.iter().flat_map(|file| &file.findings) {
        *numbers
            .entry((finding.rule.as_str(), finding.severity))
            .or_default() += 1;
    }
    let mut rows: Vec<_> = numbers.into_iter().collect();
    rows.sort_by_key(|((rule, _), number)| (std::cmp::Reverse(*number), *rule));
    let width = rows.first().map_or(0, |(_, most)| most.to_string().len());
    let line = |((rule, severity), number): ((&str, Severity), usize)| {
        format!("{number:>width$} {rule} ({})\n", severity.name())
    };
    rows.into_iter().map(line).collect()
}

/// Renders the findings of all files.
pub fn render(
    format: LintFormat,
    files: &[FileFindings],
    summary: &Summary,
    painter: &Painter,
) -> String {
    match format {
        LintFormat::Full => full::render(files, summary, painter),
        LintFormat::Concise => concise::render(files),
        LintFormat::Json => json::document(files, summary),
        LintFormat::Jsonl => json::lines(files),
        LintFormat::Github => github::render(files, summary),
        LintFormat::Sarif => sarif::render(files, summary),
        LintFormat::Gitlab => gitlab::render(files),
        LintFormat::Junit => junit::render(files, summary),
        LintFormat::Checkstyle => checkstyle::render(files),
        LintFormat::Rdjson => rdjson::render(files),
        LintFormat::Markdown => markdown(files, summary, JOB_SUMMARY_BYTES),
    }
}

/// How many findings a report of that form has no room for, and only counts.
pub fn left_out(format: LintFormat, files: &[FileFindings]) -> usize {
    if format != LintFormat::Sarif {
        return 0;
    }
    let found: usize = files.iter().map(|file| file.findings.len()).sum();
    found.saturating_sub(sarif::MOST_RESULTS)
}
