//! Which records count.

use super::{Instant, Record};
use crate::{
    catalog::Catalog,
    policy::{AccountId, Case, Wildcard},
};
use serde::Serialize;

/// What a record must be to count. Each field that is empty asks for nothing; of the entries of one
/// field, one must fit.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// Events from this second on.
    pub from: Option<Instant>,
    /// Events before this second.
    pub to: Option<Instant>,
    /// Regions that were called.
    pub regions: Vec<String>,
    /// Accounts: the caller's, or the one whose trail it is.
    pub accounts: Vec<AccountId>,
    /// Patterns of callers as reports name them: ARNs of users and roles, names of services.
    pub principals: Vec<String>,
    /// Prefixes of services, such as `s3`.
    pub services: Vec<String>,
    /// Patterns of actions, such as `s3:Get*`, or of events, such as `s3:GetObject`.
    pub actions: Vec<String>,
    /// Patterns of error codes; `*` is any error.
    pub errors: Vec<String>,
}

impl Filter {
    /// Whether an event of that time counts. One without a time does not, where a time is asked for.
    pub fn takes_time(&self, time: Option<Instant>) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        time.is_some_and(|time| {
            self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time < to)
        })
    }

    /// Whether a record counts, its times aside.
    pub fn takes(&self, record: &Record) -> bool {
        self.takes_place(record)
            && any(&self.principals, Case::Sensitive, &[&record.caller.name])
            && self.takes_service(record)
            && self.takes_action(record)
            && self.takes_error(record)
    }

    fn takes_place(&self, record: &Record) -> bool {
        let of_account = |own: &AccountId| {
            record.recipient.as_ref() == Some(own) || record.caller.account.as_ref() == Some(own)
        };
        (self.regions.is_empty() || self.regions.contains(&record.region))
            && (self.accounts.is_empty() || self.accounts.iter().any(of_account))
    }

    fn takes_service(&self, record: &Record) -> bool {
        let prefix = prefix_of(record);
        let is_named = |name: &String| {
            let has_action = |action: &str| {
                action
                    .split_once(':')
                    .is_some_and(|(service, _)| service.eq_ignore_ascii_case(name))
            };
            prefix.eq_ignore_ascii_case(name)
                || record.requests().iter().any(|own| has_action(&own.action))
        };
        self.services.is_empty() || self.services.iter().any(is_named)
    }

    fn takes_action(&self, record: &Record) -> bool {
        let call = format!("{}:{}", prefix_of(record), record.name);
        let mut names = vec![call.as_str()];
        names.extend(record.requests().iter().map(|own| own.action.as_str()));
        any(&self.actions, Case::Ignored, &names)
    }

    fn takes_error(&self, record: &Record) -> bool {
        if self.errors.is_empty() {
            return true;
        }
        let code = record.outcome.error_code.as_deref();
        code.is_some_and(|code| any(&self.errors, Case::Ignored, &[code]))
    }
}

/// The prefix of the service that was called.
fn prefix_of(record: &Record) -> &str {
    Catalog::embedded().prefix_of_event_source(&record.source)
}

/// Whether one of some patterns matches one of some texts; also where there are none.
fn any(patterns: &[String], case: Case, texts: &[&str]) -> bool {
    let matches = |pattern: &String| {
        let pattern = Wildcard::new(pattern, case);
        texts.iter().any(|text| pattern.matches(text))
    };
    patterns.is_empty() || patterns.iter().any(matches)
}
