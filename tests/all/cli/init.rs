use crate::support::{folder, iamsim};
use std::fs;

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-reports/*"}]}"#;

#[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
fn text(folder: &tempfile::TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

#[test]
fn the_configuration_names_the_policies_that_there_are_and_lints_them() {
    let folder = folder(&[
        ("iam/reader.json", POLICY),
        ("iam/[team]/writer.json", POLICY),
        ("iam/reader.test.json", "{\"tests\": []}"),
        ("app/policy.json", POLICY),
        ("app/package.json", "{\"name\": \"app\"}"),
    ]);
    let run = iamsim(["init"])
        .folder(folder.path())
        .run()
        .exits(0)
        .quietly();
    assert_eq!(
        run.stdout,
        "wrote iamsim.toml\nwrote .pre-commit-config.yaml\nwrote .github/workflows/iamsim.yml\n"
    );
    let toml = text(&folder, "iamsim.toml");
    assert!(
        toml.contains("\"iam/*.json\"") && toml.contains("\"app/policy.json\""),
        "{toml}"
    );
    let run = iamsim(["lint"])
        .folder(folder.path())
        .run()
        .exits(0)
        .quietly();
    assert_eq!(
        run.stdout,
        "checked 3 policies, passed over 1 file that is no policy: nothing found\n"
    );
    assert!(text(&folder, ".pre-commit-config.yaml").contains("- id: iamsim\n"));
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    assert!(text(&folder, ".github/workflows/iamsim.yml").contains(version));
}

#[test]
fn what_is_there_already_stays_and_what_it_lacks_is_printed() {
    let folder = folder(&[
        ("iamsim.toml", "ignore = [\"style\"]\n"),
        (".pre-commit-config.yaml", "repos: []\n"),
    ]);
    let run = iamsim(["init"]).folder(folder.path()).run().exits(0);
    let run = run
        .prints("iamsim.toml is there already\n")
        .prints("add this to .pre-commit-config.yaml:\n");
    assert!(!run.stdout.contains("add this to iamsim.toml"), "{run}");
    assert_eq!(text(&folder, "iamsim.toml"), "ignore = [\"style\"]\n");
    assert_eq!(text(&folder, ".pre-commit-config.yaml"), "repos: []\n");
    let again = iamsim(["init"]).folder(folder.path()).run().exits(0);
    again.prints(".github/workflows/iamsim.yml is there already\n");
}

#[test]
fn a_folder_without_policies_gets_a_configuration_that_searches_all() {
    let folder = folder(&[("package.json", "{}")]);
    iamsim(["init", "."])
        .folder(folder.path())
        .run()
        .exits(0)
        .quietly();
    iamsim(["config"])
        .folder(folder.path())
        .run()
        .exits(0)
        .quietly();
    let none = iamsim(["init", "nowhere"]).folder(folder.path()).run();
    none.exits(2).complains("`nowhere` is no folder");
}
