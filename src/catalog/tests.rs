//! Tests over the whole data.
