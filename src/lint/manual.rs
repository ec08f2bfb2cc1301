//! The manual of a rule, taken apart.

use super::{Category, RULES, Rule};
use crate::policy::{PolicyType, PolicyTypes};
use std::fmt::Write as _;

/// The sections of a rule's manual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

    /// The policies in the fenced blocks of a section. A block of `toml` has the settings of the policies
    /// that follow it, up to the next one or the end of the section.
    pub fn examples(&self, heading: &str) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut settings = None;
        let mut open: Option<(&str, String)> = None;
        for line in self.section(heading).lines() {
            let fence = line.trim_start().strip_prefix("```");
            match (open.take(), fence) {
                (None, Some(info)) => open = Some((info, String::new())),
                (Some((info, text)), Some(_)) => {
                    let mut words = info.split_whitespace().map(str::to_owned);
                    let language = words.next().unwrap_or_default();
                    if language == "toml" {
                        settings = Some(text);
                    } else {
                        examples.push(Example {
                            language,
                            policy_type: words.next(),
                            settings: settings.clone(),
                            text,
                        });
                    }
                }
                (Some((info, mut text)), None) => {
                    text.push_str(line);
                    text.push('\n');
                    open = Some((info, text));
                }
                (None, None) => {}
            }
        }
        examples
    }

    /// The ids of other tools that stand under the references, such as `AA:MISSING_VERSION`.
    pub fn correspondences(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for line in self.section("References").lines() {
            let Some((tool, list)) = line.trim_start_matches("- ").split_once(": ") else {
                continue;
            };
            let tool = tool.trim_matches('`');
            let Some((letters, _)) = TOOLS.into_iter().find(|(_, name)| *name == tool) else {
                continue;
            };
            let codes = list.split('`').skip(1).step_by(2);
            ids.extend(codes.map(|code| format!("{letters}:{code}")));
        }
        ids
    }
}

/// The tools whose ids the manuals name, each with the letters that stand for it.
pub const TOOLS: [(&str, &str); 10] = [
    ("AA", "Access Analyzer"),
    ("P", "parliament"),
    ("V", "iam-policy-validator"),
    ("C", "cloudsplaining"),
    ("K", "checkov"),
    ("N", "cfn_nag"),
    ("T", "trivy"),
    ("W", "prowler"),
    ("L", "cfn-lint"),
    ("TF", "tflint"),
];

/// A policy of a manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it is written in: `json`, or `jsonc` for one with comments.
    pub language: String,
    /// The type that it is said to be of.
    pub policy_type: Option<String>,
    /// The configuration that it is looked at under, where it needs one.
    pub settings: Option<String>,
    /// The document.
    pub text: String,
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
        let _ = write!(
            text,
            "\n## {}\n\n{}: {}\n\n",
            rule.id,
            traits(rule),
            rule.summary
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

/// Severity, category, and what else is to be known before reading on: `error, schema, since 0.1.0`.
pub fn traits(rule: &Rule) -> String {
    let mut text = format!(
        "{}, {}, since {}",
        rule.severity.name(),
        rule.category.name(),
        rule.since
    );
    if rule.types != PolicyTypes::ALL {
        let names: Vec<_> = rule.types.iter().map(PolicyType::name).collect();
        let _ = write!(text, ", for policies of type {}", names.join(", "));
    }
    if !rule.enabled {
        text.push_str(", off by default");
    }
    text
}
