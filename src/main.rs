//! The `iamsim` binary.

fn main() {}
