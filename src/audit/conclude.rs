//! All that is told of a trail.

use super::{
    Audit, Inputs, ObservationOptions, Totals, accounting, agreement::agreement, breadth,
    denied::denied, policies, proposal, watch,
};
use crate::account::Holdings;

/// What is asked of a trail beside what is always told.
#[derive(Debug, Clone)]
pub struct Questions {
    /// How long a trail must be to show that something is unused, in seconds.
    pub minimum_window: u32,
    /// Whether policies are narrowed.
    pub proposals: Proposals,
    /// What is never removed from a policy, as patterns.
    pub keep: Vec<String>,
    /// The period of counts over time; `None` where they are not asked for.
    pub series: Option<watch::Period>,
    /// The alarms.
    pub alarms: Vec<watch::Alarm>,
    /// What is shown of the events of an alarm.
    pub fields: Vec<watch::Field>,
}

/// Whether policies are narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposals {
    /// They are.
    Asked,
    /// They are left alone.
    NotAsked,
}

/// A question that cannot be answered.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum Unanswerable {
    /// Counts over time cannot be made.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Series(#[from] watch::SeriesError),
    /// An alarm is about callers, and these are not told apart.
    #[error("`{expression}` cannot be decided: there were too many callers to tell them apart")]
    #[diagnostic(help("narrow the trail by time, account or service"))]
    Callers {
        /// The alarm.
        expression: String,
    },
    /// An alarm cannot be decided.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Alarm(#[from] watch::AlarmError),
}

/// Answers, and says which questions cannot be answered: where a trail is too long for one about times.
pub fn conclude(
    totals: &Totals,
    inputs: &Inputs,
    holdings: &Holdings,
    questions: &Questions,
) -> (Audit, Vec<Unanswerable>) {
    let (denied, undecided) = denied(totals, holdings);
    let options = ObservationOptions {
        minimum_window: questions.minimum_window,
        left_out: left_out(inputs),
    };
    let proposals = match questions.proposals {
        Proposals::Asked => proposal::propose(
            totals,
            holdings,
            &proposal::ProposalOptions {
                keep: questions.keep.clone(),
                detail: inputs.detail,
                observation: options.clone(),
            },
        ),
        Proposals::NotAsked => Vec::new(),
    };
    let mut unanswerable = Vec::new();
    let series = questions.series.map(|period| watch::series(totals, period));
    let series = series.and_then(|series| {
        let not_made = |error: watch::SeriesError| unanswerable.push(error.into());
        series.map_err(not_made).ok()
    });
    let mut alarms = Vec::new();
    for alarm in &questions.alarms {
        if alarm.asks_callers() && !inputs.detail.tells_callers() {
            unanswerable.push(Unanswerable::Callers {
                expression: alarm.expression().to_owned(),
            });
            continue;
        }
        match watch::alarm(totals, alarm, &questions.fields) {
            Ok(result) => alarms.push(result),
            Err(error) => unanswerable.push(error.into()),
        }
    }
    let audit = Audit {
        accounting: accounting(totals, inputs),
        policies: policies(holdings),
        denied,
        undecided,
        agreement: agreement(totals, holdings),
        breadth: breadth::breadth(totals, holdings, &options),
        proposals,
        series,
        alarms,
        rates: watch::rates(totals),
        rates_not_judged: watch::rates_judged_from(totals)
            .err()
            .map(|reason| reason.to_string()),
    };
    (audit, unanswerable)
}

/// Why the trail may lack records that would show that something was used.
fn left_out(inputs: &Inputs) -> Vec<String> {
    let mut reasons = Vec::new();
    if inputs.filtered > 0 {
        reasons.push(format!("filters left out {} records", inputs.filtered));
    }
    if inputs.problems_in_all > 0 {
        reasons.push(format!(
            "not all of the trail could be read ({} problems)",
            inputs.problems_in_all
        ));
    }
    if !inputs.detail.can_be_judged_again() {
        reasons.push("there was too much to keep all calls apart".to_owned());
    }
    reasons
}
