use crate::support::{Run, iamsim, root, text_of};
use serde_json::{Value, json};
use std::fs;

const FAILING: &str = "tests/fixtures/tests/failing.test.toml";

fn test(arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"test").chain(arguments)).run()
}

/// Runs a file of tests that stands on standard input.
fn on_stdin(file: &Value, more: &[&str]) -> Run {
    let arguments = ["test", "-"];
    iamsim(arguments.iter().chain(more))
        .stdin(file.to_string())
        .run()
}

/// A policy of one statement.
fn policy(effect: &str, action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": {
        "Sid": format!("{effect}It"), "Effect": effect, "Action": action, "Resource": "*"}})
}

/// A file of one test by an identity policy that allows to read objects.
fn one(name: &str, expect: &str, action: &str) -> Value {
    json!({
        "policies": {"identity": policy("Allow", "s3:GetObject")},
        "request": {"principal": "arn:aws:iam::123456789012:user/ana", "action": action,
                    "resource": "arn:aws:s3:::reports/a", "resourceAccount": "123456789012"},
        "tests": [{"name": name, "expect": expect}]
    })
}

/// The same with further members of its test.
fn with(mut file: Value, members: &Value) -> Value {
    let test = file["tests"][0].as_object_mut().unwrap();
    test.extend(members.as_object().unwrap().clone());
    file
}

/// An XML element: its name, attributes and text. Panics where the text is not of the XML that is written
/// here.
#[derive(Debug, PartialEq)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(own, _)| own == name);
        &found.unwrap_or_else(|| panic!("{self:?} has no {name}")).1
    }
}

/// The elements of a document in the order of their starts.
fn elements(xml: &str) -> Vec<Element> {
    let unescape = |text: &str| {
        assert!(!text.contains('<') && !text.contains('>'), "{text}");
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
        assert!(text.chars().all(allowed), "{text:?}");
        let mut plain = String::new();
        for (place, part) in text.split('&').enumerate() {
            if place == 0 {
                plain += part;
                continue;
            }
            let (entity, rest) = part.split_once(';').expect("an entity ends");
            plain += match entity {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                other => panic!("&{other};"),
            };
            plain += rest;
        }
        plain
    };
    let body = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .expect("a declaration");
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (name, attributes) = tag.split_once(' ').expect("each has attributes");
        let mut parts = attributes.split('"');
        let mut pairs = Vec::new();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            let key = key.trim().strip_suffix('=').expect("an attribute");
            pairs.push((key.to_owned(), unescape(value)));
        }
        open.push(name.to_owned());
        found.push(Element {
            name: name.to_owned(),
            attributes: pairs,
            text: unescape(text),
        });
    }
    assert_eq!(open, Vec::<String>::new());
    found
}

#[test]
fn the_tests_of_this_repository_pass() {
    let run = test(&["policies"]).exits(0).quietly();
    run.prints(
        "policies/messages-worker.test.toml\n  ok      receives messages and deletes them\n",
    )
    .prints("policies/bucket.test.json\n  ok      reads a published report of the other account\n")
    .prints("\n13 tests: 13 passed, 0 failed\n");
}

#[test]
fn a_failure_shows_what_was_expected_what_came_and_every_statement() {
    let run = test(&[FAILING]).exits(1).quietly();
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn json_tells_each_test_and_of_failures_the_requests_as_simulations_do() {
    let report = test(&[FAILING, "--format", "json"])
        .exits(1)
        .quietly()
        .json();
    assert_eq!(report["version"], 1);
    assert_eq!(
        report["tests"][0],
        json!({"file": FAILING, "line": 11, "name": "receives messages", "expected": "allowed",
               "decision": "allowed", "possible": ["allowed"], "limitedBy": [], "passed": true})
    );
    let failed = &report["tests"][1];
    assert_eq!(failed["passed"], false);
    assert_eq!(failed["decision"], "implicitDeny");
    assert_eq!(failed["limitedBy"], json!(["identity"]));
    let problems = json!(["expected `allowed`, got `implicitDeny`"]);
    assert_eq!(failed["problems"], problems);
    let request = &failed["requests"][0];
    assert_eq!(request["action"], "sqs:DeleteQueue");
    assert_eq!(request["statements"].as_array().unwrap().len(), 3);
    let summary = json!({"tests": 2, "passed": 1, "failed": 1, "filteredOut": 0, "unreadable": 0});
    assert_eq!(report["summary"], summary);
}

#[test]
fn junit_has_a_suite_a_file_and_a_case_a_test() {
    let run = test(&[FAILING, "--format", "junit"]).exits(1).quietly();
    let all = elements(&run.stdout);
    let names: Vec<_> = all.iter().map(|element| element.name.as_str()).collect();
    let wanted = ["testsuites", "testsuite", "testcase", "testcase", "failure"];
    assert_eq!(names, wanted);
    for suite in &all[..2] {
        assert_eq!(suite.attribute("tests"), "2");
        assert_eq!(suite.attribute("failures"), "1");
        assert_eq!(suite.attribute("errors"), "0");
    }
    assert_eq!(all[1].attribute("name"), FAILING);
    assert_eq!(all[3].attribute("name"), "deletes the queue");
    assert_eq!(all[3].attribute("line"), "16");
    let message = "expected `allowed`, got `implicitDeny`";
    assert_eq!(all[4].attribute("message"), message);
    assert!(all[4].text.contains("trace: identity policies: "), "{run}");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_junit_and_json() {
    let file = json!({"tests": [{"name": "a"}]});
    let run = on_stdin(&file, &["--format", "junit"]).exits(2).errors(1);
    let all = elements(&run.stdout);
    assert_eq!(all[1].attribute("errors"), "1");
    assert_eq!(all[3].name, "error");
    assert!(
        all[3]
            .text
            .contains("<stdin>:1:11: test `a`: a test has no `expect`"),
        "{run}"
    );
    let report = on_stdin(&file, &["--format", "json"]).exits(2).json();
    assert_eq!(report["unreadable"][0]["file"], "<stdin>");
    assert_eq!(report["summary"]["unreadable"], 1);
}

#[test]
fn hostile_text_breaks_no_format() {
    let name = "a]]><failure/>\u{1b}[31m\u{202e}&amp;\"'\u{0}\u{ffff}\nb";
    let mut file = one(name, "denied", "s3:GetObject");
    file["policies"]["identity"]["Statement"]["Sid"] = json!("<b>]]>\u{1b}[31m");
    let full = on_stdin(&file, &[]).exits(1);
    let is_harmful = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!full.stdout.contains(is_harmful), "{full}");
    let junit = on_stdin(&file, &["--format", "junit"]).exits(1);
    assert!(!junit.stdout.contains(is_harmful), "{junit}");
    let all = elements(&junit.stdout);
    assert_eq!(all.len(), 4, "{junit}");
    let shown = "a]]><failure/>\\u{1b}[31m\\u{202e}&amp;\"'\\u{0}\u{fffd}\\nb";
    assert_eq!(all[2].attribute("name"), shown);
    let json = on_stdin(&file, &["--format", "json"]).exits(1);
    assert!(!json.stdout.contains(is_harmful), "{json}");
    assert_eq!(json.json()["tests"][0]["name"], name);
    // In what is said of a wrong file too.
    let wrong = with(file, &json!({"\u{1b}]0;x": 1}));
    let run = on_stdin(&wrong, &["--format", "junit"]).exits(2);
    assert!(!run.stderr.contains(is_harmful), "{run}");
    assert_eq!(elements(&run.stdout).len(), 4);
}

#[test]
fn toml_and_json_of_the_same_form_come_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let toml = text_of(FAILING).replace("../../../", "");
    let value: Value = toml::from_str(&toml).unwrap();
    let toml_path = folder.path().join("a.test.toml");
    let json_path = folder.path().join("a.test.json");
    fs::create_dir(folder.path().join("policies")).unwrap();
    let policy = "policies/messages-worker.json";
    fs::write(folder.path().join(policy), text_of(policy)).unwrap();
    fs::write(&toml_path, toml).unwrap();
    fs::write(&json_path, value.to_string()).unwrap();
    let tests = |name: &str| {
        let mut report = iamsim(["test", name, "--format", "json"])
            .folder(folder.path())
            .run()
            .exits(1)
            .json();
        for test in report["tests"].as_array_mut().unwrap() {
            test["file"].take();
            test["line"].take();
        }
        report
    };
    assert_eq!(tests("a.test.toml"), tests("a.test.json"));
}

#[test]
fn a_folder_is_searched_for_tests_and_ignored_files_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let file = one("reads", "allowed", "s3:GetObject").to_string();
    write("deep/er/a.test.json", &file);
    write("b.TEST.JSON", &file);
    write("ignored.test.json", "{");
    write(".gitignore", "ignored.*\n");
    write("policy.json", "{");
    let run = iamsim(["test"]).folder(folder.path()).run().exits(0);
    assert_eq!(
        run.stdout,
        "b.TEST.JSON\n  ok      reads\n\ndeep/er/a.test.json\n  ok      reads\n\n2 tests: 2 passed, 0 failed\n"
    );
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    iamsim(["test"])
        .folder(&empty)
        .run()
        .exits(2)
        .complains("there are no files of tests in `.`")
        .complains("help: tests are in files called `*.test.toml` or `*.test.json`");
    iamsim(["test", "nowhere.test.toml"])
        .run()
        .exits(2)
        .complains("no such file: `nowhere.test.toml`");
}

#[test]
fn lint_passes_over_tests_and_reads_a_policy_that_is_only_called_so() {
    let run = iamsim(["lint", "policies", "--format", "concise"])
        .run()
        .exits(1)
        .complains("checked 22 policies, passed over 1 file that is no policy");
    assert!(!run.stdout.contains(".test."), "{run}");
    let folder = tempfile::tempdir().unwrap();
    let policy = r#"{"Version": "2012-10-17", "Statement": []}"#;
    fs::write(folder.path().join("a.test.json"), policy).unwrap();
    iamsim(["lint", "--format", "concise"])
        .folder(folder.path())
        .run()
        .exits(1)
        .prints("a.test.json:1:40: empty-statement");
}

#[test]
fn a_filter_runs_the_tests_that_have_it_in_their_name() {
    test(&[FAILING, "--filter", "receives"])
        .exits(0)
        .quietly()
        .prints("1 test: 1 passed, 0 failed, 1 filtered out\n");
    test(&[FAILING, "--filter", "nothing"])
        .exits(2)
        .complains("no test has `nothing` in its name")
        .complains("help:");
}

#[test]
fn denied_means_either_denial_and_each_other_word_what_it_says() {
    let expect = |word: &str, action: &str| on_stdin(&one("a", word, action), &[]).exit;
    assert_eq!(expect("allowed", "s3:GetObject"), 0);
    assert_eq!(expect("denied", "s3:GetObject"), 1);
    assert_eq!(expect("denied", "s3:PutObject"), 0);
    assert_eq!(expect("implicitDeny", "s3:PutObject"), 0);
    assert_eq!(expect("explicitDeny", "s3:PutObject"), 1);
    assert_eq!(expect("depends", "s3:PutObject"), 1);
    let denying = with(
        one("a", "denied", "s3:GetObject"),
        &json!({"policies": {"boundary": policy("Deny", "s3:*")}}),
    );
    on_stdin(&denying, &[]).exits(0);
}

#[test]
fn each_part_of_an_expectation_is_compared_and_told() {
    let fails = |members: &Value, problem: &str| {
        let file = with(one("a", "denied", "s3:PutObject"), members);
        on_stdin(&file, &[]).exits(1).prints(problem);
    };
    fails(
        &json!({"limitedBy": ["scp", "resource"]}),
        "expected that it is limited by `scp`, `resource`; it is limited by ",
    );
    fails(
        &json!({"possible": ["allowed", "explicitDeny"]}),
        "expected that it may be `allowed`, `explicitDeny`; it may be `implicitDeny`",
    );
    fails(
        &json!({"statements": ["AllowIt"]}),
        "expected that the statement `AllowIt` decides; no statement with a `Sid` does",
    );
    fails(
        &json!({"statements": ["Nobody"]}),
        "expected that the statement `Nobody` decides; no policy has such a statement",
    );
    let file = with(
        one("a", "allowed", "s3:GetObject"),
        &json!({"statements": ["AllowIt"]}),
    );
    on_stdin(&file, &[]).exits(0);
}

#[test]
fn several_actions_and_resources_are_one_call() {
    let both = |actions: Value, expect: &str| {
        let file = one("a", expect, "s3:GetObject");
        on_stdin(&with(file, &json!({"request": {"action": actions}})), &[]).exit
    };
    assert_eq!(both(json!(["s3:GetObject"]), "allowed"), 0);
    assert_eq!(
        both(json!(["s3:GetObject", "s3:PutObject"]), "implicitDeny"),
        0
    );
}

#[test]
fn an_action_that_nobody_knows_is_warned_of_even_where_the_test_passes() {
    on_stdin(&one("a", "denied", "s3:GetObjct"), &[])
        .exits(0)
        .complains("warning: <stdin>:1:")
        .complains("has no action `s3:GetObjct`")
        .complains("did you mean `s3:GetObject`?");
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place_and_test() {
    let file = || one("reads", "allowed", "s3:GetObject");
    let wrong = |file: &Value, messages: &[&str]| {
        let mut run = on_stdin(file, &[]).exits(2);
        for message in messages {
            run = run.complains(message);
        }
        run.complains("[<stdin>:1:")
            .complains("help:")
            .prints("cannot be read");
    };
    let member = |key: &str, value: Value| with(file(), &json!({key: value}));
    wrong(
        &member("expct", json!("allowed")),
        &[
            "test `reads`: `expct` is no member of a test",
            "did you mean `expect`?",
        ],
    );
    wrong(
        &member("expect", json!("alowed")),
        &[
            "test `reads`: `expect` cannot be `alowed`",
            "did you mean `allowed`?",
        ],
    );
    wrong(
        &member("limitedBy", json!(["scps"])),
        &["`limitedBy` cannot be `scps`", "did you mean `scp`?"],
    );
    wrong(
        &member("request", json!({"princpal": "a"})),
        &[
            "test `reads`: `princpal` is no member of `request`",
            "did you mean `principal`?",
        ],
    );
    wrong(
        &member("request", json!({"action": 1})),
        &["`action` is a number, and must be text or a list"],
    );
    wrong(
        &member("request", json!({"context": {"aws:SourceIp": {}}})),
        &["`aws:SourceIp` is an object, and must be text or a boolean or a number or a list"],
    );
    wrong(
        &member("request", json!({"principal": "ana"})),
        &["test `reads`: `ana` is not a principal"],
    );
    wrong(
        &member("policies", json!({"identity": "nowhere.json"})),
        &["identity policy 1 cannot be read: no such file: `nowhere.json`"],
    );
    wrong(
        &member("policies", json!({"identity": {"Statement": []}})),
        &[
            "test `reads`: identity policy 1 cannot be used",
            "empty-statement",
        ],
    );
    wrong(
        &member("policies", json!({"scp": []})),
        &["`scp` is no member of `policies`", "did you mean `scps`?"],
    );
    let mut twice = file();
    let again = twice["tests"][0].clone();
    twice["tests"].as_array_mut().unwrap().push(again);
    wrong(&twice, &["another test of this file has the same name"]);
    wrong(&json!({"tests": []}), &["there are no tests"]);
    wrong(&json!([]), &["`file` is a list, and must be an object"]);
}

#[test]
fn a_policy_in_a_file_of_tests_has_the_places_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.test.toml");
    let text = "[policies]\nidentity = '''\n{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}'''\n\n[[tests]]\nname = \"a\"\nexpect = \"denied\"\n";
    fs::write(&path, text).unwrap();
    iamsim(["test", "a.test.toml"])
        .folder(folder.path())
        .run()
        .exits(2)
        .complains("[a.test.toml:5:16]")
        .complains("[a.test.toml:2:12]");
}

#[test]
fn a_wrong_file_does_not_keep_others_from_running() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.test.toml"), "tests = [").unwrap();
    let good = one("reads", "allowed", "s3:GetObject").to_string();
    fs::write(folder.path().join("b.test.json"), good).unwrap();
    iamsim(["test"])
        .folder(folder.path())
        .run()
        .exits(2)
        .complains("this is not TOML")
        .prints("a.test.toml\n  cannot be read: none of its tests ran\n")
        .prints("  ok      reads\n")
        .prints("1 test: 1 passed, 0 failed; 1 file could not be read\n");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may look at its environment"
)]
fn the_published_schema_is_the_one_that_files_are_checked_by() {
    const PATH: &str = "docs/schema/test.schema.json";
    let printed = test(&["--schema"]).exits(0).quietly().stdout;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(PATH), &printed).unwrap();
    }
    assert!(
        text_of(PATH) == printed,
        "run `UPDATE_DOCS=1 cargo test` and commit {PATH}"
    );
    let schema: Value = serde_json::from_str(&printed).unwrap();
    let expect = &schema["definitions"]["Test"]["required"];
    assert_eq!(expect, &json!(["name", "expect"]));
}
