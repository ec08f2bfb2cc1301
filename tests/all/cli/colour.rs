//! `NO_COLOR`, `CLICOLOR_FORCE`, `--color` and pipes.

use crate::support::{Run, binary};

/// Lints the seed policy into a pipe.
fn lint(variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = binary();
    command
        .args(["lint", "policies/messages-worker.json"])
        .args(arguments);
    for (name, value) in variables {
        command.env(name, value);
    }
    Run::of(&command.output().unwrap()).exits(1)
}

fn has_colour(run: &Run) -> bool {
    run.stdout.contains("\u{1b}[")
}

#[test]
fn a_pipe_gets_no_colour() {
    assert!(!has_colour(&lint(&[], &[])));
}

#[test]
fn clicolor_force_and_force_color_colour_a_pipe_unless_they_are_zero_or_empty() {
    for name in ["CLICOLOR_FORCE", "FORCE_COLOR"] {
        assert!(has_colour(&lint(&[(name, "1")], &[])));
        assert!(!has_colour(&lint(&[(name, "0")], &[])));
        assert!(!has_colour(&lint(&[(name, "")], &[])));
    }
}

#[test]
fn no_color_wins_over_clicolor_force() {
    let both = [("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")];
    assert!(!has_colour(&lint(&both, &[])));
}

#[test]
fn an_empty_no_color_counts_for_nothing() {
    let both = [("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")];
    assert!(has_colour(&lint(&both, &[])));
}

#[test]
fn the_option_wins_over_the_environment() {
    assert!(has_colour(&lint(
        &[("NO_COLOR", "1")],
        &["--color", "always"]
    )));
    let force = [("CLICOLOR_FORCE", "1")];
    assert!(!has_colour(&lint(&force, &["--color", "never"])));
}

#[test]
fn json_has_no_colour_whatever_is_asked_for() {
    let run = lint(&[], &["--color", "always", "--format", "json"]);
    assert!(!has_colour(&run));
    run.json();
}
