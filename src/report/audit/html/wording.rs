//! Words, numbers and times of the page.

use super::markup::{Element, Escaped, element};
use crate::{
    audit::{
        Example, Instant, OutcomeKind, Window, agreement::Reason, breadth::UseClass,
        denied::RemedyText,
    },
    eval::Verdict,
    trail::Agreement,
};

/// The most characters of a recorded text that are shown. ARNs have at most 2,048.
const MOST_CHARACTERS: usize = 2048;

/// The most items of a list that are shown.
const MOST_ITEMS: usize = 50;

/// A number with commas between its thousands.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and what it counts.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// The number of items of a list.
pub(super) fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

/// A share in percent with one decimal, rounded down: all is said of all alone, and none of none.
pub(super) fn share(part: u64, whole: u64) -> Option<String> {
    let thousandths = u128::from(part)
        .checked_mul(1000)?
        .checked_div(whole.into())?;
    if thousandths == 0 && part > 0 {
        return Some("< 0.1 %".to_owned());
    }
    Some(format!("{}.{} %", thousandths / 10, thousandths % 10))
}

/// The text, or the start of it and how much is left out.
fn clipped(text: &str) -> (&str, Option<String>) {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => (text, None),
        Some((end, _)) => {
            let (start, rest) = text.split_at(end);
            let left_out = u64::try_from(rest.chars().count()).unwrap_or(u64::MAX);
            let note = format!(
                "\u{2026} ({})",
                counted(left_out, "more character", "more characters")
            );
            (start, Some(note))
        }
    }
}

/// A name that is broken rather behind its parts than within them.
fn name(text: &str) -> Escaped {
    let mut shown = Escaped::default();
    for (place, part) in text.split_inclusive([':', '/']).enumerate() {
        if place > 0 {
            shown.push(element("wbr"));
        }
        shown.push(part);
    }
    shown
}

/// A name, an ARN or another text as it was recorded.
pub(super) fn code(text: &str) -> Escaped {
    let (start, left_out) = clipped(text);
    let mut shown = Escaped::from(element("code").with(name(start)));
    if let Some(left_out) = left_out {
        shown.push(element("span").class("note").with(left_out));
    }
    shown
}

/// A sentence in which names stand between backticks.
pub(super) fn prose(text: &str) -> Escaped {
    let (start, left_out) = clipped(text);
    let mut shown = Escaped::default();
    let mut rest = start;
    while let Some((before, (name, after))) = rest
        .split_once('`')
        .and_then(|(before, from)| Some((before, from.split_once('`')?)))
    {
        shown.push(before);
        shown.push(element("code").with(self::name(name)));
        rest = after;
    }
    shown.push(rest);
    if let Some(left_out) = left_out {
        shown.push(left_out);
    }
    shown
}

/// A time, which is in UTC as all times of the page.
pub(super) fn time(at: Instant) -> Element {
    element("time")
        .attribute("datetime", &at.text())
        .with(short_time(at))
}

/// A time as it is read, without its zone.
pub(super) fn short_time(at: Instant) -> String {
    at.text().replace('T', " ").replace('Z', "")
}

/// From when to when.
pub(super) fn window(window: Window) -> Escaped {
    Escaped::from(time(window.first))
        .and(" to ")
        .and(time(window.last))
}

/// A length of time in its two largest units.
pub(super) fn duration(seconds: u32) -> String {
    const UNITS: [(u32, &str, &str); 4] = [
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
        (1, "second", "seconds"),
    ];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, one, many) in UNITS {
        let whole = rest / length;
        if whole > 0 && parts.len() < 2 {
            parts.push(counted(whole.into(), one, many));
        }
        rest %= length;
    }
    if parts.is_empty() {
        return "0 seconds".to_owned();
    }
    parts.join(" ")
}

/// An entry of a list of terms.
pub(super) fn entry(term: &str, told: impl Into<Escaped>) -> Escaped {
    Escaped::from(element("dt").with(term)).and(element("dd").with(told))
}

/// A list with an item for each text.
pub(super) fn list(texts: &[String]) -> Element {
    list_of(texts.iter().map(|text| prose(text)))
}

/// A list of what is markup already, of which no more than [`MOST_ITEMS`] are shown.
pub(super) fn list_of(items: impl IntoIterator<Item = Escaped>) -> Element {
    let mut items = items.into_iter();
    let shown = items.by_ref().take(MOST_ITEMS);
    let shown: Escaped = shown.map(|item| element("li").with(item)).collect();
    let list = element("ul").with(shown);
    match u64::try_from(items.count()).unwrap_or(u64::MAX) {
        0 => list,
        more => list.with(element("li").with(prose(&format!(
            "and {}, which `--format json` has",
            counted(more, "other", "others")
        )))),
    }
}

/// Where an event stands that is shown for many.
pub(super) fn example(example: &Example) -> Escaped {
    let mut text = code(&format!("{}:{}", example.file, example.line));
    text.push(format!(", byte {}", number(example.offset)));
    if !example.time.is_empty() {
        text.push(", at ");
        text.push(code(&example.time));
    }
    if !example.event_id.is_empty() {
        text.push(", event ");
        text.push(code(&example.event_id));
    }
    text
}

/// A change to a policy with its diff.
pub(super) fn remedy(remedy: &RemedyText) -> Escaped {
    let mut text = Escaped::from("in ").and(code(&remedy.policy));
    text.push(": ");
    text.push(prose(&remedy.text));
    text
}

/// How a class looks beside its words: a sign that is told from others without colour.
pub(super) fn badge(look: &'static str, words: &str) -> Element {
    element("span").class(look).with(words)
}

/// A verdict in AWS's words.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitDeny => "explicit deny",
        Verdict::ImplicitDeny => "implicit deny",
        Verdict::Depends => "depends on unknown facts",
    }
}

/// A verdict as a badge.
pub(super) fn verdict_badge(of: Verdict) -> Element {
    let look = match of {
        Verdict::Allowed => "badge good",
        Verdict::ExplicitDeny => "badge bad",
        Verdict::ImplicitDeny => "badge bad open",
        Verdict::Depends => "badge unsure",
    };
    badge(look, verdict(of))
}

/// What was recorded, in words.
pub(super) fn outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Succeeded => "carried out",
        OutcomeKind::Denied => "denied",
        OutcomeKind::DryRun => "dry run: would be allowed",
        OutcomeKind::Throttled => "throttled",
        OutcomeKind::Failed => "failed for another reason",
    }
}

/// Whether the records agree with a denial.
pub(super) fn agreement(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Agrees => "the records agree",
        Agreement::RecordedAllowed => "no: calls were carried out that would be denied",
        Agreement::RecordedDenied => "no: calls were denied that would be allowed",
        Agreement::Open => "the records do not tell",
    }
}

/// Why a simulated verdict is not the recorded one, in a few words.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::LayerNotSupplied => "a layer was not supplied",
        Reason::ResourcePolicyNotSupplied => "the resource\u{2019}s policy was not supplied",
        Reason::OtherPolicies => "the caller has other policies",
        Reason::ChangedMeanwhile => "a policy was changed meanwhile",
        Reason::UnknownFact => "a fact is unknown",
        Reason::ServiceRule => "the service has rules of its own",
        Reason::Unexplained => "unexplained",
    }
}

/// Whether something was used, in words.
pub(super) fn class_words(class: &UseClass) -> &'static str {
    match class {
        UseClass::Used => "used",
        UseClass::TooWide => "too wide",
        UseClass::Unused => "unused",
        UseClass::NotObservable(_) => "not observable",
    }
}

/// Whether something was used, as a badge, with why the trail could not have shown it.
pub(super) fn class(class: &UseClass) -> Escaped {
    let words = class_words(class);
    match class {
        UseClass::Used => badge("badge good", words).into(),
        UseClass::TooWide => badge("badge unsure", words).into(),
        UseClass::Unused => badge("badge bad open", words).into(),
        UseClass::NotObservable(reasons) => {
            let mut shown = Escaped::from(badge("badge unseen", words));
            if !reasons.is_empty() {
                shown.push(list(reasons));
            }
            shown
        }
    }
}
