//! What is unusual, and what is not.

use super::{
    super::sample::{ROLE, Sample, USER, totals},
    *,
};

const DAY: u32 = 24 * 3_600;
/// A Monday.
const START: u32 = 1_699_833_600;

/// Numbers that look random and are the same in every run, up to and without a limit.
struct Noise(u32);

impl Noise {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % limit
    }
}

/// Calls in each minute of so many days: as many as is said of the minute, give or take.
fn busy(days: u32, calls: impl Fn(u32) -> u32) -> Vec<(u32, u32)> {
    let mut noise = Noise(7);
    let minutes = (0..days * 24 * 60).filter_map(|minute| {
        let usual = calls(minute);
        let count = noise.below(usual * 2 + 1);
        (count > 0).then_some((START + minute * 60 + 7, count))
    });
    minutes.collect()
}

/// Something else that goes on all the time, so that it is known that records were made.
fn background(days: u32) -> Counted {
    Sample::read("sts", "GetCallerIdentity").at(busy(days, |_| 2))
}

fn with(mut times: Vec<(u32, u32)>, more: impl IntoIterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    times.extend(more);
    times.sort_unstable();
    times
}

#[test]
fn a_steady_rate_is_usual() {
    for usual in [1, 5, 100] {
        let calls = Sample::write("s3", "PutBucketTagging").at(busy(9, |_| usual));
        assert!(rates(&totals([calls])).is_empty(), "{usual}");
    }
}

#[test]
fn a_daily_rhythm_is_usual() {
    let office = |minute: u32| {
        let hour = minute / 60 % 24;
        if (8..18).contains(&hour) { 12 } else { 0 }
    };
    let people = Sample::write("ec2", "CreateTags").at(busy(5, office));
    // A hundred calls at two in the morning.
    let nightly = |minute: u32| if minute % 1_440 == 120 { 100 } else { 0 };
    let job = Sample::write("rds", "CreateDBSnapshot").at(busy(5, nightly));
    let found = rates(&totals([background(5), people, job]));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_burst_is_found_with_its_start_end_rates_and_callers() {
    let from = START + 3 * DAY + 3_600;
    let burst = (0..12).map(|minute| (from + minute * 60 + 30, 50));
    let people = Sample::write("ec2", "RunInstances").at(busy(4, |_| 1));
    let thief = Sample::write("ec2", "RunInstances").by(ROLE).at(burst);
    let found = rates(&totals([background(4), people, thief]));
    assert_eq!(found.len(), 1, "{found:?}");
    let own = &found[0];
    assert_eq!(
        (own.source.as_str(), own.name.as_str()),
        ("ec2.amazonaws.com", "RunInstances")
    );
    assert_eq!(own.error_code, None);
    assert!(own.start.0.abs_diff(from) < 60, "{}", own.start.0);
    assert!(own.end.0.abs_diff(from + 11 * 60) < 60, "{}", own.end.0);
    assert!((0.8..1.2).contains(&own.baseline), "{}", own.baseline);
    assert!((50.0..54.0).contains(&own.rate), "{}", own.rate);
    assert!((600..640).contains(&own.count));
    assert_eq!(own.principals[0], (ROLE.to_owned(), 600));
    assert_eq!(own.principals[1].0, USER);
}

#[test]
fn an_api_that_was_never_called_is_unusual_when_it_is_called_often() {
    let at = START + 2 * DAY;
    let calls = |number: u32| {
        let times = (0..number).map(|each| (at + each * 5, 1));
        Sample::write("iam", "CreateUser").at(times)
    };
    let found = rates(&totals([background(3), calls(40)]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].count, found[0].baseline), (40, 0.0));
    assert_eq!(
        (found[0].start, found[0].end),
        (Instant(at), Instant(at + 195))
    );
    assert!(rates(&totals([background(3), calls(19)])).is_empty());
}

#[test]
fn errors_are_counted_for_calls_that_read_too_and_by_code() {
    let at = START + 2 * DAY;
    let denied = Sample::read("s3", "ListBuckets").outcome(OutcomeKind::Denied);
    let found = rates(&totals([background(3), denied.at([(at, 60)])]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].error_code.as_deref(), Some("AccessDenied"));
    let read = Sample::read("s3", "ListBuckets");
    assert!(rates(&totals([background(3), read.at([(at, 60)])])).is_empty());
    let data = Sample::write("s3", "PutObject").category(Category::Data);
    assert!(rates(&totals([background(3), data.at([(at, 60)])])).is_empty());
}

#[test]
fn before_there_is_a_baseline_nothing_is_said_and_that_is_told() {
    let burst = |at| Sample::write("iam", "CreateUser").at([(at, 500)]);
    let early = totals([background(2), burst(START + DAY - 7_200)]);
    assert!(rates(&early).is_empty());
    assert_eq!(rates_judged_from(&early), Ok(Instant(START + DAY)));
    let late = totals([background(2), burst(START + DAY + 7_200)]);
    assert_eq!(rates(&late).len(), 1);
    let short = totals([background(1), burst(START + 7_200)]);
    assert!(rates(&short).is_empty());
    let why = rates_judged_from(&short);
    assert_eq!(why, Err(NoBaseline::TooShort { hours: 24 }));
    let none = rates_judged_from(&totals([]));
    assert_eq!(none, Err(NoBaseline::TooShort { hours: 0 }));
}

#[test]
fn hours_without_any_record_are_no_quiet_hours() {
    // An hour of records now and then, and in one of them many calls.
    let now_and_then = (0..20).map(|number| (START + number * 30 * 3_600, 1));
    let some = Sample::read("sts", "GetCallerIdentity").at(now_and_then);
    let burst = Sample::write("iam", "CreateUser").at([(START + 15 * 30 * 3_600, 500)]);
    let calls = totals([some, burst]);
    assert!(rates(&calls).is_empty());
    assert!(rates_judged_from(&calls).is_err());
}

#[test]
fn times_known_to_less_than_a_minute_are_not_judged() {
    let mut calls = totals([background(2)]);
    calls.seconds_per_instant = 60;
    assert!(rates_judged_from(&calls).is_ok());
    calls.seconds_per_instant = 3_600;
    let why = rates_judged_from(&calls);
    assert_eq!(why, Err(NoBaseline::TooCoarse { seconds: 3_600 }));
    assert!(rates(&calls).is_empty());
}

#[test]
fn a_new_level_is_told_once_and_then_usual() {
    let level = busy(6, |minute| if minute < 3 * 1_440 { 1 } else { 60 });
    let found = rates(&totals([Sample::write("sqs", "CreateQueue").at(level)]));
    assert_eq!(found.len(), 1, "{found:?}");
    let hours = (found[0].end.0 - found[0].start.0) / 3_600;
    assert!((23..=24).contains(&hours), "{hours}");
}

#[test]
fn bursts_far_apart_are_two_and_each_must_exceed_the_one_before() {
    let at = START + 2 * DAY;
    let times = with(vec![(at, 50)], [(at + 3_600, 500), (at + 7_200, 600)]);
    let calls = Sample::write("iam", "CreateUser").at(times);
    let found = rates(&totals([background(3), calls]));
    let counts: Vec<_> = found.iter().map(|own| own.count).collect();
    assert_eq!(counts, [50, 500]);
}

#[test]
fn times_at_the_end_of_those_that_can_be_told_do_no_harm() {
    let minutes = (0..3 * 1_440)
        .rev()
        .map(|minute| (u32::MAX - minute * 60, 1));
    let steady = Sample::write("s3", "PutBucketTagging").at(minutes);
    let burst = Sample::write("iam", "CreateUser").at([(u32::MAX, 500)]);
    let found = rates(&totals([steady, burst]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].end, Instant(u32::MAX));
}

#[test]
fn the_fullest_window_is_that_of_the_baseline() {
    let mut fullest = Fullest::default();
    let week = BASELINE_HOURS * 60;
    assert_eq!(fullest.before(10), 0);
    fullest.push(10, 7);
    assert_eq!(fullest.before(10), 0);
    assert_eq!(fullest.before(11), 7);
    fullest.push(11, 3);
    fullest.push(13, 5);
    assert_eq!(fullest.before(14), 7);
    assert_eq!(fullest.before(11 + week), 5);
    assert_eq!(fullest.before(14 + week), 0);
}

#[test]
fn figures_in_the_documentation_are_those_in_use() {
    let page = include_str!("../../../../docs/watching.md");
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for figure in [
        format!("{HOURS_NEEDED} hours"),
        format!("{WINDOW} minutes"),
        format!("{LEAST_CALLS} calls"),
        format!("{TIMES_THE_FULLEST} times"),
        format!("{GAP} minutes"),
        format!("{} hours", LONGEST / 60),
    ] {
        assert!(
            words.contains(&figure),
            "docs/watching.md should say {figure}"
        );
    }
}
