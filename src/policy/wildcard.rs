//! Matching text against `*` and `?`, and patterns against each other.
//!
//! `*` is any text, the empty one too, `/` and `:` in it; `?` is exactly one character. There is
//! no other syntax: brackets, braces and backslashes are text.
//!
//! Nothing here recurses, and no pattern is turned into a regular expression: a pattern of any
//! number of stars costs at most its length times the length of the text.

use super::{Pattern, Piece};
use std::borrow::Cow;

/// One character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Character(char),
    AnyCharacter,
    AnyText,
    /// Any text without `/` and `:`: no pattern of a policy has it, but names in ARN templates do.
    AnySegment,
}

impl Symbol {
    pub(super) fn is_repeated(self) -> bool {
        matches!(self, Self::AnyText | Self::AnySegment)
    }

    /// Whether there is a character that both can be.
    fn meets(self, other: Self, case: Case) -> bool {
        match (self, other) {
            (Self::Character(own), Self::Character(other)) => {
                folded(own, case) == folded(other, case)
            }
            (Self::Character(character), Self::AnySegment)
            | (Self::AnySegment, Self::Character(character)) => !matches!(character, '/' | ':'),
            _ => true,
        }
    }
}

/// A pattern without variables, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    symbols: Vec<Symbol>,
    /// Whether letter case counts.
    case: Case,
    shape: Shape,
}

/// What is quick to match: most patterns are one text, or a few with stars between them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// `*`
    Everything,
    /// No wildcard.
    Literal(Box<str>),
    /// Only `*`: what a text starts with, what it has in between, in order, and what it ends with.
    Parts {
        start: Box<str>,
        between: Box<[Box<str>]>,
        end: Box<str>,
    },
    /// Anything else.
    Symbols,
}

impl Shape {
    fn of(symbols: &[Symbol]) -> Self {
        let is_star = |symbol: &Symbol| *symbol == Symbol::AnyText;
        let text = |symbols: &[Symbol]| -> Option<Box<str>> {
            let character = |symbol: &Symbol| match symbol {
                Symbol::Character(character) => Some(*character),
                Symbol::AnyCharacter | Symbol::AnyText | Symbol::AnySegment => None,
            };
            let text: Option<String> = symbols.iter().map(character).collect();
            text.map(String::into_boxed_str)
        };
        if let [Symbol::AnyText] = symbols {
            return Self::Everything;
        }
        let parts: Option<Vec<_>> = symbols.split(is_star).map(text).collect();
        let Some(mut parts) = parts else {
            return Self::Symbols;
        };
        match (parts.pop(), parts.len()) {
            (Some(only), 0) => Self::Literal(only),
            (Some(end), _) => {
                let start = parts.remove(0);
                Self::Parts {
                    start,
                    between: parts.into(),
                    end,
                }
            }
            (None, _) => Self::Symbols,
        }
    }
}

/// A pattern in the making.
struct Builder {
    symbols: Vec<Symbol>,
    case: Case,
}

/// What `*` and `?` in a pattern are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Any text, and any character.
    Wildcards,
    /// Themselves.
    Literally,
}

/// What stands for a variable in a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Substitute {
    /// This text, each character of it itself.
    Text(String),
    /// Any text: the value is not known.
    AnyText,
    /// Nothing: the variable has no value.
    Nothing,
}

/// Whether letter case counts in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `a` is not `A`: resources and most condition values.
    Sensitive,
    /// `a` is `A`: actions and the `IgnoreCase` operators.
    Ignored,
}

impl Wildcard {
    /// Takes text in which `*` and `?` are wildcards.
    pub fn new(text: &str, case: Case) -> Self {
        let mut wildcard = Builder::new(case);
        wildcard.push_wildcards(text);
        wildcard.finish()
    }

    /// Takes text in which every character is itself.
    pub fn literal(text: &str, case: Case) -> Self {
        let mut wildcard = Builder::new(case);
        wildcard.push_literal(text);
        wildcard.finish()
    }

    /// Takes a pattern apart by its pieces, `*` and `?` as `reading` says. `resolve` says what stands
    /// for a variable; where it says [`Substitute::Nothing`] there is no wildcard.
    pub fn of_pattern(
        pattern: &Pattern,
        case: Case,
        reading: Reading,
        mut resolve: impl FnMut(&super::Variable) -> Substitute,
    ) -> Option<Self> {
        let mut wildcard = Builder::new(case);
        for piece in pattern.pieces() {
            match (piece, reading) {
                (Piece::Literal(text), _) => wildcard.push_literal(text),
                (Piece::AnyText, Reading::Wildcards) => wildcard.push_any_text(),
                (Piece::AnyCharacter, Reading::Wildcards) => wildcard.push_any_character(),
                (Piece::AnyText, Reading::Literally) => wildcard.push_literal("*"),
                (Piece::AnyCharacter, Reading::Literally) => wildcard.push_literal("?"),
                (Piece::Variable(variable), _) => match resolve(variable) {
                    Substitute::Text(text) => wildcard.push_literal(&text),
                    Substitute::AnyText => wildcard.push_any_text(),
                    Substitute::Nothing => return None,
                },
            }
        }
        Some(wildcard.finish())
    }

    /// Takes a pattern in which each variable may be any text: what the pattern could match.
    pub fn with_variables_open(pattern: &Pattern, case: Case) -> Self {
        let open = Self::of_pattern(pattern, case, Reading::Wildcards, |_| Substitute::AnyText);
        open.unwrap_or_else(|| Self::literal("", case))
    }

    /// Takes it apart at its first five colons, as an ARN is; `None` where it has fewer or does not
    /// start with `arn:`.
    pub fn split_arn(&self) -> Option<[Self; 5]> {
        let colon = |symbol: &Symbol| *symbol == Symbol::Character(':');
        let fields: Vec<_> = self.symbols.splitn(6, colon).collect();
        let fields: [&[Symbol]; 6] = fields.try_into().ok()?;
        let [arn, rest @ ..] = fields;
        let is_arn = arn.iter().copied().eq("arn".chars().map(Symbol::Character));
        is_arn.then(|| {
            rest.map(|symbols| {
                let builder = Builder {
                    symbols: symbols.to_vec(),
                    case: self.case,
                };
                builder.finish()
            })
        })
    }

    /// Takes a field of an ARN template, such as `table/${TableName}`: each `${...}` may be any
    /// text but none; those of which `is_segment` says so, any text without `/` and `:`.
    pub fn template(template: &str, is_segment: impl Fn(&str) -> bool) -> Self {
        let mut wildcard = Builder::new(Case::Sensitive);
        let mut rest = template;
        while let Some((before, (name, after))) = rest
            .split_once("${")
            .and_then(|(before, from)| Some((before, from.split_once('}')?)))
        {
            wildcard.push_wildcards(before);
            if is_segment(name) {
                wildcard.symbols.push(Symbol::AnySegment);
            } else {
                wildcard.symbols.push(Symbol::AnyCharacter);
                wildcard.push_any_text();
            }
            rest = after;
        }
        wildcard.push_wildcards(rest);
        wildcard.finish()
    }
    /// What every text that matches starts with, and whether that is all of the pattern.
    pub fn literal_start(&self) -> (String, bool) {
        let character = |symbol: &Symbol| match symbol {
            Symbol::Character(character) => Some(*character),
            Symbol::AnyCharacter | Symbol::AnyText | Symbol::AnySegment => None,
        };
        let start: String = self.symbols.iter().map_while(character).collect();
        (start, matches!(self.shape, Shape::Literal(_)))
    }

    /// Whether it is text and a star after it.
    pub fn is_literal_then_any(&self) -> bool {
        match &self.shape {
            Shape::Everything => true,
            Shape::Parts { between, end, .. } => between.is_empty() && end.is_empty(),
            Shape::Literal(_) | Shape::Symbols => false,
        }
    }

    /// The characters and wildcards in it.
    pub(super) fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// Whether letter case counts.
    pub(super) fn case(&self) -> Case {
        self.case
    }

    /// Whether it ends in `*`.
    pub fn has_open_end(&self) -> bool {
        self.symbols.last() == Some(&Symbol::AnyText)
    }

    /// Whether it matches every text.
    pub fn matches_everything(&self) -> bool {
        self.symbols == [Symbol::AnyText]
    }

    /// Whether the whole of a text matches. For templates use [`Wildcard::intersects`] with the
    /// literal text.
    pub fn matches(&self, text: &str) -> bool {
        match self.case {
            Case::Sensitive => self.matches_folded(text),
            Case::Ignored => self.matches_folded(&fold(text)),
        }
    }

    /// As [`Wildcard::matches`] with a text that [`fold`] has made lower case, where letter case does
    /// not count.
    pub fn matches_folded(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Everything => true,
            Shape::Literal(own) => **own == *text,
            Shape::Parts {
                start,
                between,
                end,
            } => {
                let Some(mut rest) = text
                    .strip_prefix(&**start)
                    .and_then(|rest| rest.strip_suffix(&**end))
                else {
                    return false;
                };
                // The first place where a part stands leaves most to those after it.
                for part in between {
                    let Some(after) = after(rest, part) else {
                        return false;
                    };
                    rest = after;
                }
                true
            }
            Shape::Symbols => self.matches_symbols(text),
        }
    }

    fn matches_symbols(&self, text: &str) -> bool {
        let symbols = &self.symbols;
        let (mut at, mut rest) = (0, text);
        // Where to go on when what follows the last star does not match where it was tried.
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let mut characters = rest.chars();
            let next = characters.next();
            match (symbols.get(at), next) {
                (Some(Symbol::AnyText), _) => {
                    at += 1;
                    if at == symbols.len() {
                        return true;
                    }
                    retry = Some((at, rest));
                    continue;
                }
                (Some(Symbol::AnyCharacter), Some(_)) => {
                    at += 1;
                    rest = characters.as_str();
                    continue;
                }
                (Some(Symbol::Character(own)), Some(other)) if *own == other => {
                    at += 1;
                    rest = characters.as_str();
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((star, from)) = retry else {
                return false;
            };
            let mut later = from.chars();
            if later.next().is_none() {
                return false;
            }
            (at, rest) = (star, later.as_str());
            retry = Some((star, rest));
        }
    }

    /// Whether it matches every text that `other` matches.
    pub fn covers(&self, other: &Self) -> bool {
        let (own, subject) = (&self.symbols, &other.symbols);
        let (mut at, mut from) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match (own.get(at), subject.get(from)) {
                (Some(Symbol::AnyText), _) => {
                    at += 1;
                    if at == own.len() {
                        return true;
                    }
                    retry = Some((at, from));
                    continue;
                }
                // Only a star can stand for any text, so only a star covers one.
                (Some(Symbol::AnyCharacter), Some(Symbol::Character(_) | Symbol::AnyCharacter)) => {
                    (at, from) = (at + 1, from + 1);
                    continue;
                }
                (Some(Symbol::Character(own)), Some(Symbol::Character(other)))
                    if *own == folded(*other, self.case) =>
                {
                    (at, from) = (at + 1, from + 1);
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            match retry {
                Some((star, later)) if later < subject.len() => {
                    (at, from) = (star, later + 1);
                    retry = Some((star, later + 1));
                }
                _ => return false,
            }
        }
    }

    /// Whether there is a text that both match.
    pub fn intersects(&self, other: &Self) -> bool {
        let fold = self.case == Case::Ignored || other.case == Case::Ignored;
        let case = if fold { Case::Ignored } else { Case::Sensitive };
        let Some((own, other)) = beyond_equal_ends(&self.symbols, &other.symbols, case) else {
            return false;
        };
        if matches!(
            (own, other),
            ([Symbol::AnyText], _) | (_, [Symbol::AnyText])
        ) {
            return true;
        }
        // Place `j` of a row: some text has brought the first to the row's symbol and the second to
        // its symbol `j`. Every step goes to the same or a later place.
        let width = other.len() + 1;
        let mut row = vec![false; width];
        let mut next_row = row.clone();
        set(&mut row, 0);
        for own in own.iter().map(Some).chain([None]) {
            next_row.fill(false);
            for at in 0..width {
                if row.get(at) != Some(&true) {
                    continue;
                }
                let theirs = other.get(at);
                if own.is_some_and(|symbol| symbol.is_repeated()) {
                    set(&mut next_row, at);
                }
                if theirs.is_some_and(|symbol| symbol.is_repeated()) {
                    set(&mut row, at + 1);
                }
                let (Some(own), Some(theirs)) = (own, theirs) else {
                    continue;
                };
                if own.meets(*theirs, case) {
                    let target = if own.is_repeated() {
                        &mut row
                    } else {
                        &mut next_row
                    };
                    set(target, if theirs.is_repeated() { at } else { at + 1 });
                }
            }
            if own.is_none() {
                return row.last() == Some(&true);
            }
            std::mem::swap(&mut row, &mut next_row);
        }
        false
    }
}

/// What is left of two patterns after the characters that both start and end with; `None` where these
/// differ, so that no text matches both.
fn beyond_equal_ends<'s>(
    mut left: &'s [Symbol],
    mut right: &'s [Symbol],
    case: Case,
) -> Option<(&'s [Symbol], &'s [Symbol])> {
    while let ([Symbol::Character(own), l @ ..], [Symbol::Character(theirs), r @ ..]) =
        (left, right)
    {
        if folded(*own, case) != folded(*theirs, case) {
            return None;
        }
        (left, right) = (l, r);
    }
    while let ([l @ .., Symbol::Character(own)], [r @ .., Symbol::Character(theirs)]) =
        (left, right)
    {
        if folded(*own, case) != folded(*theirs, case) {
            return None;
        }
        (left, right) = (l, r);
    }
    Some((left, right))
}

impl Builder {
    fn new(case: Case) -> Self {
        Self {
            symbols: Vec::new(),
            case,
        }
    }

    fn finish(self) -> Wildcard {
        let Self { symbols, case } = self;
        Wildcard {
            shape: Shape::of(&symbols),
            symbols,
            case,
        }
    }

    fn push_wildcards(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '*' => self.push_any_text(),
                '?' => self.push_any_character(),
                other => self.push_literal_character(other),
            }
        }
    }

    fn push_any_text(&mut self) {
        // `**` says no more than `*`.
        if self.symbols.last() != Some(&Symbol::AnyText) {
            self.symbols.push(Symbol::AnyText);
        }
    }

    fn push_any_character(&mut self) {
        // `*?` and `?*` say the same; kept in one order, patterns are easier to compare.
        let at = match self.symbols.last() {
            Some(Symbol::AnyText) => self.symbols.len() - 1,
            _ => self.symbols.len(),
        };
        self.symbols.insert(at, Symbol::AnyCharacter);
    }

    fn push_literal(&mut self, text: &str) {
        text.chars()
            .for_each(|character| self.push_literal_character(character));
    }

    fn push_literal_character(&mut self, character: char) {
        self.symbols
            .push(Symbol::Character(folded(character, self.case)));
    }
}

/// What follows the first place of a part in a text.
fn after<'t>(text: &'t str, part: &str) -> Option<&'t str> {
    // In a short text looking at each place is quicker than making ready for a long search.
    if text.len() > 64 {
        return text.split_once(part).map(|(_, after)| after);
    }
    let mut places = text.as_bytes().windows(part.len().max(1));
    let place = places.position(|window| window == part.as_bytes())?;
    text.get(place + part.len()..)
}

fn set(row: &mut [bool], at: usize) {
    if let Some(place) = row.get_mut(at) {
        *place = true;
    }
}

/// A text in lower case, for patterns for which letter case does not count.
pub fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return text.chars().map(|own| folded(own, Case::Ignored)).collect();
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

pub(super) fn folded(character: char, case: Case) -> char {
    match case {
        Case::Sensitive => character,
        Case::Ignored if character.is_ascii() => character.to_ascii_lowercase(),
        Case::Ignored => {
            // Only where one character becomes one: `ß` is not `ss`.
            let mut lower = character.to_lowercase();
            let first = lower.next().unwrap_or(character);
            if lower.next().is_none() {
                first
            } else {
                character
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use globset::GlobBuilder;
    use proptest::{collection::vec, prelude::*, sample::Index};
    use std::collections::BTreeSet;

    fn wildcard(text: &str) -> Wildcard {
        Wildcard::new(text, Case::Sensitive)
    }

    /// The definition, word by word: slow and plain. In `reached` stand the places of the text that what
    /// was seen of the pattern can have come to.
    fn naive(pattern: &str, text: &str, case: Case) -> bool {
        let text: Vec<_> = text.chars().collect();
        let mut reached = BTreeSet::from([0]);
        for symbol in pattern.chars() {
            let takes = |at: usize| match symbol {
                '?' => at < text.len(),
                own => text
                    .get(at)
                    .is_some_and(|other| folded(*other, case) == folded(own, case)),
            };
            reached = match (symbol, reached.first()) {
                ('*', Some(first)) => (*first..=text.len()).collect(),
                _ => reached
                    .into_iter()
                    .filter(|at| takes(*at))
                    .map(|at| at + 1)
                    .collect(),
            };
        }
        reached.contains(&text.len())
    }

    /// `globset` with all of its own syntax escaped that IAM does not have. It takes `**` for syntax of
    /// its own, so runs of stars are one, which says the same.
    fn globset_matches(pattern: &str, text: &str, case: Case) -> bool {
        let mut escaped = String::new();
        for character in pattern.chars() {
            if "[]{}!,\\".contains(character) {
                escaped.push('\\');
            }
            if character != '*' || !escaped.ends_with('*') {
                escaped.push(character);
            }
        }
        let mut glob = GlobBuilder::new(&escaped);
        glob.literal_separator(false)
            .backslash_escape(true)
            .case_insensitive(case == Case::Ignored);
        glob.build().unwrap().compile_matcher().is_match(text)
    }

    #[track_caller]
    fn assert_match(pattern: &str, text: &str, expected: bool) {
        assert_eq!(
            wildcard(pattern).matches(text),
            expected,
            "{pattern} on {text}"
        );
        assert_eq!(
            naive(pattern, text, Case::Sensitive),
            expected,
            "naive {pattern} on {text}"
        );
    }

    #[test]
    fn stars_and_question_marks() {
        assert_match("", "", true);
        assert_match("*", "", true);
        assert_match("?", "", false);
        assert_match("s3:Get*", "s3:GetObject", true);
        assert_match("s3:Get*", "s3:Get", true);
        assert_match("s3:GetObject?", "s3:GetObject", false);
        assert_match("a*b*c", "abxbc", true);
        assert_match("a*b*c", "abxb", false);
        assert_match("*ab", "aab", true);
        assert_match("a?c", "aéc", true);
        assert_match("[q]1", "q1", false);
        assert_match("*/*", "a/b:c", true);
    }

    #[test]
    fn letter_case_counts_only_where_asked() {
        assert!(!wildcard("s3:get*").matches("s3:GetObject"));
        assert!(Wildcard::new("S3:get*", Case::Ignored).matches("s3:GetObject"));
    }

    #[test]
    fn many_stars_on_a_long_text_take_no_time() {
        let pattern = "*a".repeat(1000) + "b";
        let started = std::time::Instant::now();
        assert!(!wildcard(&pattern).matches(&"a".repeat(5000)));
        assert!(started.elapsed().as_secs() < 5);
    }

    #[test]
    fn a_pattern_covers_a_narrower_one() {
        let covers = |wide: &str, narrow: &str| wildcard(wide).covers(&wildcard(narrow));
        assert!(covers("*", "a*b?"));
        assert!(covers("a*", "a*b"));
        assert!(covers("role/*", "role/*/web"));
        assert!(covers("a?c", "abc"));
        assert!(covers("*x*", "axb*"));
        assert!(!covers("a?c", "a*c"));
        assert!(!covers("?*", "*"));
        assert!(!covers("a*b", "a*"));
    }

    #[test]
    fn patterns_may_have_a_text_in_common() {
        let meet = |left: &str, right: &str| {
            let (left, right) = (wildcard(left), wildcard(right));
            assert_eq!(left.intersects(&right), right.intersects(&left));
            left.intersects(&right)
        };
        assert!(meet("a*", "*b"));
        assert!(meet("*", ""));
        assert!(meet("table/*", "table/?ooks"));
        assert!(meet("bucket*", "*/*"));
        assert!(!meet("bucket", "*/*"));
        assert!(!meet("a*", "b*"));
        assert!(!meet("?", ""));
        assert!(meet("a*c*", "*b*d"));
    }

    #[test]
    fn a_name_in_a_template_may_stop_at_slashes() {
        let bucket = Wildcard::template("${BucketName}", |name| name == "BucketName");
        assert!(bucket.intersects(&wildcard("logs-*")));
        assert!(bucket.intersects(&wildcard("*")));
        assert!(!bucket.intersects(&wildcard("logs/*")));
        let object = Wildcard::template("${BucketName}/${ObjectName}", |name| name == "BucketName");
        assert!(object.intersects(&wildcard("logs*")));
        assert!(object.intersects(&wildcard("logs/2026/*")));
        assert!(!object.intersects(&wildcard("logs")));
    }

    proptest! {
        #[test]
        fn three_matchers_agree(
            pattern in r"[aAb/:.*?\[\]{}\\!,-]{0,12}", text in r"[aAb/:.*?\[\]{}\\!,-]{0,14}",
            ignored in any::<bool>(),
        ) {
            let case = if ignored { Case::Ignored } else { Case::Sensitive };
            let expected = naive(&pattern, &text, case);
            prop_assert_eq!(Wildcard::new(&pattern, case).matches(&text), expected);
            prop_assert_eq!(globset_matches(&pattern, &text, case), expected);
        }

        // Random text seldom matches, so this one is made to.
        #[test]
        fn three_matchers_agree_on_what_a_pattern_was_made_from(
            text in "[abc/:]{0,16}", cuts in vec((any::<Index>(), 0..4_usize, "[*?]"), 0..5),
            damage in proptest::option::of((any::<Index>(), "[abc]")),
        ) {
            let mut pattern: Vec<char> = text.chars().collect();
            for (at, length, wildcard) in cuts {
                let at = at.index(pattern.len() + 1);
                let end = if wildcard == "?" { at + 1 } else { at + length };
                pattern.splice(at..end.min(pattern.len()), wildcard.chars());
            }
            if let Some((at, other)) = damage {
                let at = at.index(pattern.len() + 1);
                pattern.splice(at..at, other.chars());
            }
            let pattern: String = pattern.into_iter().collect();
            let expected = naive(&pattern, &text, Case::Sensitive);
            prop_assert_eq!(wildcard(&pattern).matches(&text), expected);
            prop_assert_eq!(globset_matches(&pattern, &text, Case::Sensitive), expected);
        }

        // `globset` compares bytes, so its `?` takes a part of such a character: it is not asked here.
        #[test]
        fn a_character_is_one_however_many_bytes_it_has(
            pattern in "[aéÉß日😀*?]{0,8}", text in "[aéÉß日😀]{0,10}", ignored in any::<bool>(),
        ) {
            let case = if ignored { Case::Ignored } else { Case::Sensitive };
            prop_assert_eq!(
                Wildcard::new(&pattern, case).matches(&text), naive(&pattern, &text, case)
            );
        }

        #[test]
        fn what_is_covered_is_matched(wide in "[ab*?]{0,6}", narrow in "[ab*?]{0,5}", text in "[ab]{0,6}") {
            let (wide, narrow) = (wildcard(&wide), wildcard(&narrow));
            if wide.covers(&narrow) && narrow.matches(&text) {
                prop_assert!(wide.matches(&text));
            }
        }

        #[test]
        fn texts_in_common_mean_an_intersection(left in "[ab*?]{0,5}", right in "[ab*?]{0,5}", text in "[ab]{0,6}") {
            let (left, right) = (wildcard(&left), wildcard(&right));
            if left.matches(&text) && right.matches(&text) {
                prop_assert!(left.intersects(&right));
            }
        }

        #[test]
        fn an_intersection_means_texts_in_common(left in "[ab*?]{0,3}", right in "[ab*?]{0,3}") {
            let (l, r) = (wildcard(&left), wildcard(&right));
            // A common text of two such patterns, if any, has one of at most six characters.
            let mut texts = vec![String::new()];
            for length in 0..6 {
                let longer: Vec<_> = texts.iter().filter(|t| t.len() == length)
                    .flat_map(|t| ["a", "b"].map(|c| format!("{t}{c}"))).collect();
                texts.extend(longer);
            }
            prop_assert_eq!(l.intersects(&r), texts.iter().any(|t| l.matches(t) && r.matches(t)));
        }
    }
}
