//! Laws that hold for every input.

mod lint;
mod simulation;
mod syntax;
mod text;
