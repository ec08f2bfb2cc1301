//! The manual of a rule, taken apart.

use super::{Category, RULES, Rule};
use std::fmt::Write as _;

/// The sections of a rule's manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manual {
    /// Each heading and the text under it, in order.
    pub sections: Vec<(String, String)>,
}

impl Manual {
    /// The headings that every manual has, in this order.
    pub const HEADINGS: [&'static str; 5] = [
        "What it does",
        "Why it matters",
        "Fires",
        "Silent",
        "References",
    ];

    /// Takes the manual of a rule apart at its headings.
    pub fn of(rule: &Rule) -> Self {
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in Self::text(rule).lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                sections.push((heading.to_owned(), String::new()));
            } else if let Some((_, body)) = sections.last_mut() {
                body.push_str(line);
                body.push('\n');
            }
        }
        for (_, body) in &mut sections {
            *body = body.trim().to_owned();
        }
        Self { sections }
    }

    /// The manual of a rule as Markdown.
    pub fn text(rule: &Rule) -> String {
        let lines = rule
            .docs
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// The text under a heading; empty where there is none.
    pub fn section(&self, heading: &str) -> &str {
        let found = self.sections.iter().find(|(own, _)| own == heading);
        found.map_or("", |(_, body)| body)
    }

    /// The policies in the fenced blocks of a section.
    pub fn examples(&self, heading: &str) -> Vec<String> {
        let mut examples = Vec::new();
        let mut open: Option<String> = None;
        for line in self.section(heading).lines() {
            match (&mut open, line.trim_start().starts_with("```")) {
                (None, true) => open = Some(String::new()),
                (Some(_), true) => examples.extend(open.take()),
                (Some(example), false) => {
                    example.push_str(line);
                    example.push('\n');
                }
                (None, false) => {}
            }
        }
        examples
    }
}

/// The manuals of all rules, as `docs/rules.md` has them.
pub fn markdown() -> String {
    let mut text =
        "# Rules\n\nMade from the rules themselves: `UPDATE_DOCS=1 cargo test` writes this file.\n"
            .to_owned();
    for category in Category::ALL {
        let rules = || RULES.iter().filter(|rule| rule.category == category);
        let _ = write!(text, "\n- {}:", category.name());
        for rule in rules() {
            let _ = write!(
                text,
                "\n  - [`{0}`](#{0}) ({1}): {2}",
                rule.id,
                rule.severity.name(),
                rule.summary
            );
        }
    }
    text.push('\n');
    for rule in RULES {
        let (severity, category) = (rule.severity.name(), rule.category.name());
        let _ = write!(
            text,
            "\n## {}\n\n{severity}, {category}, since {}: {}\n\n",
            rule.id, rule.since, rule.summary
        );
        text.push_str(
            &Manual::text(rule)
                .replace("\n## ", "\n### ")
                .replacen("## ", "### ", 1),
        );
        text.push('\n');
    }
    text
}
