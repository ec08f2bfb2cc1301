//! The embedded service reference.
