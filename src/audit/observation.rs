//! What a trail could have shown.

use super::{Counted, Totals, Window, totals::days_with};
use crate::{
    account::{DocumentId, Holders, Holdings},
    catalog::{AccessLevel, Action, Catalog, Recording},
    lint::name_list,
    policy::{AccountId, Arn},
    trail::{Category, Mode, RequestRole},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What decides whether a trail shows that something is unused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservationOptions {
    /// How long a trail must be to show that something is unused, in seconds.
    pub minimum_window: u32,
    /// Why records are missing that would show a use, in words, such as a filter or a file that could
    /// not be read; nothing where all are there.
    pub left_out: Vec<String>,
}

impl Default for ObservationOptions {
    /// A month, as much is done once a month.
    fn default() -> Self {
        Self {
            minimum_window: 30 * Window::DAY,
            left_out: Vec::new(),
        }
    }
}

impl ObservationOptions {
    /// Nothing is missing, and any trail is long enough.
    pub fn any_length() -> Self {
        Self {
            minimum_window: 0,
            left_out: Vec::new(),
        }
    }
}

/// What a trail could have shown of each policy: that of the accounts of those who hold it.
#[derive(Debug)]
pub(super) struct Observations<'a> {
    totals: &'a Totals,
    holdings: &'a Holdings,
    options: &'a ObservationOptions,
    made: RefCell<BTreeMap<Option<BTreeSet<AccountId>>, Rc<Observation>>>,
}

impl<'a> Observations<'a> {
    pub(super) fn new(
        totals: &'a Totals,
        holdings: &'a Holdings,
        options: &'a ObservationOptions,
    ) -> Self {
        Self {
            totals,
            holdings,
            options,
            made: RefCell::default(),
        }
    }

    /// What the trail could have shown of a policy.
    pub(super) fn of(&self, document: DocumentId) -> Rc<Observation> {
        let accounts = self.accounts(document);
        let mut made = self.made.borrow_mut();
        let own = made.entry(accounts).or_insert_with_key(|accounts| {
            Rc::new(Observation::of(
                self.totals,
                accounts.as_ref(),
                self.options,
            ))
        });
        Rc::clone(own)
    }

    /// The accounts of those who hold a policy; `None` where they may be any.
    fn accounts(&self, document: DocumentId) -> Option<BTreeSet<AccountId>> {
        match self.holdings.holders(document) {
            Holders::Everybody => None,
            Holders::Principals(arns) | Holders::Resources(arns) => {
                let account = |arn: &String| AccountId::parse(Arn::parse(arn).ok()?.account);
                let accounts: BTreeSet<_> = arns.iter().filter_map(account).collect();
                (!accounts.is_empty()).then_some(accounts)
            }
        }
    }
}

/// Why a trail could not have shown the use of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blind {
    /// It has no management events.
    Management,
    /// It has no management events that only read: trails can leave them out.
    Reads,
    /// It has no management events that change anything: trails can leave them out.
    Writes,
    /// It has no events of the region that has those of this service.
    Region(&'static str),
    /// It gives tags, which calls that create something ask for without a word of it in the record.
    Tags,
    /// It has no data events of this type of resource.
    Data(&'static str),
    /// It has no data events that only read of this type of resource: selectors can leave them out.
    ReadsOfData(&'static str),
    /// It has no events of this service, which trails can leave out.
    Excluded(&'static str),
    /// It has no data events that change anything of this type of resource.
    WritesOfData(&'static str),
    /// Its calls are not recorded, and why.
    NotRecorded(&'static str),
    /// Nothing tells whether its calls are recorded; most such actions have no calls of their own.
    NotKnown,
}

impl Blind {
    /// Whether calls are likely to have been made all the same. An action without an operation does not
    /// keep all others beside it from being unused.
    fn may_hide_calls(self) -> bool {
        // Tags are given with calls that are recorded themselves.
        !matches!(self, Self::NotKnown | Self::Tags)
    }

    fn text(self) -> String {
        match self {
            Self::Management => "the trail has no management events".to_owned(),
            Self::Reads => "the trail has no management events that only read, and may leave them \
                            out"
            .to_owned(),
            Self::Writes => {
                "the trail has no management events that change anything, and may leave \
                             them out"
                    .to_owned()
            }
            Self::Region(region) => {
                format!("the trail has no events of `{region}`, where those of the service are")
            }
            Self::Tags => {
                "tags that something is created with need it, and no record says so".to_owned()
            }
            Self::WritesOfData(resource_type) => format!(
                "the trail has no data events of `{resource_type}` that change anything, and may leave \
                 them out"
            ),
            Self::Data(resource_type) => {
                format!("the trail has no data events of `{resource_type}`")
            }
            Self::ReadsOfData(resource_type) => format!(
                "the trail has no data events of `{resource_type}` that only read, and may leave \
                 them out"
            ),
            Self::Excluded(prefix) => {
                format!("the trail has no events of `{prefix}`, and may leave them out")
            }
            Self::NotRecorded(reason) => format!("no record is kept of it: {reason}"),
            Self::NotKnown => "it is not known whether CloudTrail records it".to_owned(),
        }
    }
}

/// Which calls of a kind a trail has.
#[derive(Debug, Clone, Copy, Default)]
struct Modes {
    reads: bool,
    writes: bool,
}

impl Modes {
    fn note(&mut self, mode: Mode) {
        self.reads |= mode != Mode::Write;
        self.writes |= mode != Mode::Read;
    }

    fn any(self) -> bool {
        self.reads || self.writes
    }
}

/// What a trail could have shown.
#[derive(Debug)]
pub(super) struct Observation {
    /// Why nothing is unused though it was not seen, whatever it is.
    pub(super) gaps: Vec<String>,
    management: Modes,
    data: BTreeMap<&'static str, Modes>,
    /// Actions that were seen: whatever a page says, they are recorded.
    seen: BTreeSet<Action>,
    services: BTreeSet<String>,
    regions: BTreeSet<String>,
    known: RefCell<BTreeMap<Action, Option<Blind>>>,
}

/// Services whose calls are recorded as reading though their actions count as writing.
const READING_SERVICES: [&str; 2] = ["kms", "sts"];

impl Observation {
    /// What the records of some accounts could have shown; `None` takes all.
    pub(super) fn of(
        totals: &Totals,
        accounts: Option<&BTreeSet<AccountId>>,
        options: &ObservationOptions,
    ) -> Self {
        let catalog = Catalog::embedded();
        let is_own = |counted: &&Counted| {
            let record = &counted.record;
            let of = [record.recipient, record.caller.account];
            accounts.is_none_or(|accounts| {
                let mut of = of.iter().flatten();
                of.any(|account| accounts.contains(account))
            })
        };
        let records: Vec<&Counted> = totals.records.iter().filter(is_own).collect();
        let mut own = Self {
            gaps: gaps(&records, totals.seconds_per_instant, options),
            management: Modes::default(),
            data: BTreeMap::new(),
            seen: BTreeSet::new(),
            services: BTreeSet::new(),
            regions: BTreeSet::new(),
            known: RefCell::default(),
        };
        for record in records.iter().map(|counted| &counted.record) {
            // Old records do not say what category they are in.
            if matches!(record.category, Category::Management | Category::Unknown) {
                own.management.note(record.mode);
            }
            let prefix = catalog.prefix_of_event_source(&record.source);
            if !own.services.contains(prefix) {
                own.services.insert(prefix.to_owned());
            }
            if !own.regions.contains(&record.region) {
                own.regions.insert(record.region.clone());
            }
            let requests = record.requests().iter();
            let main = requests.filter(|request| request.role == RequestRole::Main);
            for action in main.filter_map(|request| catalog.action(&request.action)) {
                own.seen.insert(action);
                if let Recording::Data { resource_type } = catalog.recording(action) {
                    own.data.entry(resource_type).or_default().note(record.mode);
                }
            }
        }
        own
    }

    /// Why the trail could not have shown a use of an action, in words; `None` where it could.
    pub(super) fn why_hidden(&self, action: Action) -> Option<String> {
        self.blind(action).map(Blind::text)
    }

    /// Why the trail could not have shown an action; `None` where it could.
    fn blind(&self, action: Action) -> Option<Blind> {
        let mut known = self.known.borrow_mut();
        *known
            .entry(action)
            .or_insert_with(|| self.find_blind(action))
    }

    fn find_blind(&self, action: Action) -> Option<Blind> {
        let catalog = Catalog::embedded();
        if self.seen.contains(&action) {
            return None;
        }
        let prefix = action.service().prefix();
        let region = catalog.region_of_global_service(prefix);
        let elsewhere = region.filter(|region| !self.regions.contains(*region));
        let taken_away = ["Untag", "Remove", "Delete"];
        let gives_tags = action.access_level() == AccessLevel::Tagging
            && !taken_away
                .iter()
                .any(|verb| action.name().starts_with(verb));
        if gives_tags {
            return Some(Blind::Tags);
        }
        match catalog.recording(action) {
            Recording::Data { resource_type } => match self.data.get(resource_type) {
                None => Some(Blind::Data(resource_type)),
                Some(modes) if !modes.reads && only_reads(action) => {
                    Some(Blind::ReadsOfData(resource_type))
                }
                Some(modes) if !modes.writes && !only_reads(action) => {
                    Some(Blind::WritesOfData(resource_type))
                }
                Some(_) => None,
            },
            Recording::Never { reason } => Some(Blind::NotRecorded(reason)),
            Recording::Unknown => Some(Blind::NotKnown),
            Recording::Management if !self.management.any() => Some(Blind::Management),
            Recording::Management if elsewhere.is_some() => elsewhere.map(Blind::Region),
            Recording::Management
                if catalog.may_be_excluded(prefix) && !self.services.contains(prefix) =>
            {
                Some(Blind::Excluded(prefix))
            }
            Recording::Management if !self.management.reads && only_reads(action) => {
                Some(Blind::Reads)
            }
            Recording::Management if !self.management.writes && !only_reads(action) => {
                Some(Blind::Writes)
            }
            Recording::Management => None,
        }
    }

    /// What is to be said of actions that were not seen; `gaps` are reasons beside those of the trail.
    pub(super) fn unseen(
        &self,
        actions: impl IntoIterator<Item = Action>,
        gaps: &[String],
    ) -> Unseen {
        let mut unseen = Unseen {
            gaps: self.gaps.iter().chain(gaps).cloned().collect(),
            ..Unseen::default()
        };
        for action in actions {
            match self.blind(action) {
                Some(blind) => unseen.hidden.entry(blind).or_default().push(action),
                None => unseen.shown += 1,
            }
        }
        unseen
    }
}

/// Whether CloudTrail records calls of an action as reading.
fn only_reads(action: Action) -> bool {
    matches!(action.access_level(), AccessLevel::Read | AccessLevel::List)
        || READING_SERVICES.contains(&action.service().prefix())
}

/// Why a trail shows of nothing that it is unused.
fn gaps(
    records: &[&Counted],
    seconds_per_instant: u32,
    options: &ObservationOptions,
) -> Vec<String> {
    let mut gaps = options.left_out.clone();
    let minimum = options.minimum_window;
    if minimum == 0 {
        return gaps;
    }
    let windows = records.iter().filter_map(|counted| counted.window);
    let window = windows.reduce(Window::with);
    let asked = span(minimum);
    let verb = if asked.starts_with("1 ") { "is" } else { "are" };
    let asked = format!("{asked} {verb} asked for (`--minimum-window`)");
    let Some(window) = window else {
        gaps.push(format!("no record has a time, and {asked}"));
        return gaps;
    };
    // Where times are folded, the first record may be as late as the end of its span.
    let folded = seconds_per_instant.saturating_sub(1);
    let seconds = window.seconds().saturating_sub(folded);
    let days = window.seconds() / Window::DAY + 1;
    if seconds < minimum {
        let length = span(seconds);
        gaps.push(format!("the trail spans {length}, and {asked}"));
    } else if minimum >= 2 * Window::DAY && seconds_per_instant <= Window::DAY {
        // A trail with a hole in it is as good as two short ones.
        let with_records = days_with(records.iter().copied());
        if with_records * 2 < days as usize {
            gaps.push(format!(
                "there are records on {with_records} of the {days} days that the trail spans"
            ));
        }
    }
    gaps
}

/// A length of time in the largest unit of which it has two.
fn span(seconds: u32) -> String {
    let number = |number: u32, one: &str, many: &str| {
        format!("{number} {}", if number == 1 { one } else { many })
    };
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..86_400 => format!("{} h", seconds / 3600),
        _ if seconds < 172_800 && !seconds.is_multiple_of(86_400) => {
            format!("{} h", seconds / 3600)
        }
        _ => number(seconds / 86_400, "day", "days"),
    }
}

/// Actions that were not seen.
#[derive(Debug, Default)]
pub(super) struct Unseen {
    /// How many of them the trail would have shown, gaps aside.
    shown: u64,
    hidden: BTreeMap<Blind, Vec<Action>>,
    gaps: Vec<String>,
}

/// How many reasons of one thing are told.
const MOST_REASONS: usize = 6;

impl Unseen {
    /// How many were unused, as the trail would have shown a use.
    pub(super) fn unused(&self) -> u64 {
        if self.gaps.is_empty() { self.shown } else { 0 }
    }

    /// How many the trail could not have shown.
    pub(super) fn hidden(&self) -> u64 {
        let hidden: usize = self.hidden.values().map(Vec::len).sum();
        hidden as u64 + (self.shown - self.unused())
    }

    /// Whether some may have been used all the same, and nothing would tell.
    pub(super) fn may_hide_use(&self) -> bool {
        let mut kinds = self.hidden.keys();
        !self.gaps.is_empty() || kinds.any(|blind| blind.may_hide_calls())
    }

    /// Why they are not observable, in words; at least one reason where one of them is not.
    pub(super) fn reasons(&self) -> Vec<String> {
        if !self.gaps.is_empty() {
            return self.gaps.clone();
        }
        let reason = |(blind, actions): (&Blind, &Vec<Action>)| {
            format!("{}: {}", name_list(actions), blind.text())
        };
        let mut reasons: Vec<_> = self.hidden.iter().map(reason).take(MOST_REASONS).collect();
        if self.hidden.len() > MOST_REASONS {
            let left: usize = self.hidden.values().skip(MOST_REASONS).map(Vec::len).sum();
            reasons.push(format!("{left} more actions, for other reasons"));
        }
        match self.shown {
            0 => {}
            1 => reasons.push("one more action would have been seen, and was not used".to_owned()),
            shown => reasons.push(format!(
                "{shown} more actions would have been seen, and none of them was used"
            )),
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn lengths_of_time_are_told_in_the_largest_unit_that_fits() {
        for (seconds, text) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (3 * 3600, "3 h"),
            (86_400, "1 day"),
            (100_000, "27 h"),
            (30 * 86_400, "30 days"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }
}
