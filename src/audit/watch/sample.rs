//! Records to test with.

use super::super::{
    Caller, Counted, Example, Instant, JudgedCall, JudgedRequest, Outcome, OutcomeKind,
    PoliciesOfCaller, Record, SignIn, Totals, What, Window,
};
use crate::{
    catalog::Catalog,
    eval::{Principal, Target, Verdict},
    policy::AccountId,
    trail::{Agreement, Category, Class, Mode, Needs, RequestRole, ResourceSource},
};

pub(super) const USER: &str = "arn:aws:iam::111122223333:user/ana";
pub(super) const ROOT: &str = "arn:aws:iam::111122223333:root";
pub(super) const ROLE: &str = "arn:aws:iam::444455556666:role/deploy";
pub(super) const FEDERATED: &str = "arn:aws:sts::111122223333:assumed-role/admin/ana@example.org";

/// A record in the making.
#[derive(Debug, Clone)]
pub(super) struct Sample(Record);

impl Sample {
    pub(super) fn read(service: &str, name: &str) -> Self {
        Self::call(service, name, Mode::Read)
    }

    pub(super) fn write(service: &str, name: &str) -> Self {
        Self::call(service, name, Mode::Write)
    }

    fn call(service: &str, name: &str, mode: Mode) -> Self {
        let source = format!("{service}.amazonaws.com");
        let prefix = Catalog::embedded().prefix_of_event_source(&source);
        let action = format!("{prefix}:{name}");
        let call = JudgedCall {
            needs: Needs::Permission,
            requests: vec![request(&action, RequestRole::Main)],
            verdict: None,
            possible: Vec::new(),
            agreement: Agreement::Open,
            notes: Vec::new(),
        };
        let outcome = Outcome {
            kind: OutcomeKind::Succeeded,
            error_code: None,
            denial: None,
            denied_by: None,
            denied_by_arn: None,
        };
        let caller = Caller {
            name: String::new(),
            principal: Principal::Unknown,
            account: None,
            invoked_by: None,
            policies: PoliciesOfCaller::Unknown,
        };
        let record = Record {
            class: Class::ApiCall,
            category: Category::Management,
            mode,
            source,
            name: name.to_owned(),
            region: "eu-central-1".to_owned(),
            recipient: AccountId::parse("111122223333"),
            caller,
            outcome,
            sign_in: None,
            what: What::Call(call),
        };
        Self(record).by(USER)
    }

    pub(super) fn sign_in(sign_in: SignIn) -> Self {
        let mut own = Self::write("signin", "ConsoleLogin").class(Class::ConsoleSignIn);
        own.0.sign_in = Some(sign_in);
        own
    }

    pub(super) fn by(mut self, arn: &str) -> Self {
        let principal = Principal::parse(arn).unwrap();
        let account = arn.split(':').nth(4).and_then(AccountId::parse);
        self.0.caller.principal = principal;
        self.0.caller.account = account;
        self.0.caller.name = arn.to_owned();
        self
    }

    pub(super) fn class(mut self, class: Class) -> Self {
        self.0.class = class;
        if class.why_undecided().is_some() {
            self.0.what = What::Nothing;
        }
        self
    }

    pub(super) fn category(mut self, category: Category) -> Self {
        self.0.category = category;
        self
    }

    pub(super) fn invoked_by(mut self, service: &str) -> Self {
        self.0.caller.invoked_by = Some(service.to_owned());
        self
    }

    pub(super) fn outcome(mut self, kind: OutcomeKind) -> Self {
        let code = match kind {
            OutcomeKind::Succeeded => None,
            OutcomeKind::Denied => Some("AccessDenied"),
            OutcomeKind::DryRun => Some("Client.DryRunOperation"),
            OutcomeKind::Throttled => Some("Throttling"),
            OutcomeKind::Failed => Some("NoSuchEntity"),
        };
        self.0.outcome.error_code = code.map(str::to_owned);
        self.0.outcome.kind = kind;
        self
    }

    pub(super) fn verdict(mut self, verdict: Verdict) -> Self {
        if let What::Call(call) = &mut self.0.what {
            call.verdict = Some(verdict);
        }
        self
    }

    pub(super) fn further(mut self, action: &str) -> Self {
        if let What::Call(call) = &mut self.0.what {
            call.requests.push(request(action, RequestRole::Further));
        }
        self
    }

    pub(super) fn record(self) -> Record {
        self.0
    }

    /// The record, made at these times, in order, each that often.
    pub(super) fn at(self, times: impl IntoIterator<Item = (u32, u32)>) -> Counted {
        let times: Vec<_> = times
            .into_iter()
            .map(|(at, count)| (Instant(at), count))
            .collect();
        let window = times.first().zip(times.last());
        Counted {
            record: self.0,
            count: times.iter().map(|(_, count)| u64::from(*count)).sum(),
            window: window.map(|((first, _), (last, _))| Window {
                first: *first,
                last: *last,
            }),
            times,
            example: Example {
                time: String::new(),
                event_id: String::new(),
                file: String::new(),
                line: 1,
                offset: 0,
            },
        }
    }
}

fn request(action: &str, role: RequestRole) -> JudgedRequest {
    JudgedRequest {
        action: action.to_owned(),
        resource: Target::Star,
        resource_account: None,
        resource_source: ResourceSource::NoResourceTypes,
        role,
        facts: Vec::new(),
        verdict: None,
        limited_by: Vec::new(),
        unknown: Vec::new(),
        applied: Vec::new(),
    }
}

/// What is counted of such records, to the second.
pub(super) fn totals(records: impl IntoIterator<Item = Counted>) -> Totals {
    let records: Vec<_> = records.into_iter().collect();
    let window = records
        .iter()
        .filter_map(|each| each.window)
        .reduce(Window::with);
    Totals {
        records,
        window,
        seconds_per_instant: 1,
        captured: Vec::new(),
    }
}
