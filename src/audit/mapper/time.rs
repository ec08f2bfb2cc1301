//! Times of events.

use crate::audit::Instant;
use jiff::Timestamp;

/// The time of an event from its JSON text, `"2026-11-24T10:00:00Z"`; `None` where it is none, or lies
/// outside of 1970 to 2105.
pub fn instant(raw: &str) -> Option<Instant> {
    let text = raw.strip_prefix('"')?.strip_suffix('"')?;
    if let Some(seconds) = plain(text.as_bytes()) {
        return Some(Instant(seconds));
    }
    let second = text.parse::<Timestamp>().ok()?.as_second();
    u32::try_from(second)
        .ok()
        .filter(|second| *second < u32::MAX)
        .map(Instant)
}

/// How many days of a year come before each month, where it is no leap year.
const BEFORE: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// The form in which `CloudTrail` writes times, read by hand as every event has one. `None` for other
/// forms, and for times that are none.
fn plain(text: &[u8]) -> Option<u32> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        o1,
        o2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b'Z',
    ] = text
    else {
        return None;
    };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0_u32, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u32::from(*digit - b'0'))
        })
    };
    let year = number(&[y1, y2, y3, y4])?;
    let (month, day) = (number(&[o1, o2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    let is_leap = year.is_multiple_of(4);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    // In these years every fourth is a leap year.
    let is_time = (1972..2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=last).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !is_time {
        return None;
    }
    let years = year - 1970;
    let before = BEFORE.get(month as usize - 1).copied()?;
    let this_year = u32::from(is_leap && month > 2);
    let days = years * 365 + (years + 1) / 4 + before + this_year + day - 1;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_is_read_as_jiff_reads_it(second in 0_u32..u32::MAX) {
            let text = Instant(second).text();
            prop_assert_eq!(instant(&format!("\"{text}\"")), Some(Instant(second)));
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for raw in [
            "null",
            "\"\"",
            "\"2026-02-29T00:00:00Z\"",
            "\"2026-13-01T00:00:00Z\"",
            "\"2026-01-01T24:00:00Z\"",
            "\"1969-12-31T23:59:59Z\"",
            "7",
        ] {
            assert_eq!(instant(raw), None, "{raw}");
        }
        assert_eq!(
            instant("\"2026-11-24T10:00:00.250+01:00\""),
            instant("\"2026-11-24T09:00:00Z\"")
        );
    }
}
