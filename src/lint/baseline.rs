//! A list of findings that are known, so that only new ones are told.
//!
//! Entries name findings by their identity, see [`super::fingerprint`]. What is read and written is
//! text; files are left to the caller.

mod read;
#[cfg(test)]
mod tests;

use super::{Fingerprint, Identity, StatementDigest, rule_by_id, suppression::is_suppressible};
use crate::source::{Finding, escape};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use read::{BaselineFault, is_baseline};

/// The version of the form of the file.
const VERSION: &str = "1";

/// Findings that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted, so that two versions of the file differ only where they say different things.
    entries: Vec<BaselineEntry>,
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaselineEntry {
    /// The path of the file from the root of the repository, with `/`.
    pub path: String,
    /// The name of the rule, of which there may be none any more.
    pub rule: String,
    /// As [`Identity::sid`].
    pub sid: Option<String>,
    /// As [`Identity::at`].
    pub at: String,
    /// As [`Identity::text`].
    pub text: String,
    /// As [`Identity::statement`].
    pub statement: Option<StatementDigest>,
    /// As [`Identity::fingerprint`].
    pub fingerprint: Fingerprint,
    /// Why the finding is accepted, where somebody wrote that down.
    pub reason: Option<String>,
}

impl BaselineEntry {
    fn of(path: &str, identity: &Identity, reason: Option<String>) -> Self {
        Self {
            path: path.to_owned(),
            rule: identity.rule.as_str().to_owned(),
            sid: identity.sid.clone(),
            at: identity.at.clone(),
            text: identity.text.clone(),
            statement: identity.statement,
            fingerprint: identity.fingerprint,
            reason,
        }
    }

    /// Whether a finding is of the very statement that it was in.
    fn is_of_statement(&self, identity: &Identity) -> bool {
        self.sid == identity.sid && self.statement == identity.statement
    }

    /// Whether there is a rule of its name.
    pub fn has_rule(&self) -> bool {
        rule_by_id(&self.rule).is_some()
    }

    /// One line of the file, without comma and line break.
    fn line(&self) -> String {
        let statement = self.statement.map(|digest| digest.to_string());
        let fingerprint = self.fingerprint.to_string();
        let members = [
            ("path", Some(&self.path)),
            ("rule", Some(&self.rule)),
            ("sid", self.sid.as_ref()),
            ("at", Some(&self.at)),
            ("text", Some(&self.text)),
            ("statement", statement.as_ref()),
            ("fingerprint", Some(&fingerprint)),
            ("reason", self.reason.as_ref()),
        ];
        let written = members.iter().filter_map(|(name, value)| {
            // Strings can always be written.
            let value = serde_json::to_string(value.as_ref()?).unwrap_or_default();
            Some(format!("\"{name}\": {value}"))
        });
        let members: Vec<_> = written.collect();
        escape::json(format!("{{{}}}", members.join(", ")))
    }
}

/// What was found in one file.
#[derive(Debug, Clone, Copy)]
pub struct FileIdentities<'a> {
    /// The path of the file from the root of the repository, with `/`.
    pub path: &'a str,
    /// Its findings.
    pub findings: &'a [Identity],
}

/// Findings beside a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// For each file and each of its findings, the place of its entry; `None` for a new finding.
    pub entries: Vec<Vec<Option<usize>>>,
    /// The places of the entries without a finding.
    pub unmatched: Vec<usize>,
}

/// How two baselines differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    /// How many entries are in both.
    pub kept: usize,
    /// How many are new.
    pub added: usize,
    /// How many are gone.
    pub dropped: usize,
}

/// Whether a finding may stand in a baseline: not one that hides others, as it keeps a document from being
/// read, and not one on suppressions.
pub fn can_be_known(finding: &Finding) -> bool {
    rule_by_id(finding.rule.as_str()).is_none_or(is_suppressible)
}

impl Baseline {
    fn new(mut entries: Vec<BaselineEntry>) -> Self {
        entries.sort();
        Self { entries }
    }

    /// The entries, sorted.
    pub fn entries(&self) -> &[BaselineEntry] {
        &self.entries
    }

    /// The file: an entry a line, so that versions of it differ and merge by lines.
    pub fn text(&self) -> String {
        let lines: Vec<_> = self.entries.iter().map(BaselineEntry::line).collect();
        let mut text = format!("{{\"version\": {VERSION}, \"findings\": [\n");
        text += &lines.join(",\n");
        if !lines.is_empty() {
            text.push('\n');
        }
        text + "]}\n"
    }

    /// Finds for each finding the entry that it is known by.
    ///
    /// Each entry stands for one finding of its path, rule, place and text. Of several such, those
    /// that agree the most find each other first: in the fingerprint and the whole statement, then
    /// in the statement, whatever its `Sid` has become, and at last those of statements that have
    /// changed but not their `Sid`. So where one is added to several that are equal, the one in
    /// the new statement is the new one.
    pub fn compare(&self, files: &[FileIdentities<'_>]) -> Comparison {
        let mut groups: BTreeMap<_, Group<'_>> = BTreeMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            let key = (&*entry.path, &*entry.rule, &*entry.at, &*entry.text);
            groups.entry(key).or_default().entries.push(Mark {
                place: (0, place),
                sid: entry.sid.as_deref(),
                statement: entry.statement,
                fingerprint: entry.fingerprint,
            });
        }
        for (file, in_file) in files.iter().enumerate() {
            for (index, found) in in_file.findings.iter().enumerate() {
                let key = (in_file.path, found.rule.as_str(), &*found.at, &*found.text);
                // Without an entry of its kind a finding is new.
                if let Some(group) = groups.get_mut(&key) {
                    group.found.push(Mark {
                        place: (file, index),
                        sid: found.sid.as_deref(),
                        statement: found.statement,
                        fingerprint: found.fingerprint,
                    });
                }
            }
        }
        let new = |file: &FileIdentities<'_>| vec![None; file.findings.len()];
        let mut entries: Vec<_> = files.iter().map(new).collect();
        let mut unmatched = Vec::new();
        for (_, mut group) in groups {
            for ((_, entry), (file, index)) in group.pairs() {
                let entries = entries.get_mut(file);
                if let Some(own) = entries.and_then(|entries| entries.get_mut(index)) {
                    *own = Some(entry);
                }
            }
            unmatched.extend(group.entries.iter().map(|mark| mark.place.1));
        }
        unmatched.sort_unstable();
        Comparison { entries, unmatched }
    }

    /// The baseline of these findings: entries that have one stay, with their reasons, and new ones
    /// are added. An entry without a finding goes where `would_be_found` says that the run would
    /// have found it.
    #[must_use]
    pub fn updated(
        &self,
        files: &[FileIdentities<'_>],
        would_be_found: &dyn Fn(&BaselineEntry) -> bool,
    ) -> (Self, Change) {
        let comparison = self.compare(files);
        let mut change = Change::default();
        let reasons = self.entries.iter().filter_map(|entry| {
            let reason = entry.reason.as_deref()?;
            Some(((entry.path.as_str(), entry.fingerprint), reason))
        });
        let reasons: BTreeMap<_, _> = reasons.collect();
        let mut entries = Vec::new();
        for (file, known) in files.iter().zip(&comparison.entries) {
            for (identity, known) in file.findings.iter().zip(known) {
                let old = known.and_then(|place| self.entries.get(place));
                match old {
                    Some(_) => change.kept += 1,
                    None => change.added += 1,
                }
                let mut entry = match old {
                    // At most its number among equals has changed, which would only be noise.
                    Some(old) if old.is_of_statement(identity) => old.clone(),
                    _ => {
                        let reason = old.and_then(|old| old.reason.clone());
                        BaselineEntry::of(file.path, identity, reason)
                    }
                };
                // A merge may have left the reason with another entry for the same finding.
                let key = (file.path, identity.fingerprint);
                let elsewhere = || reasons.get(&key).map(|reason| (*reason).to_owned());
                entry.reason = entry.reason.or_else(elsewhere);
                entries.push(entry);
            }
        }
        for entry in self.at_places(&comparison.unmatched) {
            if would_be_found(entry) {
                change.dropped += 1;
            } else {
                change.kept += 1;
                entries.push(entry.clone());
            }
        }
        (Self::new(entries), change)
    }

    /// The baseline without the entries that have no finding though the run would have found it.
    #[must_use]
    pub fn pruned(
        &self,
        files: &[FileIdentities<'_>],
        would_be_found: &dyn Fn(&BaselineEntry) -> bool,
    ) -> (Self, Change) {
        let unmatched = self.compare(files).unmatched;
        let stale: BTreeSet<_> = unmatched
            .into_iter()
            .filter(|place| self.entries.get(*place).is_some_and(would_be_found))
            .collect();
        let entries = self.entries.iter().enumerate();
        let kept = entries.filter(|(place, _)| !stale.contains(place));
        let entries: Vec<_> = kept.map(|(_, entry)| entry.clone()).collect();
        let change = Change {
            kept: entries.len(),
            added: 0,
            dropped: stale.len(),
        };
        (Self { entries }, change)
    }

    /// The entries at some places.
    pub fn at_places(&self, places: &[usize]) -> impl Iterator<Item = &BaselineEntry> {
        places.iter().filter_map(|place| self.entries.get(*place))
    }
}

/// Entries and findings of one path, rule, place and text.
#[derive(Debug, Default)]
struct Group<'a> {
    entries: Vec<Mark<'a>>,
    found: Vec<Mark<'a>>,
}

/// What tells an entry or a finding from its equals.
#[derive(Debug, Clone, Copy)]
struct Mark<'a> {
    /// The file, where it is a finding, and its place.
    place: (usize, usize),
    sid: Option<&'a str>,
    statement: Option<StatementDigest>,
    fingerprint: Fingerprint,
}

/// The places of an entry and of its finding.
type Pair = ((usize, usize), (usize, usize));

impl<'a> Group<'a> {
    /// Takes out what belongs together.
    fn pairs(&mut self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        self.pair(|mark| (mark.fingerprint, mark.statement), &mut pairs);
        self.pair(|mark| (mark.sid, mark.statement), &mut pairs);
        self.pair(|mark| mark.statement, &mut pairs);
        self.pair(|mark| mark.sid, &mut pairs);
        pairs
    }

    fn pair<K: Ord>(&mut self, key: impl Fn(&Mark<'a>) -> K, pairs: &mut Vec<Pair>) {
        if self.entries.is_empty() || self.found.is_empty() {
            return;
        }
        let mut open: BTreeMap<K, VecDeque<_>> = BTreeMap::new();
        for entry in &self.entries {
            open.entry(key(entry)).or_default().push_back(entry.place);
        }
        let mut taken = BTreeSet::new();
        self.found.retain(|found| {
            let entries = open.get_mut(&key(found));
            let Some(entry) = entries.and_then(VecDeque::pop_front) else {
                return true;
            };
            pairs.push((entry, found.place));
            taken.insert(entry);
            false
        });
        self.entries.retain(|entry| !taken.contains(&entry.place));
    }
}
