//! `iamsim generate`

use super::{
    audit::{TrailArguments, read_trail, tell_problems, write_texts},
    input::{StdinTwice, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    account::Holdings,
    audit::{
        Limits,
        proposal::{Generalise, GenerateOptions, Holder, Proposal, generate},
    },
    report::json,
    source::escape,
};
use clap::{Args, ValueEnum};
use miette::Diagnostic;
use std::path::PathBuf;

/// Make a least-privilege policy from the recorded use of a principal
///
/// The policy allows what the trail shows that the principal did, and nothing else; the trail is judged
/// by it before it is written. What the trail could not show is told on standard error. Where IAM's quota
/// for the size of a policy is not enough, resources are generalised and the policy is split.
#[derive(Debug, Args)]
pub(super) struct GenerateArguments {
    #[command(flatten)]
    trail: TrailArguments,
    /// How far resources are generalised at least
    #[arg(long, value_name = "LEVEL", default_value = "none")]
    generalise: Level,
    /// How many resources that differ in one part of their names are listed before `*` stands for it
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    most_names: usize,
    /// What the policy is to be, which sets how long it may be
    #[arg(long = "as", value_name = "KIND", default_value = "managed")]
    kind: Kind,
    /// Write the policy to a file in a folder, or several files; what is there already stays as it is
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_name = "FORMAT", default_value = "policy")]
    format: GenerateFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// Resources as they were used
    None,
    /// `*` for the last part of names, where many differ in it
    Names,
    /// `*` for all after the first part of names, such as `bucket/*`, where many differ in it
    Starts,
    /// `*` for regions and accounts too
    Places,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Managed policies, up to ten
    Managed,
    /// The inline policy of a role
    RoleInline,
    /// The inline policy of a user
    UserInline,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GenerateFormat {
    /// The policy alone; where it is split, one document after the other
    Policy,
    /// One JSON document with the policy, what was done to it and how it was verified
    Json,
}

/// No principal, or several, to make a policy for.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("a policy is made for one principal, and {given} are given")]
#[diagnostic(help("name it with `--principal ARN`, the ARN of a user or role"))]
struct OnePrincipal {
    given: usize,
}

/// Nothing can be made.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("no policy was made for `{principal}`: {reason}")]
#[diagnostic(help("name one caller of the trail by its ARN: that of a user, or of a role"))]
struct NothingMade {
    principal: String,
    reason: String,
}

/// What was made does not hold.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the policy for `{principal}` does not allow all that was recorded, and is not written")]
#[diagnostic(help("{lost}"))]
struct DoesNotHold {
    principal: String,
    lost: String,
}

pub(super) fn run(arguments: &GenerateArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.trail.paths]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let [principal] = arguments.trail.principals.as_slice() else {
        let given = arguments.trail.principals.len();
        io.misuse(&OnePrincipal { given });
        return Ok(Exit::Failed);
    };
    // What the caller was allowed is no matter: what it did is.
    let holdings = Holdings::new();
    let read = read_trail(&arguments.trail, &holdings, &[], Limits::default(), io);
    let Some(summary) = read else {
        return Ok(Exit::Failed);
    };
    let (totals, inputs) = summary.totals();
    tell_problems(&inputs, io);
    let options = GenerateOptions {
        generalise: arguments.generalise.into(),
        most_names: arguments.most_names,
        holder: arguments.kind.into(),
        detail: inputs.detail,
    };
    let proposal = generate(&totals, principal, &options);
    if proposal.texts.is_empty() || !proposal.verification.holds() {
        report_failure(principal, &proposal, io);
        return Ok(Exit::Failed);
    }
    write(arguments, &proposal, io)
}

fn report_failure(principal: &str, proposal: &Proposal, io: &mut Io<'_>) {
    let principal = principal.to_owned();
    let verification = &proposal.verification;
    let lost = verification.lost.iter().chain(&verification.gained);
    let lost: Vec<_> = lost.map(String::as_str).collect();
    if lost.is_empty() {
        let reasons = proposal.kept.iter().chain(&proposal.changes);
        let reasons: Vec<_> = reasons.map(String::as_str).collect();
        let reason = reasons.join("; ");
        io.misuse(&NothingMade { principal, reason });
    } else {
        let lost = lost.join("; ");
        io.misuse(&DoesNotHold { principal, lost });
    }
}

fn write(arguments: &GenerateArguments, proposal: &Proposal, io: &mut Io<'_>) -> Outcome {
    if let Some(folder) = &arguments.output {
        write_texts(folder, &proposal.name, &proposal.texts, io);
    }
    match arguments.format {
        GenerateFormat::Json => io.write(&json::document(proposal))?,
        GenerateFormat::Policy => {
            if arguments.output.is_none() {
                for text in &proposal.texts {
                    io.write(&escape::json(text.clone()))?;
                    if !text.ends_with('\n') {
                        io.write("\n")?;
                    }
                }
            }
            for line in &proposal.changes {
                io.remark(line);
            }
            for line in &proposal.kept {
                io.remark(&format!("not in the policy: {line}"));
            }
            let verification = &proposal.verification;
            io.remark(&format!(
                "{} of {} recorded calls are allowed by it",
                verification.allowed, verification.calls
            ));
        }
    }
    Ok(Exit::Clean)
}

impl From<Level> for Generalise {
    fn from(level: Level) -> Self {
        match level {
            Level::None => Self::Nothing,
            Level::Names => Self::Names,
            Level::Starts => Self::Starts,
            Level::Places => Self::Places,
        }
    }
}

impl From<Kind> for Holder {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Managed => Self::Managed,
            Kind::RoleInline => Self::RoleInline,
            Kind::UserInline => Self::UserInline,
        }
    }
}
