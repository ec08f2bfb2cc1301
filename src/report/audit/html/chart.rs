//! Charts, as SVG in the page. Coordinates are whole numbers.

use super::{
    markup::{Element, Escaped, element},
    wording::{counted, duration, number, short_time},
};
use crate::audit::{
    Instant, Window,
    watch::{MetricSeries, Series},
};

/// The most columns of a chart. Where there are more periods, the highest of several stands for them.
const MOST_COLUMNS: usize = 300;

const WIDTH: u64 = 4000;
const HEIGHT: u64 = 1250;
const TOP: u64 = 220;
const BOTTOM: u64 = 1020;

/// A time that is marked in a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) window: Window,
    pub(super) class: &'static str,
}

/// The counts of a metric over time.
pub(super) fn chart(
    place: usize,
    series: &Series,
    metric: &MetricSeries,
    marks: &[Mark],
) -> Element {
    let heights = Columns::of(series, metric);
    let (title, described) = (format!("chart-{place}"), format!("chart-{place}-text"));
    let mut drawing = Escaped::from(
        element("title")
            .attribute("id", &title)
            .with(metric.title.as_str()),
    );
    drawing.push(
        element("desc")
            .attribute("id", &described)
            .with(heights.words(series, metric)),
    );
    let span = span_of(series);
    for mark in marks {
        drawing.push(band(span, *mark));
    }
    drawing.push(
        element("path")
            .class("columns")
            .attribute("d", &heights.path()),
    );
    drawing.push(axis(span));
    drawing.push(heights.peak(series));
    let picture = element("svg")
        .attribute("xmlns", "http://www.w3.org/2000/svg")
        .attribute("viewBox", &format!("0 0 {WIDTH} {HEIGHT}"))
        .attribute("role", "img")
        .attribute("aria-labelledby", &format!("{title} {described}"))
        .with(drawing);
    let caption = element("figcaption")
        .with(element("strong").with(metric.title.as_str()))
        .with(" ")
        .with(
            element("span")
                .class("note")
                .with(super::wording::code(&metric.name))
                .with(format!(", {} in all", number(metric.total))),
        );
    element("figure").class("chart").with(caption).with(picture)
}

/// The highest counts of the columns of a chart.
#[derive(Debug)]
struct Columns {
    counts: Vec<u64>,
    highest: u64,
    /// The period of the highest count.
    peak: usize,
    /// How many periods have a count.
    periods_with_counts: usize,
}

impl Columns {
    fn of(series: &Series, metric: &MetricSeries) -> Self {
        let periods = series.periods.max(1);
        let columns = periods.min(MOST_COLUMNS);
        let mut counts = vec![0; columns];
        let (mut highest, mut peak, mut periods_with_counts) = (0, 0, 0);
        for (period, count) in &metric.counts {
            let column = period.saturating_mul(columns) / periods;
            let Some(height) = counts.get_mut(column) else {
                continue;
            };
            *height = (*count).max(*height);
            periods_with_counts += 1;
            if *count > highest {
                (highest, peak) = (*count, *period);
            }
        }
        Self {
            counts,
            highest,
            peak,
            periods_with_counts,
        }
    }

    /// Where a column starts.
    fn left(&self, column: usize) -> u64 {
        let count = u64::try_from(self.counts.len()).unwrap_or(1).max(1);
        WIDTH * u64::try_from(column).unwrap_or(0) / count
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for (column, count) in self.counts.iter().enumerate() {
            if *count == 0 {
                continue;
            }
            let (left, right) = (self.left(column), self.left(column + 1));
            // A small count beside a large one is seen all the same.
            let height = part_of(BOTTOM - TOP, *count, self.highest).max(12);
            let gap = if right - left > 20 { 4 } else { 0 };
            path += &format!("M{left} {BOTTOM}v-{height}H{}V{BOTTOM}z", right - gap);
        }
        path
    }

    /// The highest count beside its column, and when that was.
    fn peak(&self, series: &Series) -> Escaped {
        if self.highest == 0 {
            return Escaped::default();
        }
        let periods = series.periods.max(1);
        let column = self.peak.saturating_mul(self.counts.len()) / periods;
        let middle = u64::midpoint(self.left(column), self.left(column + 1));
        let anchor = match middle * 4 / WIDTH {
            0 => "start",
            1 | 2 => "middle",
            _ => "end",
        };
        let at = start_of(series, self.peak).map_or_else(String::new, short_time);
        Escaped::from(
            element("text")
                .class("peak")
                .attribute("x", &middle.to_string())
                .attribute("y", &(TOP - 60).to_string())
                .attribute("text-anchor", anchor)
                .with(format!(
                    "{} at {}",
                    number(self.highest),
                    without_seconds(&at)
                )),
        )
    }

    /// The chart in words.
    fn words(&self, series: &Series, metric: &MetricSeries) -> String {
        let mut words = format!(
            "{} in {} of {}",
            number(metric.total),
            number(u64::try_from(self.periods_with_counts).unwrap_or(u64::MAX)),
            counted(
                u64::try_from(series.periods).unwrap_or(u64::MAX),
                "period",
                "periods"
            ),
        );
        words += &format!(" of {} each", duration(series.period));
        if let Some(span) = span_of(series) {
            words += &format!(
                ", from {} to {}",
                short_time(span.first),
                short_time(span.last)
            );
        }
        if let (true, Some(at)) = (self.highest > 0, start_of(series, self.peak)) {
            words += &format!(
                "; the highest count is {} in the period from {}",
                number(self.highest),
                short_time(at)
            );
        }
        words
    }
}

/// What part of a length a count is of another.
fn part_of(length: u64, count: u64, whole: u64) -> u64 {
    let part = u128::from(length) * u128::from(count.min(whole));
    let part = part.checked_div(whole.into()).unwrap_or(0);
    u64::try_from(part).unwrap_or(length)
}

/// The time that a chart spans.
fn span_of(series: &Series) -> Option<Window> {
    let first = series.start?;
    let last = start_of(series, series.periods)?;
    Some(Window { first, last })
}

fn start_of(series: &Series, period: usize) -> Option<Instant> {
    let period = u32::try_from(period).unwrap_or(u32::MAX);
    let start = series.start?;
    Some(Instant(
        start.0.saturating_add(period.saturating_mul(series.period)),
    ))
}

fn without_seconds(time: &str) -> &str {
    time.strip_suffix(":00").unwrap_or(time)
}

/// The base line with the times of its start, middle and end.
fn axis(span: Option<Window>) -> Escaped {
    let line = element("path")
        .class("axis")
        .attribute("d", &format!("M0 {BOTTOM}H{WIDTH}"));
    let mut axis = Escaped::from(line);
    let Some(span) = span else {
        return axis;
    };
    let middle = Instant(span.first.0.midpoint(span.last.0));
    for (x, anchor, at) in [
        (0, "start", span.first),
        (WIDTH / 2, "middle", middle),
        (WIDTH, "end", span.last),
    ] {
        let at = short_time(at);
        axis.push(
            element("path")
                .class("axis")
                .attribute("d", &format!("M{x} {BOTTOM}v50")),
        );
        axis.push(
            element("text")
                .class("tick")
                .attribute("x", &x.to_string())
                .attribute("y", &(BOTTOM + 190).to_string())
                .attribute("text-anchor", anchor)
                .with(at.get(..16).unwrap_or(&at)),
        );
    }
    axis
}

/// Where in a span of so many units a window lies, in units of `width`: its left end and its width, which
/// is wide enough to be seen.
fn extent(span: Window, window: Window, width: u64) -> (u64, u64) {
    let seconds = u64::from(span.seconds()).max(1);
    let place = |at: Instant| {
        let into = at.0.saturating_sub(span.first.0);
        part_of(width, into.into(), seconds)
    };
    let seen = width / 100;
    let left = place(window.first).min(width - seen);
    (left, place(window.last).saturating_sub(left).max(seen))
}

fn band(span: Option<Window>, mark: Mark) -> Escaped {
    let Some(span) = span else {
        return Escaped::default();
    };
    let (left, width) = extent(span, mark.window, WIDTH);
    // Both kinds are seen where they are at the same time.
    let top = if mark.class == "unusual" {
        u64::midpoint(TOP, BOTTOM)
    } else {
        TOP
    };
    element("rect")
        .class(mark.class)
        .attribute("x", &left.to_string())
        .attribute("y", &top.to_string())
        .attribute("width", &width.to_string())
        .attribute("height", &(BOTTOM - top).to_string())
        .into()
}

/// Where in the time of a trail something was, as a picture on one line.
pub(super) fn strip(span: Option<Window>, window: Window, class: &'static str) -> Escaped {
    const LONG: u64 = 1000;
    let Some(span) = span else {
        return Escaped::default();
    };
    let (left, width) = extent(span, window, LONG);
    let label = format!(
        "from {} to {}, in a trail from {} to {}",
        short_time(window.first),
        short_time(window.last),
        short_time(span.first),
        short_time(span.last)
    );
    let bars = Escaped::from(bar("whole", 0, LONG)).and(bar(class, left, width));
    picture(&label, bars)
}

/// What is granted, what of it could have been seen, and what was used, as bars that lie over each other.
/// All bars of a policy are to the same scale.
pub(super) fn bars(granted: u64, observable: u64, used: u64, most: u64) -> Escaped {
    const LONG: u64 = 1000;
    let long = |count: u64| {
        let length = part_of(LONG, count, most);
        if count > 0 { length.max(12) } else { 0 }
    };
    let label = format!(
        "{} used of {} granted, of which the trail could have shown {}",
        number(used),
        number(granted),
        number(observable)
    );
    let bars = [
        ("granted", granted),
        ("observable", observable),
        ("used", used),
    ];
    let bars: Escaped = bars
        .into_iter()
        .map(|(class, count)| bar(class, 0, long(count)))
        .collect();
    picture(&label, bars)
}

fn bar(class: &'static str, left: u64, width: u64) -> Element {
    let (top, height) = match class {
        "used" => (14, 12),
        "whole" => (18, 4),
        _ => (8, 24),
    };
    element("rect")
        .class(class)
        .attribute("x", &left.to_string())
        .attribute("y", &top.to_string())
        .attribute("width", &width.to_string())
        .attribute("height", &height.to_string())
}

fn picture(label: &str, content: Escaped) -> Escaped {
    element("svg")
        .class("bar")
        .attribute("xmlns", "http://www.w3.org/2000/svg")
        .attribute("viewBox", "0 0 1000 40")
        .attribute("preserveAspectRatio", "none")
        .attribute("role", "img")
        .attribute("aria-label", label)
        .with(content)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(periods: usize) -> Series {
        Series {
            period: 300,
            start: Some(Instant(1_000_000_000)),
            periods,
            metrics: Vec::new(),
        }
    }

    fn metric(counts: Vec<(usize, u64)>) -> MetricSeries {
        MetricSeries {
            name: "denied".to_owned(),
            title: "Denied calls".to_owned(),
            total: 1,
            counts,
        }
    }

    #[test]
    fn the_highest_of_several_periods_stands_for_a_column() {
        let columns = Columns::of(&series(3000), &metric(vec![(10, 4), (11, 9), (2999, 2)]));
        assert_eq!(columns.counts.len(), MOST_COLUMNS);
        assert_eq!((columns.counts[1], columns.counts[299]), (9, 2));
        assert_eq!((columns.highest, columns.peak), (9, 11));
    }

    #[test]
    fn columns_stay_in_the_picture_whatever_the_counts() {
        let wild = metric(vec![(0, u64::MAX), (1, 1), (7, 5), (usize::MAX, 3)]);
        let columns = Columns::of(&series(2), &wild);
        assert_eq!(
            columns.path(),
            format!("M0 {BOTTOM}v-800H1996V{BOTTOM}zM2000 {BOTTOM}v-12H3996V{BOTTOM}z")
        );
        assert!(
            Columns::of(&series(0), &metric(Vec::new()))
                .path()
                .is_empty()
        );
    }

    #[test]
    fn a_window_is_seen_however_short_and_wherever_it_is() {
        let window = |first, last| Window {
            first: Instant(first),
            last: Instant(last),
        };
        let span = window(100, 200);
        assert_eq!(extent(span, window(150, 160), 1000), (500, 100));
        assert_eq!(extent(span, window(200, 200), 1000), (990, 10));
        assert_eq!(extent(span, window(0, 999), 1000), (0, 1000));
        assert_eq!(extent(window(5, 5), window(5, 5), 1000), (0, 10));
    }
}
