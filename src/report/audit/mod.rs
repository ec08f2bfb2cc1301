//! What an audit tells, to text: one renderer a format.

pub mod html;
