//! Which entries of a policy cover others: every request that one matches, the other matches too.

use super::{Findings, StatementCx, edits};
use crate::{
    policy::{
        ActionPattern, ArnPattern, Case, ConditionElement, ConditionTest, Effect, Element, Pattern,
        PrincipalElement, PrincipalKind, ResourceForm, ResourcePattern, Statement, Wildcard,
        compare_ignoring_case, starts_with_ignoring_case,
    },
    source::{Safety, Span},
    syntax::Text,
};
use std::{cell::OnceCell, cmp::Ordering, collections::BTreeMap};

/// Longer entries are only compared with equal ones; nothing that exists has such a name.
const MOST_BYTES: usize = 512;

/// An entry of a list of actions or resources.
pub(crate) trait Entry {
    /// The entry as it was written.
    fn written(&self) -> &Text<'static>;

    /// The order in which equal entries are neighbours, and those of one start too.
    fn order(left: &str, right: &str) -> Ordering;

    /// Whether a text starts with another, as far as entries tell letters apart.
    fn starts_with(text: &str, start: &str) -> bool;

    /// What every entry that this one covers starts with.
    fn fixed_start(&self) -> &str;

    /// Whether it can cover other entries than equal ones.
    fn is_pattern(&self) -> bool;

    /// The entry made ready to be compared.
    type Ready;

    /// Makes it ready.
    fn ready(&self) -> Self::Ready;

    /// Whether it covers another, where that can be told without making them ready.
    fn plainly_covers(&self, other: &Self) -> Option<bool>;

    /// Whether one covers another, where that cannot be told so.
    fn ready_covers(own: &Self::Ready, other: &Self::Ready) -> bool;

    /// Whether some request may match both.
    fn overlaps(&self, other: &Self) -> bool;

    /// Whether every request that matches `other` matches this one.
    fn covers(&self, other: &Self) -> bool {
        self.plainly_covers(other)
            .unwrap_or_else(|| Self::ready_covers(&self.ready(), &other.ready()))
    }
}

/// An entry that is made ready when it is first compared.
pub(super) struct Kept<'a, E: Entry> {
    /// The entry.
    pub(super) entry: &'a E,
    ready: OnceCell<E::Ready>,
}

impl<'a, E: Entry> Kept<'a, E> {
    /// Keeps an entry.
    pub(super) fn new(entry: &'a E) -> Self {
        Self {
            entry,
            ready: OnceCell::new(),
        }
    }

    /// Whether every request that matches `other` matches this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.entry
            .plainly_covers(other.entry)
            .unwrap_or_else(|| E::ready_covers(self.ready(), other.ready()))
    }

    fn ready(&self) -> &E::Ready {
        self.ready.get_or_init(|| self.entry.ready())
    }
}

/// The text before the first of some characters.
fn before<'t>(text: &'t str, marks: &[char]) -> &'t str {
    text.split(marks).next().unwrap_or_default()
}

fn are_short(left: &str, right: &str) -> bool {
    left.len() <= MOST_BYTES && right.len() <= MOST_BYTES
}

impl Entry for ActionPattern {
    fn written(&self) -> &Text<'static> {
        self.text()
    }

    fn order(left: &str, right: &str) -> Ordering {
        compare_ignoring_case(left, right)
    }

    fn starts_with(text: &str, start: &str) -> bool {
        starts_with_ignoring_case(text, start)
    }

    fn fixed_start(&self) -> &str {
        before(self.as_str(), &['*', '?'])
    }

    fn is_pattern(&self) -> bool {
        self.has_wildcard()
    }

    type Ready = Wildcard;

    fn ready(&self) -> Wildcard {
        Wildcard::new(self.as_str(), Case::Ignored)
    }

    fn plainly_covers(&self, other: &Self) -> Option<bool> {
        let (own, text) = (self.as_str(), other.as_str());
        if own.eq_ignore_ascii_case(text) || self.covers_everything() {
            return Some(true);
        }
        let may = self.has_wildcard()
            && !other.covers_everything()
            && are_short(own, text)
            && starts_with_ignoring_case(text, self.fixed_start());
        (!may).then_some(false)
    }

    fn ready_covers(own: &Wildcard, other: &Wildcard) -> bool {
        own.covers(other)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.covers_everything()
            || other.covers_everything()
            || self.ready().intersects(&other.ready())
    }
}

impl Entry for ResourcePattern {
    fn written(&self) -> &Text<'static> {
        &self.text
    }

    fn order(left: &str, right: &str) -> Ordering {
        left.cmp(right)
    }

    fn starts_with(text: &str, start: &str) -> bool {
        text.starts_with(start)
    }

    fn fixed_start(&self) -> &str {
        before(self.text.as_str(), &['*', '?', '$', '{'])
    }

    fn is_pattern(&self) -> bool {
        match &self.form {
            ResourceForm::Star => true,
            ResourceForm::Arn(arn) => {
                self.text.as_str().contains(['*', '?']) && !has_variables(arn)
            }
            ResourceForm::Opaque => false,
        }
    }

    type Ready = Vec<Wildcard>;

    fn ready(&self) -> Vec<Wildcard> {
        let open = |field| Wildcard::with_variables_open(field, Case::Sensitive);
        match &self.form {
            ResourceForm::Arn(arn) => arn.fields().iter().map(open).collect(),
            ResourceForm::Star | ResourceForm::Opaque => Vec::new(),
        }
    }

    fn plainly_covers(&self, other: &Self) -> Option<bool> {
        let (own, text) = (self.text.as_str(), other.text.as_str());
        if own == text || self.form == ResourceForm::Star {
            return Some(true);
        }
        if [own, text].iter().all(|each| is_of_own_api(each)) && are_short(own, text) {
            let ready = |text| Wildcard::new(text, Case::Sensitive);
            return Some(ready(own).covers(&ready(text)));
        }
        let may = self.is_pattern()
            && matches!(other.form, ResourceForm::Arn(_))
            && are_short(own, text)
            && text.starts_with(self.fixed_start());
        (!may).then_some(false)
    }

    fn ready_covers(own: &Vec<Wildcard>, other: &Vec<Wildcard>) -> bool {
        own.len() == other.len() && own.iter().zip(other).all(|(own, other)| own.covers(other))
    }

    fn overlaps(&self, other: &Self) -> bool {
        let (own, theirs) = (self.ready(), other.ready());
        // What is no ARN may stand for any.
        own.len() != theirs.len()
            || own
                .iter()
                .zip(&theirs)
                .all(|(own, theirs)| own.intersects(theirs))
    }
}

/// Whether a resource is of the API whose policy this is, for which API Gateway takes a short form.
fn is_of_own_api(text: &str) -> bool {
    text.starts_with("execute-api:/") && !text.contains('$')
}

fn has_variables(arn: &ArnPattern) -> bool {
    let mut variables = arn.fields().iter().flat_map(Pattern::variables);
    variables.next().is_some()
}

/// Entries, each with something about it, in their order; equal ones in the order of the text.
pub(super) fn sorted<'a, E: Entry, T>(
    entries: impl Iterator<Item = (&'a E, T)>,
) -> Vec<(&'a E, T)> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|(left, _), (right, _)| {
        E::order(left.written().as_str(), right.written().as_str())
    });
    entries
}

/// Those of sorted entries that start with a text.
pub(super) fn starting_with<'s, 'a, E: Entry, T>(
    sorted: &'s [(&'a E, T)],
    start: &str,
) -> &'s [(&'a E, T)] {
    let text = |entry: &E| -> Ordering { E::order(entry.written().as_str(), start) };
    let first = sorted.partition_point(|(entry, _)| text(entry) == Ordering::Less);
    let rest = sorted.get(first..).unwrap_or_default();
    let end = rest.partition_point(|(entry, _)| E::starts_with(entry.written().as_str(), start));
    rest.get(..end).unwrap_or_default()
}

/// How many comparisons of names it is to look which of so many entries this one covers.
pub(super) fn cost<E: Entry>(entry: &E, others: usize) -> usize {
    others * (1 + entry.written().as_str().len() / 32)
}

/// The entries of a list that another of the list covers, each with that other one. Of entries that
/// cover each other the first stays.
pub(super) fn redundant<'a, E: Entry>(
    entries: &'a [E],
    cx: &StatementCx<'_>,
) -> Vec<(&'a E, &'a E)> {
    if entries.len() < 2 {
        return Vec::new();
    }
    let kept: Vec<_> = entries.iter().map(Kept::new).collect();
    let sorted = sorted(entries.iter().zip(0_usize..));
    let mut covered_by: BTreeMap<usize, usize> = BTreeMap::new();
    for run in sorted.chunk_by(|(left, _), (right, _)| {
        E::order(left.written().as_str(), right.written().as_str()) == Ordering::Equal
    }) {
        if let [(_, first), others @ ..] = run {
            covered_by.extend(others.iter().map(|(_, place)| (*place, *first)));
        }
    }
    for (place, own) in kept.iter().enumerate() {
        let entry = own.entry;
        if !entry.is_pattern() || covered_by.contains_key(&place) {
            continue;
        }
        let others = starting_with(&sorted, entry.fixed_start());
        if !cx.can_afford(cost(entry, others.len())) {
            break;
        }
        for (_, at) in others {
            let Some(other) = kept.get(*at) else { continue };
            let new = *at != place && !covered_by.contains_key(at);
            if new && own.covers(other) && (place < *at || !other.covers(own)) {
                covered_by.insert(*at, place);
            }
        }
    }
    let widest = |place: usize| {
        // An entry that covers may be covered itself, by one that covers both.
        let chain = std::iter::successors(Some(place), |place| covered_by.get(place).copied());
        chain.last().unwrap_or(place)
    };
    covered_by
        .keys()
        .filter_map(|place| Some((entries.get(*place)?, entries.get(widest(*place))?)))
        .collect()
}

/// Reports the entries of a list that another of the list covers.
pub(super) fn report_redundant<E: Entry>(
    element: &Element<E>,
    cx: &StatementCx<'_>,
    out: &mut Findings<'_>,
) {
    for (entry, by) in redundant(&element.entries, cx) {
        let (text, other) = (entry.written().as_str(), by.written().as_str());
        let (message, label) = if E::order(text, other) == Ordering::Equal {
            (format!("`{text}` is listed twice"), "here first")
        } else {
            let message = format!("`{text}` is covered by `{other}`, so it adds nothing");
            (message, "covers it")
        };
        let draft = out
            .report(entry.written().span(), message)
            .label(by.written().span(), label)
            .help("remove it, or narrow the entry that covers it");
        if let Some(edit) = edits::remove_item(cx.document.source, entry.written().quoted_span()) {
            draft.fix("remove the entry", Safety::Safe, vec![edit]);
        }
    }
}

/// Whether every entry of a list is covered by one of another list.
fn all_covered<E: Entry>(own: &[E], others: &[E], cx: &StatementCx<'_>) -> bool {
    others.iter().all(|other| {
        cx.can_afford(own.len() * COMPARISONS) && own.iter().any(|entry| entry.covers(other))
    })
}

/// How many comparisons of names it is to compare two entries.
const COMPARISONS: usize = 4;

/// Whether what a statement says with an element or its opposite covers what another says.
fn side_covers<E: Entry>(
    own: (Option<&Element<E>>, Option<&Element<E>>),
    other: (Option<&Element<E>>, Option<&Element<E>>),
    is_everything: impl Fn(&E) -> bool,
    cx: &StatementCx<'_>,
) -> bool {
    match (own, other) {
        ((None, None), (None, None)) => true,
        ((Some(own), None), (Some(other), None)) => {
            other.is_whole() && all_covered(&own.entries, &other.entries, cx)
        }
        ((Some(own), None), (None, Some(_))) => own.entries.iter().any(is_everything),
        ((None, Some(own)), (None, Some(other))) => {
            own.is_whole() && all_covered(&other.entries, &own.entries, cx)
        }
        ((None, Some(own)), (Some(other), None)) => {
            own.is_whole()
                && other.is_whole()
                && other
                    .entries
                    .iter()
                    .all(|entry| leaves_out_none(own, entry, cx))
        }
        _ => false,
    }
}

/// Whether an element that lists what is left out leaves out nothing of an entry.
fn leaves_out_none<E: Entry>(own: &Element<E>, entry: &E, cx: &StatementCx<'_>) -> bool {
    cx.can_afford(own.entries.len() * COMPARISONS)
        && !own.entries.iter().any(|each| each.overlaps(entry))
}

/// Whether a statement is about every action of an entry.
pub(super) fn covers_entry(own: &StatementCx<'_>, entry: &ActionPattern) -> bool {
    match (&own.statement.action, &own.statement.not_action) {
        (Some(element), None) => {
            own.can_afford(element.entries.len() * COMPARISONS)
                && element.entries.iter().any(|each| each.covers(entry))
        }
        (None, Some(element)) => element.is_whole() && leaves_out_none(element, entry, own),
        _ => false,
    }
}

/// Whether a statement is about every action that another is about.
pub(super) fn covers_actions(own: &StatementCx<'_>, other: &Statement) -> bool {
    let statement = own.statement;
    side_covers(
        (statement.action.as_ref(), statement.not_action.as_ref()),
        (other.action.as_ref(), other.not_action.as_ref()),
        ActionPattern::covers_everything,
        own,
    )
}

/// Whether a statement is about every resource that another is about.
pub(super) fn covers_resources(own: &StatementCx<'_>, other: &Statement) -> bool {
    let statement = own.statement;
    side_covers(
        (statement.resource.as_ref(), statement.not_resource.as_ref()),
        (other.resource.as_ref(), other.not_resource.as_ref()),
        |entry| entry.form == ResourceForm::Star,
        own,
    )
}

/// Whether a statement holds under every condition.
pub(super) fn is_unconditional(statement: &Statement) -> bool {
    let is_empty = |condition: &ConditionElement| {
        condition.tests.is_empty() && condition.unknown_operators.is_empty()
    };
    match &statement.condition {
        Some(condition) => is_empty(condition),
        None => !statement.has_element("Condition"),
    }
}

/// Effect and principals of a statement, the same text for the same ones; `None` where they could not
/// be read.
pub(super) fn principals_text(statement: &Statement) -> Option<String> {
    let effect = statement.effect.as_ref()?.value;
    let mut text = String::from(match effect {
        Effect::Allow => "A",
        Effect::Deny => "D",
    });
    for (name, element) in [
        ("Principal", &statement.principal),
        ("NotPrincipal", &statement.not_principal),
    ] {
        if statement.has_element(name) {
            text.push_str(name);
            text.push_str(&principals(element.as_ref()?));
        }
    }
    Some(text)
}

fn principals(element: &PrincipalElement) -> String {
    let kind = |kind| match kind {
        PrincipalKind::Everyone | PrincipalKind::Aws => "AWS",
        PrincipalKind::Service => "Service",
        PrincipalKind::Federated => "Federated",
        PrincipalKind::CanonicalUser => "CanonicalUser",
    };
    let entries = element.entries.iter();
    let mut entries: Vec<_> = entries
        .map(|entry| (kind(entry.kind), entry.text.as_str()))
        .collect();
    entries.sort_unstable();
    entries
        .iter()
        .flat_map(|(kind, text)| ["\n", kind, " ", text])
        .collect()
}

/// The condition of a statement, the same text for the same one; `None` where it cannot be told.
pub(super) fn condition_text(statement: &Statement) -> Option<String> {
    let Some(condition) = &statement.condition else {
        return (!statement.has_element("Condition")).then(String::new);
    };
    let test = |test: &ConditionTest| {
        let mut values: Vec<_> = test
            .values
            .iter()
            .map(|value| value.text.as_str())
            .collect();
        values.sort_unstable();
        let key = test.key.as_str().to_ascii_lowercase();
        format!("{} {key}\n\t{}\n", test.operator, values.join("\n\t"))
    };
    let mut tests: Vec<_> = condition.tests.iter().map(test).collect();
    tests.sort_unstable();
    condition
        .unknown_operators
        .is_empty()
        .then(|| tests.concat())
}

/// The entries of an element, the same text for the same ones.
pub(super) fn entries_text<E: Entry>(element: &Element<E>) -> String {
    let sorted = sorted(element.entries.iter().map(|entry| (entry, ())));
    let mut text = String::new();
    let mut last: Option<&str> = None;
    for (entry, ()) in sorted {
        let own = entry.written().as_str();
        if last.is_none_or(|last| E::order(last, own) != Ordering::Equal) {
            text.push_str(own);
            text.push('\n');
        }
        last = Some(own);
    }
    text
}

/// What to underline of a statement as a whole: its `Sid`, else the key of what it is about.
pub(super) fn name_span(statement: &Statement) -> Span {
    let actions = [&statement.action, &statement.not_action];
    let action = actions.into_iter().flatten().next();
    match (&statement.sid, action) {
        (Some(sid), _) => sid.span(),
        (None, Some(element)) => element.key_span,
        (None, None) => Span::new(statement.span.start, statement.span.start + 1),
    }
}
