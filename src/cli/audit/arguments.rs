//! The arguments of `iamsim audit`, and those that it shares with `iamsim generate`.

use crate::{
    audit::{
        Audit, Filter, Instant, Proposals, Questions,
        breadth::UseClass,
        watch::{Alarm, Field, Period},
    },
    cli::{args, config::ConfigArguments, io::Io, policies::PoliciesArguments},
    eval::Verdict,
    policy::AccountId,
    report::audit::AuditFormat,
};
use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil, tz::TimeZone};
use std::{num::NonZeroUsize, path::PathBuf};

/// Judge a whole trail: what would be denied, what was never used
///
/// Reads CloudTrail logs as they are delivered, judges each call by the policies of its caller, and tells
/// which calls would be denied, how far that agrees with what was recorded, and what each policy grants
/// that was never used. Ends with 1 where an alarm is raised or `--fail-on` is met, with 2 where something
/// could not be read.
#[derive(Debug, Args)]
pub(in crate::cli) struct AuditArguments {
    #[command(flatten)]
    pub(super) trail: TrailArguments,
    #[command(flatten)]
    pub(super) policies: PoliciesArguments,
    /// How long a trail must be to show that something is unused
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30d",
        value_parser = period,
        help_heading = "Questions"
    )]
    minimum_window: Period,
    /// Narrow each identity policy to what was used
    #[arg(long, help_heading = "Questions")]
    propose: bool,
    /// Write the narrowed policies to files in a folder; what is there already stays as it is
    #[arg(long, value_name = "DIR", help_heading = "Questions")]
    pub(super) propose_to: Option<PathBuf>,
    /// Actions or resources that are not narrowed, such as `iam:*`
    #[arg(long, value_name = "PATTERN", help_heading = "Questions")]
    keep: Vec<String>,
    /// Count what matters by periods, such as `5m` or `1d`
    #[arg(long, value_name = "TIME", value_parser = period, help_heading = "Questions")]
    series: Option<Period>,
    /// An alarm, such as `denied >= 5 in 10m by principal`; where it is raised, the process ends with 1
    #[arg(long = "alarm", value_name = "EXPR", help_heading = "Questions")]
    alarms: Vec<String>,
    /// What is shown of the events of an alarm
    #[arg(
        long,
        value_name = "FIELDS",
        value_delimiter = ',',
        value_parser = field,
        default_value = "time,principal,action,resource,error,event-id",
        help_heading = "Questions"
    )]
    fields: Vec<Field>,
    /// Write a part, which `--reduce` goes on with, in place of a report
    #[arg(
        long,
        requires = "output",
        help_heading = "Parts",
        conflicts_with_all = [
            "reduce", "minimum_window", "propose", "propose_to", "keep", "series", "fields",
            "fail_on", "format",
        ]
    )]
    pub(super) map: bool,
    /// Report on parts in place of a trail; policies and filters are those of the parts
    #[arg(
        long,
        help_heading = "Parts",
        conflicts_with_all = [
            "policies", "accounts", "boundary", "scp", "rcp", "resource_policy",
            "management_account", "from", "to", "regions", "account_ids", "principals",
            "services", "actions", "errors",
        ]
    )]
    pub(super) reduce: bool,
    /// How to write the report
    #[arg(long, value_name = "FORMAT", default_value = "full")]
    pub(super) format: AuditFormat,
    /// Write the report to a file too, as `FORMAT=FILE` or as the extension says; with `--map`, the part
    #[arg(short, long, value_name = "[FORMAT=]FILE")]
    pub(super) output: Vec<String>,
    /// End with 1 where there is such a thing
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(super) fail_on: Vec<FailOn>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

/// A trail, and what of it counts.
#[derive(Debug, Args)]
pub(in crate::cli) struct TrailArguments {
    /// Files of events, and folders of them; `-` is standard input
    #[arg(required = true, value_name = "TRAIL")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Only events from this time on, such as `2026-11-01` or `2026-11-01T08:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Filters")]
    from: Option<Instant>,
    /// Only events before this time
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Filters")]
    to: Option<Instant>,
    /// Only calls in a region
    #[arg(long = "region", value_name = "REGION", help_heading = "Filters")]
    regions: Vec<String>,
    /// Only events of an account: the caller's, or that of the trail
    #[arg(
        long = "account-id",
        value_name = "ACCOUNT",
        value_parser = args::account,
        help_heading = "Filters"
    )]
    account_ids: Vec<AccountId>,
    /// Only calls of a principal: an ARN, or a pattern of ARNs; of a session, all of its role
    #[arg(long = "principal", value_name = "PATTERN", help_heading = "Filters")]
    pub(in crate::cli) principals: Vec<String>,
    /// Only calls of a service, such as `s3`
    #[arg(long = "service", value_name = "PREFIX", help_heading = "Filters")]
    services: Vec<String>,
    /// Only calls of an action, such as `s3:Get*`
    #[arg(long = "action", value_name = "PATTERN", help_heading = "Filters")]
    actions: Vec<String>,
    /// Only calls that ended with an error, such as `AccessDenied` or `*`
    #[arg(long = "error", value_name = "PATTERN", help_heading = "Filters")]
    errors: Vec<String>,
    /// How many files are read at once [default: one for each core]
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) threads: Option<NonZeroUsize>,
}

impl TrailArguments {
    /// What of the trail counts.
    pub(in crate::cli) fn filter(&self) -> Filter {
        Filter {
            from: self.from,
            to: self.to,
            regions: sorted(&self.regions),
            accounts: sorted(&self.account_ids),
            principals: sorted(&callers(&self.principals)),
            services: sorted(&self.services),
            actions: sorted(&self.actions),
            errors: sorted(&self.errors),
        }
    }
}

/// Patterns of callers as reports name them: of a session, that of its role, whose path it does not tell;
/// of a role, also that of sessions that do not tell the path.
fn callers(patterns: &[String]) -> Vec<String> {
    let mut callers = patterns.to_vec();
    for pattern in patterns {
        let fields: Vec<_> = pattern.splitn(6, ':').collect();
        let [arn, partition, service, region, account, resource] = fields.as_slice() else {
            continue;
        };
        let in_account = |service: &str, resource: &str| {
            [*arn, *partition, service, *region, *account, resource].join(":")
        };
        match (*service, resource.split_once('/')) {
            ("sts", Some(("assumed-role", session))) => {
                let role = session.split('/').next().unwrap_or(session);
                callers.push(in_account("iam", &format!("role/{role}")));
                callers.push(in_account("iam", &format!("role/*/{role}")));
                callers.push(in_account("sts", &format!("assumed-role/{role}")));
            }
            ("iam", Some(("role", path))) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                callers.push(in_account("sts", &format!("assumed-role/{name}")));
            }
            _ => {}
        }
    }
    callers
}

/// Filters that are the same however they were typed.
fn sorted<T: Ord + Clone>(entries: &[T]) -> Vec<T> {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

impl AuditArguments {
    /// The alarms. What is wrong with any of them is reported.
    pub(super) fn alarms(&self, io: &mut Io<'_>) -> Option<Vec<Alarm>> {
        let mut alarms = Vec::new();
        for text in &self.alarms {
            match Alarm::parse(text) {
                Ok(alarm) => alarms.push(alarm),
                Err(error) => io.misuse(&error),
            }
        }
        (alarms.len() == self.alarms.len()).then_some(alarms)
    }

    /// What is asked of the trail.
    pub(super) fn questions(&self, alarms: Vec<Alarm>) -> Questions {
        let asks_proposals = self.propose || self.propose_to.is_some();
        Questions {
            minimum_window: self.minimum_window.seconds(),
            proposals: if asks_proposals {
                Proposals::Asked
            } else {
                Proposals::NotAsked
            },
            keep: self.keep.clone(),
            series: self.series,
            alarms,
            fields: self.fields.clone(),
        }
    }
}

/// What makes the process end with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Calls that would be denied
    Denied,
    /// Calls that are judged otherwise than recorded
    Disagreement,
    /// Permissions that were never used, or are wider than their use
    Broad,
}

impl FailOn {
    pub(super) fn is_met(self, audit: &Audit) -> bool {
        match self {
            Self::Denied => audit
                .denied
                .iter()
                .any(|group| group.verdict != Verdict::Depends),
            Self::Disagreement => !audit.agreement.disagreements.is_empty(),
            Self::Broad => audit.breadth.iter().any(|policy| {
                let mut statements = policy.statements.iter();
                statements.any(|statement| {
                    let mut patterns = statement.actions.iter().chain(&statement.resources);
                    let is_broad =
                        |class: &UseClass| matches!(class, UseClass::Unused | UseClass::TooWide);
                    patterns.any(|pattern| is_broad(&pattern.class))
                })
            }),
        }
    }
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).map_err(|why| format!("{why}; {}", Period::HELP))
}

fn field(text: &str) -> Result<Field, String> {
    Field::named(text).ok_or_else(|| {
        let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        format!("there is no such field; they are `{}`", names.join("`, `"))
    })
}

/// A time, or the start of a day in UTC.
fn time(text: &str) -> Result<Instant, String> {
    let day = || {
        // A time without a zone is read as a date, too, and may be that of any place.
        let day = text.parse::<civil::Date>().ok();
        let day = day.filter(|day| day.to_string() == text)?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let time = text.parse::<Timestamp>().ok().or_else(day);
    let second = time.and_then(|time| u32::try_from(time.as_second()).ok());
    second
        .map(Instant)
        .ok_or_else(|| "write it like `2026-11-01` or `2026-11-01T08:00:00Z`".to_owned())
}
