//! The parser on any bytes: it never panics, every span lies in the text, and it finds no fault
//! where `serde_json` finds none, and the reverse.
#![no_main]

use iamsim::{
    source::{MAX_POLICY_BYTES, Source, Span},
    syntax::{Kind, MAX_DEPTH, Text, parse},
};
use libfuzzer_sys::fuzz_target;

fn assert_in_text(text: &str, span: Span) {
    assert!(span.start <= span.end && span.end <= text.len(), "{span:?}");
    assert!(
        text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
        "{span:?}"
    );
}

fn assert_text(source: &Source, text: &Text<'_>) {
    for (start, character) in text.as_str().char_indices() {
        assert_in_text(
            source.text(),
            text.source_span(start..start + character.len_utf8()),
        );
    }
    for span in [text.span(), text.quoted_span(), text.content_span()] {
        assert_in_text(source.text(), span);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new("fuzz", bytes.to_vec());
    let document = parse(&source);
    for fault in &document.faults {
        assert_in_text(source.text(), fault.span);
        for label in &fault.labels {
            assert_in_text(source.text(), label.span);
        }
    }
    for value in document.root.descendants() {
        assert_in_text(source.text(), value.span);
        match &value.kind {
            Kind::String(text) => assert_text(&source, text),
            Kind::Object(members) => {
                members
                    .iter()
                    .for_each(|member| assert_text(&source, &member.key));
            }
            _ => {}
        }
    }
    // The two may differ where one of them has a bound: brackets, bytes, the size of numbers.
    let open = bytes
        .iter()
        .filter(|byte| matches!(byte, b'[' | b'{'))
        .count();
    let strict = serde_json::from_slice::<serde_json::Value>(bytes);
    let is_out_of_range = strict
        .as_ref()
        .is_err_and(|error| error.to_string().contains("out of range"));
    if bytes.len() <= MAX_POLICY_BYTES && open < MAX_DEPTH - 1 && !is_out_of_range {
        assert_eq!(
            document.faults.is_empty(),
            strict.is_ok(),
            "{:?}: {strict:?}",
            document.faults
        );
    }
});
