//! Laws that hold for every input.

mod baseline;
mod effort;
mod faulty;
mod fixable;
mod fixes;
mod judged;
mod lint;
mod nearby;
mod proposal;
mod simulation;
mod syntax;
mod text;
mod worlds;
