//! What holds of the repository itself.

use crate::support::{files_below, has_extension, root, text_of};

/// The layers, each using only those before it.
const LAYERS: [&str; 13] = [
    "source", "syntax", "policy", "catalog", "eval", "lint", "account", "trail", "audit", "cases",
    "report", "server", "cli",
];

#[test]
fn no_layer_uses_one_to_its_right() {
    for (place, layer) in LAYERS.iter().enumerate() {
        for path in files_below(&format!("src/{layer}")) {
            let text = text_of(&path);
            for later in &LAYERS[place + 1..] {
                // `crate::lint` and `use crate::{lint::..., ...}`, which rustfmt puts on a line of
                // its own or after a brace or comma.
                let direct = format!("crate::{later}");
                let listed = text.split("crate::{").skip(1).any(|from| {
                    let list = inside_braces(from);
                    top_level(&list).any(|item| item.split("::").next() == Some(later))
                });
                assert!(!text.contains(&direct) && !listed, "{path} uses {later}");
            }
        }
    }
}

/// The text up to the brace that closes the one before it.
fn inside_braces(from: &str) -> String {
    let mut depth = 1;
    let inside = from.chars().take_while(|c| {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth > 0
    });
    inside.collect()
}

/// The items of a `use` list, without those of lists in it.
fn top_level(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    list.split(move |c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
}

#[test]
fn only_the_loader_and_the_command_line_touch_the_world() {
    let touches = |path: &str| {
        let text = text_of(path);
        // Tests may, in the module of them at the end of a file.
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let listed = code.split("use std::{").skip(1).any(|from| {
            let list: String = inside_braces(from);
            top_level(&list).any(|item| {
                let module = item.split("::").next().unwrap_or_default();
                ["fs", "env", "process"].contains(&module)
            })
        });
        let words = ["std::fs", "std::env", "std::process", "SystemTime"];
        listed || words.iter().any(|word| code.contains(word))
    };
    // What is looked for is there to be found.
    assert!(touches("src/source/load.rs") && touches("src/main.rs"));
    for path in files_below("src") {
        let may = path.starts_with("src/cli/")
            || path.ends_with("/tests.rs")
            || path.ends_with("/testing.rs")
            || ["src/source/load.rs", "src/main.rs"].contains(&path.as_str());
        assert!(may || !touches(&path), "{path} touches the world");
    }
}

#[test]
fn every_bench_that_is_named_exists() {
    let manifest = text_of("Cargo.toml");
    let benches = manifest.split("[[bench]]").skip(1);
    let names: Vec<_> = benches
        .filter_map(|bench| bench.split('"').nth(1))
        .collect();
    assert!(names.len() >= 2, "{names:?}");
    for name in names {
        assert!(root().join(format!("benches/{name}.rs")).exists(), "{name}");
    }
}

#[test]
fn no_tests_are_switched_off() {
    for path in files_below("src").iter().chain(&files_below("tests")) {
        if !has_extension(path, "rs") || path == "tests/all/repository.rs" {
            continue;
        }
        let text = text_of(path);
        for mark in ["#[ignore", "todo!(", "unimplemented!("] {
            assert!(!text.contains(mark), "{path} has {mark}");
        }
    }
}
