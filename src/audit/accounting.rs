//! What was read, and what became of each record.

use super::{
    Accounting, ClassCount, Counted, Inputs, PassedOver, PoliciesOfCaller, PolicyFacts, Totals,
    UnmappedCall, What, totals::days_with,
};
use crate::{
    account::{Holders, Holdings},
    trail::{Category, Class, Needs},
};
use std::collections::{BTreeMap, BTreeSet};

/// Accounts for every record.
pub fn accounting(totals: &Totals, inputs: &Inputs) -> Accounting {
    let mut accounting = Accounting {
        files: inputs.files,
        passed_over: inputs
            .passed_over
            .iter()
            .map(|(kind, (files, example))| PassedOver {
                kind: kind.clone(),
                files: *files,
                example: example.clone(),
            })
            .collect(),
        records: inputs.records + inputs.malformed,
        filtered: inputs.filtered + inputs.outside_time,
        days_with_records: days_with(&totals.records) as u64,
        copies: inputs.copies,
        malformed: inputs.malformed,
        problems: inputs.problems.iter().cloned().collect(),
        problems_left_out: inputs.problems_in_all - inputs.problems.len() as u64,
        window: totals.window,
        folded: inputs.detail.notes(),
        ..Accounting::default()
    };
    let mut classes: BTreeMap<Class, u64> = BTreeMap::new();
    let mut unmapped: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for counted in &totals.records {
        let Counted { record, count, .. } = counted;
        match &record.what {
            What::Nothing => *classes.entry(record.class).or_default() += count,
            What::Unmapped(reason) => {
                accounting.unmapped += count;
                let call = format!("{}:{}", record.source, record.name);
                *unmapped.entry((call, reason)).or_default() += count;
            }
            What::Call(call) if call.needs == Needs::Nothing => {
                accounting.no_permission_needed += count;
            }
            What::Call(call) if call.verdict.is_some() => accounting.evaluated += count,
            What::Call(_) => match record.caller.policies {
                PoliciesOfCaller::NotApplicable => accounting.by_others += count,
                PoliciesOfCaller::Known
                | PoliciesOfCaller::Everybody
                | PoliciesOfCaller::Unknown => accounting.without_policies += count,
            },
        }
    }
    let not_calls = classes.into_iter();
    accounting.not_calls = not_calls
        .map(|(class, count)| ClassCount { class, count })
        .collect();
    accounting.unmapped_calls = unmapped
        .into_iter()
        .map(|((call, reason), count)| UnmappedCall {
            call,
            reason: reason.to_owned(),
            count,
        })
        .collect();
    let by_count = |one: &UnmappedCall, other: &UnmappedCall| other.count.cmp(&one.count);
    accounting.unmapped_calls.sort_by(by_count);
    places(totals, &mut accounting);
    accounting
}

/// Where the records are of.
fn places(totals: &Totals, accounting: &mut Accounting) {
    let (mut accounts, mut regions, mut sources) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for Counted { record, .. } in &totals.records {
        accounts.extend(record.recipient);
        if !record.region.is_empty() {
            regions.insert(record.region.clone());
        }
        if record.category == Category::Data {
            sources.insert(record.source.clone());
        }
    }
    accounting.accounts = accounts.iter().map(ToString::to_string).collect();
    accounting.regions = regions.into_iter().collect();
    accounting.data_event_sources = sources.into_iter().collect();
}

/// The policies that calls were judged by.
pub fn policies(holdings: &Holdings) -> Vec<PolicyFacts> {
    let documents = holdings.ids().zip(holdings.documents());
    documents
        .map(|(id, document)| PolicyFacts {
            document: id.place(),
            name: document.name.clone(),
            file: document.source.name().to_owned(),
            arn: document.arn.clone(),
            layer: document.layer,
            holders: match holdings.holders(id) {
                Holders::Everybody => None,
                Holders::Principals(arns) | Holders::Resources(arns) => Some(arns),
            },
            text: document.source.text().to_owned(),
        })
        .collect()
}
