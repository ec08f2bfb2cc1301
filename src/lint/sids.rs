//! Statements of one policy that have the same `Sid`.

use super::{DocumentCx, Findings, edits::replace};
use crate::source::{Safety, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Reports every `Sid` that an earlier statement has as well. Empty ones are none.
pub(super) fn report_duplicates(cx: &DocumentCx<'_>, consequence: &str, out: &mut Findings<'_>) {
    let statements = &cx.policy.statements;
    if statements.len() < 2 {
        return;
    }
    let sids = || {
        let texts = statements.iter().filter_map(|each| each.sid.as_ref());
        texts.filter(|sid| !sid.as_str().is_empty())
    };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // Where each was first, and the number that its next namesake may get.
    let mut first: BTreeMap<&str, (Span, usize)> = BTreeMap::new();
    for sid in sids() {
        let name = sid.as_str();
        let Some((other, number)) = first.get_mut(name) else {
            first.insert(name, (sid.span(), 2));
            continue;
        };
        if taken.is_empty() {
            taken = sids().map(|each| each.as_str().to_owned()).collect();
        }
        let new = loop {
            let new = format!("{name}{number}");
            *number += 1;
            if taken.insert(new.clone()) {
                break new;
            }
        };
        let message = format!("an earlier statement has the `Sid` `{name}` as well{consequence}");
        out.report(sid.span(), message)
            .label(*other, "the first one")
            .help("give each statement a `Sid` of its own, or none")
            .fix(
                format!("write `{new}`"),
                Safety::Safe,
                vec![replace(sid.content_span(), new)],
            );
    }
}
