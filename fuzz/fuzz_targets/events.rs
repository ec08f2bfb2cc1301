//! Reading and interpreting events from any bytes: nothing panics, and reading ends.
#![no_main]

use iamsim::trail::{Event, EventReader, interpret};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = EventReader::new(bytes);
    let mut read = 0;
    while let Some(raw) = reader.next_event() {
        if let Ok(raw) = raw
            && let Ok(event) = Event::parse(raw.json)
        {
            let _ = interpret(&event);
        }
        read += 1;
        assert!(read <= bytes.len().max(1) * 1_100, "reading goes on and on");
    }
});
