//! What others take from the repository: hooks, the action, the wheel. `.ci/integrations` runs them.

use crate::support::{files_below, text_of};
use std::collections::BTreeSet;

/// The texts between a start and any character that is not of a version.
fn versions_after(text: &str, start: &str) -> Vec<String> {
    let of_version = |c: &char| c.is_ascii_digit() || *c == '.';
    text.split(start)
        .skip(1)
        .map(|rest| rest.chars().take_while(of_version).collect())
        .collect()
}

#[test]
fn every_file_that_names_a_version_of_iamsim_names_this_one() {
    for (path, start) in [
        ("setup.py", "iamsim=="),
        ("action.yml", "from PyPI\n    default: \""),
        ("README.md", "rev: v"),
        ("README.md", "iamsim/iamsim@v"),
        ("docs/integrations.md", "rev: v"),
        ("docs/integrations.md", "iamsim/iamsim@v"),
        ("docs/integrations.md", "iamsim=="),
    ] {
        let versions = versions_after(&text_of(path), start);
        assert!(!versions.is_empty(), "{path} names no version");
        for version in versions {
            assert_eq!(version, env!("CARGO_PKG_VERSION"), "{path}");
        }
    }
}

/// The keys of a part of a YAML file that starts at a line, by their indent of two.
fn keys_below(text: &str, head: &str) -> BTreeSet<String> {
    let below = text.split(&format!("\n{head}\n")).nth(1).unwrap();
    let lines = below
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with(' '));
    let keys = lines.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    keys.filter(|key| !key.starts_with(' '))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_input_of_the_action_reaches_its_script_and_is_documented() {
    let action = text_of("action.yml");
    let script = text_of(".github/action/lint.sh");
    let page = text_of("docs/integrations.md");
    let inputs = keys_below(&action, "inputs:");
    assert!(inputs.len() >= 10, "{inputs:?}");
    for input in &inputs {
        let variable = format!("INPUT_{}", input.to_uppercase().replace('-', "_"));
        let passed = format!("{variable}: ${{{{ inputs.{input} }}}}");
        assert!(action.contains(&passed), "{input} is not passed");
        assert!(script.contains(&variable), "{variable} is not read");
        assert!(page.contains(&format!("\n| `{input}` |")), "{input}");
    }
    for output in keys_below(&action, "outputs:") {
        let written = script.contains(&format!("printf '{output}=%s\\n'"));
        assert!(written, "{output} is not written");
        assert!(page.contains(&format!("\n| `{output}` |")), "{output}");
    }
}

#[test]
fn no_expression_of_a_workflow_is_text_of_a_script() {
    let workflows = files_below(".github/workflows");
    for path in workflows.iter().map(String::as_str).chain(["action.yml"]) {
        let text = text_of(path);
        let runs: Vec<_> = text
            .lines()
            .filter(|line| line.trim_start_matches([' ', '-']).starts_with("run:"))
            .collect();
        assert!(!runs.is_empty(), "{path} runs nothing");
        for run in runs {
            // A block of lines would have to be looked into.
            assert!(!run.contains("${{") && !run.contains('|'), "{path}: {run}");
        }
    }
}
