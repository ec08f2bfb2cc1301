//! Laws that hold for every input.

mod baseline;
mod effort;
mod judged;
mod lint;
mod simulation;
mod syntax;
mod text;
mod worlds;
