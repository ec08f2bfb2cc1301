//! What holds of the repository itself.

use crate::support::{files_below, has_extension, root, text_of};

/// The layers, each using only those before it.
const LAYERS: [&str; 9] = [
    "source", "syntax", "policy", "catalog", "eval", "lint", "trail", "report", "cli",
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
                    let mut depth = 1;
                    let list = from.chars().take_while(|c| {
                        depth += match c {
                            '{' => 1,
                            '}' => -1,
                            _ => 0,
                        };
                        depth > 0
                    });
                    let list: String = list.collect();
                    top_level(&list).any(|item| item.split("::").next() == Some(later))
                });
                assert!(!text.contains(&direct) && !listed, "{path} uses {later}");
            }
        }
    }
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
    for path in files_below("src") {
        if path.starts_with("src/cli/") || path == "src/source/load.rs" || path == "src/main.rs" {
            continue;
        }
        // Tests may.
        let text = text_of(&path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_test = path.ends_with("/tests.rs");
        for word in [
            "std::fs",
            "std::env",
            "SystemTime",
            "io::stdout",
            "io::stderr",
        ] {
            assert!(is_test || !code.contains(word), "{path} uses {word}");
        }
    }
}

#[test]
fn every_bench_and_document_that_is_named_exists() {
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
