//! Every rule on any bytes: none panics, and what each underlines lies in the text.
#![no_main]

use iamsim::{lint::{Options, check}, source::Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new("fuzz", bytes.to_vec());
    let text = source.text();
    for finding in check(&source, &Options::default()).findings {
        let labels = finding.labels.iter().map(|label| label.span);
        let edits = finding
            .fix
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| edit.span);
        for span in std::iter::once(finding.span).chain(labels).chain(edits) {
            assert!(text.get(span.start..span.end).is_some(), "{finding:?}");
        }
    }
});
