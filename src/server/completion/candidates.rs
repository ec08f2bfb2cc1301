//! What fits a part of a policy.

use super::{Scene, starts_like};
use crate::{
    catalog::{
        Action, GlobalConditionKey, ResourceType, ValueType,
        table::{CONDITION_ENUMS, DEPRECATED_ACTIONS, REGIONS, SERVICE_PRINCIPALS},
    },
    policy::{AccountId, Comparison, Operator, PolicyType, PrincipalKind, Quantifier},
    server::cursor::Role,
};
use lsp_types::CompletionItemKind;
use std::collections::BTreeMap;

/// The most actions of a statement that are looked at, as `*` covers all of them.
const MOST_ACTIONS: usize = 2_000;

/// Something that could be written.
#[derive(Debug)]
pub(super) struct Candidate {
    /// What is shown, and filtered by.
    pub(super) label: String,
    /// What is put in.
    pub(super) inserted: String,
    /// What is put in where the client fills in places of it.
    pub(super) snippet: Option<String>,
    /// A few words beside the label.
    pub(super) detail: Option<String>,
    pub(super) kind: CompletionItemKind,
    /// Whether more is to be typed after it, in the same string.
    pub(super) goes_on: bool,
    /// Whether AWS has retired it.
    pub(super) retired: bool,
    /// The action that it is, where it is one.
    pub(super) action: Option<String>,
}

impl Candidate {
    fn new(label: impl Into<String>, kind: CompletionItemKind) -> Self {
        let label = label.into();
        Self {
            inserted: label.clone(),
            label,
            snippet: None,
            detail: None,
            kind,
            goes_on: false,
            retired: false,
            action: None,
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// All that fits a place, best first.
pub(super) fn of(scene: &Scene<'_>) -> Vec<Candidate> {
    match scene.cursor.role {
        Role::PolicyKey => policy_keys(scene),
        Role::Version => values(&["2012-10-17", "2008-10-17"]),
        Role::StatementKey => statement_keys(scene),
        Role::Effect => values(&["Allow", "Deny"]),
        Role::Action => actions(scene),
        Role::Resource => resources(scene),
        Role::PrincipalKind => keys(scene, &PrincipalKind::KEYS.map(|(key, _)| key)),
        Role::Principal(kind) => principals(scene, kind),
        Role::Operator => operators(scene),
        Role::ConditionKey(operator) => condition_keys(scene, operator),
        Role::ConditionValue { operator, key } => condition_values(scene, operator, key),
        Role::Other => Vec::new(),
    }
}

fn values(names: &[&str]) -> Vec<Candidate> {
    let candidates = names.iter();
    candidates
        .map(|name| Candidate::new(*name, CompletionItemKind::ENUM_MEMBER))
        .collect()
}

/// The keys that the object does not have yet.
fn keys(scene: &Scene<'_>, names: &[&str]) -> Vec<Candidate> {
    let members = || scene.cursor.object.and_then(|object| object.as_object());
    let has = |name: &str| {
        let mut keys = members().unwrap_or_default().iter().map(|each| &each.key);
        keys.any(|key| key != scene.cursor.text && key.as_str() == name)
    };
    let missing = names.iter().filter(|name| !has(name));
    missing
        .map(|name| Candidate::new(*name, CompletionItemKind::PROPERTY))
        .collect()
}

/// The keys of a policy, unless the object has others and so is something else.
fn policy_keys(scene: &Scene<'_>) -> Vec<Candidate> {
    let names = ["Version", "Id", "Statement"];
    let members = scene.cursor.object.and_then(|object| object.as_object());
    let mut others = members.unwrap_or_default().iter().map(|each| &each.key);
    let is_none = |key: &str| !names.contains(&key);
    if others.any(|key| key != scene.cursor.text && is_none(key.as_str())) {
        Vec::new()
    } else {
        keys(scene, &names)
    }
}

fn statement_keys(scene: &Scene<'_>) -> Vec<Candidate> {
    let has = |name: &str| {
        let members = scene.statements.iter().filter_map(|each| each.as_object());
        let mut keys = members.flatten().map(|member| &member.key);
        keys.any(|key| key.as_str() == name)
    };
    let names_principals = scene.policy_type.is_none_or(PolicyType::names_principals);
    let fits = |name: &&str| match *name {
        "Principal" | "NotPrincipal" if !names_principals => false,
        "Resource" | "NotResource" if scene.policy_type == Some(PolicyType::Trust) => false,
        // An element and its opposite exclude one another.
        name => name
            .strip_prefix("Not")
            .map_or_else(|| !has(&format!("Not{name}")), |positive| !has(positive)),
    };
    let names = [
        "Sid",
        "Effect",
        "Principal",
        "Action",
        "Resource",
        "Condition",
        "NotPrincipal",
        "NotAction",
        "NotResource",
    ];
    let fitting: Vec<_> = names.into_iter().filter(fits).collect();
    keys(scene, &fitting)
}

/// Services until one is written out, then its actions.
fn actions(scene: &Scene<'_>) -> Vec<Candidate> {
    let typed = scene.typed;
    let prefix = typed.split(':').next().unwrap_or_default();
    let mut found = Vec::new();
    if !typed.contains(':') {
        let services = scene.catalog.services().map(|service| {
            let label = format!("{}:", service.prefix());
            let mut candidate = Candidate::new(label, CompletionItemKind::MODULE);
            candidate.goes_on = true;
            candidate.detail(service.name())
        });
        found.extend(services);
    }
    if let Some(service) = scene.catalog.service(prefix) {
        found.extend(service.actions().map(action));
    }
    found
}

fn action(action: Action) -> Candidate {
    let name = action.full_name();
    let mut candidate = Candidate::new(name.clone(), CompletionItemKind::METHOD);
    candidate.retired = DEPRECATED_ACTIONS.has(&name);
    candidate.action = Some(name);
    candidate.detail(action.access_level().as_str())
}

/// The actions that the statement is about, as far as they are written out.
fn actions_of_statement(scene: &Scene<'_>) -> Vec<Action> {
    let patterns = scene.entries(&["Action", "NotAction"]);
    let covered = patterns
        .iter()
        .filter(|pattern| pattern.contains(':'))
        .flat_map(|pattern| scene.catalog.actions_matching(pattern));
    let mut actions: Vec<_> = covered.take(MOST_ACTIONS).collect();
    actions.sort_unstable();
    actions.dedup();
    actions
}

/// The forms of the ARNs that the actions of the statement work on.
fn resources(scene: &Scene<'_>) -> Vec<Candidate> {
    let mut types: BTreeMap<ResourceType, usize> = BTreeMap::new();
    for action in actions_of_statement(scene) {
        for resource in action.resources() {
            *types.entry(resource.resource_type()).or_default() += 1;
        }
    }
    let mut types: Vec<_> = types.into_iter().collect();
    types.sort_by_key(|(kind, uses)| (std::cmp::Reverse(*uses), *kind));
    let forms = types.into_iter().flat_map(|(kind, _)| {
        let detail = format!("{} {}", kind.service().prefix(), kind.name());
        kind.arn_templates().map(move |form| (form, detail.clone()))
    });
    let account = scene.account.map(AccountId::as_str);
    let mut found: Vec<_> = forms
        .map(|(form, detail)| {
            let (plain, snippet) = filled(form, account);
            let mut candidate = Candidate::new(plain, CompletionItemKind::VALUE);
            candidate.snippet = Some(snippet);
            candidate.detail(detail)
        })
        .collect();
    found.push(Candidate::new("*", CompletionItemKind::VALUE).detail("every resource"));
    found
}

/// A form of ARNs to start from: as plain text with `*` where nothing is known, and as a snippet with
/// places to fill in.
fn filled(form: &str, account: Option<&str>) -> (String, String) {
    let (mut plain, mut snippet) = (String::new(), String::new());
    let mut rest = form;
    let mut place = 0;
    while let Some((literal, name, after)) = rest
        .split_once("${")
        .and_then(|(literal, from)| Some((literal, from.split_once('}')?)))
        .map(|(literal, (name, after))| (literal, name, after))
    {
        place += 1;
        let (known, shown) = match name {
            "Partition" => ("aws", "aws"),
            "Account" => (account.unwrap_or("*"), account.unwrap_or("*")),
            "Region" => ("*", "*"),
            _ => ("*", name),
        };
        plain += literal;
        plain += known;
        snippet += &escaped(literal);
        snippet += &format!("${{{place}:{}}}", escaped(shown));
        rest = after;
    }
    (plain + rest, snippet + &escaped(rest))
}

/// Text that means itself in a snippet.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '$' | '}' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn principals(scene: &Scene<'_>, kind: Option<&str>) -> Vec<Candidate> {
    let is = |name: &str| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(name));
    if is("Service") {
        let names = SERVICE_PRINCIPALS
            .rows()
            .iter()
            .filter_map(|row| row.first());
        return names
            .map(|name| Candidate::new(*name, CompletionItemKind::VALUE))
            .collect();
    }
    let mut found = Vec::new();
    if is("AWS") {
        let account = scene.account.map(AccountId::as_str);
        for (form, detail) in [
            ("arn:${Partition}:iam::${Account}:root", "an account"),
            (
                "arn:${Partition}:iam::${Account}:role/${RoleName}",
                "a role",
            ),
            (
                "arn:${Partition}:iam::${Account}:user/${UserName}",
                "a user",
            ),
        ] {
            let (plain, snippet) = filled(form, account);
            let mut candidate = Candidate::new(plain, CompletionItemKind::VALUE);
            candidate.snippet = Some(snippet);
            found.push(candidate.detail(detail));
        }
    }
    if is("AWS") || kind.is_none() {
        found.push(Candidate::new("*", CompletionItemKind::VALUE).detail("everyone"));
    }
    found
}

/// The operators, those for the keys that stand under this one first.
fn operators(scene: &Scene<'_>) -> Vec<Candidate> {
    let typed = scene.typed;
    let mut quantifiers = vec![None];
    if !typed.is_empty() && starts_like("ForAllValues:", typed.get(..3).unwrap_or(typed))
        || typed.contains(':')
    {
        quantifiers.extend([Quantifier::ForAllValues, Quantifier::ForAnyValue].map(Some));
    }
    let mut found = Vec::new();
    for quantifier in quantifiers {
        for if_exists in [false, true] {
            let comparisons = Comparison::ALL.iter().copied();
            // `Null` asks about the key itself.
            let fits = |comparison: &Comparison| {
                *comparison != Comparison::Null || !if_exists && quantifier.is_none()
            };
            let operators = comparisons.filter(fits).map(|comparison| Operator {
                quantifier,
                comparison,
                if_exists,
            });
            let candidate = |operator: Operator| {
                Candidate::new(operator.to_string(), CompletionItemKind::OPERATOR)
            };
            found.extend(operators.map(candidate));
        }
    }
    found
}

/// The condition keys that the actions of the statement take, and the global ones; those of a type that
/// the operator compares come first.
fn condition_keys(scene: &Scene<'_>, operator: &str) -> Vec<Candidate> {
    let mut found: BTreeMap<&str, ValueType> = BTreeMap::new();
    for action in actions_of_statement(scene) {
        let of_resources = action.resources().flat_map(|resource| {
            let of_type = resource.resource_type().condition_keys();
            resource.condition_keys().chain(of_type).collect::<Vec<_>>()
        });
        let keys = action.condition_keys().chain(of_resources);
        found.extend(keys.map(|key| (key.key(), key.value_type())));
    }
    let own = found.len();
    let globals = scene.catalog.global_condition_keys();
    let globals = globals.filter(|key| !found.contains_key(key.key()));
    let globals: Vec<_> = globals.map(|key| (key.key(), key.value_type())).collect();
    let mut keys: Vec<_> = found.into_iter().chain(globals).enumerate().collect();
    let comparison = Operator::parse(operator).map(|operator| operator.comparison);
    let is_compared = |kind: ValueType| comparison.is_none_or(|comparison| fits(comparison, kind));
    keys.sort_by_key(|(place, (_, kind))| (!is_compared(*kind), *place >= own));
    keys.into_iter()
        .map(|(_, (key, kind))| {
            // What the writer chooses is still to be typed.
            let stem = key.split("${").next().unwrap_or(key);
            let mut candidate = Candidate::new(stem, CompletionItemKind::FIELD);
            candidate.goes_on = stem.len() < key.len();
            candidate.detail(kind.as_str())
        })
        .collect()
}

/// Whether a comparison is made for values of a type.
fn fits(comparison: Comparison, kind: ValueType) -> bool {
    let name = comparison.name();
    match kind {
        ValueType::String => name.starts_with("String"),
        ValueType::Arn => name.starts_with("Arn"),
        ValueType::Bool => comparison == Comparison::Bool,
        ValueType::Numeric => name.starts_with("Numeric"),
        ValueType::Date => name.starts_with("Date"),
        ValueType::IpAddress => name.ends_with("IpAddress"),
    }
}

/// The values of keys of which all values are known.
fn condition_values(scene: &Scene<'_>, operator: &str, key: &str) -> Vec<Candidate> {
    let comparison = Operator::parse(operator).map(|operator| operator.comparison);
    if matches!(comparison, Some(Comparison::Bool | Comparison::Null)) {
        return values(&["true", "false"]);
    }
    if let Some([_, names, _]) = CONDITION_ENUMS.row(key) {
        return values(&names.split(", ").collect::<Vec<_>>());
    }
    if key.eq_ignore_ascii_case("aws:RequestedRegion") {
        let names = REGIONS.rows().iter().filter_map(|row| row.first().copied());
        return values(&names.collect::<Vec<_>>());
    }
    let global = scene.catalog.global_condition_key(key);
    match global.map(GlobalConditionKey::value_type) {
        Some(ValueType::Bool) => values(&["true", "false"]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{filled, fits};
    use crate::{catalog::ValueType, policy::Comparison};

    #[test]
    fn forms_of_arns_have_places_to_fill_in() {
        let (plain, snippet) = filled("arn:${Partition}:s3:::${BucketName}/${ObjectName}", None);
        assert_eq!(plain, "arn:aws:s3:::*/*");
        assert_eq!(snippet, "arn:${1:aws}:s3:::${2:BucketName}/${3:ObjectName}");
        let (plain, _) = filled(
            "arn:${Partition}:sqs:${Region}:${Account}:q",
            Some("123456789012"),
        );
        assert_eq!(plain, "arn:aws:sqs:*:123456789012:q");
    }

    #[test]
    fn every_comparison_but_those_of_any_key_is_made_for_a_type() {
        for comparison in Comparison::ALL {
            let any = ValueType::ALL.iter().any(|kind| fits(*comparison, *kind));
            let of_bytes_or_keys = [Comparison::BinaryEquals, Comparison::Null];
            assert_eq!(
                any,
                !of_bytes_or_keys.contains(comparison),
                "{comparison:?}"
            );
        }
    }
}
