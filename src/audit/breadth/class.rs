//! Whether something that is granted was used.

use super::{super::observation::Unseen, UseClass, uses::Use};

/// Whether something grants more than one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// It grants one.
    Narrow,
    /// It grants any number.
    Wide,
}

/// The class of something by its use and by what it grants beside that.
pub(super) fn class_of(used: Use, unseen: &Unseen, width: Width) -> UseClass {
    if used.is_sure() {
        return if width == Width::Wide && unseen.unused() > 0 {
            UseClass::TooWide
        } else {
            UseClass::Used
        };
    }
    if used.calls > 0 {
        return UseClass::NotObservable(vec![perhaps(used.calls)]);
    }
    // A part that may have been used unseen would be lost with the rest.
    if unseen.unused() > 0 && !unseen.may_hide_use() {
        UseClass::Unused
    } else {
        UseClass::NotObservable(unseen.reasons())
    }
}

fn perhaps(calls: u64) -> String {
    let calls = match calls {
        1 => "one call".to_owned(),
        many => format!("{many} calls"),
    };
    format!("{calls} may have used it: not all of what decides that is recorded")
}
