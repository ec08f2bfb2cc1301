//! Texts that tell patterns apart.
//!
//! For some patterns, a text for each way in which a text can match some of them and not the others:
//! whoever tries them all has tried every text there is. The patterns are walked together, as one
//! automaton whose state is the places that each of them may have come to.

use super::{
    Case, Wildcard,
    wildcard::{Symbol, folded},
};
use std::collections::{BTreeSet, VecDeque};

/// The most states that are looked at; beyond them some ways may be missed.
const MOST_STATES: usize = 3_000;

/// A pattern of whole texts.
#[derive(Debug, Clone)]
pub struct TextPattern {
    steps: Vec<Step>,
    case: Case,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    symbol: Symbol,
    /// In the fields of an ARN before the resource a wildcard does not stand for a colon.
    may_be_colon: bool,
}

impl Step {
    /// Whether a character is one of those that it stands for.
    fn takes(self, character: char, case: Case) -> bool {
        match self.symbol {
            Symbol::Character(own) => own == folded(character, case),
            Symbol::AnyCharacter | Symbol::AnyText => self.may_be_colon || character != ':',
            Symbol::AnySegment => !matches!(character, '/' | ':'),
        }
    }
}

impl TextPattern {
    /// The texts that a wildcard matches.
    pub fn of(wildcard: &Wildcard) -> Self {
        let step = |symbol: &Symbol| Step {
            symbol: *symbol,
            may_be_colon: true,
        };
        Self {
            steps: wildcard.symbols().iter().map(step).collect(),
            case: wildcard.case(),
        }
    }

    /// The ARNs whose fields after `arn:` match these.
    pub fn of_arn(fields: &[Wildcard; 5]) -> Self {
        let literal = |text: &'static str| {
            text.chars().map(|character| Step {
                symbol: Symbol::Character(character),
                may_be_colon: true,
            })
        };
        let mut steps: Vec<_> = literal("arn").collect();
        let last = fields.len() - 1;
        for (place, field) in fields.iter().enumerate() {
            steps.extend(literal(":"));
            steps.extend(field.symbols().iter().map(|symbol| Step {
                symbol: *symbol,
                may_be_colon: place == last,
            }));
        }
        Self {
            steps,
            case: Case::Sensitive,
        }
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        let mut places = self.start();
        for character in text.chars() {
            places = self.advance(&places, character);
        }
        self.accepts(&places)
    }

    /// A short text that it matches, if its wildcards allow what is short.
    pub fn example(&self) -> String {
        let character = |step: &Step| match step.symbol {
            Symbol::Character(character) => Some(character),
            Symbol::AnyCharacter => Some('x'),
            Symbol::AnyText | Symbol::AnySegment => None,
        };
        self.steps.iter().filter_map(character).collect()
    }

    fn start(&self) -> Places {
        let mut places = Places::none(self.steps.len() + 1);
        self.reach(&mut places, 0);
        places
    }

    /// Adds a place, and those behind the stars after it.
    fn reach(&self, places: &mut Places, mut place: usize) {
        loop {
            places.add(place);
            match self.steps.get(place) {
                Some(step) if step.symbol.is_repeated() => place += 1,
                _ => return,
            }
        }
    }

    fn advance(&self, from: &Places, character: char) -> Places {
        let mut to = Places::none(self.steps.len() + 1);
        for place in from.iter() {
            let Some(step) = self.steps.get(place) else {
                continue;
            };
            if step.takes(character, self.case) {
                let next = if step.symbol.is_repeated() {
                    place
                } else {
                    place + 1
                };
                self.reach(&mut to, next);
            }
        }
        to
    }

    fn accepts(&self, places: &Places) -> bool {
        places.has(self.steps.len())
    }
}

/// A set of places in a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Places(Vec<u64>);

impl Places {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn add(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(&self, place: usize) -> bool {
        let word = self.0.get(place / 64).copied().unwrap_or_default();
        word & (1 << (place % 64)) != 0
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    index * 64 + bit as usize
                })
            })
        })
    }
}

/// Texts found for some patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnesses {
    /// A text for each way to match some of the patterns, short ones first.
    pub texts: Vec<String>,
    /// Whether it is each way there is.
    pub complete: bool,
    /// How many states were looked at: what the search cost.
    pub states: usize,
}

/// Several patterns as one automaton. Its state is one bit for each place of each pattern, side by side,
/// so that a step takes a few operations on words, however many patterns there are.
struct Automaton {
    alphabet: Vec<char>,
    /// For each character of the alphabet, the places whose symbols take it.
    takes: Vec<Bits>,
    /// The places of stars.
    repeated: Bits,
    start: Bits,
    /// The place behind the last symbol of each pattern.
    ends: Vec<usize>,
}

type Bits = Vec<u64>;

impl Automaton {
    fn new(patterns: &[&TextPattern]) -> Self {
        let alphabet = alphabet(patterns);
        let count: usize = patterns.iter().map(|each| each.steps.len() + 1).sum();
        let none = vec![0; count.div_ceil(64)];
        let mut automaton = Self {
            takes: vec![none.clone(); alphabet.len()],
            repeated: none.clone(),
            start: none,
            ends: Vec::with_capacity(patterns.len()),
            alphabet,
        };
        let mut place = 0;
        for pattern in patterns {
            add(&mut automaton.start, place);
            for step in &pattern.steps {
                if step.symbol.is_repeated() {
                    add(&mut automaton.repeated, place);
                }
                for (character, takes) in automaton.alphabet.iter().zip(&mut automaton.takes) {
                    if step.takes(*character, pattern.case) {
                        add(takes, place);
                    }
                }
                place += 1;
            }
            // Nothing takes a character there, so nothing goes on into the next pattern.
            automaton.ends.push(place);
            place += 1;
        }
        automaton.start = automaton.behind_stars(automaton.start.clone());
        automaton
    }

    /// Adds the places behind the stars that were come to.
    fn behind_stars(&self, mut places: Bits) -> Bits {
        loop {
            let mut carried = 0;
            let mut changed = false;
            for (own, repeated) in places.iter_mut().zip(&self.repeated) {
                let stars = *own & repeated;
                let more = *own | stars << 1 | carried;
                carried = stars >> 63;
                changed |= more != *own;
                *own = more;
            }
            if !changed {
                return places;
            }
        }
    }

    fn advance(&self, from: &Bits, takes: &Bits) -> Bits {
        let mut carried = 0;
        let words = from.iter().zip(takes).zip(&self.repeated);
        let to = words.map(|((from, takes), repeated)| {
            let (stay, go) = (from & takes & repeated, from & takes & !repeated);
            let word = stay | go << 1 | carried;
            carried = go >> 63;
            word
        });
        let to = to.collect();
        self.behind_stars(to)
    }

    /// Which of the patterns match a text that leads here.
    fn matched(&self, state: &Bits) -> Vec<bool> {
        let has = |end: &usize| {
            state
                .get(end / 64)
                .is_some_and(|word| word >> (end % 64) & 1 == 1)
        };
        self.ends.iter().map(has).collect()
    }
}

fn add(bits: &mut Bits, place: usize) {
    if let Some(word) = bits.get_mut(place / 64) {
        *word |= 1 << (place % 64);
    }
}

/// Finds a text for each way in which a text can match some of `patterns` and not the others. The
/// texts match one pattern of each list of `within`.
pub fn witnesses(within: &[Vec<TextPattern>], patterns: &[TextPattern]) -> Witnesses {
    let all: Vec<&TextPattern> = within.iter().flatten().chain(patterns).collect();
    let automaton = Automaton::new(&all);
    let mut found: BTreeSet<Vec<bool>> = BTreeSet::new();
    let mut texts = Vec::new();
    let mut seen = BTreeSet::from([automaton.start.clone()]);
    let mut queue = VecDeque::from([(automaton.start.clone(), String::new())]);
    let mut complete = true;
    while let Some((state, text)) = queue.pop_front() {
        let mut matched = automaton.matched(&state);
        let of_patterns = matched.split_off(all.len() - patterns.len());
        let mut flags = matched.into_iter();
        let is_within = within.iter().all(|list| {
            let own: Vec<_> = flags.by_ref().take(list.len()).collect();
            own.contains(&true)
        });
        if is_within && found.insert(of_patterns) {
            texts.push(text.clone());
        }
        for (character, takes) in automaton.alphabet.iter().zip(&automaton.takes) {
            let next = automaton.advance(&state, takes);
            if seen.contains(&next) {
                continue;
            }
            if seen.len() >= MOST_STATES {
                complete = false;
                continue;
            }
            seen.insert(next.clone());
            let mut longer = text.clone();
            longer.push(*character);
            queue.push_back((next, longer));
        }
    }
    Witnesses {
        texts,
        complete,
        states: seen.len(),
    }
}

/// Characters that stand for all: those that some pattern names, and one that none does.
fn alphabet(patterns: &[&TextPattern]) -> Vec<char> {
    let mut named = BTreeSet::from([':', '/']);
    for pattern in patterns {
        for step in &pattern.steps {
            if let Symbol::Character(character) = step.symbol {
                named.insert(character);
                if pattern.case == Case::Ignored {
                    named.extend(character.to_uppercase());
                    named.extend(character.to_lowercase());
                }
            }
        }
    }
    // Letters and digits first: the texts are shown to people.
    let other = ('a'..='z')
        .rev()
        .chain('0'..='9')
        .chain('\u{e000}'..='\u{f8ff}')
        .find(|character| !named.contains(character));
    other.into_iter().chain(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(text: &str) -> TextPattern {
        TextPattern::of(&Wildcard::new(text, Case::Sensitive))
    }

    fn arn(text: &str) -> TextPattern {
        let fields = Wildcard::new(text, Case::Sensitive).split_arn();
        TextPattern::of_arn(&fields.unwrap())
    }

    #[track_caller]
    fn assert_ways(within: &[TextPattern], patterns: &[TextPattern], expected: &[&[usize]]) {
        let lists: Vec<_> = if within.is_empty() {
            Vec::new()
        } else {
            vec![within.to_vec()]
        };
        let found = witnesses(&lists, patterns);
        assert!(found.complete);
        let mut ways: Vec<Vec<usize>> = Vec::new();
        for text in &found.texts {
            assert!(
                within.is_empty() || within.iter().any(|pattern| pattern.matches(text)),
                "{text} is not within"
            );
            let all = patterns.iter().enumerate();
            let way = all.filter(|(_, pattern)| pattern.matches(text));
            ways.push(way.map(|(place, _)| place).collect());
        }
        ways.sort();
        assert_eq!(ways, expected);
    }

    #[test]
    fn every_way_to_match_is_found_once() {
        assert_ways(&[], &[like("a*"), like("*b")], &[&[], &[0], &[0, 1], &[1]]);
        assert_ways(&[], &[like("a*"), like("ab*")], &[&[], &[0], &[0, 1]]);
        assert_ways(&[], &[like("red"), like("blue")], &[&[], &[0], &[1]]);
        assert_ways(&[], &[like("*")], &[&[0]]);
        assert_ways(&[], &[], &[&[]]);
    }

    #[test]
    fn texts_stay_within_what_is_known() {
        let role = [
            like("arn:aws:iam::1:role/app"),
            like("arn:aws:iam::1:role/*/app"),
        ];
        assert_ways(&role, &[like("arn:aws:iam::1:role/web")], &[&[]]);
        assert_ways(&role, &[arn("arn:aws:iam::1:role/*")], &[&[0]]);
        assert_ways(&role, &[arn("arn:aws:iam::1:role/ops/*")], &[&[], &[0]]);
    }

    #[test]
    fn a_wildcard_before_the_resource_stands_for_no_colon() {
        let pattern = arn("arn:aws:s3:*:*:x");
        assert!(pattern.matches("arn:aws:s3:::x"));
        assert!(!pattern.matches("arn:aws:s3:::y:x"));
        assert!(arn("arn:aws:s3:::*").matches("arn:aws:s3:::y:x"));
    }

    #[test]
    fn letter_case_counts_only_where_the_pattern_says() {
        let ignoring = TextPattern::of(&Wildcard::new("Ab", Case::Ignored));
        assert_ways(&[], &[ignoring, like("ab")], &[&[], &[0], &[0, 1]]);
    }
}
