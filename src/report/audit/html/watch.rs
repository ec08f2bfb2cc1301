//! Counts over time, alarms, and unusual rates.

use super::{
    Page,
    chart::{Mark, chart, strip},
    markup::{Escaped, element},
    table::{Cell, Column, FILTERED, Kind, Look, Row, SORTED, bounded_table, left_out, table},
    wording::{code, counted, duration, length, list_of, number},
};
use crate::audit::{
    Window,
    watch::{AlarmResult, Raised, Series, UnusualRate},
};

/// The most charts that are drawn.
const MOST_CHARTS: usize = 100;
/// The most alarms that are told of.
const MOST_ALARMS: usize = 100;
/// The most times of one alarm that are told of, and the most events of one time.
const MOST_RAISED: usize = 200;
const MOST_EVENTS: usize = 50;
/// The most times that are marked in the charts.
const MOST_MARKS: usize = 200;

const RAISED: [Column; 5] = [
    ("By", Kind::Name),
    ("Highest count", Kind::Number),
    ("From", Kind::Time),
    ("To", Kind::Time),
    ("When", Kind::Picture),
];

const RATES: [Column; 8] = [
    ("Call", Kind::Name),
    ("Error", Kind::Name),
    ("Usual, a minute", Kind::Number),
    ("Meanwhile, a minute", Kind::Number),
    ("Calls", Kind::Number),
    ("From", Kind::Time),
    ("To", Kind::Time),
    ("When", Kind::Picture),
];

/// The counts as charts.
pub(super) fn series(page: &Page<'_>) -> Escaped {
    let Some(series) = &page.audit.series else {
        return element("p")
            .with("No counts over time were asked for (")
            .with(element("code").with("--series"))
            .with(").")
            .into();
    };
    let mut content = Escaped::from(element("p").with(intro(series)));
    let marks = marks(page);
    if !marks.is_empty() {
        content.push(legend());
    }
    let (counted, silent): (Vec<_>, Vec<_>) =
        series.metrics.iter().partition(|metric| metric.total > 0);
    let charts = counted.iter().take(MOST_CHARTS).enumerate();
    let charts: Escaped = charts
        .map(|(place, metric)| chart(place, series, metric, &marks))
        .collect();
    content.push(element("div").class("charts").with(charts));
    content.push(left_out(
        counted.len().saturating_sub(MOST_CHARTS),
        "chart",
        "charts",
    ));
    if !silent.is_empty() {
        let names = silent.iter().map(|metric| {
            Escaped::from(metric.title.as_str())
                .and(" ")
                .and(code(&metric.name))
        });
        content.push(element("p").with("Never counted in this time:"));
        content.push(list_of(names));
    }
    content
}

fn intro(series: &Series) -> Escaped {
    let periods = u64::try_from(series.periods).unwrap_or(u64::MAX);
    format!(
        "Counts in {} of {} each. Each chart has a scale of its own; its highest count is written above \
         the column.",
        counted(periods, "period", "periods"),
        duration(series.period)
    )
    .into()
}

fn legend() -> Escaped {
    let key = |class: &'static str| element("span").class(class).with(" ");
    element("p")
        .class("legend")
        .with(key("key raised"))
        .with(" an alarm was raised ")
        .with(key("key unusual"))
        .with(" a rate was unusual")
        .into()
}

/// When alarms were raised and rates were unusual.
fn marks(page: &Page<'_>) -> Vec<Mark> {
    let raised = page.audit.alarms.iter().flat_map(|alarm| &alarm.raised);
    let raised = raised.map(|raised| (raised.start, raised.end, "raised"));
    let rates = page.audit.rates.iter();
    let rates = rates.map(|rate| (rate.start, rate.end, "unusual"));
    raised
        .chain(rates)
        .take(MOST_MARKS)
        .map(|(first, last, class)| Mark {
            window: Window { first, last },
            class,
        })
        .collect()
}

/// The alarms with their events.
pub(super) fn alarms(page: &Page<'_>) -> Escaped {
    if page.audit.alarms.is_empty() {
        return element("p")
            .with("No alarms were asked for (")
            .with(element("code").with("--alarm"))
            .with(").")
            .into();
    }
    let alarms = page.audit.alarms.iter().take(MOST_ALARMS);
    let mut content: Escaped = alarms.map(|it| alarm(page, it)).collect();
    content.push(left_out(
        page.audit.alarms.len().saturating_sub(MOST_ALARMS),
        "alarm",
        "alarms",
    ));
    content
}

fn alarm(page: &Page<'_>, alarm: &AlarmResult) -> Escaped {
    let title = element("h4").with(code(&alarm.expression));
    let times = length(&alarm.raised);
    if times == 0 {
        let told = super::wording::badge("badge good", "not raised");
        return Escaped::from(title).and(element("p").with(told));
    }
    let told = format!("raised {}", counted(times, "time", "times"));
    let look = Look {
        caption: Escaped::from("When ")
            .and(code(&alarm.expression))
            .and(" was raised"),
        columns: &RAISED,
        class: SORTED,
    };
    Escaped::from(title)
        .and(element("p").with(super::wording::badge("badge bad", &told)))
        .and(bounded_table(look, &alarm.raised, MOST_RAISED, |it| {
            raised(page, it)
        }))
}

fn raised(page: &Page<'_>, raised: &Raised) -> Row {
    let span = page.audit.accounting.window;
    let window = Window {
        first: raised.start,
        last: raised.end,
    };
    let by = raised.by.as_deref().map_or_else(|| "all".into(), code);
    let row = Row::of(vec![
        by.into(),
        Cell::number(raised.count),
        Cell::time(Some(raised.start)),
        Cell::time(Some(raised.end)),
        strip(span, window, "raised").into(),
    ]);
    let kept = length(&raised.events);
    let most = page.rows.take(raised.events.len().min(MOST_EVENTS));
    if kept == 0 && raised.events_left_out == 0 {
        return row;
    }
    let shown = raised.events.iter().take(most).map(|fields| event(fields));
    let shown = element("ol")
        .class("events")
        .with(shown.collect::<Escaped>());
    let beyond = raised.events.len().saturating_sub(most);
    let mut details = element("details")
        .with(element("summary").with(counted(
            kept.saturating_add(raised.events_left_out),
            "event",
            "events",
        )))
        .with(shown)
        .with(left_out(beyond, "event", "events"));
    if raised.events_left_out > 0 {
        let told = counted(raised.events_left_out, "more event", "more events");
        details = details.with(element("p").with(format!("{told} not kept")));
    }
    row.with_more(details)
}

/// An event, reduced to the fields that were asked for.
fn event(fields: &[(String, String)]) -> Escaped {
    let fields = fields.iter().map(|(name, value)| {
        element("div").with(
            Escaped::from(element("dt").with(code(name))).and(element("dd").with(code(value))),
        )
    });
    let fields = element("dl")
        .class("fields")
        .with(fields.collect::<Escaped>());
    element("li").with(fields).into()
}

/// The rates that were unusual.
pub(super) fn rates(page: &Page<'_>) -> Escaped {
    if page.audit.rates.is_empty() {
        let reason = page.audit.rates_not_judged.as_deref();
        let text = reason.map_or_else(
            || "No rate of calls or errors was unusual.".to_owned(),
            |reason| format!("Nothing can be said: {reason}."),
        );
        return element("p").with(text.as_str()).into();
    }
    let look = Look {
        caption: "Calls and errors that were unusually frequent, against the usual rate of each"
            .into(),
        columns: &RATES,
        class: FILTERED,
    };
    let span = page.audit.accounting.window;
    table(look, &page.audit.rates, |it| rate(span, it))
}

fn rate(span: Option<Window>, rate: &UnusualRate) -> Row {
    let window = Window {
        first: rate.start,
        last: rate.end,
    };
    let per_minute = |value: f64| Cell::from(format!("{value:.2}")).sorted_by(format!("{value}"));
    let by = rate
        .principals
        .iter()
        .map(|(principal, count)| code(principal).and(format!(" ({})", number(*count))));
    let error = rate.error_code.as_deref();
    Row::of(vec![
        code(&format!("{}:{}", rate.source, rate.name)).into(),
        error.map_or_else(|| "\u{2013}".into(), code).into(),
        per_minute(rate.baseline),
        per_minute(rate.rate),
        Cell::number(rate.count),
        Cell::time(Some(rate.start)),
        Cell::time(Some(rate.end)),
        strip(span, window, "unusual").into(),
    ])
    .with_more(
        element("details")
            .with(element("summary").with("Who called most"))
            .with(list_of(by)),
    )
}
