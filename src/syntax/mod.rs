//! Policy text to a tree of values that knows where every byte came from.
//!
//! The grammar is JSON, RFC 8259, with comments where the caller allows them. Unlike a parser that only loads data, this one keeps the order of
//! members and their duplicates, keeps numbers as written, maps each decoded character back to the
//! bytes that it came from, and goes on after a fault so that one run reports several. It knows
//! nothing of what a policy is.

mod comment;
mod fault;
mod parser;
mod string;
mod value;

pub use comment::{Comment, CommentStyle, Comments};
pub use fault::{Fault, FaultKind};
pub use parser::{Document, MAX_DEPTH, parse, parse_up_to, parse_with};
pub use string::Text;
pub use value::{Kind, Member, Value};
