//! Lengths of time, as they are written in expressions.

use nom::{
    IResult, Parser as _,
    character::complete::{digit1, one_of},
    combinator::all_consuming,
};
use std::fmt;

/// A length of time in whole seconds: at least one, at most [`Period::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

/// The units, the longest first.
const UNITS: [(char, u32); 5] = [
    ('w', 7 * 86_400),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

impl Period {
    /// The longest, in seconds: some ten years.
    pub const MOST: u32 = 3_660 * 86_400;

    /// The longest.
    pub const LONGEST: Self = Self(Self::MOST);

    /// Reads a number and a unit, such as `5m`: `s`, `m`, `h`, `d` or `w`. Where it is none, the
    /// error says why not, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: IResult<&str, (&str, char)> =
            all_consuming((digit1, one_of("smhdw"))).parse(text);
        let Ok((_, (number, unit))) = read else {
            if text.is_empty() {
                return Err("the length of time is missing".to_owned());
            }
            return Err(format!("`{text}` is no length of time"));
        };
        let unit = UNITS.iter().find(|(own, _)| *own == unit);
        let seconds = unit.and_then(|(_, unit)| number.parse::<u32>().ok()?.checked_mul(*unit));
        match seconds {
            Some(0) => Err(format!("`{text}` is no time at all")),
            Some(seconds) if seconds <= Self::MOST => Ok(Self(seconds)),
            _ => Err(format!("`{text}` is longer than ten years")),
        }
    }

    /// How it is written.
    pub const HELP: &str = "write a number and `s`, `m`, `h`, `d` or `w`, such as `10m`";

    /// How many seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, unit)| self.0.is_multiple_of(*unit));
        let (name, unit) = unit.unwrap_or(&('s', 1));
        write!(f, "{}{name}", self.0 / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_are_a_length_of_time() {
        for (text, seconds) in [
            ("1s", 1),
            ("90s", 90),
            ("5m", 300),
            ("24h", 86_400),
            ("2w", 1_209_600),
        ] {
            assert_eq!(
                Period::parse(text).map(Period::seconds),
                Ok(seconds),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "5",
            "m",
            "-5m",
            "1.5h",
            "5 m",
            "5min",
            "0m",
            "99999999999d",
            "4000000000w",
            "521w0",
            "11000000h",
        ] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn it_is_written_with_its_longest_unit() {
        for (text, written) in [("60s", "1m"), ("90s", "90s"), ("48h", "2d"), ("7d", "1w")] {
            assert_eq!(Period::parse(text).unwrap().to_string(), written);
        }
    }
}
