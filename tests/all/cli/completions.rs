use crate::support::iamsim;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = iamsim(["completions", shell]).run().exits(0).quietly();
        for command in [
            "lint", "expand", "simulate", "events", "explain", "rule", "catalog",
        ] {
            assert!(run.stdout.contains(command), "{shell} lacks {command}");
        }
    }
}

#[test]
fn an_unknown_shell_is_wrong_usage() {
    let run = iamsim(["completions", "dos"]).run().exits(2);
    assert_eq!(run.stdout, "", "{run}");
}

#[test]
fn the_names_of_rules_are_completed_and_do_not_swell_the_help() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = iamsim(["completions", shell]).run().exits(0);
        let known = run.stdout.contains("action-wildcard-matches-nothing");
        // clap_complete offers no values in elvish and powershell.
        assert_eq!(known, !["elvish", "powershell"].contains(&shell), "{shell}");
    }
    for command in ["lint", "rule"] {
        let run = iamsim([command, "--help"]).run().exits(0);
        assert!(
            !run.stdout.contains("action-wildcard-matches-nothing"),
            "{run}"
        );
    }
}

#[test]
fn a_wrong_name_of_a_rule_is_still_told_with_the_nearest() {
    let run = iamsim(["lint", "--select", "unknown-actoin"]).run();
    run.exits(2).complains("did you mean `unknown-action`?");
    let run = iamsim(["rule", "unknown-actoin"]).run();
    run.exits(2).complains("did you mean `unknown-action`?");
}
