//! What expressions say, and what is wrong with others.

use super::*;
use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

fn alarm(text: &str) -> Alarm {
    Alarm::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The text that is underlined, the message and the help.
fn fault(text: &str) -> (String, String, String) {
    let error = Alarm::parse(text).expect_err(text);
    let place = text.get(error.span.start..error.span.end).unwrap();
    (place.to_owned(), error.message, error.help)
}

#[test]
fn an_expression_says_what_how_many_in_which_time_and_for_whom() {
    let alarm = alarm(" denied >= 5 in 10m by principal ");
    assert_eq!(alarm.expression, "denied >= 5 in 10m by principal");
    assert_eq!(alarm.metric, Metric::Denied);
    assert_eq!(alarm.limit, Limit(5));
    assert_eq!(alarm.window.seconds(), 600);
    assert_eq!(alarm.by, Some(Dimension::Principal));
    assert!(alarm.filters.is_empty());
}

#[test]
fn more_than_a_number_is_at_least_the_next_and_blanks_do_not_matter() {
    let alarm = alarm("root-use>0 in 1d");
    assert_eq!((alarm.limit, alarm.by), (Limit(1), None));
}

#[test]
fn conditions_have_patterns_bare_or_between_quotes() {
    let alarm = alarm(
        "errors >= 2 in 1h by action where service = iam and principal = \"arn:*:user/a b\" and \
         region='eu-*'",
    );
    let read: Vec<_> = alarm.filters.iter().map(|each| each.dimension).collect();
    let wanted = [Dimension::Service, Dimension::Principal, Dimension::Region];
    assert_eq!(read, wanted);
    let matches = |place: usize, text: &str| alarm.filters[place].pattern.matches(text);
    assert!(matches(0, "IAM") && !matches(0, "iams"));
    assert!(matches(1, "arn:aws:iam::1:user/a b") && !matches(1, "arn:aws:iam::1:USER/a b"));
    assert!(matches(2, "eu-central-1") && !matches(2, "us-east-1"));
}

#[test]
fn a_slip_is_underlined_and_the_right_word_offered() {
    let (place, message, help) = fault("denyed >= 5 in 10m");
    assert_eq!(place, "denyed");
    assert_eq!(message, "`denyed` is no metric");
    assert_eq!(help, "did you mean `denied`?");
    let (place, _, help) = fault("denied >= 5 in 10m by principle");
    assert_eq!(
        (place.as_str(), help.as_str()),
        ("principle", "did you mean `principal`?")
    );
    let (_, _, help) = fault("denied >= 5 in 10m by caller");
    assert!(
        help.starts_with("there are `principal`, `account`"),
        "{help}"
    );
}

#[test]
fn what_is_wrong_is_underlined() {
    for (text, place, message) in [
        ("", "", "the name of a metric is missing"),
        ("denied", "", "the comparison is missing"),
        (
            "denied < 5 in 10m",
            "<",
            "`<` is no comparison that an alarm has",
        ),
        ("denied >=", "", "the number is missing"),
        ("denied >= five in 10m", "five", "`five` is no whole number"),
        ("denied >= +5 in 10m", "+5", "`+5` is no whole number"),
        ("denied >= in 10m", "in", "`in` is no whole number"),
        ("denied >= 0 in 10m", ">= 0", "`>= 0` is always true"),
        (
            "denied > 18446744073709551615 in 10m",
            "18446744073709551615",
            "`18446744073709551615` is too large",
        ),
        (
            "denied >= 5 within 10m",
            "within",
            "`within` stands where `in` should",
        ),
        ("denied >= 5 in ten", "ten", "`ten` is no length of time"),
        ("denied >= 5 in", "", "the length of time is missing"),
        (
            "denied >= 5 in 10m by",
            "",
            "the name of a dimension is missing",
        ),
        (
            "denied >= 5 in 10m, really",
            "10m,",
            "`10m,` is no length of time",
        ),
        ("denied >= 5 in 10m ; x", ";", "`;` is not expected here"),
        (
            "denied >= 5 in 10m where region != eu",
            "!=",
            "`!=` stands where `=` should",
        ),
        (
            "denied >= 5 in 10m where region =",
            "",
            "the pattern is missing",
        ),
        (
            "denied >= 5 in 10m where region = 'eu",
            "'eu",
            "`'` is never closed",
        ),
    ] {
        let found = fault(text);
        assert_eq!(
            (found.0.as_str(), found.1.as_str()),
            (place, message),
            "{text}"
        );
    }
}

#[test]
fn clauses_in_the_wrong_place_are_told_from_nonsense() {
    for (text, help) in [
        (
            "denied >= 5 in 1m where region = eu by action",
            "put `by` before `where`",
        ),
        (
            "denied >= 5 in 1m by action by region",
            "an alarm is by one dimension: give one alarm for each",
        ),
        (
            "denied >= 5 in 1m where region = eu where error = x",
            "join conditions by `and`",
        ),
        (
            "denied >= 5 in 1m where region = eu or region = us",
            "conditions are joined by `and`: give one alarm for each",
        ),
        ("denied >= 5 in 1m please", FORM),
    ] {
        assert_eq!(fault(text).2, help, "{text}");
    }
}

#[test]
fn expressions_are_bounded() {
    let many = vec!["region = eu"; MAX_FILTERS].join(" and ");
    alarm(&format!("denied > 1 in 1m where {many}"));
    let text = format!("denied > 1 in 1m where {many} and error = x");
    assert_eq!(fault(&text).0, "x");
    let long = "é".repeat(MAX_EXPRESSION_BYTES + 1);
    assert!(fault(&long).1.contains("more than 4096 bytes"));
}

#[test]
fn the_place_is_drawn_under_the_expression_and_nothing_harmful_printed() {
    let error = Alarm::parse("denied >= \u{1b}[31m5 in 10m").unwrap_err();
    let mut drawn = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::none())
        .render_report(&mut drawn, &error)
        .unwrap();
    let lines: Vec<_> = drawn.lines().collect();
    let line = lines
        .iter()
        .position(|line| line.contains("denied >= ?[31m5 in 10m"));
    let below = lines[line.unwrap() + 1];
    assert!(
        below.contains("^^^") && !below.contains("^^^^^^^^"),
        "{drawn}"
    );
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic_and_every_place_is_in_it(
        text in "(denied|calls|x)?( |>=|>|=|5|in|10m|by|where|and|principal|region|\"|'|é|\t)*"
    ) {
        if let Err(error) = Alarm::parse(&text) {
            prop_assert!(text.trim().get(error.span.start..error.span.end).is_some());
        }
    }
}
