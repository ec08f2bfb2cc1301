//! Whose policies events are judged by, as it is typed or configured.

mod configured;
mod folder;

use super::{
    args,
    config::{ConfigArguments, Configs},
    input::{self, STDIN, is_stdin},
    io::Io,
    levels::{LevelError, levels},
};
use crate::{
    account::{Document, DocumentId, ExportFault, Gap, HeldPolicies, Holdings, read_export},
    eval::Layer,
    lint::{Unusable, read_usable},
    policy::{AccountId, Arn},
    report::{Snippet, lint::snippet},
    source::{
        Source,
        load::{self, LoadError, display_name},
    },
};
use clap::Args;
use miette::Diagnostic;
use std::path::{Path, PathBuf};

/// Whose policies events are judged by.
#[derive(Debug, Args)]
pub(super) struct PoliciesArguments {
    /// A policy that every caller has, or a folder of them [default: those of `[[principals]]` in
    /// iamsim.toml, else the identity policies that `iamsim lint` takes]
    #[arg(long = "policy", value_name = "FILE", help_heading = "Policies")]
    policies: Vec<PathBuf>,
    /// The output of `aws iam get-account-authorization-details`: each caller has its own policies; once
    /// for each account
    #[arg(
        long = "account",
        value_name = "FILE",
        conflicts_with = "policies",
        help_heading = "Policies"
    )]
    accounts: Vec<PathBuf>,
    /// The permissions boundary that every caller has
    #[arg(
        long,
        value_name = "FILE",
        requires = "policies",
        conflicts_with = "accounts",
        help_heading = "Policies"
    )]
    boundary: Option<PathBuf>,
    /// A service control policy and its level; levels in the order from the root down, such as
    /// `--scp root=a.json --scp account=b.json`; `LEVEL=` is a level without policies
    #[arg(long, value_name = "LEVEL=FILE", help_heading = "Policies")]
    scp: Vec<String>,
    /// A resource control policy and its level, as for `--scp`
    #[arg(long, value_name = "LEVEL=FILE", help_heading = "Policies")]
    rcp: Vec<String>,
    /// The policy of a resource: its ARN or a pattern of ARNs, and the file
    #[arg(long, value_name = "ARN=FILE", help_heading = "Policies")]
    resource_policy: Vec<String>,
    /// The management account of the organisation
    #[arg(long, value_name = "ACCOUNT", value_parser = args::account, help_heading = "Policies")]
    management_account: Option<AccountId>,
}

/// The policies that events are judged by.
#[derive(Debug)]
pub(super) struct GivenPolicies {
    /// The policies and who holds them.
    pub(super) holdings: Holdings,
    /// What should be known of where they come from, where nobody gave them.
    pub(super) note: Option<String>,
}

/// Arguments that name no policies.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum PoliciesError {
    #[error("`{text}` is not of the form `ARN=FILE`")]
    #[diagnostic(help("write it like `--resource-policy arn:aws:s3:::reports=reports.json`"))]
    ResourcePolicy { text: String },

    #[error("there is no policy of an identity in what `--policy` names")]
    #[diagnostic(help(
        "give the policies that are attached to the callers, as files or in folders"
    ))]
    NoIdentityPolicy,

    #[error(transparent)]
    #[diagnostic(transparent)]
    Level(#[from] LevelError),
}

/// The most gaps of an export that are told one by one.
const MOST_GAPS: usize = 10;

impl PoliciesArguments {
    /// The files that are named, to see whether standard input is among them twice.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let named = self.policies.iter().chain(&self.accounts);
        let named = named.chain(&self.boundary).cloned();
        let pairs = [&self.scp, &self.rcp, &self.resource_policy];
        let pairs = pairs.into_iter().flatten();
        let files = pairs.filter_map(|text| Some(PathBuf::from(text.split_once('=')?.1)));
        named.chain(files).collect()
    }

    /// Reads all of it. `None` where something cannot be used; everything that is wrong is reported.
    pub(super) fn read(&self, config: &ConfigArguments, io: &mut Io<'_>) -> Option<GivenPolicies> {
        let mut reader = Reader {
            holdings: Holdings::new(),
            is_whole: true,
        };
        let note = if !self.policies.is_empty() {
            let read = reader.folders(&self.policies, config, io);
            let passed_over = read.passed_over();
            if read.policies.is_empty() && !io.has_failed() {
                reader.wrong(&PoliciesError::NoIdentityPolicy, io);
            }
            let boundary = self.boundary.as_deref();
            let boundary = boundary.map(|path| reader.file(path, Layer::Boundary, io));
            reader.holdings.give_everybody(HeldPolicies {
                policies: read.policies,
                boundary: boundary.map(|id| id.into_iter().collect()),
            });
            passed_over
        } else if !self.accounts.is_empty() {
            for path in &self.accounts {
                reader.export(path, io);
            }
            None
        } else {
            reader.configured(&mut Configs::new(config, io).ok()?, io)
        };
        reader.organisation(self, io);
        reader.resource_policies(&self.resource_policy, io);
        let account = self.management_account;
        reader.holdings.set_management_account(account);
        let is_whole = reader.is_whole && !io.has_failed();
        is_whole.then_some(GivenPolicies {
            holdings: reader.holdings,
            note,
        })
    }
}

/// Reads policies one after another, and goes on after what is wrong.
struct Reader {
    holdings: Holdings,
    is_whole: bool,
}

impl Reader {
    /// Reads a policy as one of a layer; what is wrong with it is reported.
    fn file(&mut self, path: &Path, layer: Layer, io: &mut Io<'_>) -> Option<DocumentId> {
        match input::policy(path, io) {
            Ok(source) => self.source(source, layer, io),
            Err(error) => {
                io.error(&error);
                None
            }
        }
    }

    fn source(&mut self, source: Source, layer: Layer, io: &mut Io<'_>) -> Option<DocumentId> {
        match read_usable(&source, layer) {
            Ok(policy) => {
                let name = source.name().to_owned();
                Some(
                    self.holdings
                        .add(Document::new(name, source, policy, layer)),
                )
            }
            Err(unusable) => {
                report_unusable(&source, layer, &unusable, io);
                None
            }
        }
    }

    fn wrong(&mut self, error: &PoliciesError, io: &mut Io<'_>) {
        self.is_whole = false;
        io.misuse(error);
    }

    fn organisation(&mut self, arguments: &PoliciesArguments, io: &mut Io<'_>) {
        for (layer, texts) in [(Layer::Scp, &arguments.scp), (Layer::Rcp, &arguments.rcp)] {
            if texts.is_empty() {
                continue;
            }
            let levels = match levels(texts) {
                Ok(levels) => levels,
                Err(error) => {
                    self.wrong(&error.into(), io);
                    continue;
                }
            };
            let mut read = Vec::new();
            for paths in levels {
                let own = paths.iter().filter_map(|path| self.file(path, layer, io));
                read.push(own.collect());
            }
            if layer == Layer::Scp {
                self.holdings.supply_scps(read);
            } else {
                self.holdings.supply_rcps(read);
            }
        }
    }

    fn resource_policies(&mut self, texts: &[String], io: &mut Io<'_>) {
        for text in texts {
            let pair = text.split_once('=');
            match pair.filter(|(arn, path)| Arn::parse(arn).is_ok() && !path.is_empty()) {
                Some((arn, path)) => {
                    if let Some(document) = self.file(Path::new(path), Layer::Resource, io) {
                        self.holdings.bind(arn, document);
                    }
                }
                None => self.wrong(&PoliciesError::ResourcePolicy { text: text.clone() }, io),
            }
        }
    }

    fn export(&mut self, path: &Path, io: &mut Io<'_>) {
        let source = match export_source(path, io) {
            Ok(source) => source,
            Err(error) => return io.error(&error),
        };
        match read_export(&source, &mut self.holdings) {
            Ok(gaps) => tell_gaps(&source, &gaps, io),
            Err(faults) => {
                for ExportFault {
                    span,
                    message,
                    help,
                } in &faults
                {
                    let snippet = Snippet::new(&source, message).label(*span, None);
                    io.error(&snippet.help(Some(help)));
                }
            }
        }
    }
}

fn export_source(path: &Path, io: &mut Io<'_>) -> Result<Source, LoadError> {
    if is_stdin(path) {
        load::export_from(STDIN.to_owned(), io.take_stdin())
    } else {
        load::export_from(display_name(path), load::open(path)?)
    }
}

/// Tells of whom an export does not say all.
fn tell_gaps(source: &Source, gaps: &[Gap], io: &mut Io<'_>) {
    for Gap { span, arn, why } in gaps.iter().take(MOST_GAPS) {
        let line = source.position(span.start).line;
        let name = source.name();
        io.remark(&format!(
            "warning: {name}:{line}: not all is known of `{arn}`: {why}"
        ));
    }
    let more = gaps.len().saturating_sub(MOST_GAPS);
    if more > 0 {
        let name = source.name();
        io.remark(&format!("warning: {name}: {more} more of that kind"));
    }
}

/// Says why no request can be judged by a policy.
fn report_unusable(source: &Source, layer: Layer, unusable: &Unusable, io: &mut Io<'_>) {
    match unusable {
        Unusable::Wrong(findings) => {
            for finding in findings {
                io.error(&snippet(source, finding));
            }
        }
        Unusable::NamesPrincipals(span) => {
            let message = format!("a policy with principals is not one of {}", layer.title());
            let help = "policies of resources go with `--resource-policy`, resource control policies \
                        with `--rcp`";
            let snippet = Snippet::new(source, &message).label(*span, None);
            io.error(&snippet.help(Some(help)));
        }
    }
}
