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
