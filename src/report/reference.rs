//! Reports of `iamsim rule` and `iamsim catalog`: what iamsim knows.

use super::{Format, count, json};
use crate::{
    catalog::{Action, Catalog, ServiceConditionKey},
    lint::{Manual, RESERVED, RULES, Reserved, Rule, traits},
    policy::PolicyType,
    source::Severity,
};
use serde::Serialize;

/// Renders the manual of one rule.
pub fn rule(format: Format, rule: &Rule) -> String {
    match format {
        Format::Full => {
            let head = format!("# {}\n\n{}; {}\n\n", rule.id, rule.summary, traits(rule));
            head + &Manual::text(rule) + "\n"
        }
        Format::Concise => rule_line(rule),
        Format::Json => json::document(&RuleReport {
            version: json::VERSION,
            rule: json_rule(rule),
        }),
        Format::Jsonl => json::line(&RuleReport {
            version: json::VERSION,
            rule: json_rule(rule),
        }),
    }
}

/// Renders what is to be known of a name that is kept for a rule to come.
pub fn reserved(format: Format, reserved: &Reserved) -> String {
    match format {
        Format::Full | Format::Concise => format!(
            "{}: {} ({}, does not run yet: it needs {})\n",
            reserved.id,
            reserved.summary,
            reserved.category.name(),
            reserved.waits_for
        ),
        Format::Json => json::document(&ReservedReport::of(reserved)),
        Format::Jsonl => json::line(&ReservedReport::of(reserved)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservedReport {
    version: u32,
    rule: &'static str,
    category: &'static str,
    summary: &'static str,
    reserved: bool,
    waits_for: &'static str,
}

impl ReservedReport {
    fn of(reserved: &Reserved) -> Self {
        Self {
            version: json::VERSION,
            rule: reserved.id,
            category: reserved.category.name(),
            summary: reserved.summary,
            reserved: true,
            waits_for: reserved.waits_for,
        }
    }
}

/// Renders some rules, a line each in reports for people.
pub fn corresponding(format: Format, rules: &[&Rule]) -> String {
    match format {
        Format::Full | Format::Concise => rules.iter().map(|rule| rule_line(rule)).collect(),
        Format::Json => json::document(&RulesReport {
            version: json::VERSION,
            rules: rules.iter().map(|rule| json_rule(rule)).collect(),
        }),
        Format::Jsonl => rules
            .iter()
            .map(|rule| {
                json::line(&RuleReport {
                    version: json::VERSION,
                    rule: json_rule(rule),
                })
            })
            .collect(),
    }
}

/// Renders the list of rules.
pub fn rules(format: Format) -> String {
    match format {
        Format::Full => {
            let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            let mut text = String::new();
            let mut category = None;
            for rule in RULES {
                if category != Some(rule.category) {
                    if category.is_some() {
                        text.push('\n');
                    }
                    text += &format!("{}\n", rule.category.name());
                    category = Some(rule.category);
                }
                let severity = if rule.enabled {
                    rule.severity.name()
                } else {
                    "off"
                };
                text += &format!("  {:width$}  {severity:8}  {}\n", rule.id, rule.summary);
            }
            text.push_str("\nnames kept for rules to come\n");
            for reserved in RESERVED {
                text += &format!("  {:width$}            {}\n", reserved.id, reserved.summary);
            }
            text + &format!(
                "\n{}; `iamsim rule ID` for the manual of one\n",
                count(RULES.len(), "rule", "rules")
            )
        }
        Format::Concise => RULES.iter().map(rule_line).collect(),
        Format::Json => json::document(&RulesReport {
            version: json::VERSION,
            rules: RULES.iter().map(json_rule).collect(),
        }),
        Format::Jsonl => RULES
            .iter()
            .map(|rule| {
                json::line(&RuleReport {
                    version: json::VERSION,
                    rule: json_rule(rule),
                })
            })
            .collect(),
    }
}

fn rule_line(rule: &Rule) -> String {
    format!(
        "{}: {} ({}, {})\n",
        rule.id,
        rule.summary,
        rule.category.name(),
        rule.severity.name()
    )
}

#[derive(Serialize)]
struct RulesReport {
    version: u32,
    rules: Vec<JsonRule>,
}

#[derive(Serialize)]
struct RuleReport {
    version: u32,
    #[serde(flatten)]
    rule: JsonRule,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonRule {
    rule: &'static str,
    category: &'static str,
    severity: Severity,
    summary: &'static str,
    since: &'static str,
    policy_types: Vec<&'static str>,
    enabled: bool,
    corresponds_to: Vec<String>,
    docs: String,
}

fn json_rule(rule: &Rule) -> JsonRule {
    JsonRule {
        rule: rule.id,
        category: rule.category.name(),
        severity: rule.severity,
        summary: rule.summary,
        since: rule.since,
        policy_types: rule.types.iter().map(PolicyType::name).collect(),
        enabled: rule.enabled,
        corresponds_to: Manual::of(rule).correspondences(),
        docs: Manual::text(rule),
    }
}

/// Renders what the catalog is made of.
pub fn catalog(format: Format, catalog: Catalog) -> String {
    let counts = catalog.counts();
    let report = CatalogReport {
        version: json::VERSION,
        source: catalog.source(),
        date: catalog.date(),
        services: counts.services,
        actions: counts.actions,
        resource_types: counts.resource_types,
        condition_keys: counts.condition_keys,
        global_condition_keys: counts.global_condition_keys,
        operations: counts.operations,
    };
    match format {
        Format::Full => format!(
            "source                 {}\ndate                   {}\nservices               {}\n\
             actions                {}\nresource types         {}\ncondition keys         {}\n\
             global condition keys  {}\nAPI operations         {}\n",
            report.source,
            report.date,
            report.services,
            report.actions,
            report.resource_types,
            report.condition_keys,
            report.global_condition_keys,
            report.operations
        ),
        Format::Concise => format!(
            "{} of {}: {} services, {} actions\n",
            report.source, report.date, report.services, report.actions
        ),
        Format::Json => json::document(&report),
        Format::Jsonl => json::line(&report),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CatalogReport {
    version: u32,
    source: &'static str,
    date: &'static str,
    services: usize,
    actions: usize,
    resource_types: usize,
    condition_keys: usize,
    global_condition_keys: usize,
    operations: usize,
}

/// Renders what the catalog knows of an action.
pub fn action(format: Format, action: Action) -> String {
    match format {
        Format::Full => action_text(action),
        Format::Concise => format!("{action} ({})\n", action.access_level()),
        Format::Json => json::document(&ActionFacts::of(action)),
        Format::Jsonl => json::line(&ActionFacts::of(action)),
    }
}

fn action_text(action: Action) -> String {
    let mut text = format!(
        "{action}\n  service       {}\n  access level  {}\n",
        action.service().name(),
        action.access_level()
    );
    if Catalog::embedded().needs_no_permission(&action.full_name()) {
        text += "  permission    none is needed to call it\n";
    }
    if action.has_resource_types() {
        text += "\nresource types\n";
        for resource in action.resources() {
            let kind = resource.resource_type();
            let required = if resource.required() {
                " (required)"
            } else {
                ""
            };
            text += &format!("  {}{required}\n", kind.name());
            for template in kind.arn_templates() {
                text += &format!("    {template}\n");
            }
            let keys: Vec<_> = resource
                .condition_keys()
                .map(ServiceConditionKey::key)
                .collect();
            if !keys.is_empty() {
                text += &format!("    condition keys: {}\n", keys.join(", "));
            }
        }
    } else {
        text += "\nresource types: none, so only `\"Resource\": \"*\"` matches it\n";
    }
    let mut keys = action.condition_keys().peekable();
    if keys.peek().is_some() {
        text += "\ncondition keys\n";
        for key in keys {
            let several = if key.multivalued() {
                ", several values"
            } else {
                ""
            };
            text += &format!("  {}  {}{several}\n", key.key(), key.value_type());
        }
    }
    text
}

/// What the catalog knows of an action, as JSON has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionFacts {
    version: u32,
    pub(super) action: String,
    service: &'static str,
    pub(super) access_level: &'static str,
    pub(super) needs_permission: bool,
    pub(super) resource_types: Vec<ResourceTypeFacts>,
    pub(super) condition_keys: Vec<KeyFacts>,
}

/// A type of resources that an action works on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceTypeFacts {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) arn_templates: Vec<&'static str>,
    pub(super) condition_keys: Vec<&'static str>,
}

/// A condition key that an action takes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyFacts {
    pub(super) key: &'static str,
    #[serde(rename = "type")]
    pub(super) value_type: &'static str,
    pub(super) multivalued: bool,
}

impl ActionFacts {
    pub(super) fn of(action: Action) -> Self {
        Self {
            version: json::VERSION,
            action: action.full_name(),
            service: action.service().name(),
            access_level: action.access_level().as_str(),
            needs_permission: !Catalog::embedded().needs_no_permission(&action.full_name()),
            resource_types: action
                .resources()
                .map(|resource| ResourceTypeFacts {
                    name: resource.resource_type().name(),
                    required: resource.required(),
                    arn_templates: resource.resource_type().arn_templates().collect(),
                    condition_keys: resource
                        .condition_keys()
                        .map(ServiceConditionKey::key)
                        .collect(),
                })
                .collect(),
            condition_keys: action
                .condition_keys()
                .map(|key| KeyFacts {
                    key: key.key(),
                    value_type: key.value_type().as_str(),
                    multivalued: key.multivalued(),
                })
                .collect(),
        }
    }
}
