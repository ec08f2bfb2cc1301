use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule, wording},
    policy::{ActionPattern, Effect, PolicyType, PolicyTypes},
    source::Severity,
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags actions of an `Allow` that are all of a service that start with the same word, four or
    /// more, such as every `Get` of a service. Off by default: whether to write a wildcard is a house
    /// rule.
    ///
    /// ## Why it matters
    /// A wildcard is shorter, where the size of a policy matters. It takes in what AWS adds later,
    /// which the list does not; so there is no fix.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": [
    ///       "sqs:ListDeadLetterSourceQueues",
    ///       "sqs:ListMessageMoveTasks",
    ///       "sqs:ListQueueTags",
    ///       "sqs:ListQueues",
    ///       "sqs:DeleteMessage"
    ///     ],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["sqs:ListQueueTags", "sqs:ListQueues", "sqs:DeleteMessage"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "style-action-listing-collapsible",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "list of all actions that start with one word",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: false,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// How many actions a wildcard has to save at least.
const FEWEST: usize = 4;

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || cx.listed_actions().len() < FEWEST {
        return;
    }
    // The entries by service and first word, those of one action once.
    let mut families: BTreeMap<(String, &str), BTreeMap<String, &ActionPattern>> = BTreeMap::new();
    for entry in cx.listed_actions() {
        if let Some(word) = first_word(entry.name())
            && !entry.has_wildcard()
        {
            families
                .entry((entry.service().to_ascii_lowercase(), word))
                .or_default()
                .insert(entry.name().to_ascii_lowercase(), entry);
        }
    }
    for ((prefix, word), listed) in families {
        let Some(service) = cx.catalog.service(&prefix) else {
            continue;
        };
        if listed.len() < FEWEST || !cx.can_afford(service.actions().len()) {
            continue;
        }
        let actions = service
            .actions()
            .filter(|action| action.name().starts_with(word));
        let names: Vec<_> = actions
            .map(|action| action.name().to_ascii_lowercase())
            .collect();
        if names.len() < FEWEST || !names.iter().all(|name| listed.contains_key(name)) {
            continue;
        }
        let mut entries: Vec<_> = listed.into_values().collect();
        entries.sort_by_key(|entry| entry.text().quoted_span().start);
        let [first, others @ ..] = entries.as_slice() else {
            continue;
        };
        let count = names.len();
        let mut draft = out
            .report(
                first.text().span(),
                format!("these are all {count} actions that `{prefix}:{word}*` matches"),
            )
            .help(format!(
                "write `{prefix}:{word}*`, if actions that are added later may be allowed as well"
            ));
        for other in others.iter().take(wording::MOST) {
            draft = draft.label(other.text().span(), "one of them");
        }
    }
}

/// The capital letter that a name starts with, and the small ones behind it.
fn first_word(name: &str) -> Option<&str> {
    let rest = name.strip_prefix(|c: char| c.is_ascii_uppercase())?;
    let end = rest.find(|c: char| !c.is_ascii_lowercase())?;
    name.get(..=end).filter(|word| word.len() > 1)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, silent};

    const LISTS: &str = r#"["sqs:DeleteMessage", "sqs:ListQueues", "SQS:ListQueueTags", "sqs:ListMessageMoveTasks", "sqs:ListDeadLetterSourceQueues"]"#;

    fires!(all_lists, allow(LISTS, r#""*""#), "sqs:ListQueues");
    fires!(
        beside_a_wildcard,
        allow(&LISTS.replace("sqs:DeleteMessage", "sqs:Get*"), r#""*""#),
        "sqs:ListQueues"
    );
    silent!(
        one_is_missing,
        allow(&LISTS.replace("ListQueues", "GetQueueUrl"), r#""*""#)
    );
    silent!(
        an_unknown_service,
        allow(&LISTS.replace("sqs", "sqx"), r#""*""#)
    );

    #[test]
    fn the_wildcard_is_named() {
        assert_eq!(
            finding(&super::RULE, &allow(LISTS, r#""*""#)).message,
            "these are all 4 actions that `sqs:List*` matches"
        );
    }
}
