//! What iamsim knows, as Markdown for editors: actions, condition keys, operators, resources,
//! principals and rules.
//!
//! Text that a document brought in stands in code spans that it cannot leave.

use super::{count, reference::ActionFacts};
use crate::{
    catalog::{
        Action, Catalog, ResourceType, Service, ValueType,
        table::{CONDITION_ENUMS, DEPRECATED_ACTIONS, SERVICE_PRINCIPALS},
    },
    lint::{Manual, Rule, traits},
    policy::{AccountId, Arn, Comparison, Operator, Quantifier},
    source::escape::printable,
};

/// The most items of a list; how many more there are is said.
const MOST_LISTED: usize = 12;

/// Text as code that shows just that text.
pub fn code(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A blank on either side of text with backticks or blanks at its ends is not shown.
    if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// What the catalog knows of an action.
pub fn action(action: Action) -> String {
    let facts = ActionFacts::of(action);
    let mut text = format!(
        "**{}**: {}, {}\n",
        code(&facts.action),
        facts.access_level,
        action.service().name()
    );
    if !facts.needs_permission {
        text += "\nNo permission is needed to call it.\n";
    }
    if let Some([_, _, instead]) = DEPRECATED_ACTIONS.row(&facts.action) {
        text += "\nAWS has retired it.";
        if *instead != "-" {
            text += &format!(" In its place: {instead}.");
        }
        text.push('\n');
    }
    if facts.resource_types.is_empty() {
        text += "\nIt works on no resource that a policy can name: only `\"Resource\": \"*\"` matches.\n";
    } else {
        text += "\nResource types:\n";
    }
    for kind in &facts.resource_types {
        let required = if kind.required { ", required" } else { "" };
        let forms: Vec<_> = kind.arn_templates.iter().map(|form| code(form)).collect();
        text += &format!("- {}{required}: {}\n", kind.name, forms.join(", "));
        if !kind.condition_keys.is_empty() {
            text += &format!("  - condition keys: {}\n", codes(&kind.condition_keys));
        }
    }
    if !facts.condition_keys.is_empty() {
        text += "\nCondition keys:\n";
        for key in &facts.condition_keys {
            let several = if key.multivalued {
                ", several values"
            } else {
                ""
            };
            text += &format!("- {}: {}{several}\n", code(key.key), key.value_type);
        }
    }
    text
}

fn codes(texts: &[&str]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| code(text)).collect();
    texts.join(", ")
}

/// A list of lines, cut off where it is long.
fn list(lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(MOST_LISTED);
    let mut text = String::new();
    for line in lines.take(MOST_LISTED) {
        text += &format!("- {line}\n");
    }
    if more > 0 {
        text += &format!("- and {more} more\n");
    }
    text
}

/// The actions that a pattern covers.
pub fn actions(pattern: &str, actions: &[Action]) -> String {
    let number = count(actions.len(), "action", "actions");
    let line =
        |action: &Action| format!("{}: {}", code(&action.full_name()), action.access_level());
    format!(
        "**{}** covers {number}\n\n{}",
        code(pattern),
        list(actions.iter().map(line))
    )
}

/// What the catalog knows of a condition key, and which actions of some patterns take it; `None` for
/// a key that it does not have.
pub fn condition_key(catalog: Catalog, key: &str, patterns: &[&str]) -> Option<String> {
    let global = catalog.global_condition_key(key);
    let own = catalog.condition_key(key);
    let (name, kinds, multivalued) = match (global, own) {
        (Some(global), _) => (
            global.key(),
            global.value_types().map(ValueType::as_str).collect(),
            global.multivalued(),
        ),
        (None, Some(own)) => (
            own.key(),
            vec![own.value_type().as_str()],
            own.multivalued(),
        ),
        (None, None) => return None,
    };
    let several = if multivalued { ", several values" } else { "" };
    let mut text = format!("**{}**: {}{several}\n", code(name), kinds.join(" or "));
    if let Some(global) = global {
        let present = if global.always_present() {
            "every request has it"
        } else {
            "not every request has it"
        };
        text += &format!("\nA global key: {present}.\n");
    }
    if let Some([_, values, _]) = CONDITION_ENUMS.row(key) {
        let values: Vec<_> = values.split(", ").collect();
        text += &format!("\nIts values: {}\n", codes(&values));
    }
    let Some(own) = own else { return Some(text) };
    if global.is_none() {
        let lists = |service: &Service| service.condition_keys().any(|each| each == own);
        let services: Vec<_> = catalog.services().filter(lists).collect();
        text += "\nListed by:\n";
        let line = |service: &Service| format!("{} ({})", service.name(), code(service.prefix()));
        text += &list(services.iter().map(line));
    }
    let mut matched: Vec<_> = patterns
        .iter()
        .flat_map(|pattern| catalog.actions_matching(pattern))
        .collect();
    matched.sort();
    matched.dedup();
    let takes: Vec<_> = matched
        .iter()
        .filter(|action| action.takes_condition_key(own))
        .collect();
    if !matched.is_empty() {
        let (taking, all) = (takes.len(), count(matched.len(), "action", "actions"));
        text += &format!("\n{taking} of the statement's {all} list it");
        text += if takes.is_empty() { ".\n" } else { ":\n" };
        text += &list(takes.iter().map(|action| code(&action.full_name())));
    }
    Some(text)
}

/// What an operator does.
pub fn operator(operator: Operator) -> String {
    let mut text = format!(
        "**{}**: {}\n",
        code(&operator.to_string()),
        comparison(operator.comparison)
    );
    match operator.quantifier {
        Some(Quantifier::ForAllValues) => {
            text += "\n`ForAllValues:` asks it of every value in the request, and holds where the \
                     request has none.\n";
        }
        Some(Quantifier::ForAnyValue) => {
            text += "\n`ForAnyValue:` asks it of at least one value in the request, and fails where \
                     the request has none.\n";
        }
        None => {}
    }
    if operator.if_exists {
        text += "\n`IfExists`: holds as well where the request lacks the key.\n";
    } else if operator.comparison.is_negated() && operator.quantifier.is_none() {
        text += "\nIt holds where the request lacks the key.\n";
    }
    text
}

/// What a comparison asks.
fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::StringEquals => "the text is one of the values, letter case and all",
        Comparison::StringNotEquals => "the text is none of the values, letter case and all",
        Comparison::StringEqualsIgnoreCase => "the text is one of the values, letter case aside",
        Comparison::StringNotEqualsIgnoreCase => {
            "the text is none of the values, letter case aside"
        }
        Comparison::StringLike => {
            "the text matches one of the values, in which `*` and `?` are wildcards"
        }
        Comparison::StringNotLike => {
            "the text matches none of the values, in which `*` and `?` are wildcards"
        }
        Comparison::NumericEquals => "the number is one of the values",
        Comparison::NumericNotEquals => "the number is none of the values",
        Comparison::NumericLessThan => "the number is less than one of the values",
        Comparison::NumericLessThanEquals => "the number is at most one of the values",
        Comparison::NumericGreaterThan => "the number is greater than one of the values",
        Comparison::NumericGreaterThanEquals => "the number is at least one of the values",
        Comparison::DateEquals => "the time is one of the values",
        Comparison::DateNotEquals => "the time is none of the values",
        Comparison::DateLessThan => "the time is before one of the values",
        Comparison::DateLessThanEquals => "the time is before one of the values or equal to it",
        Comparison::DateGreaterThan => "the time is after one of the values",
        Comparison::DateGreaterThanEquals => "the time is after one of the values or equal to it",
        Comparison::Bool => "the key is `true` or `false`, as the value says",
        Comparison::BinaryEquals => "the bytes are those of one of the values, which are in Base64",
        Comparison::IpAddress => "the address is in one of the networks",
        Comparison::NotIpAddress => "the address is in none of the networks",
        Comparison::ArnEquals | Comparison::ArnLike => {
            "the ARN matches one of the values field by field; `*` and `?` are wildcards"
        }
        Comparison::ArnNotEquals | Comparison::ArnNotLike => {
            "the ARN matches none of the values field by field; `*` and `?` are wildcards"
        }
        Comparison::Null => "`true`: the request lacks the key; `false`: it has the key",
    }
}

/// The types of resources that a pattern of ARNs matches.
pub fn resource(pattern: &str, types: &[ResourceType]) -> String {
    let head = format!("**{}**", code(pattern));
    if types.is_empty() {
        return format!("{head} matches no type of resource that the service reference has\n");
    }
    let line = |kind: &ResourceType| {
        let (service, name) = (kind.service().prefix(), kind.name());
        format!("{service} {name}: {}", code(kind.arn_template()))
    };
    let number = count(types.len(), "resource type", "resource types");
    format!(
        "{head} matches {number}\n\n{}",
        list(types.iter().map(line))
    )
}

/// Who a principal is; `None` where there is nothing to say.
pub fn principal(kind: Option<&str>, text: &str) -> Option<String> {
    let is_aws = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("AWS"));
    let is_service = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("Service"));
    let whole_account = |account: &str| {
        let account = code(account);
        format!("every principal of account {account} that policies of that account let do it")
    };
    let who = if text == "*" && (is_aws || kind.is_none()) {
        "everyone, those without credentials too".to_owned()
    } else if is_service && SERVICE_PRINCIPALS.has(text) {
        "a service of AWS".to_owned()
    } else if is_aws && AccountId::parse(text).is_some() {
        whole_account(text)
    } else if is_aws {
        let arn = Arn::parse(text).ok().filter(|arn| arn.service == "iam")?;
        let kind = arn.resource.split('/').next().unwrap_or_default();
        match kind {
            "root" => whole_account(arn.account),
            "user" => format!("a user of account {}", code(arn.account)),
            "role" => format!("a role of account {}, in every session", code(arn.account)),
            _ => return None,
        }
    } else {
        return None;
    };
    Some(format!("**{}**: {who}\n", code(text)))
}

/// What a rule finds, and why that matters.
pub fn rule(rule: &Rule) -> String {
    let manual = Manual::of(rule);
    format!(
        "**{}**: {} ({})\n\n{}\n\n{}\n",
        code(rule.id),
        rule.summary,
        traits(rule),
        manual.section("What it does"),
        manual.section("Why it matters")
    )
}

#[cfg(test)]
mod tests {
    use super::{action, actions, code, condition_key, operator, principal};
    use crate::{catalog::Catalog, policy::Operator};

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("s3:*"), "`s3:*`");
        assert_eq!(code("a`](x) <b>"), "``a`](x) <b>``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a\n# b\u{202e}"), "`a\\n# b\\u{202e}`");
    }

    #[test]
    fn an_action_is_told_as_the_catalog_has_it() {
        let told = |name| action(Catalog::embedded().action(name).unwrap());
        let text = told("s3:GetObject");
        for part in [
            "**`s3:GetObject`**: Read, Amazon S3\n",
            "- object: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`\n",
            "- `s3:ExistingObjectTag/${TagKey}`: String\n",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(told("sqs:SendMessage").contains("- queue, required: "));
        assert!(told("s3:ListAllMyBuckets").contains("only `\"Resource\": \"*\"` matches"));
        let retired = told("appconfig:GetConfiguration");
        assert!(retired.contains("AWS has retired it. In its place: appconfig:"));
        assert!(told("sts:GetCallerIdentity").contains("No permission is needed"));
    }

    #[test]
    fn long_lists_say_how_much_is_left_out() {
        let covered = Catalog::embedded().actions_matching("s3:Get*");
        let text = actions("s3:Get*", &covered);
        assert!(
            text.contains(&format!("covers {} actions", covered.len())),
            "{text}"
        );
        assert!(
            text.contains(&format!("- and {} more", covered.len() - 12)),
            "{text}"
        );
    }

    #[test]
    fn a_key_is_told_with_the_actions_that_take_it() {
        let catalog = Catalog::embedded();
        let text = condition_key(catalog, "s3:prefix", &["s3:ListBucket", "s3:GetObject"]).unwrap();
        assert!(text.starts_with("**`s3:prefix`**: String\n"), "{text}");
        assert!(
            text.contains("1 of the statement's 2 actions list it:\n- `s3:ListBucket`"),
            "{text}"
        );
        let global = condition_key(catalog, "aws:principalarn", &[]).unwrap();
        assert!(global.contains("A global key"), "{global}");
        assert_eq!(condition_key(catalog, "s3:prefixx", &[]), None);
    }

    #[test]
    fn every_part_of_an_operator_is_told() {
        let text = operator(Operator::parse("ForAnyValue:StringLikeIfExists").unwrap());
        for part in ["wildcards", "`ForAnyValue:`", "`IfExists`"] {
            assert!(text.contains(part), "{text}");
        }
        let negated = operator(Operator::parse("StringNotEquals").unwrap());
        assert!(negated.contains("holds where the request lacks the key"));
    }

    #[test]
    fn principals_are_told_by_what_they_are() {
        let told = |kind, text| principal(Some(kind), text).unwrap_or_default();
        assert!(told("AWS", "123456789012").contains("every principal of account"));
        assert!(told("AWS", "arn:aws:iam::123456789012:role/a").contains("a role of account"));
        assert!(told("Service", "lambda.amazonaws.com").contains("a service of AWS"));
        assert_eq!(told("Service", "*"), "");
        assert!(principal(None, "*").unwrap().contains("everyone"));
    }
}
