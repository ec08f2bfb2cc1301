//! Counts by period.

use super::{
    super::{Instant, Totals, Window},
    Metric, MetricSeries, Period, Series,
};

/// The most periods that a series has.
pub const MAX_PERIODS: u32 = 1_000_000;

/// Why there is no series of such periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum SeriesError {
    /// There would be too many.
    #[error("the trail has {periods} periods of `{period}`, more than {MAX_PERIODS}")]
    #[diagnostic(help("take `{enough}` or more, or a shorter part of the trail"))]
    TooMany {
        /// The length that was asked for.
        period: Period,
        /// How many there would be.
        periods: u32,
        /// One of which there would be few enough.
        enough: Period,
    },
    /// Times are not known so exactly.
    #[error(
        "the trail is so long that times are known to {seconds} seconds, not to periods of `{period}`"
    )]
    #[diagnostic(help("take a multiple of {seconds} seconds, or a shorter part of the trail"))]
    TooFine {
        /// The length that was asked for.
        period: Period,
        /// How exactly times are known.
        seconds: u32,
    },
}

/// Counts each metric by periods that start at multiples of their length since 1970. Records without
/// a time are in none.
pub fn series(totals: &Totals, period: Period) -> Result<Series, SeriesError> {
    let length = period.seconds();
    let seconds = seconds_per_instant(totals);
    if !length.is_multiple_of(seconds) {
        return Err(SeriesError::TooFine { period, seconds });
    }
    let span = span(totals);
    let first = span.map(|span| span.first.0 / length);
    let periods = span.map_or(0, |span| {
        (span.last.0 / length - span.first.0 / length).saturating_add(1)
    });
    if periods > MAX_PERIODS {
        return Err(SeriesError::TooMany {
            period,
            periods,
            enough: enough(span, seconds),
        });
    }
    let periods = usize::try_from(periods).unwrap_or(usize::MAX);
    let metrics = Metric::ALL.map(|metric| {
        let counts = counts(totals, metric, length, first.unwrap_or(0), periods);
        MetricSeries {
            name: metric.name().to_owned(),
            title: metric.title().to_owned(),
            total: counts.iter().map(|(_, count)| count).sum(),
            counts,
        }
    });
    Ok(Series {
        period: length,
        start: first.map(|first| Instant(first * length)),
        periods,
        metrics: metrics.into(),
    })
}

/// What times are rounded to.
pub(super) fn seconds_per_instant(totals: &Totals) -> u32 {
    totals.seconds_per_instant.max(1)
}

/// The time that the records span.
pub(super) fn span(totals: &Totals) -> Option<Window> {
    let of_record = |times: &[(Instant, u32)]| {
        let (first, last) = (times.first()?.0, times.last()?.0);
        Some(Window { first, last })
    };
    let own = totals.records.iter();
    own.filter_map(|record| of_record(&record.times))
        .chain(totals.window)
        .reduce(Window::with)
}

/// A usual length of which there are few enough.
fn enough(span: Option<Window>, seconds: u32) -> Period {
    let span = span.map_or(0, Window::seconds);
    let usual = ["1m", "5m", "15m", "1h", "6h", "1d", "1w"];
    let usual = usual
        .into_iter()
        .filter_map(|text| Period::parse(text).ok());
    let mut long_enough = usual.filter(|period| {
        // The first and the last may be there in part.
        let periods = span / period.seconds() + 2;
        period.seconds().is_multiple_of(seconds) && periods <= MAX_PERIODS
    });
    long_enough.next().unwrap_or(Period::LONGEST)
}

/// The counts that are not zero, by the number of the period.
fn counts(
    totals: &Totals,
    metric: Metric,
    length: u32,
    first: u32,
    periods: usize,
) -> Vec<(usize, u64)> {
    let counting = totals.records.iter();
    let mut counting = counting
        .filter(|counted| metric.counts(&counted.record))
        .peekable();
    if counting.peek().is_none() {
        return Vec::new();
    }
    let mut all = vec![0_u64; periods];
    for (at, count) in counting.flat_map(|counted| &counted.times) {
        let number = usize::try_from((at.0 / length).saturating_sub(first)).ok();
        if let Some(own) = number.and_then(|number| all.get_mut(number)) {
            *own += u64::from(*count);
        }
    }
    let numbered = all.into_iter().enumerate();
    numbered.filter(|(_, count)| *count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::sample::{Sample, totals},
        *,
    };

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    fn of<'a>(series: &'a Series, name: &str) -> &'a MetricSeries {
        series.metrics.iter().find(|own| own.name == name).unwrap()
    }

    #[test]
    fn counts_fall_into_periods_from_1970_on_and_zeros_are_left_out() {
        let read = Sample::read("s3", "GetObject").at([(310, 2), (599, 1), (600, 4)]);
        let write = Sample::write("s3", "PutObject").at([(1_500, 3)]);
        let series = series(&totals([read, write]), period("5m")).unwrap();
        assert_eq!(series.start, Some(Instant(300)));
        assert_eq!((series.period, series.periods), (300, 5));
        assert_eq!(of(&series, "calls").counts, [(0, 3), (1, 4), (4, 3)]);
        assert_eq!(of(&series, "calls").total, 10);
        assert_eq!(of(&series, "writes").counts, [(4, 3)]);
        assert!(of(&series, "denied").counts.is_empty());
    }

    #[test]
    fn nothing_recorded_is_no_period() {
        let series = series(&totals([]), period("5m")).unwrap();
        assert_eq!((series.start, series.periods), (None, 0));
        assert_eq!(series.metrics.len(), Metric::ALL.len());
    }

    #[test]
    fn too_many_periods_are_refused_with_a_length_that_will_do() {
        let long = totals([Sample::read("s3", "GetObject").at([(0, 1), (u32::MAX, 1)])]);
        let Err(SeriesError::TooMany { enough, .. }) = series(&long, period("1s")) else {
            panic!("too many")
        };
        assert_eq!(enough.to_string(), "6h");
        assert!(series(&long, enough).is_ok());
        // As many as there may be.
        let most = totals([Sample::read("s3", "GetObject").at([(0, 1), (MAX_PERIODS - 1, 1)])]);
        assert!(series(&most, period("1s")).is_ok());
        let more = totals([Sample::read("s3", "GetObject").at([(0, 1), (MAX_PERIODS, 1)])]);
        assert!(series(&more, period("1s")).is_err());
    }

    #[test]
    fn periods_that_folded_times_cannot_tell_apart_are_refused() {
        let mut folded = totals([Sample::read("s3", "GetObject").at([(60, 1), (120, 5)])]);
        folded.seconds_per_instant = 60;
        for text in ["30s", "90s"] {
            let error = series(&folded, period(text)).unwrap_err();
            assert!(matches!(error, SeriesError::TooFine { seconds: 60, .. }));
        }
        let series = series(&folded, period("2m")).unwrap();
        assert_eq!(of(&series, "calls").counts, [(0, 1), (1, 5)]);
    }
}
