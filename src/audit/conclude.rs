//! All that is told of a trail.

use super::{
    Audit, Inputs, Totals, accounting, agreement::agreement, breadth, denied::denied, policies,
    proposal, watch,
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
    /// An alarm cannot be decided.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Alarm(#[from] watch::AlarmError),
}

/// Answers.
///
/// # Errors
///
/// Where a trail is too long for a question about times.
pub fn conclude(
    totals: &Totals,
    inputs: &Inputs,
    holdings: &Holdings,
    questions: &Questions,
) -> Result<Audit, Unanswerable> {
    let (denied, undecided) = denied(totals, holdings);
    let series = questions.series;
    let alarms = questions.alarms.iter();
    let alarms = alarms.map(|alarm| watch::alarm(totals, alarm, &questions.fields));
    let left_out = left_out(inputs);
    let breadth_options = breadth::BreadthOptions {
        minimum_window: questions.minimum_window,
        left_out: left_out.clone(),
    };
    let judged_from = watch::rates_judged_from(totals);
    let proposals = match questions.proposals {
        Proposals::Asked => proposal::propose(
            totals,
            holdings,
            &proposal::ProposalOptions {
                keep: questions.keep.clone(),
                detail: inputs.detail,
                left_out,
            },
        ),
        Proposals::NotAsked => Vec::new(),
    };
    Ok(Audit {
        accounting: accounting(totals, inputs),
        policies: policies(holdings),
        denied,
        undecided,
        agreement: agreement(totals, holdings),
        breadth: breadth::breadth(totals, holdings, &breadth_options),
        proposals,
        series: series
            .map(|period| watch::series(totals, period))
            .transpose()?,
        alarms: alarms.collect::<Result<_, _>>()?,
        rates: watch::rates(totals),
        rates_not_judged: judged_from.err().map(|reason| reason.to_string()),
    })
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
    reasons
}
