//! Comments, which JSON does not have and many of its dialects do.

use crate::source::Span;

/// Whether comments may stand in a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Comments {
    /// A comment is a fault, as it is to AWS.
    #[default]
    Refused,
    /// A comment is none: something strips the document of them before AWS sees it.
    Allowed,
}

/// A comment of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// From its first to its last mark; the line break is no part of it.
    pub span: Span,
    /// What stands after the mark that opens it, and before the one that closes it.
    pub text: Span,
    /// How it is written.
    pub style: CommentStyle,
}

/// How a comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentStyle {
    /// `// ...` or `# ...`
    Line,
    /// `/* ... */`
    Block,
}
