//! What a SARIF log says of the rules.

use super::{super::located::rule_page, Message, level};
use crate::{
    lint::{Category, Manual, Rule, rule_by_id},
    report::cut,
    source::{Level, RuleId, Severity},
};
use serde::Serialize;

/// The most characters that GitHub takes as the description of a rule.
const MOST_CHARACTERS: usize = 1_023;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportingDescriptor {
    id: &'static str,
    name: String,
    short_description: Message,
    full_description: Message,
    help: Help,
    help_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_configuration: Option<Configuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<&'static str>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    /// GitHub takes the findings of a rule with one for risks, and shows it in place of the level.
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

impl ReportingDescriptor {
    pub(super) fn of(id: RuleId) -> Self {
        let rule = rule_by_id(id.as_str());
        let manual = rule.map(Manual::of).unwrap_or_default();
        let about = manual.section("What it does");
        let summary = rule.map_or(id.as_str(), |rule| rule.summary);
        let about = if about.is_empty() { summary } else { about };
        let page = rule_page(id.as_str());
        let help = rule.map_or_else(|| summary.to_owned(), Manual::text);
        Self {
            id: id.as_str(),
            name: pascal_case(id.as_str()),
            short_description: Message::new(summary),
            full_description: Message::new(&cut(about, MOST_CHARACTERS)),
            help: Help {
                text: format!("{help}\n\n{page}"),
                markdown: format!("{help}\n\n[All rules]({page})"),
            },
            help_uri: page,
            default_configuration: rule.map(|rule| Configuration {
                level: level(rule.severity),
            }),
            properties: rule.map(Properties::of),
        }
    }
}

impl Properties {
    fn of(rule: &Rule) -> Self {
        let is_risk = matches!(
            rule.category,
            Category::Security | Category::PrivilegeEscalation
        );
        let mut tags = vec![rule.category.name()];
        if is_risk && rule.category != Category::Security {
            tags.push(Category::Security.name());
        }
        Self {
            tags,
            precision: match rule.category {
                Category::Syntax | Category::Schema | Category::Quota => "very-high",
                Category::Semantics
                | Category::Security
                | Category::PrivilegeEscalation
                | Category::Style => "high",
            },
            problem_severity: match rule.severity.level() {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "recommendation",
            },
            security_severity: is_risk.then(|| security_severity(rule.severity)),
        }
    }
}

/// GitHub takes more than 9.0 for critical, 7.0 and more for high, 4.0 and more for medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint => "1.0",
        Severity::Low => "3.0",
        Severity::Medium => "5.5",
        Severity::High | Severity::Error => "8.0",
        Severity::Critical => "9.5",
    }
}

/// `unknown-action` as `UnknownAction`, the form that names of rules have in SARIF.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    id.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::{ReportingDescriptor, pascal_case};
    use crate::lint::{Category, RULES};

    #[test]
    fn every_rule_has_what_github_asks_for() {
        for rule in RULES {
            let own = ReportingDescriptor::of(rule.rule_id());
            let texts = [
                &own.short_description.text,
                &own.full_description.text,
                &own.help.text,
                &own.help.markdown,
            ];
            assert!(texts.iter().all(|text| !text.is_empty()), "{}", rule.id);
            assert!(
                own.full_description.text.chars().count() <= 1_024,
                "{}",
                rule.id
            );
            assert!(own.help_uri.ends_with(&format!("rules.md#{}", rule.id)));
            let properties = own.properties.unwrap();
            let is_security = properties.tags.contains(&"security");
            assert_eq!(
                properties.security_severity.is_some(),
                is_security,
                "{}",
                rule.id
            );
            let escalates = rule.category == Category::PrivilegeEscalation;
            assert!(!escalates || is_security, "{}", rule.id);
        }
    }

    #[test]
    fn names_are_in_pascal_case() {
        assert_eq!(pascal_case("unknown-action"), "UnknownAction");
    }
}
