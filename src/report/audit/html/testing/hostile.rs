//! Texts that mean harm, in every place of an audit.

use super::{full, place};
use crate::audit::{Accounting, Audit, Problem, breadth::UseClass, denied::RemedyText};

/// What recorded texts may try to do to a page.
const HOSTILE: [&str; 10] = [
    "</script><script>window.hostile = 1</script>",
    "</style><style>body { display: none }</style>",
    "<!-- --!> <![CDATA[ ]]> <?xml?>",
    "\" onmouseover=\"window.hostile = 2\" x='",
    "<img src=x onerror=window.hostile=3>",
    "javascript:window.hostile=4",
    "\u{202e}gpj.exe\u{2066} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{0627}\u{0644}\u{0633}\u{0644}\u{0627}\u{0645}",
    "\u{1b}[2J\u{0}\u{7}\r\n\t\u{9b}\u{feff}\u{ffff}",
    "</title><title>hostile</title>",
    "`<b>` and ` <svg onload=window.hostile=5> &lt;&amp;amp;",
];

/// The full audit with every text replaced by one that means harm.
pub(in super::super) fn hostile() -> Audit {
    let mut texts = HOSTILE.iter().cycle();
    let mut bad = || (*texts.next().unwrap()).to_owned();
    let mut audit = full();
    harm_accounting(&mut audit.accounting, &mut bad);
    harm_groups(&mut audit, &mut bad);
    harm_policies(&mut audit, &mut bad);
    harm_watch(&mut audit, &mut bad);
    audit
}

fn harm_accounting(account: &mut Accounting, bad: &mut impl FnMut() -> String) {
    for list in [
        &mut account.accounts,
        &mut account.regions,
        &mut account.data_event_sources,
        &mut account.folded,
    ] {
        *list = (0..HOSTILE.len()).map(|_| bad()).collect();
    }
    account.problems = (0..HOSTILE.len())
        .map(|_| Problem {
            file: bad(),
            offset: Some(u64::MAX),
            line: Some(0),
            message: bad(),
        })
        .collect();
    for call in &mut account.unmapped_calls {
        (call.call, call.reason) = (bad(), bad());
    }
    for passed in &mut account.passed_over {
        (passed.kind, passed.example) = (bad(), bad());
    }
}

fn harm_groups(audit: &mut Audit, bad: &mut impl FnMut() -> String) {
    let mut groups = Vec::new();
    for group in &audit.denied {
        for _ in 0..HOSTILE.len() {
            let mut group = group.clone();
            (group.principal, group.action, group.resource) = (bad(), bad(), bad());
            group.call = bad() + &"long".repeat(2_000);
            (
                group.example.file,
                group.example.time,
                group.example.event_id,
            ) = (bad(), bad(), bad());
            group.denied_by.push(place(
                usize::MAX,
                &bad(),
                usize::MAX,
                Some(&bad()),
                usize::MAX,
            ));
            group.remedy = Some(RemedyText {
                policy: bad(),
                text: bad(),
                diff: HOSTILE.join("\n+"),
            });
            groups.push(group);
        }
    }
    audit.denied = groups;
    for group in &mut audit.undecided {
        group.unknown = (0..60).map(|_| bad()).collect();
    }
    for group in &mut audit.agreement.disagreements {
        (group.principal, group.action, group.resource, group.text) = (bad(), bad(), bad(), bad());
    }
}

fn harm_policies(audit: &mut Audit, bad: &mut impl FnMut() -> String) {
    for policy in &mut audit.policies {
        (policy.name, policy.arn) = (bad(), Some(bad()));
        policy.holders = Some((0..30).map(|_| bad()).collect());
        policy.text = HOSTILE.join("\n") + &policy.text + &"x".repeat(5_000);
    }
    for policy in &mut audit.breadth {
        policy.policy = bad();
        for service in &mut policy.services {
            service.service = bad();
            service.class = UseClass::NotObservable(vec![bad(), bad()]);
        }
        for statement in &mut policy.statements {
            statement.place.sid = Some(bad());
            for pattern in statement.actions.iter_mut().chain(&mut statement.resources) {
                pattern.pattern = bad();
                pattern.line = usize::MAX;
                for used in &mut pattern.used {
                    used.name = bad();
                }
            }
        }
    }
    for proposal in &mut audit.proposals {
        proposal.name = bad();
        proposal.diff = HOSTILE.join("\n-");
        proposal.texts = vec![HOSTILE.join("\n")];
        (proposal.changes, proposal.kept) = (vec![bad(), bad()], vec![bad(), bad()]);
    }
}

fn harm_watch(audit: &mut Audit, bad: &mut impl FnMut() -> String) {
    for metric in audit
        .series
        .iter_mut()
        .flat_map(|series| &mut series.metrics)
    {
        (metric.name, metric.title) = (bad(), bad());
        metric.counts.push((usize::MAX, u64::MAX));
    }
    for alarm in &mut audit.alarms {
        alarm.expression = bad();
        for raised in &mut alarm.raised {
            raised.by = Some(bad());
            raised.events = (0..5)
                .map(|_| vec![(bad(), bad()), (bad(), bad())])
                .collect();
        }
    }
    for rate in &mut audit.rates {
        (rate.source, rate.name, rate.error_code) = (bad(), bad(), Some(bad()));
        (rate.baseline, rate.rate) = (f64::NAN, f64::INFINITY);
        rate.principals = vec![(bad(), u64::MAX)];
    }
}
