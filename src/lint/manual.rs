//! The manual of a rule, taken apart.

use super::Rule;

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
