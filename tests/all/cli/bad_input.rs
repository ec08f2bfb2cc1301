//! Every command with every kind of wrong input: one clear message each, exit code 2, and what else
//! was given is still processed.

use super::events::gzip;
use crate::support::{Call, Run, iamsim};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

const WORKER: &str = "policies/messages-worker.json";
const EVENT: &str = "tests/fixtures/events/list-queues-denied.json";

/// A folder with one of each kind of wrong file.
struct Wrong {
    folder: tempfile::TempDir,
}

impl Wrong {
    fn files() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        write("empty", b"");
        write("binary", b"\x7fELF\x02\x01\x01\x00\x00\x00\xff\xfe\x00");
        write("brackets", "[".repeat(1 << 20).as_bytes());
        let event = crate::support::text_of(EVENT);
        let packed = gzip(format!("{{\"Records\": [{}]}}", vec![&*event; 50].join(",")).as_bytes());
        write("truncated.gz", &packed[..packed.len() / 2]);
        write("event", event.as_bytes());
        write("policy", crate::support::text_of(WORKER).as_bytes());
        fs::create_dir(folder.path().join("folder")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }
}

/// A call that takes a policy file, with a good one beside the wrong one where it can.
fn taking_policy(command: &str, wrong: &str) -> Call {
    match command {
        "expand" => iamsim(["expand", wrong, "sqs:Purge*"]),
        "simulate" => iamsim([
            "simulate",
            "--identity",
            wrong,
            "--principal",
            "arn:aws:iam::123456789012:user/ana",
            "--action",
            "sqs:ListQueues",
            "--resource",
            "*",
        ]),
        "explain" => iamsim(["explain", EVENT, "--policy", wrong]),
        other => panic!("{other}"),
    }
}

/// What is said of a wrong file where a policy is meant.
const AS_POLICY: [(&str, &str); 8] = [
    ("missing", "no such file: `"),
    ("folder", "is a directory, not a file"),
    ("policy/in-a-file", "cannot read `"),
    ("empty", "the file is empty"),
    ("binary", "the file is binary, not text"),
    ("brackets", "nested more than 128 deep"),
    ("truncated.gz", "not text"),
    (
        "event",
        "this is a CloudTrail record, not a policy document",
    ),
];

#[test]
fn a_wrong_file_in_place_of_a_policy_is_one_error_for_every_command_that_judges() {
    let wrong = Wrong::files();
    for command in ["expand", "simulate", "explain"] {
        for (name, message) in AS_POLICY {
            if (command, name) == ("expand", "missing") {
                // What is no file is taken for a pattern.
                continue;
            }
            // `explain` takes folders of policies.
            let message = match (command, name) {
                ("explain", "folder") => "there are no policy files in `",
                _ => message,
            };
            let run = taking_policy(command, &wrong.path(name)).run();
            let run = run.exits(2).errors(1).complains(message).complains("help:");
            if command == "expand" {
                run.prints("sqs:PurgeQueue");
            } else {
                assert_eq!(run.stdout, "", "{command} {name}: {run}");
            }
        }
    }
}

#[test]
fn a_wrong_file_is_a_finding_of_lint_unless_it_cannot_be_read() {
    let wrong = Wrong::files();
    for (name, message) in AS_POLICY {
        let run = iamsim(["lint", &wrong.path(name), WORKER]).run();
        // The other file is linted all the same.
        let run = run.prints("`sqs:Describe*` covers no action");
        match name {
            "missing" | "policy/in-a-file" => {
                run.exits(2).errors(1).complains(message);
            }
            "folder" => {
                run.exits(1).quietly();
            }
            _ => {
                run.exits(1).quietly().prints(message);
            }
        }
    }
}

/// What is said of a wrong file where events are meant.
const AS_EVENTS: [(&str, &str); 7] = [
    ("missing", "no such file: `"),
    ("policy/in-a-file", "cannot read `"),
    ("empty", "empty"),
    ("binary", "is binary"),
    ("brackets", "deep"),
    ("truncated.gz", "gzip"),
    ("policy", "policy"),
];

#[test]
fn a_wrong_file_in_place_of_events_is_one_error_and_the_others_are_read() {
    let wrong = Wrong::files();
    for command in ["events", "explain"] {
        for (name, message) in AS_EVENTS {
            let path = wrong.path(name);
            let call = if command == "events" {
                iamsim([command, &path, EVENT])
            } else {
                iamsim([command, &path, EVENT, "--policy", WORKER])
            };
            let run = call.run().exits(2);
            let run = run.complains(message).complains("help:");
            run.prints("sqs:ListQueues").errors(1);
        }
    }
}

#[test]
fn folders_without_events_or_policies_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for arguments in [
        &["lint", path][..],
        &["events", path],
        &["explain", path, "--policy", WORKER],
    ] {
        iamsim(arguments.iter().copied()).run().exits(2).errors(1);
    }
}

#[test]
fn the_other_inputs_of_a_list_of_resources_are_wrong_too() {
    let wrong = Wrong::files();
    for name in ["missing", "folder", "policy/in-a-file"] {
        let path = wrong.path(name);
        let run = iamsim(["expand", "arn:aws:s3:::a*", "--resources", &path]).run();
        run.exits(2).errors(1).complains("help:");
    }
    let path = wrong.path("binary");
    iamsim(["expand", "arn:aws:s3:::a*", "--resources", &path])
        .run()
        .exits(2)
        .complains("is not an ARN");
}

#[test]
fn standard_input_can_be_read_once() {
    for arguments in [
        &["lint", "-", "-"][..],
        &["expand", "-", "-"],
        &["expand", "-", "--resources", "-"],
        &["events", "-", "-"],
        &["explain", "-", "--policy", "-"],
        &[
            "simulate",
            "--identity",
            "-",
            "-",
            "--principal",
            "arn:aws:iam::123456789012:user/ana",
            "--action",
            "sqs:ListQueues",
            "--resource",
            "*",
        ],
    ] {
        let run = iamsim(arguments.iter().copied()).run().exits(2).errors(1);
        run.complains("`-` is given twice");
    }
}

#[test]
fn empty_standard_input_is_an_error_and_for_lint_a_finding() {
    iamsim(["lint", "-"])
        .run()
        .exits(1)
        .prints("the file is empty");
    iamsim(["events", "-"]).run().exits(2).errors(1);
    iamsim(["explain", "-", "--policy", WORKER])
        .run()
        .exits(2)
        .errors(1);
    iamsim(["expand", "-"]).run().exits(2).errors(1);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(file.path()).is_ok() {
        // The superuser may read everything.
        return;
    }
    let path = file.path().to_str().unwrap();
    for arguments in [&["lint", path][..], &["events", path]] {
        let run = iamsim(arguments.iter().copied()).run().exits(2).errors(1);
        run.complains("permission denied");
    }
}

#[test]
fn a_configuration_that_is_wrong_is_an_error_that_shows_where() {
    for (text, message) in [
        ("policies = [\"a.json\"\n", "is not TOML"),
        ("polices = [\"a.json\"]\n", "did you mean `policies`?"),
        ("policies = \"a.json\"\n", "expected a sequence"),
        ("policies = [1]\n", "expected a string"),
        ("policies = [\"../a.json\"]\n", "leads out of the folder"),
        ("policies = [\"a{.json\"]\n", "is not a glob"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("iamsim.toml"), text).unwrap();
        let run = iamsim(["lint"]).folder(folder.path()).run();
        run.exits(2)
            .errors(1)
            .complains(message)
            .complains("iamsim.toml");
    }
}

#[cfg(target_os = "linux")]
mod bounds {
    use super::*;
    use crate::support::binary;
    use flate2::{Compression, write::GzEncoder};

    /// The most memory that a hostile input may take, in KB. A debug build needs some 20 MB for
    /// itself.
    const MOST_MEMORY: u64 = 120_000;

    fn pack(folder: &Path, name: &str, chunk: &[u8], chunks: usize) -> PathBuf {
        let path = folder.join(name);
        let file = fs::File::create(&path).unwrap();
        let mut encoder = GzEncoder::new(file, Compression::best());
        for _ in 0..chunks {
            encoder.write_all(chunk).unwrap();
        }
        encoder.finish().unwrap();
        path
    }

    /// Runs iamsim under a limit of address space, which the kernel enforces.
    fn limited(arguments: &[&str]) -> Run {
        let script = format!("ulimit -v {MOST_MEMORY}; exec \"$0\" \"$@\"");
        let program = binary();
        let mut command = assert_cmd::Command::new("bash");
        command
            .args(["-c", &script])
            .arg(program.get_program())
            .args(arguments)
            .timeout(std::time::Duration::from_mins(4));
        Run::of(&command.output().unwrap())
    }

    #[test]
    fn a_gzip_bomb_does_not_fill_memory() {
        let folder = tempfile::tempdir().unwrap();
        let mebibyte = |byte: u8| vec![byte; 1 << 20];
        for (name, byte) in [
            ("zeros", 0),
            ("spaces", b' '),
            ("brackets", b'['),
            ("text", b'x'),
        ] {
            let path = pack(folder.path(), name, &mebibyte(byte), 400);
            let run = limited(&["events", path.to_str().unwrap()]);
            run.exits(2).errors(1);
        }
    }

    #[test]
    fn two_hundred_megabytes_of_brackets_are_one_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("brackets.json");
        fs::write(&path, "[".repeat(200_000_000)).unwrap();
        let path = path.to_str().unwrap();
        limited(&["lint", path, "--format", "concise"])
            .exits(1)
            .prints("json-too-deep-or-large the document is larger than 4 MiB");
        limited(&["events", path]).exits(2).errors(1);
        limited(&["explain", path, "--policy", "policies/messages-worker.json"])
            .exits(2)
            .errors(1);
        limited(&["expand", path]).exits(2).errors(1);
    }
}
