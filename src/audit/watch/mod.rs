//! Counts over time, alarms, and unusual rates.
//!
//! All of it is told of [`Totals`](super::Totals): a [`Metric`] says which records count, [`series`]
//! counts them by period, [`alarm`] looks for windows in which there are too many, [`rates`] for times
//! in which an API was called or failed as it never was before.

mod alarm;
mod duration;
mod expression;
mod field;
mod metric;
mod rates;
#[cfg(test)]
mod sample;
mod series;

pub use alarm::{Alarm, AlarmError, MAX_EVENTS, MAX_EVENTS_OF_ALL, MAX_RAISED, alarm};
pub use duration::Period;
pub use expression::{ExpressionError, MAX_EXPRESSION_BYTES, MAX_FILTERS};
pub use field::{Dimension, Field};
pub use metric::Metric;
pub use rates::{NoBaseline, rates, rates_judged_from};
pub use series::{MAX_PERIODS, SeriesError, series};

use super::Instant;
use serde::Serialize;

/// Counts over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// How long each period is, in seconds.
    pub period: u32,
    /// The start of the first period.
    pub start: Option<Instant>,
    /// How many periods there are.
    pub periods: usize,
    /// The metrics.
    pub metrics: Vec<MetricSeries>,
}

/// The counts of one metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricSeries {
    /// Its name, such as `denied`.
    pub name: String,
    /// What it counts, in words.
    pub title: String,
    /// The counts that are not zero, by the number of the period.
    pub counts: Vec<(usize, u64)>,
    /// Their sum.
    pub total: u64,
}

/// What became of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlarmResult {
    /// The expression, `denied >= 5 in 10m by principal`.
    pub expression: String,
    /// When it was raised, and for what.
    pub raised: Vec<Raised>,
}

/// One time that an alarm was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Raised {
    /// The value of what the alarm is `by`, such as a principal; `None` for an alarm over all.
    pub by: Option<String>,
    /// The first event of the window in which the limit was reached.
    pub start: Instant,
    /// The last event for which the condition held.
    pub end: Instant,
    /// The highest count in any window between them.
    pub count: u64,
    /// The events, reduced to the fields that were asked for: names and values.
    pub events: Vec<Vec<(String, String)>>,
    /// How many events are not listed.
    pub events_left_out: u64,
}

/// A time in which an API was called, or failed, unusually often.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnusualRate {
    /// The event source.
    pub source: String,
    /// The event name.
    pub name: String,
    /// The error code, where it is a rate of errors.
    pub error_code: Option<String>,
    /// When it began.
    pub start: Instant,
    /// When it ended.
    pub end: Instant,
    /// Calls a minute before.
    pub baseline: f64,
    /// Calls a minute meanwhile.
    pub rate: f64,
    /// How many calls there were meanwhile.
    pub count: u64,
    /// Who made them, the most frequent first, five at most, with counts.
    pub principals: Vec<(String, u64)>,
}
