//! The statements of a policy by the actions that they are about.
//!
//! Of many statements most are about other actions, and many have a pattern in common: each pattern is
//! matched once, and an action that is written out is found without any matching.

use super::compile::CompiledStatement;
use crate::policy::{ActionPattern, Case, Policy, Wildcard, fold};
use std::collections::BTreeMap;

/// The statements of a policy by action.
#[derive(Debug, Clone)]
pub(super) struct ActionIndex {
    /// The actions that are written out, in lower case and in order.
    literal: Vec<(String, Vec<Hit>)>,
    /// The patterns, each once.
    patterns: Vec<Shared>,
    /// Statements that have to be asked: `NotAction`, and what a template engine is to fill in.
    to_ask: Vec<usize>,
    statements: usize,
}

/// An entry of the `Action` of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    statement: usize,
    entry: usize,
}

/// A pattern and the entries that have it.
#[derive(Debug, Clone)]
struct Shared {
    sieve: Sieve,
    pattern: Wildcard,
    hits: Vec<Hit>,
}

/// What a statement says to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// This entry of its `Action` matches.
    Entry(usize),
    /// It has to be asked.
    ToAsk,
}

impl ActionIndex {
    /// Makes the index of statements that were made of those of a policy.
    pub(super) fn new(policy: &Policy, compiled: &[CompiledStatement]) -> Self {
        let mut literal: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
        let mut patterns: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
        let mut to_ask = Vec::new();
        for (place, (statement, compiled)) in policy.statements.iter().zip(compiled).enumerate() {
            let Some(actions) = &compiled.actions else {
                continue;
            };
            let element = statement.action.as_ref().filter(|_| !actions.negated);
            let Some(element) = element.filter(|element| element.unfilled.is_empty()) else {
                to_ask.push(place);
                continue;
            };
            for (entry, pattern) in element
                .entries
                .iter()
                .map(ActionPattern::as_str)
                .enumerate()
            {
                let by_text = if pattern.contains(['*', '?']) {
                    &mut patterns
                } else {
                    &mut literal
                };
                let hit = Hit {
                    statement: place,
                    entry,
                };
                by_text
                    .entry(fold(pattern).into_owned())
                    .or_default()
                    .push(hit);
            }
        }
        let shared = |(text, hits): (String, Vec<Hit>)| Shared {
            sieve: Sieve::of_pattern(&text),
            pattern: Wildcard::new(if text == "*:*" { "*" } else { &text }, Case::Ignored),
            hits,
        };
        Self {
            literal: literal.into_iter().collect(),
            patterns: patterns.into_iter().map(shared).collect(),
            to_ask,
            statements: compiled.len(),
        }
    }

    /// Hands over each statement that is or may be about an action, in order, with what it says to it. The
    /// action is in lower case.
    pub(super) fn for_each(&self, action: &str, sieve: Sieve, mut each: impl FnMut(usize, About)) {
        // Most policies are small, and need no room of their own.
        let (mut few, mut many) = ([NONE; FEW], Vec::new());
        let entries: &mut [usize] = match few.get_mut(..self.statements) {
            Some(few) => few,
            None => {
                many.resize(self.statements, NONE);
                &mut many
            }
        };
        let mut is_any = !self.to_ask.is_empty();
        let mut note = |hits: &[Hit]| {
            is_any = true;
            for hit in hits {
                if let Some(entry) = entries.get_mut(hit.statement) {
                    *entry = hit.entry.min(*entry);
                }
            }
        };
        let literal = self
            .literal
            .binary_search_by(|(own, _)| own.as_str().cmp(action));
        if let Some((_, hits)) = literal.ok().and_then(|place| self.literal.get(place)) {
            note(hits);
        }
        for shared in &self.patterns {
            if shared.sieve.lets_through(sieve) && shared.pattern.matches_folded(action) {
                note(&shared.hits);
            }
        }
        if !is_any {
            return;
        }
        let mut to_ask = self.to_ask.iter().peekable();
        for (statement, entry) in entries.iter().enumerate() {
            if to_ask.next_if(|own| **own == statement).is_some() {
                each(statement, About::ToAsk);
            } else if *entry != NONE {
                each(statement, About::Entry(*entry));
            }
        }
    }
}

/// Stands for no entry.
const NONE: usize = usize::MAX;

/// How many statements need no memory of their own.
const FEW: usize = 16;

/// A quick test that an action has to pass before a pattern is looked at: by its service, and by the
/// first letters of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sieve {
    services: u64,
    names: u64,
}

impl Sieve {
    /// The sieve that lets through what a pattern of actions may match.
    fn of_pattern(pattern: &str) -> Self {
        let (service, name) = pattern.split_once(':').unwrap_or(("*", "*"));
        let is_open = |text: &str| text.contains(['*', '?']);
        let starts_open = name.get(..NAME_START).is_none_or(is_open);
        Self {
            services: if is_open(service) {
                u64::MAX
            } else {
                bit(service)
            },
            names: if starts_open {
                u64::MAX
            } else {
                name_bit(name)
            },
        }
    }

    /// The sieve of one action.
    pub(super) fn of_action(service: &str, name: &str) -> Self {
        Self {
            services: bit(service),
            names: name_bit(name),
        }
    }

    /// Whether an action may match.
    fn lets_through(self, action: Self) -> bool {
        self.services & action.services != 0 && self.names & action.names != 0
    }
}

/// How many letters of a name the sieve looks at: they tell `Get` from `Put`.
const NAME_START: usize = 3;

fn name_bit(name: &str) -> u64 {
    bit(name.get(..NAME_START).unwrap_or(name))
}

/// One of 64 bits for a text, whatever its letter case.
fn bit(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    };
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    1 << (hash >> 58)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{eval::CompiledPolicy, policy::lower, source::Source, syntax::parse};

    fn about(statements: &str, action: &str) -> Vec<(usize, About)> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let source = Source::new("test", text.into_bytes());
        let policy = CompiledPolicy::new(&lower(&parse(&source).root).policy.unwrap());
        let (service, name) = action.split_once(':').unwrap();
        let mut found = Vec::new();
        let sieve = Sieve::of_action(service, name);
        policy
            .index
            .for_each(&fold(action), sieve, |statement, about| {
                found.push((statement, about));
            });
        found
    }

    #[test]
    fn statements_are_found_by_their_first_entry_that_matches() {
        let statements = r#"
            {"Action": ["s3:Put*", "s3:GetObject", "s3:*"]},
            {"Action": "sqs:*"},
            {"NotAction": "s3:GetObject"},
            {"Action": ["*", "S3:getobject"]},
            {"Action": ["s3:Get${var.what}"]},
            {"Action": "*:*"}"#;
        assert_eq!(
            about(statements, "s3:GetObject"),
            [
                (0, About::Entry(1)),
                (2, About::ToAsk),
                (3, About::Entry(0)),
                (4, About::ToAsk),
                (5, About::Entry(0)),
            ]
        );
        assert_eq!(about(r#"{"Action": "sqs:*"}"#, "s3:GetObject"), []);
    }

    #[test]
    fn the_sieve_lets_everything_through_that_a_pattern_matches() {
        for (pattern, action) in [
            ("s3:get*", "s3:GetObject"),
            ("s?:*", "s3:GetObject"),
            ("*:Ge?Object", "s3:GetObject"),
            ("s3:*", "s3:X"),
            ("*", "s3:GetObject"),
            ("s3:G*t", "s3:GetObject"),
        ] {
            let (service, name) = action.split_once(':').unwrap();
            let own = Sieve::of_action(service, name);
            assert!(Sieve::of_pattern(pattern).lets_through(own), "{pattern}");
        }
    }
}
