//! `iamsim explain`

use super::{
    args::ExplainArguments,
    config::Configs,
    discover::{Candidate, Exclusion, default_policies, without_excluded},
    events::{List, for_each_event},
    input::{self, SoundPolicy, StdinTwice, is_meant_as_policy, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    eval::{CompiledPolicy, Layer, PolicyText, Setting, StatementResults, Verdict, remedy, trace},
    lint::read,
    policy::PolicyType,
    report::{
        JudgedPolicy, count,
        events::{LocatedEvent, json_end},
        explain::{ExplainSummary, ExplainedEvent, render},
        simulate::JudgedRequest,
    },
    trail::{Event, Judgement, judge},
};
use miette::Diagnostic;

/// Nothing to judge by.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error(
    "no `--policy` was given, and there is no policy of an identity to judge by{}",
    if *.of_others > 0 { ", only such of other types" } else { "" }
)]
#[diagnostic(help("give the policies that are attached to the caller with `--policy`"))]
struct NoIdentityPolicy {
    of_others: usize,
}

/// The policies that events are judged by.
struct Policies {
    read: Vec<SoundPolicy>,
    note: Option<String>,
}

pub(super) fn run(arguments: &ExplainArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.events, &arguments.policies]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let policies = if arguments.policies.is_empty() {
        default_identity_policies(arguments, io)
    } else {
        let read = input::identity_policies(&arguments.policies, io);
        read.map(|read| Policies { read, note: None })
    };
    let Some(policies) = policies else {
        return Ok(Exit::Failed);
    };
    let texts: Vec<_> = policies
        .read
        .iter()
        .map(|each| PolicyText {
            source: &each.source,
            policy: each.policy(),
        })
        .collect();
    let compiled = texts.iter().map(|text| CompiledPolicy::new(text.policy));
    let setting = Setting::of_identity(compiled);
    let format = arguments.format.get();
    let painter = io.painter();
    let mut summary = ExplainSummary::default();
    let mut list = List::start(format, io)?;
    for_each_event(&arguments.events, io, |path, line, recorded, event, io| {
        let judgement = judge(event, &setting);
        summary.add(judgement.verdict, judgement.agreement);
        let traces: Vec<_> = event
            .requests()
            .iter()
            .map(|each| trace(&setting, &each.request))
            .collect();
        let judged = judged_policies(&texts, &traces);
        let located = LocatedEvent { path, line, event };
        let note = policies.note.as_deref();
        let explained = explained(
            located, recorded, &judgement, &judged, &setting, &texts, note,
        );
        list.item(&render(format, &explained, &painter), io)
    })?;
    summary.unreadable = io.errors() as u64;
    list.end(&json_end(&summary), &summary.text(), io)?;
    Ok(Exit::Clean)
}

/// For each request, each policy with how it stands to it.
fn judged_policies<'a>(
    texts: &[PolicyText<'a>],
    traces: &'a [Vec<StatementResults>],
) -> Vec<Vec<JudgedPolicy<'a>>> {
    let judged = |results: &'a [StatementResults]| -> Vec<_> {
        let pairs = texts.iter().zip(results);
        pairs
            .map(|(text, results)| JudgedPolicy {
                layer: Layer::Identity,
                level: 0,
                source: text.source,
                policy: text.policy,
                results,
            })
            .collect()
    };
    traces.iter().map(|trace| judged(trace)).collect()
}

fn explained<'a>(
    located: LocatedEvent<'a>,
    recorded: &'a Event<'_>,
    judgement: &'a Judgement,
    judged: &'a [Vec<JudgedPolicy<'a>>],
    setting: &'a Setting,
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
        setting,
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
        setting,
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
/// cannot be used, or where there is none; both are reported.
fn default_identity_policies(arguments: &ExplainArguments, io: &mut Io<'_>) -> Option<Policies> {
    let mut configs = Configs::new(&arguments.config, io).ok()?;
    let candidates = default_policies(&mut configs, io).ok()?;
    if candidates.is_empty() {
        return None;
    }
    let candidates = without_excluded(candidates, &Exclusion::default(), &mut configs, io).ok()?;
    let mut policies = Vec::new();
    let (mut of_others, mut not_policies) = (0, 0);
    for (Candidate { path, named }, config) in candidates.0 {
        let source = match input::policy(&path, io) {
            Ok(source) => source,
            Err(error) => {
                io.error(&error);
                continue;
            }
        };
        let options = config
            .map(|config| config.options(&path))
            .unwrap_or_default();
        let checked = read(&source, options.policy_type);
        let of_identity = checked
            .type_of_policy
            .as_ref()
            .is_none_or(|of| of.policy_type == PolicyType::Identity);
        if !is_meant_as_policy(named, &source, &checked) {
            not_policies += 1;
        } else if let Some(sound) = input::sound(source, checked, io) {
            if of_identity {
                policies.push(sound);
            } else {
                of_others += 1;
            }
        }
    }
    // A policy that cannot be used may be the one that allows the call, or denies it.
    if io.errors() > 0 {
        return None;
    }
    if policies.is_empty() {
        io.misuse(&NoIdentityPolicy { of_others });
        return None;
    }
    let names: Vec<_> = policies
        .iter()
        .map(|each| format!("`{}`", each.source.name()))
        .collect();
    let mut note = format!(
        "no `--policy` was given; {} taken as all that the caller has",
        names.join(", ")
    );
    if of_others > 0 {
        let (one, many) = ("policy of another type", "policies of other types");
        note += &format!("; {} passed over", count(of_others, one, many));
    }
    if not_policies > 0 {
        let number = count(
            not_policies,
            "file that is no policy",
            "files that are no policies",
        );
        note += &format!("; {number} passed over");
    }
    Some(Policies {
        read: policies,
        note: Some(note),
    })
}
