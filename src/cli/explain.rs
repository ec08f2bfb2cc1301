//! `iamsim explain`

use super::{
    args::ExplainArguments,
    discover::{Named, default_policies},
    events::{List, for_each_event},
    input::{self, SoundPolicy, StdinTwice, reads_stdin_once},
    io::{Exit, Io, Outcome, Unwritable},
};
use crate::{
    eval::{CompiledPolicy, PolicyText, Verdict, remedy},
    lint::read,
    policy::Policy,
    report::{
        JudgedPolicy,
        events::{LocatedEvent, json_end},
        explain::{ExplainSummary, ExplainedEvent, render},
        simulate::JudgedRequest,
    },
    source::Source,
    trail::{Event, Judgement, judge},
};

/// The policies that events are judged by.
struct Policies {
    read: Vec<SoundPolicy>,
    note: Option<String>,
}

pub(super) fn run(arguments: &ExplainArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.events, &arguments.policies]) {
        io.error(&StdinTwice)?;
        return Ok(Exit::Failed);
    }
    let policies = if arguments.policies.is_empty() {
        default_identity_policies(io)?
    } else {
        let read = input::sound_policies(&arguments.policies, io)?;
        read.map(|read| Policies { read, note: None })
    };
    let Some(policies) = policies else {
        return Ok(Exit::Failed);
    };
    let texts: Vec<_> = policies
        .read
        .iter()
        .filter_map(|each| {
            Some(PolicyText {
                source: &each.source,
                policy: each.checked.sound_policy()?,
            })
        })
        .collect();
    let compiled: Vec<_> = texts
        .iter()
        .map(|text| CompiledPolicy::new(text.policy))
        .collect();
    let format = arguments.format.get();
    let painter = io.painter();
    let mut summary = ExplainSummary::default();
    let mut list = List::start(format, io)?;
    let unreadable = for_each_event(&arguments.events, io, |path, line, recorded, event, io| {
        let judgement = judge(event, &compiled);
        summary.add(judgement.verdict, judgement.agreement);
        let judged = judged_policies(&texts, &judgement);
        let located = LocatedEvent { path, line, event };
        let note = policies.note.as_deref();
        let explained = explained(located, recorded, &judgement, &judged, &texts, note);
        list.item(&render(format, &explained, &painter), io)
    })?;
    summary.unreadable = unreadable;
    list.end(&json_end(&summary), &summary.text(), io)?;
    Ok(Exit::Clean)
}

/// For each request, each policy with how it stands to it.
fn judged_policies<'a>(
    texts: &[PolicyText<'a>],
    judgement: &'a Judgement,
) -> Vec<Vec<JudgedPolicy<'a>>> {
    let judged = |results: &'a [Vec<_>]| -> Vec<_> {
        let pairs = texts.iter().zip(results);
        pairs
            .map(|(text, results)| JudgedPolicy {
                source: text.source,
                policy: text.policy,
                results,
            })
            .collect()
    };
    judgement
        .decisions
        .iter()
        .map(|decision| judged(&decision.policies))
        .collect()
}

fn explained<'a>(
    located: LocatedEvent<'a>,
    recorded: &'a Event<'_>,
    judgement: &'a Judgement,
    judged: &'a [Vec<JudgedPolicy<'a>>],
    texts: &[PolicyText<'a>],
    policy_note: Option<&'a str>,
) -> ExplainedEvent<'a> {
    let recorded_requests = located.event.requests();
    let requests = recorded_requests
        .iter()
        .zip(&judgement.decisions)
        .zip(judged);
    let requests = requests.map(|((recorded, decision), policies)| JudgedRequest {
        request: &recorded.request,
        decision,
        policies,
    });
    let all: Vec<_> = recorded_requests.iter().map(|each| &each.request).collect();
    let remedy = (judgement.verdict == Some(Verdict::ImplicitDeny))
        .then(|| remedy(texts, &all))
        .flatten()
        .and_then(|found| Some((texts.get(found.policy)?.source, found)))
        .map(|(source, found)| (found, source));
    ExplainedEvent {
        verdict: judgement.verdict,
        agreement: judgement.agreement,
        requests: requests.collect(),
        remedy,
        policies: judged.first().map(Vec::as_slice).unwrap_or_default(),
        recorded_error: recorded
            .error_code
            .as_deref()
            .map(|code| (code, recorded.error_message.as_deref())),
        policy_note,
        located,
    }
}

/// The policies that `lint` takes, those of them that are attached to identities. `None` where one
/// cannot be used, which is reported.
fn default_identity_policies(io: &mut Io<'_>) -> Result<Option<Policies>, Unwritable> {
    let Some(candidates) = default_policies(io)? else {
        return Ok(None);
    };
    if candidates.is_empty() {
        return Ok(None);
    }
    let mut paths = Vec::new();
    let mut others = 0_usize;
    for candidate in candidates {
        let source = match input::policy(&candidate.path, io) {
            Ok(source) => source,
            Err(error) => {
                io.error(&error)?;
                return Ok(None);
            }
        };
        let checked = read(&source);
        if candidate.named == Named::InFolder && !checked.looks_like_policy {
            continue;
        }
        if checked.policy.as_ref().is_some_and(names_principals) {
            others += 1;
            continue;
        }
        paths.push(candidate.path);
    }
    let Some(read) = input::sound_policies(&paths, io)? else {
        return Ok(None);
    };
    let names: Vec<_> = read
        .iter()
        .map(|each| format!("`{}`", Source::name(&each.source)))
        .collect();
    let mut note = format!(
        "no `--policy` was given; {} taken as all that the caller has",
        names.join(", ")
    );
    if others > 0 {
        note += &format!("; {others} passed over, as they name principals");
    }
    Ok(Some(Policies {
        read,
        note: Some(note),
    }))
}

fn names_principals(policy: &Policy) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|each| each.principal.is_some() || each.not_principal.is_some())
}
