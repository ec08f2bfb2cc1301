//! Any policies of any layers and any request come to a verdict, and soon.
//!
//! What takes long is found by the timeout, so give one:
//! `cargo +nightly fuzz run decide -- -timeout=5 -max_len=16384`
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/all/properties/judged.rs"]
mod judged;

/// Policies by layer and level, layers that are not known, the members of a request, and its context.
type Input = (
    Vec<(u8, u8, String)>,
    Vec<u8>,
    (String, String, String, String),
    Vec<(String, Vec<String>)>,
    bool,
);

fuzz_target!(|input: Input| {
    let (policies, unknown_layers, request, context, is_partial) = input;
    let (principal, action, resource, resource_account) = request;
    judged::judge(&judged::Texts {
        policies,
        unknown_layers,
        principal,
        action,
        resource,
        resource_account,
        context,
        is_partial,
    });
});
