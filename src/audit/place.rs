//! Where statements stand, and how resources are named.

use super::StatementPlace;
use crate::{account::Document, eval::Target, policy::Statement};

impl StatementPlace {
    /// The place of a statement of a document, which is at this place among the documents.
    pub(super) fn of(document: &Document, place: usize, statement: &Statement) -> Self {
        let sid = statement.sid.as_ref();
        Self {
            document: place,
            policy: document.name.clone(),
            index: statement.index,
            sid: sid.map(|sid| sid.as_str().to_owned()),
            line: document.source.position(statement.span.start).line,
        }
    }
}

/// The resource of a request as reports name it.
pub(super) fn resource_name(target: &Target) -> &str {
    match target {
        Target::Arn(text) | Target::Like(text) => text,
        Target::Star => "*",
        Target::Unknown => "unknown",
    }
}
