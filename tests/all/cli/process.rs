//! What only a process shows: closed pipes, full disks, exit codes.

use crate::support::{Run, binary, iamsim, root};
use std::process::{Command, Stdio};

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("iamsim"))
        .args(["catalog", "--format", "json"])
        .args(["--color", "never"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_pipe_that_closes_in_the_middle_of_a_long_report_is_no_error() {
    let script = format!(
        "{} expand '*' | head -n 1; echo \"${{PIPESTATUS[0]}}\"",
        assert_cmd::cargo::cargo_bin!("iamsim").display()
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("`*`: ") && text.ends_with("\n0\n"),
        "{text}"
    );
    assert!(output.stderr.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("iamsim"))
        .args(["rule"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("iamsim: cannot write the report: "),
        "{message}"
    );
}

#[test]
fn help_and_version_go_to_standard_output_and_wrong_usage_does_not() {
    iamsim(["--help"])
        .run()
        .exits(0)
        .quietly()
        .prints("explain");
    iamsim(["--version"])
        .run()
        .exits(0)
        .quietly()
        .prints("iamsim ");
    for wrong in [
        &["frobnicate"][..],
        &["lint", "--format", "yaml"],
        &["simulate"],
        &["events"],
        &[],
    ] {
        let run = iamsim(wrong.iter().copied()).run().exits(2);
        assert_eq!(run.stdout, "", "{run}");
        assert_ne!(run.stderr, "");
    }
}

#[test]
fn the_binary_ends_with_the_exit_code_of_the_command() {
    let exit = |arguments: &[&str]| Run::of(&binary().args(arguments).output().unwrap()).exit;
    assert_eq!(exit(&["rule"]), 0);
    assert_eq!(exit(&["lint", "policies/messages-worker.json"]), 1);
    assert_eq!(exit(&["lint", "no-such-file.json"]), 2);
}

#[test]
fn hostile_arguments_reach_no_terminal() {
    for arguments in [
        &["x\u{1b}[5mb\u{1b}]0;t\u{7}"][..],
        &["rule", "x\u{1b}[31m"],
        &["catalog", "x\u{1b}[31m"],
        &["lint", "mi\u{1b}[31mssing\u{202e}.json"],
        &["expand", "x\u{1b}[31m"],
    ] {
        let mut command = binary();
        command.args(arguments).env("NO_COLOR", "1");
        let run = Run::of(&command.output().unwrap()).exits(2);
        assert!(
            !run.stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']),
            "{run}"
        );
        let mut command = binary();
        command.args(arguments).env("CLICOLOR_FORCE", "1");
        let run = Run::of(&command.output().unwrap()).exits(2);
        let harmful = [
            "\u{1b}[5m",
            "\u{1b}]0",
            "x\u{1b}[31m",
            "mi\u{1b}[31m",
            "\u{202e}",
        ];
        for text in harmful {
            assert!(!run.stderr.contains(text), "{run}");
        }
    }
}

#[test]
fn a_configuration_of_hostile_text_reaches_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("iamsim.toml"),
        "pol\u{1b}[31m\u{202e} = 1",
    )
    .unwrap();
    let run = iamsim(["lint"]).folder(folder.path()).run().exits(2);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run}");
}
