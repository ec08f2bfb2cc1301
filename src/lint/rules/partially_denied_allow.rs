use crate::{
    catalog::ActionId,
    lint::{Category, Check, Findings, Rule, StatementCx, rule, wording},
    policy::{Effect, PolicyTypes, PrincipalKind, ResourceForm, Statement},
    source::Severity,
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Tells which actions of an entry under `Allow` other statements of the document deny without any
    /// condition. It looks at a `Deny` that reaches whatever the `Allow` does: for `*` as the resource, or
    /// for the same list of resources, and for everybody or no named principals. Where all of the statement
    /// is denied, that is `shadowed-allow`.
    ///
    /// It is off, as careful policies are written that way; ask for it to see what is left of an `Allow`.
    ///
    /// ## Why it matters
    /// A `Deny` wins over every `Allow`. The entry reads as if it granted more than it does.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:*",
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": ["sqs:DeleteQueue", "sqs:PurgeQueue"],
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
    ///     "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": ["sqs:DeleteQueue", "sqs:PurgeQueue"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "partially-denied-allow",
        category: Category::Semantics,
        severity: Severity::Hint,
        summary: "part of an `Allow` that the same document denies",
        types: PolicyTypes::ALL,
        enabled: false,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// How many statements with `Deny` are looked at.
const MOST_DENIALS: usize = 50;

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || cx.listed_actions().is_empty() {
        return;
    }
    let denials: Vec<_> = cx
        .policy
        .statements
        .iter()
        .filter(|statement| denies_all_of(statement, cx.statement))
        .take(MOST_DENIALS)
        .collect();
    if denials.is_empty() {
        return;
    }
    let Some(denied) = denied_actions(cx, &denials) else {
        return;
    };
    let mut parts = Vec::new();
    let mut is_left = false;
    for entry in cx.listed_actions() {
        let Some(actions) = cx.expand(entry) else {
            return;
        };
        let taken: Vec<_> = actions
            .iter()
            .filter(|action| denied.contains_key(&action.id()))
            .collect();
        is_left |= taken.len() < actions.len() || actions.is_empty();
        let by = taken
            .first()
            .and_then(|action| denied.get(&action.id()).copied());
        if let Some(by) = by {
            let names = wording::list(taken.iter().map(|action| action.full_name()));
            parts.push((entry, taken.len(), actions.len(), names, by));
        }
    }
    // What is denied as a whole is another rule's.
    if !is_left {
        return;
    }
    for (entry, taken, of, names, by) in parts {
        let message = if taken == of {
            format!("{} denies all of `{}`", by.title(), entry.as_str())
        } else {
            format!(
                "of the {of} actions of `{}`, {taken} are denied: {names}",
                entry.as_str()
            )
        };
        let span = by.effect.as_ref().map_or(by.span, |effect| effect.span);
        out.report(entry.text().span(), message)
            .label(span, "denies them, whatever the request")
            .help("leave it if that is what is meant; otherwise list the actions that are allowed");
    }
}

/// The actions that statements deny, and the first of these that does.
fn denied_actions<'a>(
    cx: &StatementCx<'_>,
    denials: &[&'a Statement],
) -> Option<BTreeMap<ActionId, &'a Statement>> {
    let mut denied = BTreeMap::new();
    for denial in denials {
        if let Some(element) = &denial.action {
            for entry in &element.entries {
                for action in cx.expand(entry)?.iter() {
                    denied.entry(action.id()).or_insert(*denial);
                }
            }
        } else if let Some(element) = &denial.not_action {
            let mut spared = Vec::new();
            for entry in &element.entries {
                spared.extend(cx.expand(entry)?.iter().map(|action| action.id()));
            }
            spared.sort_unstable();
            for entry in cx.listed_actions() {
                for action in cx.expand(entry)?.iter() {
                    if spared.binary_search(&action.id()).is_err() {
                        denied.entry(action.id()).or_insert(*denial);
                    }
                }
            }
        }
    }
    Some(denied)
}

/// Whether a statement denies its actions wherever another allows them, to whomever it does.
fn denies_all_of(denial: &Statement, allowed: &Statement) -> bool {
    let is_readable = denial
        .action
        .iter()
        .chain(&denial.not_action)
        .all(|element| element.unread == 0 && element.unfilled.is_empty());
    if !denial.has_effect(Effect::Deny) || denial.has_element("Condition") || !is_readable {
        return false;
    }
    let everybody = match &denial.principal {
        Some(element) => element.entries.iter().any(|entry| {
            entry.kind == PrincipalKind::Everyone
                || entry.kind == PrincipalKind::Aws && entry.text.as_str() == "*"
        }),
        None => !denial.has_element("Principal") && !denial.has_element("NotPrincipal"),
    };
    let Some(denied) = &denial.resource else {
        return everybody && !denial.has_element("NotResource") && !denial.has_element("Resource");
    };
    let mut entries = denied.entries.iter();
    let everything = entries.any(|entry| entry.form == ResourceForm::Star);
    let same = allowed.resource.as_ref().is_some_and(|element| {
        element.unread == 0
            && element.entries.len() == denied.entries.len()
            && element
                .entries
                .iter()
                .zip(&denied.entries)
                .all(|(one, other)| one.text.as_str() == other.text.as_str())
    });
    everybody && (everything || same)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, silent};

    fn both(allowed: &str, denied: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {allowed}}}, {{"Effect": "Deny", {denied}}}]}}"#
        )
    }

    fires!(
        some_of_a_wildcard,
        both(
            r#""Action": ["sqs:*", "sns:Publish"], "Resource": "*""#,
            r#""Action": "sqs:Delete*", "Resource": "*""#
        ),
        "sqs:*"
    );
    fires!(
        all_but_a_list_in_other_letters,
        both(
            r#""Action": ["sqs:*", "sns:Publish"], "Resource": "arn:aws:sqs:*:*:a""#,
            r#""NotAction": "SQS:get*", "Resource": "arn:aws:sqs:*:*:a""#
        ),
        "sqs:*",
        "sns:Publish",
    );
    silent!(
        under_a_condition,
        both(
            r#""Action": "sqs:*", "Resource": "*""#,
            r#""Action": "sqs:Delete*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpce": "true"}}"#
        )
    );
    silent!(
        on_other_resources,
        both(
            r#""Action": "sqs:*", "Resource": "*""#,
            r#""Action": "sqs:Delete*", "Resource": "arn:aws:sqs:*:*:a""#
        )
    );
    silent!(
        all_of_it_is_another_rule,
        both(
            r#""Action": "sqs:*", "Resource": "*""#,
            r#""Action": "sqs:*", "Resource": "*""#
        )
    );
    silent!(
        to_one_principal,
        both(
            r#""Principal": "*", "Action": "sqs:*", "Resource": "*""#,
            r#""Principal": {"AWS": "123456789012"}, "Action": "sqs:DeleteQueue", "Resource": "*""#
        )
    );

    #[test]
    fn the_actions_are_counted_and_named() {
        let text = both(
            r#""Action": "sqs:*", "Resource": "*""#,
            r#""Action": ["sqs:DeleteQueue", "sqs:PurgeQueue"], "Resource": "*""#,
        );
        let message = finding(&super::RULE, &text).message;
        assert!(message.contains("2 are denied: `sqs:DeleteQueue` and `sqs:PurgeQueue`"));
    }
}
