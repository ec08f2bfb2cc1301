//! The evaluation cases: each names policies, a request, the verdict, and the AWS page it rests on.
//! Each is a test of its own, named by its id.
#![expect(clippy::expect_used, clippy::panic, reason = "test code")]

use iamsim::{
    cases::{CaseReader, Completeness, decide_all},
    eval::{CallDecision, Verdict},
};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{collections::BTreeSet, fmt::Write as _, process::ExitCode};

/// The files, each a list of cases in the form that `iamsim simulate` takes.
const FILES: [(&str, &str); 2] = [
    ("semantics.json", include_str!("semantics.json")),
    ("further.json", include_str!("further.json")),
];

/// A case as it is written, and what its test is named and explained by.
#[derive(Clone)]
struct Case {
    text: &'static str,
    about: About,
}

/// The members of a case that do not count for its verdict; the reader of cases looks at the others,
/// and refuses any that it does not know.
#[derive(Clone, Deserialize)]
struct About {
    id: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    note: String,
}

fn cases() -> Vec<Case> {
    let read = |(file, text): (&str, &'static str)| {
        let texts: Vec<&'static RawValue> =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        texts.into_iter().map(move |text| Case {
            text: text.get(),
            about: serde_json::from_str(text.get()).expect("a case has an id"),
        })
    };
    FILES.into_iter().flat_map(read).collect()
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = cases();
    let mut trials: Vec<_> = cases.iter().cloned().map(test_of).collect();
    let all = cases.clone();
    trials.push(law("ids_are_unique", move || ids_are_unique(&all)));
    let all = cases.clone();
    trials.push(law("every_case_has_a_source", move || {
        every_case_has_a_source(&all)
    }));
    trials.push(law("there_are_at_least_450_cases", move || {
        // A file that is read only in part would pass in silence.
        says(cases.len() >= 450, || {
            format!("there are {} cases", cases.len())
        })
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn law(name: &str, check: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::test(name, check)
}

fn says(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds {
        Ok(())
    } else {
        Err(otherwise().into())
    }
}

fn test_of(case: Case) -> Trial {
    Trial::test(case.about.id.clone(), move || {
        check(&case).map_err(|problem| {
            let About { id, source, note } = &case.about;
            let mut text = format!("{id}: {problem}\n");
            for (name, own) in [("note", note), ("source", source)] {
                if !own.is_empty() {
                    writeln!(text, "{name}: {own}").expect("text takes text");
                }
            }
            text.into()
        })
    })
}

/// Whether a case comes out as it says; else what is wrong.
fn check(case: &Case) -> Result<(), String> {
    let mut reader = CaseReader::new(Completeness::WholeWithVariables);
    let read = reader.case(case.text).map_err(|error| error.message())?;
    let Some(expected) = read.expected else {
        return Err("expects no verdict".to_owned());
    };
    let decision = decide_all(&read.requests);
    if decision.verdict != expected {
        return Err(format!(
            "expected {}, got {}",
            expected.name(),
            shown(&decision)
        ));
    }
    if let Some(possible) = &read.possible
        && decision.possible != *possible
    {
        return Err(format!(
            "expected one of {}, got one of {}",
            names(possible),
            names(&decision.possible)
        ));
    }
    if expected == Verdict::Depends {
        if read.possible.is_none() {
            return Err("expects `depends` and does not say what is possible".to_owned());
        }
        // Else a verdict could be named that nothing leads to, and the case would not tell.
        let residual = decision.residual.as_ref();
        if !residual.is_some_and(|residual| residual.exact) {
            return Err("what is possible is not exact".to_owned());
        }
    }
    Ok(())
}

fn shown(decision: &CallDecision) -> String {
    let verdict = decision.verdict.name();
    if decision.verdict == Verdict::Depends {
        format!("{verdict}, one of {}", names(&decision.possible))
    } else {
        verdict.to_owned()
    }
}

fn names(verdicts: &BTreeSet<Verdict>) -> String {
    let names: Vec<_> = verdicts.iter().map(|verdict| verdict.name()).collect();
    names.join(" or ")
}

fn ids_are_unique(cases: &[Case]) -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = cases
        .iter()
        .map(|case| case.about.id.as_str())
        .filter(|id| !seen.insert(*id))
        .collect();
    says(twice.is_empty(), || format!("twice: {}", twice.join(", ")))
}

fn every_case_has_a_source(cases: &[Case]) -> Result<(), Failed> {
    let bare: Vec<_> = cases
        .iter()
        .filter(|case| case.about.source.is_empty())
        .map(|case| case.about.id.as_str())
        .collect();
    says(bare.is_empty(), || {
        format!("without a source: {}", bare.join(", "))
    })
}
