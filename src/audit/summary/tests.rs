use super::*;
use crate::{
    audit::{Caller, JudgedCall, JudgedRequest, OutcomeKind, PoliciesOfCaller, Problem, What},
    eval::{Fact, Principal, Target, Verdict},
    policy::AccountId,
    trail::{Agreement, Category, Class, Mode, Needs, RequestRole, ResourceSource},
};
use proptest::prelude::*;

/// An event in short: caller, object, fact, second, id, and the trail that it is of.
#[derive(Debug, Clone, Copy)]
struct Short {
    caller: u8,
    object: u8,
    fact: u8,
    second: u16,
    id: u8,
    recipient: u8,
}

fn short() -> impl Strategy<Value = Short> {
    (0_u8..4, 0_u8..6, 0_u8..3, 0_u16..400, 0_u8..60, 0_u8..2).prop_map(
        |(caller, object, fact, second, id, recipient)| Short {
            caller,
            object,
            fact,
            second,
            id,
            recipient,
        },
    )
}

fn account(number: u8) -> AccountId {
    AccountId::parse(&format!("11112222333{number}")).unwrap()
}

fn record(of: Short) -> Record {
    let name = format!(
        "arn:aws:iam::{}:user/user-{}",
        account(of.caller % 2),
        of.caller
    );
    Record {
        class: Class::ApiCall,
        category: Category::Data,
        mode: Mode::Read,
        source: "s3.amazonaws.com".to_owned(),
        name: "GetObject".to_owned(),
        region: "eu-west-1".to_owned(),
        recipient: Some(account(of.recipient)),
        caller: Caller {
            principal: Principal::parse(&name).unwrap(),
            name,
            account: Some(account(of.caller % 2)),
            invoked_by: None,
            policies: PoliciesOfCaller::Everybody,
        },
        outcome: crate::audit::Outcome {
            kind: OutcomeKind::Succeeded,
            error_code: None,
            denial: None,
            denied_by: None,
            denied_by_arn: None,
        },
        sign_in: None,
        what: What::Call(JudgedCall {
            needs: Needs::Permission,
            requests: vec![JudgedRequest {
                action: "s3:GetObject".to_owned(),
                resource: Target::Arn(format!(
                    "arn:aws:s3:::bucket-{}/{}",
                    of.object % 2,
                    of.object
                )),
                resource_account: None,
                resource_source: ResourceSource::Recorded,
                role: RequestRole::Main,
                facts: vec![(
                    "s3:prefix".to_owned(),
                    Fact::Values(vec![of.fact.to_string()]),
                )],
                verdict: Some(Verdict::Allowed),
                limited_by: Vec::new(),
                unknown: Vec::new(),
                applied: Vec::new(),
            }],
            verdict: Some(Verdict::Allowed),
            possible: vec![Verdict::Allowed],
            agreement: Agreement::Agrees,
            notes: Vec::new(),
        }),
    }
}

fn add(summary: &mut Summary, of: Short) {
    let place = summary.place(record(of));
    let time = Instant(1_700_000_000 + u32::from(of.second));
    let event = Occurrence {
        id: EventId(u64::from(of.id)),
        time: (of.second % 50 != 7).then_some(time),
    };
    let example = Example {
        time: time.text(),
        event_id: of.id.to_string(),
        file: format!("{}.json", of.caller),
        line: u64::from(of.fact),
        offset: 0,
    };
    if of.fact == 0 {
        summary.capture(
            place,
            CapturedEvent {
                time: time.text(),
                event_id: of.id.to_string(),
                arn: String::new(),
                source_ip_address: String::new(),
                user_agent: of.object.to_string(),
                error_message: String::new(),
            },
        );
    }
    let inputs = summary.inputs_mut();
    inputs.records += 1;
    if of.object == 5 {
        inputs.pass_over("digest", &example.file);
        inputs.add_problem(
            Problem {
                file: example.file.clone(),
                offset: Some(u64::from(of.second)),
                line: None,
                message: "cut off".to_owned(),
            },
            3,
        );
    }
    summary.add(place, event, &example);
}

fn summary(limits: Limits, events: &[Short]) -> Summary {
    let mut summary = Summary::new(limits);
    for event in events {
        add(&mut summary, *event);
    }
    summary
}

/// All that a summary tells.
fn told(summary: Summary) -> String {
    let (totals, inputs) = summary.totals();
    format!("{totals:#?}{inputs:#?}{:?}", inputs.detail)
}

/// The summary by way of a part.
fn through_part(summary: Summary) -> Summary {
    let limits = summary.limits;
    let head = PartHead::new("{}", "{}");
    let mut text = Vec::new();
    summary.write_part(&head, &mut text).unwrap();
    let (read, again) = Summary::read_part(limits, &mut text.as_slice()).unwrap();
    assert_eq!(read, head);
    again
}

fn limits() -> impl Strategy<Value = Limits> {
    (1_usize..80, 500_usize..40_000, 1_usize..80, 1_usize..20).prop_map(
        |(events, record_bytes, counts, captured)| Limits {
            events,
            record_bytes,
            counts,
            captured,
            problems: 3,
        },
    )
}

proptest! {
    #[test]
    fn a_summary_is_that_of_its_parts_in_any_order(
        limits in limits(),
        events in proptest::collection::vec(short(), 1..150),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
        reversed in any::<bool>(),
        shuffle in any::<u64>(),
    ) {
        let whole = told(summary(limits, &events));
        let mut shuffled = events;
        let mut state = shuffle;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(place, (state >> 33) as usize % (place + 1));
        }
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(shuffled.len())).collect();
        cuts.sort_unstable();
        cuts.push(shuffled.len());
        let mut start = 0;
        let mut parts = Vec::new();
        for cut in cuts {
            parts.push(through_part(summary(limits, &shuffled[start..cut])));
            start = cut;
        }
        if reversed {
            parts.reverse();
        }
        // From the left, and from the right.
        let mut left = Summary::new(limits);
        for part in parts.clone() {
            left.merge(part);
        }
        prop_assert_eq!(&told(left), &whole);
        let right = parts.into_iter().rev().reduce(|right, mut part| {
            part.merge(right);
            part
        });
        prop_assert_eq!(&told(right.unwrap()), &whole);
    }

    #[test]
    fn without_a_fold_each_event_counts_once(
        events in proptest::collection::vec(short(), 1..150),
    ) {
        let ids: std::collections::BTreeSet<_> = events.iter().map(|event| event.id).collect();
        let (totals, inputs) = summary(Limits::default(), &events).totals();
        let counted: u64 = totals.records.iter().map(|counted| counted.count).sum();
        prop_assert_eq!(counted, ids.len() as u64);
        prop_assert_eq!(counted + inputs.copies, events.len() as u64);
    }
}

#[test]
fn of_two_records_of_one_call_that_of_the_callers_account_counts() {
    let own = Short {
        caller: 0,
        object: 0,
        fact: 1,
        second: 0,
        id: 1,
        recipient: 0,
    };
    let others = Short {
        recipient: 1,
        ..own
    };
    for events in [[own, others], [others, own]] {
        let (totals, inputs) = summary(Limits::default(), &events).totals();
        let counts: Vec<_> = totals
            .records
            .iter()
            .map(|counted| (counted.record.recipient, counted.count))
            .collect();
        assert_eq!(counts, [(Some(account(0)), 1)]);
        assert_eq!(inputs.copies, 1);
    }
}

#[test]
fn many_records_are_folded_and_the_report_says_so() {
    let limits = Limits {
        record_bytes: 6000,
        ..Limits::default()
    };
    let events = (0..100).map(|number| Short {
        caller: 0,
        object: number,
        fact: 1,
        second: 1,
        id: number,
        recipient: 0,
    });
    let events: Vec<_> = events.collect();
    let (totals, inputs) = summary(limits, &events).totals();
    let resources: Vec<_> = totals
        .records
        .iter()
        .map(|counted| (&counted.record.requests()[0].resource, counted.count))
        .collect();
    assert_eq!(
        resources,
        [
            (&Target::Like("arn:aws:s3:::bucket-0/*".to_owned()), 50),
            (&Target::Like("arn:aws:s3:::bucket-1/*".to_owned()), 50)
        ]
    );
    let notes = inputs.detail.notes();
    assert!(
        notes[0].contains("too much to keep all calls apart"),
        "{notes:?}"
    );
}

#[test]
fn a_part_that_is_cut_off_or_damaged_is_refused() {
    let events = [Short {
        caller: 0,
        object: 0,
        fact: 0,
        second: 0,
        id: 1,
        recipient: 0,
    }];
    let mut text = Vec::new();
    let part = summary(Limits::default(), &events);
    part.write_part(&PartHead::new("{}", "{}"), &mut text)
        .unwrap();
    let read = |text: &[u8]| {
        let mut input = text;
        Summary::read_part(Limits::default(), &mut input).map(|_| ())
    };
    assert!(read(&text).is_ok());
    let last_line = text[..text.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    let cut_off = read(&text[..=last_line]);
    assert!(
        matches!(cut_off, Err(PartError::CutOff { .. })),
        "{cut_off:?}"
    );
    let in_a_line = read(&text[..text.len() - 3]);
    assert!(matches!(in_a_line, Err(PartError::CutOff { .. })));
    assert!(matches!(read(b"{}\n"), Err(PartError::NotAPart)));
    let text = String::from_utf8(text).unwrap();
    let other = text.replacen("\"version\":1", "\"version\":2", 1);
    assert!(matches!(
        read(other.as_bytes()),
        Err(PartError::Version { found: 2 })
    ));
    let nowhere = text.replace("\",0,", "\",7,");
    assert!(matches!(
        read(nowhere.as_bytes()),
        Err(PartError::Damaged { .. })
    ));
}
