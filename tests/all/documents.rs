//! Every command that README and `docs/` show, run: it prints what they say that it prints.
//!
//! A block of the language `console` has commands after `$ ` and under each what it prints.
//! `UPDATE_DOCS=1 cargo test` writes what they really print.

use crate::support::{files_below, has_extension, iamsim, root, text_of};
use clap::Parser as _;

/// The documents.
fn documents() -> Vec<String> {
    let mut found = files_below("docs");
    found.push("README.md".to_owned());
    found.retain(|path| has_extension(path, "md"));
    found
}

/// What a command of a document prints, on either stream; `None` for one that is no call of iamsim.
fn output(command: &str) -> Option<String> {
    let words = shlex::split(command).unwrap_or_else(|| panic!("unbalanced quotes: {command}"));
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let call = words.strip_prefix(&["cargo", "run", "--release", "--quiet", "--"]);
    let arguments = call.or_else(|| words.strip_prefix(&["iamsim"]))?;
    let run = iamsim(arguments.iter().copied()).run();
    Some(run.stderr + &run.stdout)
}

/// The document with what its commands print; and how many commands it has.
fn with_outputs(text: &str) -> (String, usize) {
    let mut written = String::new();
    let mut commands = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        written += &format!("{line}\n");
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let Some(command) = line.strip_prefix("$ ") else {
                panic!("output without a command: {line}")
            };
            written += &format!("{line}\n");
            let mut shown = String::new();
            while let Some(line) = lines.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
                shown += &format!("{line}\n");
            }
            commands += 1;
            written +=
                &output(command).map_or(shown, |printed| printed.trim_end().to_owned() + "\n");
        }
    }
    (written, commands)
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may look at its environment"
)]
fn commands_in_documents_print_what_the_documents_say() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut commands = 0;
    for path in documents() {
        let text = text_of(&path);
        let (written, number) = with_outputs(&text);
        commands += number;
        if update {
            std::fs::write(root().join(&path), &written).unwrap();
        } else {
            assert!(
                text == written,
                "{path} does not show what its commands print; run `UPDATE_DOCS=1 cargo test`, and \
                 read the difference"
            );
        }
    }
    assert!(commands >= 10, "only {commands} commands were found");
}

/// All documents, those for contributors too.
fn all_documents() -> Vec<String> {
    let mut found = documents();
    found.extend(["CONTRIBUTING.md", "ARCHITECTURE.md", "data/README.md"].map(str::to_owned));
    found
}

/// The lines of a document that are not code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// The anchors that the headings of a document have on the web.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    let headings = headings.filter(|heading| text.contains(&format!("# {heading}\n")));
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            .collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn configurations_in_the_page_on_them_can_be_used() {
    let text = text_of("docs/configuration.md");
    let blocks = text.split("```toml\n").skip(1);
    let blocks: Vec<_> = blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 4, "only {} blocks", blocks.len());
    for block in blocks {
        let folder = crate::support::folder(&[("iamsim.toml", block)]);
        let run = iamsim(["config"]).folder(folder.path()).run();
        run.exits(0).quietly();
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut checked = 0;
    for path in all_documents() {
        let text = text_of(&path);
        let folder = root().join(&path).parent().unwrap().to_owned();
        let links = prose(&text).flat_map(|line| line.split("](").skip(1));
        for link in links.filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            checked += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                root().join(&path)
            } else {
                folder.join(file)
            };
            assert!(target.exists(), "{path}: {link}");
            if !anchor.is_empty() {
                let target = target.to_str().unwrap();
                let anchors = anchors(&text_of(target));
                assert!(anchors.iter().any(|own| own == anchor), "{path}: {link}");
            }
        }
    }
    assert!(checked >= 30, "only {checked} links were found");
}

#[test]
fn links_to_the_web_are_whole() {
    for path in all_documents() {
        let text: Vec<_> = prose(&text_of(&path)).map(str::to_owned).collect();
        for rest in text.join("\n").split("https://").skip(1) {
            let end = rest.find(|c: char| c.is_whitespace() || "<>)\"`'|".contains(c));
            let link = &rest[..end.unwrap_or(rest.len())];
            let host = link.split('/').next().unwrap();
            // The beginning of links alone may be spoken of.
            assert!(
                link.is_empty() || host.contains('.') && !host.starts_with('.'),
                "{path}: {link}"
            );
        }
    }
}

#[test]
fn commands_in_the_prose_have_arguments_that_there_are() {
    let mut checked = 0;
    for path in documents() {
        let text = text_of(&path).replace('\n', " ");
        for command in quoted(&text).filter(|text| text.starts_with("iamsim ")) {
            if command.contains(['[', '|', '…']) || command.contains("..") {
                continue;
            }
            let is_placeholder =
                |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
            if command.split([' ', '=']).any(is_placeholder) {
                continue;
            }
            checked += 1;
            let words = shlex::split(command).unwrap_or_else(|| panic!("{path}: {command}"));
            if let Err(error) = iamsim::cli::Arguments::try_parse_from(words) {
                use clap::error::ErrorKind;
                // A command may stand for all calls of it.
                let is_short = matches!(
                    error.kind(),
                    ErrorKind::MissingRequiredArgument
                        | ErrorKind::DisplayHelp
                        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                );
                assert!(is_short, "{path}: `{command}`: {error}");
            }
        }
    }
    assert!(checked >= 15, "only {checked} commands were found");
}

/// What stands between backticks in a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_case_that_the_page_on_evaluation_names_exists() {
    let cases = ["semantics", "further"].map(|name| {
        let text = text_of(&format!("tests/conformance/{name}.json"));
        let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        cases
    });
    let ids: std::collections::BTreeSet<_> = cases
        .iter()
        .flatten()
        .map(|case| case["id"].as_str().unwrap())
        .collect();
    let page = text_of("docs/evaluation.md");
    let is_id = |text: &&str| {
        text.rsplit_once('-').is_some_and(|(topic, number)| {
            !topic.is_empty()
                && !topic.contains(char::is_whitespace)
                && number.len() == 3
                && number.bytes().all(|digit| digit.is_ascii_digit())
        })
    };
    let named: Vec<_> = quoted(&page).filter(is_id).collect();
    assert!(named.len() > 100, "{} cases are named", named.len());
    for id in named {
        assert!(ids.contains(id), "there is no case `{id}`");
    }
}

#[test]
fn every_claim_about_evaluation_has_its_page_and_what_pins_it() {
    let page = text_of("docs/evaluation.md");
    let claims = page.split("## The claims").nth(1).unwrap();
    let claims = claims.split("\n## ").next().unwrap();
    let rows: Vec<_> = claims
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| claim"))
        .collect();
    assert!(rows.len() > 50, "{} claims", rows.len());
    for row in rows {
        let [_, _, source, pinned, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let has_page =
            source.contains("https://docs.aws.amazon.com/") || source.contains("the same");
        assert!(has_page, "{row}");
        assert!(
            pinned.contains('`') || pinned.contains("unit tests"),
            "{row}"
        );
    }
}
