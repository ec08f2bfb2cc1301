//! What happens where the user interrupts a long run: what was read so far is reported, and that it is
//! not all. A second interrupt ends the process at once.

use signal_hook::{
    SigId,
    consts::{SIGINT, SIGTERM},
    flag, low_level,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether the process was interrupted since it began to listen.
#[derive(Debug)]
pub(super) struct Interrupt {
    is_set: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Interrupt {
    /// Begins to listen. Where that cannot be done, an interrupt ends the process as ever.
    pub(super) fn listen() -> Self {
        let is_set = Arc::new(AtomicBool::new(false));
        let mut registered = Vec::new();
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the second time the flag is set already.
            let ends = flag::register_conditional_default(signal, Arc::clone(&is_set));
            let sets = flag::register(signal, Arc::clone(&is_set));
            registered.extend(ends.into_iter().chain(sets));
        }
        Self { is_set, registered }
    }

    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}
