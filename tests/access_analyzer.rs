//! The issue codes of IAM Access Analyzer's policy checks: for each a policy that has the fault, and one that
//! lacks it. Each is a test of its own, named by the code; `access_analyzer/README.md` says what the files hold.
#![expect(clippy::expect_used, clippy::panic, reason = "test code")]

use iamsim::{
    lint::{Options, Selection, check, rule_by_id, rules_from},
    policy::PolicyType,
    source::{Finding, Source},
};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// A code, by the policies that show it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    /// What the policies are attached to.
    policy_type: String,
    /// Our rule for the code.
    rule: String,
    /// The policy that has the fault, as it stands in the file.
    policy: Option<Box<RawValue>>,
    /// The same as text, where it is no JSON.
    text: Option<String>,
    /// What the rule underlines, in order; without it any finding will do.
    underlined: Option<Vec<String>>,
    /// The policy that lacks the fault.
    silent: Box<RawValue>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/access_analyzer");
    let cases = cases(&folder);
    let codes: BTreeSet<String> = cases.iter().map(|(code, _)| code.clone()).collect();
    let mut trials: Vec<_> = cases.into_iter().map(test_of).collect();
    trials.push(Trial::test("there_are_at_least_150_codes", move || {
        // A folder that is read only in part would pass in silence.
        says(codes.len() >= 150, || {
            format!("there are {} codes", codes.len())
        })
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
fn cases(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("the folder of the cases is there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|own| own == "json"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let code = path.file_stem().expect("a file has a name");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (code.to_string_lossy().into_owned(), text)
    };
    paths.into_iter().map(read).collect()
}

fn test_of((code, text): (String, String)) -> Trial {
    Trial::test(code.clone(), move || {
        let case: Case = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let named = rules_from(&format!("AA:{code}"));
        says(named.iter().any(|rule| rule.id == case.rule), || {
            format!("the manual of `{}` does not name the code", case.rule)
        })?;
        case.run()
    })
}

fn says(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds {
        Ok(())
    } else {
        Err(otherwise().into())
    }
}

impl Case {
    fn run(&self) -> Result<(), Failed> {
        let faulty = match (&self.policy, &self.text) {
            (Some(policy), None) => policy.get(),
            (None, Some(text)) => text,
            _ => return Err("a case has either `policy` or `text`".into()),
        };
        let found = self.lint(faulty)?;
        match &self.underlined {
            None => says(!found.own.is_empty(), || found.instead_of("a finding"))?,
            Some(expected) => says(found.own == *expected, || {
                found.instead_of(&format!("{expected:?}"))
            })?,
        }
        let found = self.lint(self.silent.get())?;
        says(found.own.is_empty(), || {
            format!("of `silent`: {}", found.instead_of("nothing"))
        })
    }

    /// What the rules find in a policy.
    fn lint(&self, text: &str) -> Result<Found, Failed> {
        let Some(policy_type) = PolicyType::from_name(&self.policy_type) else {
            return Err(format!("there is no policy type `{}`", self.policy_type).into());
        };
        let options = Options {
            policy_type: Some(policy_type),
            selection: Selection::with(rule_by_id(&self.rule)),
            ..Options::default()
        };
        let source = Source::new("policy.json", text.as_bytes().to_vec());
        let mut found = Found {
            rule: self.rule.clone(),
            own: Vec::new(),
            others: Vec::new(),
        };
        for finding in check(&source, &options).findings {
            let underlined = source.slice(finding.span).to_owned();
            if finding.rule.to_string() == self.rule {
                found.own.push(underlined);
            } else {
                found.others.push(shown(&finding, &underlined));
            }
        }
        Ok(found)
    }
}

/// What the rules found in a policy.
struct Found {
    rule: String,
    /// What the rule of the case underlined.
    own: Vec<String>,
    /// What other rules said.
    others: Vec<String>,
}

impl Found {
    fn instead_of(&self, expected: &str) -> String {
        let mut text = format!("expected {expected} of `{}`, got {:?}", self.rule, self.own);
        for other in &self.others {
            write!(text, "\n  {other}").expect("text takes text");
        }
        text
    }
}

fn shown(finding: &Finding, underlined: &str) -> String {
    format!("{}: `{underlined}`: {}", finding.rule, finding.message)
}
