//! The commands as people call them.

mod audit;
mod bad_input;
mod baseline;
mod catalog;
mod colour;
mod completions;
mod config;
mod events;
mod expand;
mod explain;
mod init;
mod layers;
mod lint;
mod man;
mod outputs;
mod policy_type;
mod process;
mod requirements;
mod rule;
mod simulate;
mod suppression;
mod test_command;
mod trail_formats;
mod whose_policies;
