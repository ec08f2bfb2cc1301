use crate::{
    lint::{
        Category, Check, DocumentCx, Findings, Rule,
        covering::{self, Entry as _, Kept},
        rule, wording,
    },
    policy::{ActionPattern, Effect, PolicyTypes, Statement},
    source::Severity,
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags actions of an `Allow` that a `Deny` of the same policy takes back whole: the `Deny` has
    /// no condition, covers the actions and every resource of the `Allow`, and is about everyone or
    /// names the same principals.
    ///
    /// ## Why it matters
    /// A `Deny` always wins. The `Allow` reads like a right that somebody has, and nobody has it.
    /// Usually the `Deny` is wider than it was meant, or it should have been under a condition.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["s3:GetObject", "s3:DeleteObject"],
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": "s3:Delete*",
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
    ///     "Action": "s3:*",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": "s3:Delete*",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "shadowed-allow",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "`Allow` that a `Deny` of the same policy takes back whole",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let statements = &cx.policy.statements;
    let denies: Vec<_> = statements
        .iter()
        .filter(|each| each.has_effect(Effect::Deny) && covering::is_unconditional(each))
        .collect();
    if denies.is_empty() {
        return;
    }
    let allows = statements
        .iter()
        .filter(|each| each.has_effect(Effect::Allow));
    let allowed = covering::sorted(allows.flat_map(|allow| {
        let entries = allow.action.iter().flat_map(|element| &element.entries);
        entries.map(move |entry| (entry, (allow, Kept::new(entry))))
    }));
    if allowed.is_empty() {
        return;
    }
    // The statements of a pair by their places, and what is allowed there and denied here.
    let mut pairs: BTreeMap<(usize, usize), Pair<'_>> = BTreeMap::new();
    for deny in denies {
        let cost = |(entry, others): (&ActionPattern, &[_])| covering::cost(entry, others.len());
        for entry in deny.action.iter().flat_map(|element| &element.entries) {
            let start = if entry.has_wildcard() {
                entry.fixed_start()
            } else {
                entry.as_str()
            };
            let candidates = covering::starting_with(&allowed, start);
            if !cx.statement(deny).can_afford(cost((entry, candidates))) {
                return;
            }
            let own = Kept::new(entry);
            for (each, (allow, kept)) in candidates {
                if own.covers(kept) {
                    let pair = pairs
                        .entry((allow.index, deny.index))
                        .or_insert_with(|| Pair {
                            allow,
                            deny,
                            by: entry,
                            applies: is_for_all_of(deny, allow)
                                && covering::covers_resources(&cx.statement(deny), allow),
                            entries: Vec::new(),
                        });
                    if pair.applies {
                        pair.entries.push(each);
                    }
                }
            }
        }
    }
    for pair in pairs.into_values().filter(|pair| pair.applies) {
        report(pair, out);
    }
}

/// A statement that denies, and one of which it denies something.
struct Pair<'a> {
    allow: &'a Statement,
    deny: &'a Statement,
    /// The first entry that denies something.
    by: &'a ActionPattern,
    /// Whether the one that denies is about all resources and principals of the other.
    applies: bool,
    /// The entries of the other that are denied.
    entries: Vec<&'a ActionPattern>,
}

/// Whether a statement is about all principals of another.
fn is_for_all_of(deny: &Statement, allow: &Statement) -> bool {
    if deny.not_principal.is_some() || deny.has_element("NotPrincipal") {
        return false;
    }
    match (&deny.principal, &allow.principal) {
        (None, None) => !deny.has_element("Principal") && !allow.has_element("Principal"),
        (Some(_), _) if deny.names_everyone() => true,
        (Some(own), Some(other)) => other.entries.iter().all(|entry| {
            let mut own = own.entries.iter();
            own.any(|own| own.kind == entry.kind && own.text.as_str() == entry.text.as_str())
        }),
        _ => false,
    }
}

fn report(mut pair: Pair<'_>, out: &mut Findings<'_>) {
    pair.entries
        .sort_by_key(|entry| entry.text().quoted_span().start);
    pair.entries
        .dedup_by_key(|entry| entry.text().quoted_span().start);
    let [first, others @ ..] = pair.entries.as_slice() else {
        return;
    };
    let names = wording::list(pair.entries.iter().map(|entry| entry.as_str()));
    let verb = if others.is_empty() { "is" } else { "are" };
    let message = format!(
        "{names} {verb} denied by {} wherever this statement allows it",
        pair.deny.title()
    );
    let mut draft = out
        .report(first.text().span(), message)
        .caption("denied again")
        .label(pair.by.text().span(), "the `Deny`");
    for other in others.iter().take(wording::MOST) {
        draft = draft.label(other.text().span(), "denied as well");
    }
    draft.help(format!(
        "narrow the `Deny`, or take the action out of {}",
        pair.allow.title()
    ));
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, silent};

    fn policy(allow: &str, deny: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {allow}}}, {{"Effect": "Deny", {deny}}}]}}"#
        )
    }

    const READ: &str =
        r#""Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*""#;

    fires!(
        one_of_two,
        policy(READ, r#""Action": "S3:put*", "Resource": "*""#),
        "s3:PutObject"
    );
    fires!(
        everything_is_one_finding,
        policy(READ, r#""Action": "*", "Resource": "*""#),
        "s3:GetObject"
    );
    fires!(
        control_policy,
        as Scp,
        policy(r#""Action": "*", "Resource": "*""#, r#""Action": "*:*", "Resource": "*""#),
        "*"
    );
    fires!(
        everyone_is_denied,
        policy(
            r#""Principal": {"AWS": "111122223333"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:q""#,
            r#""Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:111122223333:*""#
        ),
        "sqs:SendMessage"
    );
    silent!(
        the_allow_is_wider,
        policy(r#""Action": "s3:*", "Resource": "*""#, READ)
    );
    silent!(
        other_resources,
        policy(READ, r#""Action": "s3:*", "Resource": "arn:aws:s3:::b""#)
    );
    silent!(
        under_a_condition,
        policy(
            READ,
            r#""Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#
        )
    );
    silent!(
        other_principals,
        policy(
            r#""Principal": {"AWS": "111122223333"}, "Action": "sqs:SendMessage", "Resource": "*""#,
            r#""Principal": {"AWS": "444455556666"}, "Action": "sqs:*", "Resource": "*""#
        )
    );
    silent!(
        only_denied,
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#
    );

    #[test]
    fn the_names_are_listed() {
        let text = policy(READ, r#""Sid": "No", "Action": "s3:*", "Resource": "*""#);
        assert_eq!(
            finding(&super::RULE, &text).message,
            "`s3:GetObject` and `s3:PutObject` are denied by statement `No` wherever this statement \
             allows it"
        );
    }
}
