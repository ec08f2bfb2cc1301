use super::text::{json, soup};
use iamsim::{
    source::{Source, Span},
    syntax::{Document, Kind, Text, Value, parse},
};
use proptest::prelude::*;

fn source(bytes: impl Into<Vec<u8>>) -> Source {
    Source::new("test.json", bytes.into())
}

fn assert_in_text(source: &Source, span: Span) {
    let text = source.text();
    assert!(span.start <= span.end && span.end <= text.len(), "{span:?}");
    assert!(
        text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
        "{span:?}"
    );
}

fn assert_text_in_text(source: &Source, text: &Text<'_>) {
    for span in [text.span(), text.quoted_span(), text.content_span()] {
        assert_in_text(source, span);
    }
    let decoded = text.as_str();
    for (start, character) in decoded.char_indices() {
        let span = text.source_span(start..start + character.len_utf8());
        assert_in_text(source, span);
        let content = text.content_span();
        assert!(
            content.start <= span.start && span.end <= content.end,
            "{span:?}"
        );
    }
}

/// Every span of a document lies in the text, on boundaries of characters, and in its parent.
fn assert_spans(source: &Source, document: &Document<'_>) {
    for fault in &document.faults {
        assert_in_text(source, fault.span);
        for label in &fault.labels {
            assert_in_text(source, label.span);
        }
    }
    for value in document.root.descendants() {
        assert_in_text(source, value.span);
        let inside =
            |span: Span| assert!(value.span.start <= span.start && span.end <= value.span.end);
        match &value.kind {
            Kind::String(text) => assert_text_in_text(source, text),
            Kind::Array(items) => items.iter().for_each(|item| inside(item.span)),
            Kind::Object(members) => {
                for member in members {
                    assert_text_in_text(source, &member.key);
                    inside(member.key.quoted_span());
                    inside(member.value.span);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unreadable => {}
        }
    }
}

/// A tree as `serde_json` has it.
fn plain(value: &Value<'_>) -> serde_json::Value {
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(flag) => (*flag).into(),
        Kind::Number(digits) => serde_json::from_str(digits).unwrap(),
        Kind::String(text) => text.as_str().into(),
        Kind::Array(items) => items.iter().map(plain).collect(),
        Kind::Object(members) => members
            .iter()
            .map(|member| (member.key.as_str().to_owned(), plain(&member.value)))
            .collect(),
        Kind::Unreadable => panic!("unreadable"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_read_without_panic_and_every_span_is_in_the_text(bytes: Vec<u8>) {
        let source = source(bytes);
        assert_spans(&source, &parse(&source));
    }

    #[test]
    fn nearly_policies_are_read_without_panic_and_every_span_is_in_the_text(text in soup()) {
        let source = source(text);
        assert_spans(&source, &parse(&source));
    }

    #[test]
    fn json_is_read_as_serde_json_reads_it(value in json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let source = source(text);
            let document = parse(&source);
            prop_assert_eq!(&document.faults, &[]);
            assert_spans(&source, &document);
            prop_assert_eq!(&plain(&document.root), &value);
        }
    }

    #[test]
    fn text_is_json_for_this_parser_if_and_only_if_it_is_for_serde_json(text in soup()) {
        let ours = source(text.clone());
        let document = parse(&ours);
        // What is deeper than is read here, or starts with a zero byte, is left to other tests.
        let strict = serde_json::from_str::<serde_json::Value>(&text);
        prop_assert_eq!(document.faults.is_empty(), strict.is_ok(), "{:?}: {:?}", document.faults, strict);
    }

    #[test]
    fn the_text_under_a_span_reads_as_the_same_value(value in json()) {
        let source = source(value.to_string());
        let document = parse(&source);
        for value in document.root.descendants() {
            let again = Source::new("part.json", source.slice(value.span).as_bytes().to_vec());
            prop_assert_eq!(plain(&parse(&again).root), plain(value));
        }
    }

    #[test]
    fn each_decoded_character_comes_from_its_own_bytes(text: String) {
        // Every character as an escape, so that none stands for itself.
        let escaped: String = {
            let units: Vec<_> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            units.concat()
        };
        let source = source(format!("\"{escaped}\""));
        let document = parse(&source);
        let Kind::String(read) = &document.root.kind else { panic!("{document:?}") };
        prop_assert_eq!(read.as_str(), &text);
        for (start, character) in text.char_indices() {
            let span = read.source_span(start..start + character.len_utf8());
            prop_assert_eq!(span.len(), 6 * character.len_utf16());
            let alone = format!("\"{}\"", source.slice(span));
            prop_assert_eq!(serde_json::from_str::<String>(&alone).unwrap(), character.to_string());
        }
    }
}
