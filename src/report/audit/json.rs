//! As one JSON document. `docs/json.md` describes the form.

use crate::{audit::Audit, report::json};
use serde::Serialize;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    #[serde(flatten)]
    audit: &'a Audit,
}

pub(super) fn render(audit: &Audit) -> String {
    json::document(&Report {
        version: json::VERSION,
        audit,
    })
}
