//! `iamsim explain`

use super::{
    args::ExplainArguments,
    events::{List, for_each_event},
    input::{StdinTwice, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    account::{Bound, Holder, Holdings},
    eval::{Layer, PolicyText, Remedy, StatementResults, Verdict, remedy, trace},
    report::{
        JudgedPolicy,
        events::{LocatedEvent, json_end},
        explain::{ExplainSummary, ExplainedEvent, render},
        simulate::JudgedRequest,
    },
    source::Source,
    trail::{Agreement, Decided, Event, Interpretation, Judgement, judge_each},
};

pub(super) fn run(arguments: &ExplainArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.events, &arguments.policies.paths()]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let Some(given) = arguments.policies.read(&arguments.config, io) else {
        return Ok(Exit::Failed);
    };
    let holdings = &given.holdings;
    let format = arguments.format.get();
    let painter = io.painter();
    let mut summary = ExplainSummary::default();
    let mut list = List::start(format, io)?;
    for_each_event(&arguments.events, io, |path, line, recorded, event, io| {
        let event = &with_known_arns(event.clone(), holdings);
        let judged = Judged::new(event, holdings);
        let judgement = &judged.judgement;
        summary.add(judgement.verdict, judgement.agreement);
        let located = LocatedEvent { path, line, event };
        let policies = judged.policies(holdings);
        let note = given.note.as_deref();
        let explained = judged.explained(located, recorded, &policies, holdings, note);
        list.item(&render(format, &explained, &painter), io)
    })?;
    summary.unreadable = io.errors() as u64;
    list.end(&json_end(&summary), &summary.text(), io)?;
    Ok(Exit::Clean)
}

/// The event with the whole ARNs of IAM resources that it names without their paths.
fn with_known_arns(mut event: Interpretation, holdings: &Holdings) -> Interpretation {
    if let Decided::Call(call) = &mut event.decision {
        call.replace_resources(|resource| holdings.with_known_arn(resource));
    }
    event
}

/// An event judged by its caller's policies.
struct Judged {
    judgement: Judgement,
    /// What each request was judged by.
    bounds: Vec<Bound>,
    traces: Vec<Vec<StatementResults>>,
    holder: Option<Holder>,
}

impl Judged {
    fn new(event: &Interpretation, holdings: &Holdings) -> Self {
        let requests = event.requests();
        let bounds: Vec<_> = requests
            .iter()
            .map(|each| holdings.bound(&each.request))
            .collect();
        let settings: Vec<_> = bounds.iter().map(|bound| &*bound.setting).collect();
        let mut judgement = judge_each(event, &settings);
        let holder = bounds.first().map(|bound| bound.holder);
        // What hangs on policies that nobody knows is no verdict.
        if holder == Some(Holder::Unknown) && judgement.verdict == Some(Verdict::Depends) {
            judgement.verdict = None;
            judgement.agreement = Agreement::Open;
        }
        let pairs = requests.iter().zip(&bounds);
        let traces = pairs.map(|(each, bound)| trace(&bound.setting, &each.request));
        Self {
            traces: traces.collect(),
            judgement,
            holder,
            bounds,
        }
    }

    /// For each request, each policy with how it stands to it.
    fn policies<'a>(&'a self, holdings: &'a Holdings) -> Vec<Vec<JudgedPolicy<'a>>> {
        let of_request = |(bound, results): (&'a Bound, &'a Vec<StatementResults>)| -> Vec<_> {
            let attached = bound.setting.policies().iter();
            let documents = attached.zip(bound.documents.iter());
            documents
                .zip(results)
                .filter_map(|((attached, id), results)| {
                    let document = holdings.document(*id)?;
                    Some(JudgedPolicy {
                        layer: attached.layer,
                        level: attached.level,
                        source: &document.source,
                        policy: &document.policy,
                        results,
                    })
                })
                .collect()
        };
        self.bounds
            .iter()
            .zip(&self.traces)
            .map(of_request)
            .collect()
    }

    fn explained<'a>(
        &'a self,
        located: LocatedEvent<'a>,
        recorded: &'a Event<'_>,
        policies: &'a [Vec<JudgedPolicy<'a>>],
        holdings: &'a Holdings,
        policy_note: Option<&'a str>,
    ) -> ExplainedEvent<'a> {
        let judgement = &self.judgement;
        let requests = located.event.requests().iter();
        let requests = requests
            .zip(&judgement.decisions)
            .zip(&self.bounds)
            .zip(policies);
        let requests = requests.map(|(((recorded, decision), bound), policies)| JudgedRequest {
            request: &recorded.request,
            decision,
            setting: &bound.setting,
            policies,
        });
        ExplainedEvent {
            verdict: judgement.verdict,
            agreement: judgement.agreement,
            requests: requests.collect(),
            remedy: self.remedy(located.event, holdings),
            holder: self.holder,
            policies: policies.first().map(Vec::as_slice).unwrap_or_default(),
            recorded_error: recorded
                .error_code
                .as_deref()
                .map(|code| (code, recorded.error_message.as_deref())),
            policy_note,
            located,
        }
    }

    /// The smallest change to the caller's policies that would allow a denied call.
    fn remedy<'a>(
        &self,
        event: &Interpretation,
        holdings: &'a Holdings,
    ) -> Option<(Remedy, &'a Source)> {
        if self.judgement.verdict != Some(Verdict::ImplicitDeny) {
            return None;
        }
        let documents = self.bounds.first()?.documents.iter();
        let documents = documents.filter_map(|id| holdings.document(*id));
        let texts: Vec<_> = documents
            .filter(|document| document.layer == Layer::Identity)
            .map(|document| PolicyText {
                source: &document.source,
                policy: &document.policy,
            })
            .collect();
        let requests = event.requests().iter().zip(&self.bounds);
        let requests: Vec<_> = requests
            .map(|(each, bound)| (&*bound.setting, &each.request))
            .collect();
        let found = remedy(&texts, &requests)?;
        let source = texts.get(found.policy)?.source;
        Some((found, source))
    }
}
