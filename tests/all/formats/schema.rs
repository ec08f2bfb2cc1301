//! SARIF against its schema, and against what GitHub asks for beyond it.

use super::{linted, policies, rendered};
use crate::support::text_of;
use iamsim::report::lint::{FileFindings, LintFormat};
use serde_json::Value;

const SCHEMA: &str = "tests/fixtures/schemas/sarif-schema-2.1.0.json";

/// The logs on all policies of the repository, one each and one of all.
fn logs() -> Vec<Value> {
    let files: Vec<_> = policies().iter().map(|path| linted(path)).collect();
    let log =
        |files: &[FileFindings]| serde_json::from_str(&rendered(LintFormat::Sarif, files)).unwrap();
    let mut logs: Vec<_> = files.chunks(1).map(log).collect();
    logs.push(log(&files));
    logs.push(log(&[]));
    logs
}

/// Whether a log is of the schema, and where it is not.
pub(super) fn validate(logs: &[Value]) {
    let mut schema: Value = serde_json::from_str(&text_of(SCHEMA)).unwrap();
    // It has a bracket too many for a regular expression, and no log of ours names its language.
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({"version": "2.1.0"})));
    for log in logs {
        let errors: Vec<_> = validator
            .iter_errors(log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn every_log_is_of_the_schema_of_sarif() {
    validate(&logs());
}

#[test]
fn every_log_has_what_code_scanning_asks_for() {
    for log in logs() {
        assert!(log["$schema"].is_string());
        let run = &log["runs"][0];
        assert_eq!(run["automationDetails"]["id"], "iamsim/");
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["semanticVersion"], env!("CARGO_PKG_VERSION"));
        let rules = driver["rules"].as_array().unwrap();
        let id = |rule: &Value| rule["id"].as_str().unwrap().to_owned();
        let ids: Vec<_> = rules.iter().map(id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        for rule in rules {
            let tags = rule["properties"]["tags"].as_array().unwrap();
            assert!((1..=10).contains(&tags.len()));
            let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
            assert!(["error", "warning", "note"].contains(&level));
            if let Some(severity) = rule["properties"].get("security-severity") {
                let severity: f32 = severity.as_str().unwrap().parse().unwrap();
                assert!(severity > 0.0 && severity <= 10.0);
                assert!(tags.contains(&"security".into()));
            }
        }
        let mut used = std::collections::BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"].as_str().unwrap(), ids[index]);
            used.insert(index);
            assert_eq!(result["locations"].as_array().unwrap().len(), 1);
            let prints = &result["partialFingerprints"];
            assert!(prints["primaryLocationLineHash"].is_string());
        }
        assert_eq!(used.len(), ids.len(), "only the rules of findings are told");
        no_text_is_empty(&log);
    }
}

/// GitHub refuses empty texts. What a fix inserts may be empty only by not being there.
fn no_text_is_empty(value: &Value) {
    match value {
        Value::String(text) => assert!(!text.is_empty()),
        Value::Array(items) => items.iter().for_each(no_text_is_empty),
        Value::Object(members) => members.values().for_each(no_text_is_empty),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
