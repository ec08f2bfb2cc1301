//! Condition values by their types: numbers, instants, networks, bytes.
//!
//! Text that is not of its type is `None` and never matches.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use base64::Engine as _;
use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use std::{
    cmp::Ordering,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A decimal number, compared exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Significant digits without zeros at either end; empty for zero.
    digits: Vec<u8>,
    /// How many of the digits, or of zeros after them, stand before the point.
    point: i64,
}

impl Decimal {
    /// Reads a sign, digits, a fraction and an exponent; all but some digits may be missing.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            // More than three digits of exponent describe no number that any key has.
            Some((mantissa, exponent)) if exponent.len() <= 4 => (mantissa, exponent.parse().ok()?),
            Some(_) => return None,
            None => (rest, 0_i64),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let end = digits
            .iter()
            .rposition(|digit| *digit != b'0')
            .map_or(0, |last| last + 1);
        let significant = digits.get(zeros..end).unwrap_or_default().to_vec();
        if significant.is_empty() {
            return Some(Self {
                negative: false,
                digits: significant,
                point: 0,
            });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()? + exponent;
        Some(Self {
            negative,
            digits: significant,
            point,
        })
    }

    /// The number, those one away from it, and those so little away that no number with as many
    /// digits lies between.
    pub(super) fn neighbours(&self) -> Vec<String> {
        self.scaled().unwrap_or_default()
    }

    fn scaled(&self) -> Option<Vec<String>> {
        let length = i64::try_from(self.digits.len()).ok()?;
        let scale = (length - self.point).max(0) + 1;
        let mut number: i128 = 0;
        for digit in &self.digits {
            number = number
                .checked_mul(10)?
                .checked_add(i128::from(digit - b'0'))?;
        }
        let zeros = u32::try_from(self.point - length + scale).ok()?;
        number = number.checked_mul(10_i128.checked_pow(zeros)?)?;
        if self.negative {
            number = -number;
        }
        let scale = u32::try_from(scale).ok()?;
        let one = 10_i128.checked_pow(scale)?;
        let write = |number: i128| {
            let sign = if number < 0 { "-" } else { "" };
            let (whole, rest) = (number.unsigned_abs(), one.unsigned_abs());
            let (whole, fraction) = (whole / rest, whole % rest);
            let width = scale as usize;
            let text = format!("{sign}{whole}.{fraction:0width$}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let near = [number, number + one, number - one, number + 1, number - 1];
        Some(near.into_iter().map(write).collect())
    }

    /// The order without regard to the signs.
    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .point
                .cmp(&other.point)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

/// The order of two numbers; `None` where one of the texts is none.
pub fn compare_numbers(left: &str, right: &str) -> Option<Ordering> {
    Some(Decimal::parse(left)?.cmp(&Decimal::parse(right)?))
}

/// Reads an instant: seconds since 1970, or ISO 8601 as the W3C profile has it, from
/// `2026-11` to `2026-11-22T10:30:00.5+01:00`. A date alone is its first instant in UTC.
pub fn instant(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().ok()?;
        return Timestamp::UNIX_EPOCH
            .checked_add(SignedDuration::from_secs(seconds))
            .ok();
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let is_digits_and_hyphens = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = match text.len() {
        10 if is_digits_and_hyphens => text.parse::<Date>().ok()?,
        7 if is_digits_and_hyphens => format!("{text}-01").parse::<Date>().ok()?,
        _ => return None,
    };
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Reads an address or a network; an address is the network of that address alone. Bits after the
/// prefix are ignored.
pub fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(network) => Some(network.trunc()),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}

/// The instant, and those a second and next to nothing away from it.
pub(super) fn around(instant: Timestamp) -> impl Iterator<Item = Timestamp> {
    let distances = [
        SignedDuration::ZERO,
        SignedDuration::from_secs(1),
        SignedDuration::from_secs(-1),
        SignedDuration::from_nanos(1),
        SignedDuration::from_nanos(-1),
    ];
    distances
        .into_iter()
        .filter_map(move |distance| instant.checked_add(distance).ok())
}

/// The first address of a network and the first after it: networks lie within or beside each other, so
/// every region between them begins at one of these.
pub(super) fn edges(network: &IpNet) -> Vec<String> {
    let after = match network.broadcast() {
        IpAddr::V4(last) => u32::from(last)
            .checked_add(1)
            .map(|next| IpAddr::V4(Ipv4Addr::from(next))),
        IpAddr::V6(last) => u128::from(last)
            .checked_add(1)
            .map(|next| IpAddr::V6(Ipv6Addr::from(next))),
    };
    let edges = std::iter::once(network.network()).chain(after);
    edges.map(|address| address.to_string()).collect()
}

/// Reads base64.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// Writes base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Reads `true` or `false`; letter case does not count.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_order(left: &str, expected: Ordering, right: &str) {
        let parse = |text| Decimal::parse(text).unwrap();
        assert_eq!(parse(left).cmp(&parse(right)), expected, "{left} {right}");
    }

    #[test]
    fn decimals_compare_exactly() {
        assert_order("300", Ordering::Equal, "300.0");
        assert_order("0.1", Ordering::Equal, ".10");
        assert_order("-10", Ordering::Less, "-5");
        assert_order("-1", Ordering::Less, "0.001");
        assert_order("1e3", Ordering::Greater, "999");
        assert_order("9007199254740993", Ordering::Greater, "9007199254740992");
        assert_order("-0", Ordering::Equal, "0");
        assert_order("0.05", Ordering::Less, "0.5");
    }

    #[test]
    fn neighbours_of_a_number_lie_close_on_both_sides() {
        let near = |text| Decimal::parse(text).unwrap().neighbours();
        assert_eq!(near("300"), ["300", "301", "299", "300.1", "299.9"]);
        assert_eq!(
            near("-0.25"),
            ["-0.25", "0.75", "-1.25", "-0.249", "-0.251"]
        );
        assert_eq!(near("0"), ["0", "1", "-1", "0.1", "-0.1"]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", "300abc", "1.2.3", ".", "1e", "1e99999", "0x10", "١",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn instants_compare_across_notations() {
        let same = [
            "1735689600",
            "2025-01-01T00:00:00Z",
            "2025-01-01T02:00:00+02:00",
            "2025-01-01",
            "2025-01",
        ];
        for text in same {
            assert_eq!(instant(text), instant("2025-01-01T00:00:00.000Z"), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2025-13-01",
            "2025-01-01 noon",
            "99999999999999999999",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn networks_ignore_host_bits_and_keep_families_apart() {
        let holds = |net: &str, address: &str| {
            network(net)
                .unwrap()
                .contains(&network(address).unwrap().addr())
        };
        assert!(holds("203.0.113.9/24", "203.0.113.77"));
        assert!(holds("0.0.0.0/0", "198.51.100.1"));
        assert!(holds("128.0.0.0/1", "200.1.1.1"));
        assert!(holds("2001:DB8::/32", "2001:db8:1::5"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert_eq!(network("10.0.0/8"), None);
        assert_eq!(network("10.0.0.0/33"), None);
    }
}
