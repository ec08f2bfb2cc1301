//! What records have in common that differ in nothing but when they were made and by which id.

use crate::{
    eval::{Fact, Layer, Principal, Target, Verdict},
    policy::{AccountId, Effect},
    trail::{
        Agreement, Category, Class, DenialKind, Mode, Needs, Note, PolicyType, RequestRole,
        ResourceSource,
    },
};
use serde::{Deserialize, Serialize};

/// A distinct record, judged. Two events that are equal in all of this are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// What kind of record it is.
    pub class: Class,
    /// Its event category.
    pub category: Category,
    /// Whether it reads or writes.
    pub mode: Mode,
    /// The event source, `s3.amazonaws.com`; empty where there is none.
    pub source: String,
    /// The event name, `GetObject`; empty where there is none.
    pub name: String,
    /// The region; empty where there is none.
    pub region: String,
    /// The account whose trail it is of, where the record has one.
    pub recipient: Option<AccountId>,
    /// Who called.
    pub caller: Caller,
    /// What came of it.
    pub outcome: Outcome,
    /// For a sign-in to the console.
    pub sign_in: Option<SignIn>,
    /// What IAM had to decide, and what the policies say.
    pub what: What,
}

/// Who made a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// The caller as reports group it: the ARN of a user, of a role (not of its session), of a root user,
    /// the name of a service, `anonymous` or `unknown`.
    pub name: String,
    /// The caller as requests are judged; a role in place of its session, unless a policy can tell
    /// sessions apart.
    pub principal: Principal,
    /// The caller's account.
    pub account: Option<AccountId>,
    /// The service that called on the caller's behalf, where the record names one.
    pub invoked_by: Option<String>,
    /// What is known of the caller's policies.
    pub policies: PoliciesOfCaller,
}

/// What is known of the policies of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PoliciesOfCaller {
    /// They are known.
    Known,
    /// Policies were given for everybody.
    Everybody,
    /// Nobody said what policies the caller has.
    Unknown,
    /// Identity policies do not apply to such a caller: a service, nobody.
    NotApplicable,
}

/// What came of a call, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What it was.
    pub kind: OutcomeKind,
    /// The error code, where there was an error.
    pub error_code: Option<String>,
    /// Of a denial, how it was refused.
    pub denial: Option<DenialKind>,
    /// Of a denial, the type of policy that the message names.
    pub denied_by: Option<PolicyType>,
    /// Of a denial, the ARN of the policy that the message names.
    pub denied_by_arn: Option<String>,
}

/// The ways that calls end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeKind {
    /// It was carried out.
    Succeeded,
    /// It was refused.
    Denied,
    /// EC2 was asked whether it would be allowed, and it would.
    DryRun,
    /// There were too many calls.
    Throttled,
    /// It failed for another reason.
    Failed,
}

impl OutcomeKind {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::Succeeded,
        Self::Denied,
        Self::DryRun,
        Self::Throttled,
        Self::Failed,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Denied => "denied",
            Self::DryRun => "dry-run",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
        }
    }

    /// Whether it is evidence that the call was allowed.
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Succeeded | Self::DryRun)
    }
}

/// A sign-in to the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Whether a second factor was used; `None` where the record does not say.
    pub mfa: Option<bool>,
    /// Whether it succeeded; `None` where the record does not say.
    pub succeeded: Option<bool>,
}

/// What IAM had to decide about a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// Nothing: [`Class::why_undecided`] says why.
    Nothing,
    /// It is a call of which no action is known, and why not.
    Unmapped(String),
    /// A call.
    Call(JudgedCall),
}

/// A call and what the policies of its caller say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgedCall {
    /// Whether a policy must allow it.
    pub needs: Needs,
    /// Its requests, that of the main action first. All must be allowed.
    pub requests: Vec<JudgedRequest>,
    /// What comes of it; `None` where no policy decides, or none of the caller's is known.
    pub verdict: Option<Verdict>,
    /// What may come of it where the verdict is [`Verdict::Depends`], else just that.
    pub possible: Vec<Verdict>,
    /// Whether that is what was recorded.
    pub agreement: Agreement,
    /// What should be known of how its requests were made.
    pub notes: Vec<Note>,
}

/// One request of a call, and what the policies say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgedRequest {
    /// The action, `s3:GetObject`, as the catalog spells it.
    pub action: String,
    /// The resource.
    pub resource: Target,
    /// The account that owns it, where its ARN does not tell.
    pub resource_account: Option<AccountId>,
    /// Where the resource comes from.
    pub resource_source: ResourceSource,
    /// Whether it is the call itself, or a permission needed beside it.
    pub role: RequestRole,
    /// The condition keys that any of the policies can ask for, as far as the event tells them. A key
    /// that is not here is unknown.
    pub facts: Vec<(String, Fact)>,
    /// What comes of it.
    pub verdict: Option<Verdict>,
    /// The layers that keep it from being allowed, or may.
    pub limited_by: Vec<Layer>,
    /// The facts that the verdict hangs on, in words.
    pub unknown: Vec<String>,
    /// The statements that apply to it, or may.
    pub applied: Vec<Applied>,
}

/// A statement that applies to a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// The policy, by its place among the documents.
    pub document: usize,
    /// The statement, by its place in the policy.
    pub statement: usize,
    /// What it does.
    pub effect: AppliedEffect,
    /// Whether it applies for sure, or only with facts that are not known.
    pub surely: bool,
}

/// The effect of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AppliedEffect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

impl From<Effect> for AppliedEffect {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Allow => Self::Allow,
            Effect::Deny => Self::Deny,
        }
    }
}

impl Record {
    /// The requests of a call; none for other records.
    pub fn requests(&self) -> &[JudgedRequest] {
        self.call().map_or(&[], |call| &call.requests)
    }

    /// The call, where it is one whose action is known.
    pub fn call(&self) -> Option<&JudgedCall> {
        match &self.what {
            What::Call(call) => Some(call),
            What::Nothing | What::Unmapped(_) => None,
        }
    }

    /// How many bytes it takes, about.
    pub(super) fn weight(&self) -> usize {
        let of_request = |request: &JudgedRequest| {
            let facts = request.facts.iter().map(|(key, _)| key.len() + 100);
            let unknown = request.unknown.iter().map(|text| text.len() + 24);
            let applied = request.applied.len() * size_of::<Applied>();
            let resource = match &request.resource {
                Target::Arn(text) | Target::Like(text) => text.len(),
                Target::Star | Target::Unknown => 0,
            };
            let texts = request.action.len() + resource + request.limited_by.len();
            size_of::<JudgedRequest>()
                + texts
                + applied
                + facts.sum::<usize>()
                + unknown.sum::<usize>()
        };
        let texts = [&self.source, &self.name, &self.region, &self.caller.name];
        let optional = [
            &self.outcome.error_code,
            &self.outcome.denied_by_arn,
            &self.caller.invoked_by,
        ];
        let reason = match &self.what {
            What::Unmapped(reason) => reason.len(),
            What::Nothing | What::Call(_) => 0,
        };
        // The principal has its name in it, twice for a session.
        let texts = texts
            .iter()
            .map(|text| text.len())
            .chain(
                optional
                    .iter()
                    .filter_map(|text| Some(text.as_ref()?.len())),
            )
            .chain([reason, 2 * self.caller.name.len()]);
        // The entry in the table, the example and the principal come on top.
        size_of::<Self>()
            + 400
            + texts.sum::<usize>()
            + self.requests().iter().map(of_request).sum::<usize>()
    }

    /// The verdict on the call; `None` where there is none.
    pub fn verdict(&self) -> Option<Verdict> {
        self.call()?.verdict
    }
}
