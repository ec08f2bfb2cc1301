//! Counts over time, alarms, unusual rates.

use super::{
    Block, Cell, Table,
    words::{calls, counted, duration, length, number, quoted, shortened},
};
use crate::audit::{
    Instant,
    watch::{AlarmResult, MetricSeries, Raised, Series, UnusualRate},
};

/// The most bars of a series.
const MOST_BARS: usize = 40;

/// Bars by height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) fn series(series: Option<&Series>) -> Vec<Block> {
    let Some(series) = series else {
        return Vec::new();
    };
    let start = series.start.map(|start| format!(" from {}", start.text()));
    let text = format!(
        "{} of {} each{}.",
        counted(
            u64::try_from(series.periods).unwrap_or(u64::MAX),
            "period",
            "periods"
        ),
        duration(series.period),
        start.unwrap_or_default()
    );
    let row = |metric: &MetricSeries| {
        let most = metric.counts.iter().map(|(_, count)| *count).max();
        vec![
            Cell::Words(shortened(&metric.title)),
            Cell::Number(metric.total),
            Cell::Number(most.unwrap_or(0)),
            Cell::Fixed(bars(metric, series.periods)),
        ]
    };
    let table = Table {
        columns: vec!["what", "all", "most in a period", "over time"],
        rows: series.metrics.iter().map(row).collect(),
    };
    vec![
        Block::Section("Over time"),
        Block::Paragraph(text),
        Block::Table(table),
    ]
}

/// The counts as bars: periods that share a bar are summed up, and what is not there at all is a blank.
fn bars(metric: &MetricSeries, periods: usize) -> String {
    let width = periods.div_ceil(MOST_BARS).max(1);
    let mut sums = vec![0_u64; periods.div_ceil(width)];
    for (period, count) in &metric.counts {
        if let Some(sum) = sums.get_mut(period / width) {
            *sum = sum.saturating_add(*count);
        }
    }
    let highest = sums.iter().copied().max().unwrap_or(0).max(1);
    let bar = |sum: u64| {
        let height = u128::from(sum) * 8 / u128::from(highest);
        let height = usize::try_from(height).unwrap_or(0).saturating_sub(1);
        match sum {
            0 => '·',
            _ => BARS.get(height).copied().unwrap_or('█'),
        }
    };
    sums.into_iter().map(bar).collect()
}

pub(super) fn alarms(alarms: &[AlarmResult]) -> Vec<Block> {
    if alarms.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Section("Alarms")];
    for alarm in alarms {
        blocks.push(Block::Heading(quoted(&alarm.expression)));
        let text = match length(&alarm.raised) {
            0 => "Not raised.".to_owned(),
            times => format!("Raised {}.", counted(times, "time", "times")),
        };
        blocks.push(Block::Paragraph(text));
        blocks.extend(alarm.raised.iter().flat_map(raised));
    }
    blocks
}

fn raised(raised: &Raised) -> Vec<Block> {
    let by = raised.by.as_ref().map(|by| format!("By {}: ", quoted(by)));
    let text = format!(
        "{}up to {} at a time, from {} to {}.",
        by.unwrap_or_default(),
        number(raised.count),
        raised.start.text(),
        raised.end.text()
    );
    let field = |(name, value): &(String, String)| format!("{} {}", shortened(name), quoted(value));
    let event = |fields: &Vec<(String, String)>| {
        let fields: Vec<_> = fields.iter().map(field).collect();
        fields.join(", ")
    };
    let mut items: Vec<_> = raised.events.iter().map(event).collect();
    if raised.events_left_out > 0 {
        items.push(format!(
            "{} more",
            counted(raised.events_left_out, "event", "events")
        ));
    }
    let mut blocks = vec![Block::Paragraph(text)];
    if !items.is_empty() {
        blocks.push(Block::Items(items));
    }
    blocks
}

pub(super) fn rates(rates: &[UnusualRate], not_judged: Option<&str>) -> Vec<Block> {
    if rates.is_empty() {
        let reason = not_judged.map(|reason| Block::Paragraph(format!("{reason}.")));
        return reason.into_iter().collect();
    }
    let mut blocks = vec![Block::Section("Unusual rates")];
    blocks.push(Block::Items(rates.iter().map(rate).collect()));
    blocks
}

fn rate(rate: &UnusualRate) -> String {
    let call = quoted(&format!("{}:{}", rate.source, rate.name));
    let of = match &rate.error_code {
        Some(code) => format!("{call} failing with {}", quoted(code)),
        None => call,
    };
    let span = |from: Instant, to: Instant| format!("from {} to {}", from.text(), to.text());
    let principals: Vec<_> = rate
        .principals
        .iter()
        .map(|(name, count)| format!("{} ({})", quoted(name), number(*count)))
        .collect();
    let by = if principals.is_empty() {
        String::new()
    } else {
        format!(", by {}", principals.join(", "))
    };
    format!(
        "{of}: {:.1} calls a minute {}, {:.1} before; {}{by}",
        rate.rate,
        span(rate.start, rate.end),
        rate.baseline,
        calls(rate.count)
    )
}

#[cfg(test)]
mod tests {
    use super::bars;
    use crate::audit::watch::MetricSeries;

    fn metric(counts: &[(usize, u64)]) -> MetricSeries {
        MetricSeries {
            name: "denied".to_owned(),
            title: "denied calls".to_owned(),
            counts: counts.to_vec(),
            total: counts.iter().map(|(_, count)| count).sum(),
        }
    }

    #[test]
    fn bars_are_as_high_as_their_counts() {
        let few = metric(&[(0, 8), (1, 1), (3, 4), (99, 7)]);
        assert_eq!(bars(&few, 4), "█▁·▄");
        assert_eq!(bars(&metric(&[]), 3), "···");
        assert_eq!(bars(&metric(&[(0, u64::MAX)]), 1), "█");
        assert_eq!(bars(&metric(&[]), 0), "");
    }

    #[test]
    fn many_periods_share_bars() {
        let many: Vec<_> = (0..100).map(|period| (period, 1)).collect();
        let text = bars(&metric(&many), 100);
        assert_eq!(text.chars().count(), 34);
        assert!(text.starts_with("██") && text.ends_with("█▂"), "{text}");
    }
}
