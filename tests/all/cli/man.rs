use crate::support::iamsim;
use std::fs;

#[test]
fn the_manual_page_goes_to_standard_output() {
    let run = iamsim(["man"]).run().exits(0).quietly();
    run.prints(".TH iamsim 1").prints("iamsim\\-lint(1)");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
fn a_folder_gets_a_page_for_each_command_that_the_help_lists() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    iamsim(["man", pages.to_str().unwrap()]).run().exits(0);
    let help = iamsim(["--help"]).run().stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.split("\n\n").next().unwrap();
    let listed = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let commands: Vec<_> = listed.filter(|name| *name != "help").collect();
    assert!(commands.contains(&"lint"), "{commands:?}");
    for command in &commands {
        let page = pages.join(format!("iamsim-{command}.1"));
        let page = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{command}: {error}"));
        assert!(page.contains(&format!(".TH iamsim-{command} 1")), "{page}");
        assert!(page.contains("\n.SH OPTIONS\n"), "{page}");
    }
    // Of `iamsim` itself there is one too.
    assert!(fs::read_dir(&pages).unwrap().count() > commands.len());
    assert!(pages.join("iamsim.1").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let run = iamsim(["man", file.to_str().unwrap()]).run().exits(2);
    run.errors(1).complains("cannot write");
}
