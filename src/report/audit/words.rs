//! What all formats for people say in the same words. Names that come from files stand in backticks.

use crate::{
    audit::{
        Audit, Example, Instant, OutcomeKind, StatementPlace, Window,
        agreement::{AgreementReport, Reason},
        breadth::{PatternBreadth, UseClass},
    },
    eval::{Layer, Verdict},
    trail::Agreement,
};

/// The most characters of a text of the user that reports for people show whole.
const MOST_CHARACTERS: usize = 1_000;

/// The most names of what was used that are listed.
const MOST_NAMES: usize = 5;

/// A number as people read it, `12,345`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 call`, `12,345 calls`.
pub(super) fn counted(of: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(of), if of == 1 { one } else { many })
}

/// `1 call`, `12,345 calls`.
pub(super) fn calls(of: u64) -> String {
    counted(of, "call", "calls")
}

/// How many there are of something in a list.
pub(super) fn length<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

/// A share such as `99.4 percent`, rounded down, so that only all of them are 100.
pub(super) fn share(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1_000 / u128::from(whole.max(1));
    format!("{}.{} percent", tenths / 10, tenths % 10)
}

/// A length of time in its two largest units.
pub(super) fn duration(seconds: u32) -> String {
    let units = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, name) in units {
        let of = rest / length;
        rest %= length;
        if of > 0 {
            parts.push(counted(u64::from(of), name, &format!("{name}s")));
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        return "0 seconds".to_owned();
    }
    parts.join(" ")
}

/// `2026-11-03T10:00:00Z to 2026-11-24T10:00:00Z`.
pub(super) fn window(window: Option<Window>) -> String {
    match window {
        Some(window) if window.first == window.last => window.first.text(),
        Some(window) => format!("{} to {}", window.first.text(), window.last.text()),
        None => "no time is recorded".to_owned(),
    }
}

/// The last time of something; `never` where there is none.
pub(super) fn last(last: Option<Instant>) -> String {
    last.map_or_else(|| "never".to_owned(), Instant::text)
}

/// A text of the user in a sentence.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", shortened(text))
}

/// A text without its middle where it is too long to be shown, as names are told apart by their ends.
pub(super) fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= MOST_CHARACTERS {
        return text.to_owned();
    }
    let kept = MOST_CHARACTERS / 2;
    let start: String = text.chars().take(kept).collect();
    let end: String = text.chars().skip(length - kept).collect();
    format!("{start}…{end}")
}

/// The first few of a list, and how many more there are.
pub(super) fn listed(names: &[String], most: usize) -> String {
    let shown: Vec<_> = names.iter().take(most).map(|name| quoted(name)).collect();
    let mut text = shown.join(", ");
    let more = length(names).saturating_sub(length(&shown));
    if more > 0 {
        text += &format!(" and {} more", number(more));
    }
    text
}

/// A verdict.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitDeny => "denied by a statement",
        Verdict::ImplicitDeny => "not allowed",
        Verdict::Depends => "undecided",
    }
}

/// Why a call would be denied.
pub(super) fn why(verdict: Verdict, limited_by: Option<Layer>) -> String {
    let layer = limited_by.map_or("policies", Layer::title);
    match verdict {
        Verdict::ExplicitDeny => format!("a statement of the {layer} denies it"),
        Verdict::ImplicitDeny => format!("nothing in the {layer} allows it"),
        Verdict::Allowed => "it would be allowed".to_owned(),
        Verdict::Depends => format!("it depends on the {layer}"),
    }
}

/// What was recorded.
pub(super) fn outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Succeeded => "carried out",
        OutcomeKind::Denied => "denied",
        OutcomeKind::DryRun => "dry run that would be allowed",
        OutcomeKind::Throttled => "refused, too many calls",
        OutcomeKind::Failed => "failed for another reason",
    }
}

/// How many calls of a group were recorded in which way.
pub(super) fn recorded(count: u64, succeeded: u64, denied: u64) -> String {
    let mut parts = Vec::new();
    if succeeded > 0 {
        parts.push(format!("{} carried out", number(succeeded)));
    }
    if denied > 0 {
        parts.push(format!("{} denied", number(denied)));
    }
    let others = count.saturating_sub(succeeded).saturating_sub(denied);
    if others > 0 {
        parts.push(format!("{} failed for other reasons", number(others)));
    }
    parts.join(", ")
}

/// What records say of a simulated denial.
pub(super) fn agreement(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Agrees => "the records agree",
        Agreement::RecordedAllowed => "the records disagree: the calls were allowed",
        Agreement::RecordedDenied => "the records disagree: the calls were denied",
        Agreement::Open => "the records do not tell",
    }
}

/// Why a simulated verdict is not what was recorded, most likely.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::LayerNotSupplied => "a layer was not supplied",
        Reason::ResourcePolicyNotSupplied => "the resource's policy was not supplied",
        Reason::OtherPolicies => "the caller has other policies",
        Reason::ChangedMeanwhile => "a policy was changed meanwhile",
        Reason::UnknownFact => "a fact is unknown",
        Reason::ServiceRule => "the service has a rule of its own",
        Reason::Unexplained => "unexplained",
    }
}

/// How many of the calls that can be compared agree.
pub(super) fn trust(report: &AgreementReport) -> String {
    if report.comparable == 0 {
        return "No call can be compared: for none do both the record and the policies say allowed or \
                denied."
            .to_owned();
    }
    format!(
        "Of {} that can be compared with what was recorded, {} agree ({}).",
        calls(report.comparable),
        number(report.agreeing),
        share(report.agreeing, report.comparable)
    )
}

/// Whether something that is granted was used.
pub(super) fn class(class: &UseClass) -> String {
    match class {
        UseClass::Used => "used".to_owned(),
        UseClass::TooWide => "too wide".to_owned(),
        UseClass::Unused => "unused".to_owned(),
        UseClass::NotObservable(reasons) => {
            let reasons: Vec<_> = reasons.iter().map(|reason| shortened(reason)).collect();
            format!("not observable: {}", reasons.join("; "))
        }
    }
}

/// The same of a pattern, with what was used of one that is too wide, what is not certain of its use, and
/// what could not have been seen.
pub(super) fn pattern_class(pattern: &PatternBreadth) -> String {
    let mut text = pattern_use(pattern);
    if pattern.uncertain > 0 && pattern.uncertain < pattern.calls {
        text += &format!("; {} only perhaps", calls(pattern.uncertain));
    }
    let says_why = matches!(pattern.class, UseClass::NotObservable(_));
    if pattern.not_observable > 0 && !says_why {
        let actions = counted(pattern.not_observable, "action", "actions");
        text += &format!("; {actions} could not be seen");
    }
    text
}

fn pattern_use(pattern: &PatternBreadth) -> String {
    if pattern.class != UseClass::TooWide {
        return class(&pattern.class);
    }
    let of = match pattern.granted {
        Some(granted) => format!(
            "{} of {} used",
            number(pattern.distinct),
            counted(granted, "action", "actions")
        ),
        None => format!(
            "{} seen",
            counted(pattern.distinct, "resource", "resources")
        ),
    };
    let names: Vec<_> = pattern.used.iter().take(MOST_NAMES).collect();
    let shown: Vec<_> = names.iter().map(|used| quoted(&used.name)).collect();
    let mut text = format!("too wide: {of}");
    if !shown.is_empty() {
        text += &format!(": {}", shown.join(", "));
    }
    let more = pattern.distinct.saturating_sub(length(&shown));
    if more > 0 && !shown.is_empty() {
        text += &format!(" and {} more", number(more));
    }
    text
}

/// `policies/a.json:12`, with the number of the statement and its `Sid`.
pub(super) fn statement(place: &StatementPlace) -> String {
    let place_text = quoted(&format!("{}:{}", shortened(&place.policy), place.line));
    format!("{place_text} ({})", statement_name(place))
}

/// ``statement 2 `Sid` ``.
pub(super) fn statement_name(place: &StatementPlace) -> String {
    let number = place.index.saturating_add(1);
    match &place.sid {
        Some(sid) => format!("statement {number} {}", quoted(sid)),
        None => format!("statement {number}"),
    }
}

/// The place of an event, with its id.
pub(super) fn example(example: &Example) -> String {
    let place = quoted(&format!("{}:{}", shortened(&example.file), example.line));
    if example.event_id.is_empty() {
        return place;
    }
    format!("{place}, event {}", quoted(&example.event_id))
}

/// What the whole comes to, in a line.
pub(super) fn summary(audit: &Audit) -> String {
    let accounting = &audit.accounting;
    let mut parts = vec![format!("{} evaluated", number(accounting.evaluated))];
    let groups = |groups| counted(groups, "group", "groups");
    let denied = audit.agreement.denied();
    parts.push(match denied {
        0 => "none would be denied".to_owned(),
        _ => format!(
            "{} would be denied ({})",
            number(denied),
            groups(length(&audit.denied))
        ),
    });
    let undecided = audit.agreement.undecided();
    if undecided > 0 {
        let groups = groups(length(&audit.undecided));
        parts.push(format!("{} undecided ({groups})", number(undecided)));
    }
    let agreement = &audit.agreement;
    if agreement.comparable > 0 {
        parts.push(format!(
            "{} of {} as recorded",
            share(agreement.agreeing, agreement.comparable),
            number(agreement.comparable)
        ));
    }
    for (class, words) in [
        (UseClass::Unused, "never used"),
        (UseClass::TooWide, "too wide"),
    ] {
        let statements = audit.breadth.iter().flat_map(|policy| &policy.statements);
        let patterns =
            statements.flat_map(|statement| statement.actions.iter().chain(&statement.resources));
        let of_class = patterns.filter(|pattern| pattern.class == class).count();
        let of_class = u64::try_from(of_class).unwrap_or(u64::MAX);
        if of_class > 0 {
            let patterns = counted(of_class, "pattern", "patterns");
            parts.push(format!("{patterns} {words}"));
        }
    }
    let raised: u64 = audit.alarms.iter().map(|alarm| length(&alarm.raised)).sum();
    if raised > 0 {
        parts.push(format!("{} raised", counted(raised, "alarm", "alarms")));
    }
    let problems = length(&accounting.problems).saturating_add(accounting.problems_left_out);
    if problems > 0 {
        parts.push(counted(problems, "problem", "problems"));
    }
    let records = counted(accounting.records, "record", "records");
    format!("{records}: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_for_people() {
        for (of, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(number(of), text);
        }
        assert_eq!(calls(1), "1 call");
        assert_eq!(share(9_999, 10_000), "99.9 percent");
        assert_eq!(share(u64::MAX, u64::MAX), "100.0 percent");
        assert_eq!(duration(0), "0 seconds");
        assert_eq!(duration(3_661), "1 hour 1 minute");
        assert_eq!(duration(2 * 86_400), "2 days");
    }

    #[test]
    fn a_long_text_keeps_its_end() {
        let text = format!("arn:{}:end", "é".repeat(2_000));
        let short = shortened(&text);
        assert_eq!(short.chars().count(), MOST_CHARACTERS + 1);
        assert!(
            short.starts_with("arn:é") && short.contains('…') && short.ends_with("é:end"),
            "{short}"
        );
        assert_eq!(shortened("arn:end"), "arn:end");
    }

    #[test]
    fn what_failed_for_other_reasons_is_neither_allowed_nor_denied() {
        assert_eq!(
            recorded(7, 4, 1),
            "4 carried out, 1 denied, 2 failed for other reasons"
        );
        assert_eq!(recorded(3, 0, 3), "3 denied");
    }
}
