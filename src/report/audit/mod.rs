//! Reports of `iamsim audit`. `docs/audit-formats.md` describes them.

mod csv;
mod full;
mod github;
pub mod html;
mod json;
mod jsonl;
mod markdown;
mod outline;
mod place;
#[cfg(test)]
mod testing;
mod words;

pub use markdown::markdown;

use super::{JOB_SUMMARY_BYTES, Painter};
use crate::audit::Audit;

/// How the report of an audit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AuditFormat {
    /// For people, with tables
    Full,
    /// One JSON document
    Json,
    /// A JSON document a line
    Jsonl,
    /// One table of everything that was found
    Csv,
    /// Markdown, for summaries and comments
    Markdown,
    /// Annotations of GitHub Actions
    Github,
    /// One page for a browser
    Html,
}

impl AuditFormat {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Full,
        Self::Json,
        Self::Jsonl,
        Self::Csv,
        Self::Markdown,
        Self::Github,
        Self::Html,
    ];
}

/// Renders what an audit tells.
pub fn render(audit: &Audit, format: AuditFormat, painter: &Painter) -> String {
    match format {
        AuditFormat::Full => full::render(audit, painter),
        AuditFormat::Json => json::render(audit),
        AuditFormat::Jsonl => jsonl::render(audit),
        AuditFormat::Csv => csv::render(audit),
        AuditFormat::Markdown => markdown(audit, JOB_SUMMARY_BYTES),
        AuditFormat::Github => github::render(audit),
        AuditFormat::Html => html::render(audit),
    }
}
