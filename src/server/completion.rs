//! What could be written at a place.
//!
//! As one types, the document is rarely whole. So only the text before the place is read, with the
//! string there closed, which the parser takes as it takes every cut-off text; what follows counts
//! only for the rest of the statement.

mod candidates;

use super::{
    client::{Ability, Client},
    cursor::{self, Cursor, Role},
    diagnostics::range,
    document::Document,
};
use crate::{
    catalog::Catalog,
    lint::Options,
    report::facts,
    source::{Source, Span},
    syntax::{self, Value},
};
use candidates::Candidate;
use lsp_types::{
    CompletionItem, CompletionItemTag, CompletionList, CompletionTextEdit, Documentation,
    InsertTextFormat, MarkupContent, MarkupKind, Position, TextEdit,
};
use serde_json::json;

/// What makes a client ask by itself.
pub(super) const TRIGGERS: [&str; 3] = ["\"", ":", "/"];

/// The most items of one answer; the client asks again as more is typed.
const MOST: usize = 200;

/// The longest text that is completed.
const LONGEST: usize = 256;

/// What could be written at a place.
pub(super) fn complete(
    document: &Document,
    position: Position,
    options: &Options,
    client: &Client,
) -> CompletionList {
    let text = document.source.text();
    let offset = document.lines.offset(text, position);
    let Some(gap) = Gap::at(text, offset) else {
        return CompletionList::default();
    };
    let before = Source::new("", gap.closed(text).into_bytes());
    let cut = syntax::parse(&before);
    let Some(cursor) = cursor::at(&cut.root, before.text().len() - 1) else {
        return CompletionList::default();
    };
    let whole = syntax::parse(&document.source);
    let around = cursor::statement_at(&whole.root, offset);
    let scene = Scene {
        catalog: Catalog::embedded(),
        cursor: &cursor,
        typed: cursor.text.as_str(),
        statements: cursor.statement.into_iter().chain(around).collect(),
        account: options.account.as_ref(),
        policy_type: document.policy_type(),
    };
    let typed = scene.typed;
    if typed.len() > LONGEST {
        return CompletionList::default();
    }
    let mut fitting: Vec<_> = candidates::of(&scene)
        .into_iter()
        .filter(|candidate| is_subsequence(typed, &candidate.label))
        .collect();
    // Those that go on as it was begun come first; else they stay in order.
    fitting.sort_by_key(|candidate| !starts_like(&candidate.label, typed));
    let is_cut = fitting.len() > MOST;
    fitting.truncate(MOST);
    let is_key = scene.is_key();
    let items = fitting.into_iter().enumerate().map(|(place, candidate)| {
        let inserted = Inserted { client, is_key };
        item(document, &gap, candidate, place, &inserted)
    });
    CompletionList {
        // Once a service is written out there are its actions to choose from.
        is_incomplete: is_cut || cursor.role == Role::Action,
        items: items.collect(),
    }
}

/// What is known where candidates are looked for.
struct Scene<'a> {
    catalog: Catalog,
    /// The string that is written.
    cursor: &'a Cursor<'a>,
    /// What of it stands before the place.
    typed: &'a str,
    /// The statement as far as it goes before the place, and as it is in the whole document.
    statements: Vec<&'a Value<'a>>,
    account: Option<&'a crate::policy::AccountId>,
    policy_type: Option<crate::policy::PolicyType>,
}

impl Scene<'_> {
    /// The entries of some elements of the statement.
    fn entries(&self, names: &[&str]) -> Vec<&str> {
        let statements = self.statements.iter();
        let mut entries: Vec<_> = statements
            .flat_map(|statement| cursor::entries(statement, names))
            .collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// Whether a key is written, after which a colon is due.
    fn is_key(&self) -> bool {
        matches!(
            self.cursor.role,
            Role::PolicyKey
                | Role::StatementKey
                | Role::PrincipalKind
                | Role::Operator
                | Role::ConditionKey(_)
        )
    }
}

/// The place in the text that is filled.
#[derive(Debug, PartialEq, Eq)]
struct Gap {
    /// What is replaced: the string between its quotes, or a word without quotes.
    span: Span,
    offset: usize,
    quotes: Quotes,
    /// Whether a colon follows already.
    colon: Colon,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// There are none.
    Missing,
    /// The place is after an opening one, and none closes it.
    Open,
    /// The place is between two.
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colon {
    Follows,
    Missing,
}

impl Gap {
    /// The gap around an offset; `None` where something whole stands before it.
    fn at(text: &str, offset: usize) -> Option<Self> {
        let (before, after) = text.split_at_checked(offset)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.get(line_start..).unwrap_or_default();
        if let Some(quote) = open_quote(line) {
            let start = line_start + quote + 1;
            let rest = after.lines().next().unwrap_or_default();
            let (end, quotes) = match closing_quote(rest) {
                Some(quote) => (offset + quote, Quotes::Both),
                None => (offset, Quotes::Open),
            };
            let close = usize::from(quotes == Quotes::Both);
            let beyond = text.get(end + close..).unwrap_or_default();
            return Some(Self {
                span: Span::new(start, end),
                offset,
                quotes,
                colon: colon_at_start(beyond),
            });
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '*' | '-' | '_');
        // A colon at the start of the word is the one after a key.
        let word = before.get(before.trim_end_matches(is_word).len()..)?;
        let head = before.strip_suffix(word.trim_start_matches(':'))?;
        let last = head.trim_end().chars().next_back();
        if !matches!(last, None | Some('{' | '[' | ',' | ':')) {
            return None;
        }
        Some(Self {
            span: Span::new(head.len(), offset),
            offset,
            quotes: Quotes::Missing,
            colon: colon_at_start(after),
        })
    }

    /// The text before the place, with its string closed.
    fn closed(&self, text: &str) -> String {
        let before = text.get(..self.offset).unwrap_or_default();
        match self.quotes {
            Quotes::Open | Quotes::Both => format!("{before}\""),
            Quotes::Missing => {
                let (head, word) = before
                    .split_at_checked(self.span.start)
                    .unwrap_or((before, ""));
                format!("{head}\"{word}\"")
            }
        }
    }
}

/// Where the string ends of which a line has the rest: at its first quote, unless the quotes come in
/// pairs and so are those of other strings.
fn closing_quote(rest: &str) -> Option<usize> {
    let mut escaped = false;
    let quotes = rest.bytes().enumerate().filter(|(_, byte)| {
        let is_quote = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_quote
    });
    let quotes: Vec<_> = quotes.map(|(at, _)| at).collect();
    quotes.first().copied().filter(|_| quotes.len() % 2 == 1)
}

fn colon_at_start(text: &str) -> Colon {
    if text.trim_start().starts_with(':') {
        Colon::Follows
    } else {
        Colon::Missing
    }
}

/// Where the string starts in a line that its end is in.
fn open_quote(line: &str) -> Option<usize> {
    let mut open = None;
    let mut escaped = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = open.is_some(),
            b'"' => open = open.xor(Some(at)),
            _ => {}
        }
    }
    open
}

/// Whether the letters of a text are among those of another in their order, letter case aside.
fn is_subsequence(typed: &str, label: &str) -> bool {
    let mut letters = label.bytes();
    typed
        .bytes()
        .all(|wanted| letters.any(|own| own.eq_ignore_ascii_case(&wanted)))
}

fn starts_like(label: &str, typed: &str) -> bool {
    crate::policy::starts_with_ignoring_case(label, typed)
}

/// How text is put in.
struct Inserted<'a> {
    client: &'a Client,
    is_key: bool,
}

fn item(
    document: &Document,
    gap: &Gap,
    candidate: Candidate,
    place: usize,
    inserted: &Inserted<'_>,
) -> CompletionItem {
    let needs_colon = inserted.is_key && gap.colon == Colon::Missing && !candidate.goes_on;
    let mut span = gap.span;
    let snippet = candidate
        .snippet
        .filter(|_| inserted.client.can(Ability::Snippets));
    let format = snippet.as_ref().map(|_| InsertTextFormat::SNIPPET);
    let content = snippet.unwrap_or(candidate.inserted);
    let open = if gap.quotes == Quotes::Missing {
        "\""
    } else {
        ""
    };
    let tail = match gap.quotes {
        Quotes::Both if needs_colon => {
            span.end += 1;
            "\": "
        }
        Quotes::Both => "",
        Quotes::Open if candidate.goes_on => "",
        Quotes::Open | Quotes::Missing if needs_colon => "\": ",
        Quotes::Open | Quotes::Missing => "\"",
    };
    let written = format!("{open}{}", candidate.label);
    CompletionItem {
        label: candidate.label,
        kind: Some(candidate.kind),
        detail: candidate.detail,
        sort_text: Some(format!("{place:04}")),
        filter_text: Some(written),
        insert_text_format: format,
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range: range(document, span),
            new_text: format!("{open}{content}{tail}"),
        })),
        tags: candidate
            .retired
            .then(|| vec![CompletionItemTag::DEPRECATED]),
        data: candidate.action.map(|action| json!({"action": action})),
        ..CompletionItem::default()
    }
}

/// An item with what the catalog knows of it.
pub(super) fn resolved(mut item: CompletionItem) -> CompletionItem {
    let name = item
        .data
        .as_ref()
        .and_then(|data| data.get("action")?.as_str());
    let action = name.and_then(|name| Catalog::embedded().action(name));
    item.documentation = action.map(|action| {
        Documentation::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: facts::action(action),
        })
    });
    item
}

#[cfg(test)]
mod tests {
    use super::{Colon, Gap, Quotes, is_subsequence, open_quote};
    use crate::source::Span;

    #[test]
    fn a_gap_is_the_string_around_a_place() {
        let gap = |marked: &str| {
            let offset = marked.find('|').unwrap();
            Gap::at(&marked.replacen('|', "", 1), offset).map(|gap| {
                let Span { start, end } = gap.span;
                (start..end, gap.quotes, gap.colon)
            })
        };
        assert_eq!(
            gap(r#""s3:|Get""#),
            Some((1..7, Quotes::Both, Colon::Missing))
        );
        assert_eq!(
            gap(r#"{"a|": 1"#),
            Some((2..3, Quotes::Both, Colon::Follows))
        );
        assert_eq!(
            gap(r#"["s3:Get|, "s3:Put"]"#),
            Some((2..8, Quotes::Open, Colon::Missing))
        );
        assert_eq!(
            gap("{\n  Act|"),
            Some((4..7, Quotes::Missing, Colon::Missing))
        );
        assert_eq!(gap("[ |"), Some((2..2, Quotes::Missing, Colon::Missing)));
        assert_eq!(
            gap(r#"["arn:|${a:b}/\"c d", "e"]"#),
            Some((2..18, Quotes::Both, Colon::Missing))
        );
        assert_eq!(gap(r#"{"a": "b" |"#), None);
        assert_eq!(gap("|"), Some((0..0, Quotes::Missing, Colon::Missing)));
    }

    #[test]
    fn quotes_with_an_escape_close_nothing() {
        assert_eq!(open_quote(r#"{"a\"b"#), Some(1));
        assert_eq!(open_quote(r#"{"a\\""#), None);
        assert_eq!(open_quote(r#""a": "b"#), Some(5));
    }

    #[test]
    fn letters_have_to_come_in_their_order() {
        assert!(is_subsequence("s3:go", "s3:GetObject"));
        assert!(!is_subsequence("s3:og", "s3:GetObjec"));
        assert!(is_subsequence("", "x"));
    }
}
