//! The arguments, as they are typed.

use super::{
    audit::AuditArguments,
    config::{ConfigArguments, FailOn, FileGlob},
    generate::GenerateArguments,
    lint::OutputFile,
    offered,
    policies::PoliciesArguments,
};
use crate::{
    lint::{InlineIn, Selector},
    policy::{AccountId, PolicyType},
    report::{Format, lint::LintFormat, policy_test::TestFormat},
};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Lints and simulates AWS IAM policies, and judges recorded CloudTrail events by them, offline.
#[derive(Debug, Parser)]
#[command(
    name = "iamsim",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(super) color: ColorChoice,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Lint(Box<LintArguments>),
    Baseline(BaselineArguments),
    Expand(ExpandArguments),
    Simulate(Box<SimulateArguments>),
    Test(TestArguments),
    Events(EventsArguments),
    Explain(Box<ExplainArguments>),
    Audit(Box<AuditArguments>),
    Generate(GenerateArguments),
    Rule(RuleArguments),
    Catalog(CatalogArguments),
    Server(ServerArguments),
    Config(ConfigCommandArguments),
    Init(InitArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FormatName {
    /// For people, with the source underlined
    Full,
    /// A line each
    Concise,
    /// One JSON document
    Json,
    /// A JSON document a line
    Jsonl,
}

#[derive(Debug, Args)]
pub(super) struct FormatArgument {
    /// How to write the report
    #[arg(long = "format", value_name = "FORMAT", default_value = "full")]
    name: FormatName,
}

impl FormatArgument {
    pub(super) fn get(&self) -> Format {
        match self.name {
            FormatName::Full => Format::Full,
            FormatName::Concise => Format::Concise,
            FormatName::Json => Format::Json,
            FormatName::Jsonl => Format::Jsonl,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LintFormatName {
    /// `github` in GitHub Actions, else `full`
    Auto,
    /// For people, with the source underlined
    Full,
    /// A line each
    Concise,
    /// One JSON document
    Json,
    /// A JSON document a line
    Jsonl,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Code Quality of GitLab
    Gitlab,
    /// XML of the form of `JUnit`
    Junit,
    /// XML of the form of Checkstyle
    Checkstyle,
    /// The form of reviewdog
    Rdjson,
    /// Markdown, for summaries and comments
    Markdown,
}

impl LintFormatName {
    /// The format; `None` where the environment tells.
    pub(super) fn get(self) -> Option<LintFormat> {
        Some(match self {
            Self::Auto => return None,
            Self::Full => LintFormat::Full,
            Self::Concise => LintFormat::Concise,
            Self::Json => LintFormat::Json,
            Self::Jsonl => LintFormat::Jsonl,
            Self::Github => LintFormat::Github,
            Self::Sarif => LintFormat::Sarif,
            Self::Gitlab => LintFormat::Gitlab,
            Self::Junit => LintFormat::Junit,
            Self::Checkstyle => LintFormat::Checkstyle,
            Self::Rdjson => LintFormat::Rdjson,
            Self::Markdown => LintFormat::Markdown,
        })
    }
}

/// Find what is wrong with policies
///
/// Exits with 0 where nothing is found, 1 where something is, 2 where something could not be read.
#[derive(Debug, Args)]
pub(super) struct LintArguments {
    #[command(flatten)]
    pub(super) check: CheckArguments,
    /// How to write the report
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(super) format: LintFormatName,
    /// Write the report to a file besides, in the format that its extension tells, or as in
    /// `junit=findings.xml`; once more for a further one
    #[arg(long, value_name = "[FORMAT=]FILE", value_parser = OutputFile::parse, help_heading = "Output")]
    pub(super) output: Vec<OutputFile>,
    /// Leave out the findings that this file lists [default: what iamsim.toml says, else none]
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub(super) baseline: Option<PathBuf>,
    /// Show all findings, whatever baseline iamsim.toml names
    #[arg(long, conflicts_with = "baseline", help_heading = "Baseline")]
    pub(super) no_baseline: bool,
    #[command(flatten)]
    pub(super) fixes: FixArguments,
    #[command(flatten)]
    pub(super) show: ShowArguments,
    /// Say how many findings there are of each rule
    #[arg(long, help_heading = "Output")]
    pub(super) statistics: bool,
    /// From which level on findings make the exit code 1 [default: what iamsim.toml says, else note]
    #[arg(long, value_name = "LEVEL", help_heading = "Exit code")]
    pub(super) fail_on: Option<FailOn>,
    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Exit code", conflicts_with = "fail_on")]
    pub(super) exit_zero: bool,
}

/// Keep a list of known findings, so that `iamsim lint` tells only new ones
///
/// docs/baseline.md says how findings are recognised.
#[derive(Debug, Args)]
pub(super) struct BaselineArguments {
    #[command(subcommand)]
    pub(super) command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// List all findings in a new file
    Write {
        #[command(flatten)]
        baseline: BaselineScope,
        /// Write over a file that is there, with the reasons in it
        #[arg(long)]
        force: bool,
    },
    /// Add new findings, and remove entries whose findings are gone; reasons are kept
    Update(BaselineScope),
    /// Remove entries whose findings are gone, and add nothing
    Prune(BaselineScope),
}

/// Which baseline, of which findings.
#[derive(Debug, Args)]
pub(super) struct BaselineScope {
    #[command(flatten)]
    pub(super) check: CheckArguments,
    /// The file [default: what iamsim.toml says, else iamsim-baseline.json beside iamsim.toml or
    /// here]
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
}

/// What is done with fixes.
#[derive(Debug, Args)]
pub(super) struct FixArguments {
    /// Take the fixes that keep what the policies mean
    #[arg(long, help_heading = "Fixes", group = "taking")]
    pub(super) fix: bool,
    /// Show what fixes would change, and change nothing
    #[arg(
        long,
        help_heading = "Fixes",
        group = "taking",
        conflicts_with_all = ["format", "output", "statistics", "show_types"]
    )]
    pub(super) diff: bool,
    /// With `--fix` or `--diff`, take fixes too that may change what the policies grant
    #[arg(long, help_heading = "Fixes", requires = "taking")]
    pub(super) unsafe_fixes: bool,
}

/// What is shown beside findings, or in place of them.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// Say what each policy was taken for, and why
    #[arg(long, help_heading = "Output")]
    pub(super) show_types: bool,
    /// List the files that would be linted, those that hold no policy and those that are excluded, and
    /// lint none
    #[arg(long, help_heading = "Output", conflicts_with_all = ["taking", "format", "output"])]
    pub(super) show_files: bool,
    /// Print the settings that hold for each path, and lint nothing
    #[arg(
        long,
        help_heading = "Output",
        conflicts_with_all = ["show_files", "taking", "format", "output"]
    )]
    pub(super) show_config: bool,
}

/// Which policies are checked, and how.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Policy files, and folders to search for them; `-` is standard input [default: the policies
    /// that iamsim.toml names, else policies/, else .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// What the policies are attached to: identity, resource, trust, scp, rcp, boundary, session or
    /// endpoint [default: what iamsim.toml says, else guessed from each document]
    #[arg(long, value_name = "TYPE", value_parser = policy_type)]
    pub(super) policy_type: Option<PolicyType>,
    /// The account that the policies are for
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub(super) account: Option<AccountId>,
    /// The policies are written into a user, a group or a role
    #[arg(long, value_name = "IDENTITY")]
    pub(super) inline_in: Option<InlineInName>,
    /// All policies are those of one principal, so they count together where it is asked what the
    /// principal holds
    #[arg(long)]
    pub(super) together: bool,
    /// Run just these rules: names of rules or of categories, or `all`; separated by commas
    #[arg(long, value_name = "RULE", value_parser = offered::selector(), hide_possible_values = true, value_delimiter = ',', help_heading = "Rules")]
    pub(super) select: Vec<Selector>,
    /// Run these rules besides
    #[arg(long, value_name = "RULE", value_parser = offered::selector(), hide_possible_values = true, value_delimiter = ',', help_heading = "Rules")]
    pub(super) extend_select: Vec<Selector>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_parser = offered::selector(), hide_possible_values = true, value_delimiter = ',', help_heading = "Rules")]
    pub(super) ignore: Vec<Selector>,
    /// Leave these files and folders out of a search: globs from the working directory
    #[arg(long, value_name = "GLOB", value_parser = glob, help_heading = "Files")]
    pub(super) exclude: Vec<FileGlob>,
    /// The paths come from a list, such as that of a hook: leave out those that are excluded, and pass
    /// over those that hold no policy
    #[arg(long, help_heading = "Files")]
    pub(super) force_exclude: bool,
    /// The path that standard input has in the project, by which its configuration is found
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    pub(super) stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum InlineInName {
    User,
    Group,
    Role,
}

impl From<InlineInName> for InlineIn {
    fn from(name: InlineInName) -> Self {
        match name {
            InlineInName::User => Self::User,
            InlineInName::Group => Self::Group,
            InlineInName::Role => Self::Role,
        }
    }
}

fn policy_type(text: &str) -> Result<PolicyType, String> {
    PolicyType::from_name(text).ok_or_else(|| {
        let names: Vec<_> = PolicyType::ALL.iter().map(|each| each.name()).collect();
        format!("the types are {}", names.join(", "))
    })
}

fn glob(text: &str) -> Result<FileGlob, String> {
    FileGlob::parse(text).map_err(|(message, help)| format!("{message}; {help}"))
}

pub(super) fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account is 12 digits".to_owned())
}

/// Show what wildcard actions and ARN patterns stand for
#[derive(Debug, Args)]
pub(super) struct ExpandArguments {
    /// Patterns such as `s3:Get*` or `arn:aws:s3:::logs-*`, or policy files whose patterns are
    /// expanded; `-` is a policy on standard input
    #[arg(required = true, value_name = "PATTERN|FILE")]
    pub(super) inputs: Vec<PathBuf>,
    /// A file of ARNs, one a line: show which of them each ARN pattern matches
    #[arg(long, value_name = "FILE")]
    pub(super) resources: Option<PathBuf>,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

/// Judge a request by all policies that have a say in it
///
/// Exits with 0 where the request is allowed, 1 where it is not or that depends, 2 on errors. A batch
/// exits with 0 where every line was answered.
#[derive(Debug, Args)]
pub(super) struct SimulateArguments {
    /// A policy of the principal
    #[arg(long, num_args = 1.., value_name = "FILE", help_heading = "Policies")]
    pub(super) identity: Vec<PathBuf>,
    /// The policy of the resource: a bucket policy, a key policy, the trust policy of a role
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    pub(super) resource_policy: Vec<PathBuf>,
    /// The permissions boundary of the principal
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    pub(super) boundary: Vec<PathBuf>,
    /// A session policy
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    pub(super) session: Vec<PathBuf>,
    /// A service control policy and its level; levels in the order from the root down, such as
    /// `--scp root=a.json --scp account=b.json`; `LEVEL=` is a level without policies
    #[arg(long, value_name = "LEVEL=FILE", help_heading = "Policies")]
    pub(super) scp: Vec<String>,
    /// A resource control policy and its level, as for `--scp`
    #[arg(long, value_name = "LEVEL=FILE", help_heading = "Policies")]
    pub(super) rcp: Vec<String>,
    /// The policy of the VPC endpoint
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    pub(super) endpoint: Vec<PathBuf>,
    /// A layer that surely has no policies: identity, resource, boundary, session, scp, rcp or
    /// vpcEndpoint
    #[arg(long, value_name = "LAYER", help_heading = "Policies")]
    pub(super) none: Vec<String>,
    /// Policies and request from one TOML or JSON file; what is given beside it comes first
    #[arg(long, value_name = "FILE")]
    pub(super) setting: Option<PathBuf>,
    /// Judge many requests: JSON Lines of cases with `id`, `policies` and `request`; `-` is standard
    /// input. Answers in order, a JSON line each
    #[arg(long, value_name = "FILE", exclusive = true)]
    pub(super) batch: Option<PathBuf>,
    /// Who calls: the ARN of a user, role, session, root user or identity provider, a service, or
    /// `anonymous`
    #[arg(long, required_unless_present_any = ["setting", "batch"], value_name = "PRINCIPAL")]
    pub(super) principal: Option<String>,
    /// What is called, such as `s3:GetObject`; once more for a further action that the call needs
    #[arg(long, required_unless_present_any = ["setting", "batch"], value_name = "ACTION")]
    pub(super) action: Vec<String>,
    /// What it is called on; `*` for an action that takes no resource; once more for a further
    /// resource of the call
    #[arg(long, required_unless_present_any = ["setting", "batch"], value_name = "ARN")]
    pub(super) resource: Vec<String>,
    /// The account that owns the resource, where its ARN does not tell [default: that of the
    /// principal]
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) resource_account: Option<String>,
    /// The management account of the organisation
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) management_account: Option<String>,
    /// The canonical user id of the caller's account
    #[arg(long, value_name = "ID")]
    pub(super) canonical_user: Option<String>,
    /// A condition key of the request; once more with the same key for another value of it. Keys
    /// that are not given are absent, but for those that AWS puts in every request
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) context: Vec<String>,
    /// A condition key of which nothing is known, or a layer whose policies nobody knows
    #[arg(long, value_name = "KEY|LAYER")]
    pub(super) unknown: Vec<String>,
    /// Show every statement of every policy, and why it applies or does not
    #[arg(long)]
    pub(super) trace: bool,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

/// Run unit tests of policies
///
/// Exits with 0 where all tests passed, 1 where one failed, 2 where a file could not be read.
/// docs/test.md has the form of a test file.
#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// Files of tests, and folders to search for `*.test.toml` and `*.test.json`; `-` is JSON on
    /// standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Run only tests whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// Print the JSON Schema of test files
    #[arg(long, exclusive = true)]
    pub(super) schema: bool,
    #[command(flatten)]
    pub(super) format: TestFormatArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum TestFormatName {
    /// For people: a line a test, and of each failure what made the verdict
    Full,
    /// One JSON document
    Json,
    /// XML in the form of `JUnit`, as CI systems read it
    Junit,
}

#[derive(Debug, Args)]
pub(super) struct TestFormatArgument {
    /// How to write the report
    #[arg(long = "format", value_name = "FORMAT", default_value = "full")]
    name: TestFormatName,
}

impl TestFormatArgument {
    pub(super) fn get(&self) -> TestFormat {
        match self.name {
            TestFormatName::Full => TestFormat::Full,
            TestFormatName::Json => TestFormat::Json,
            TestFormatName::Junit => TestFormat::Junit,
        }
    }
}

/// Show what recorded CloudTrail events stand for: class, actions, resources, context
#[derive(Debug, Args)]
pub(super) struct EventsArguments {
    /// Files of events, and folders of them: JSON, JSON Lines, `{"Records": [...]}`, plain or gzip;
    /// `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

/// Say whether recorded events would be allowed, and why
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Files of events, and folders of them; `-` is standard input
    #[arg(required = true, value_name = "EVENT")]
    pub(super) events: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) policies: PoliciesArguments,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

/// Show the settings that hold for a path
#[derive(Debug, Args)]
pub(super) struct ConfigCommandArguments {
    /// The path of a policy, or a folder [default: .]
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// Print the JSON Schema of iamsim.toml
    #[arg(long, exclusive = true)]
    pub(super) schema: bool,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

/// Write a configuration, a pre-commit hook and a workflow for this repository
///
/// Files that exist stay as they are. For a file that could not be written into, what to add is printed.
#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The root of the repository
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
}

/// Show the manual of a rule, or list the rules
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// The name of a rule
    #[arg(value_name = "ID", value_parser = offered::rule_name(), hide_possible_values = true)]
    pub(super) id: Option<String>,
    /// List the rules that correspond to a finding of another tool, such as
    /// `AA:PASS_ROLE_WITH_STAR_IN_RESOURCE`: AA for Access Analyzer, P parliament, V
    /// iam-policy-validator, C cloudsplaining, K checkov, N `cfn_nag`, T trivy, W prowler, L cfn-lint,
    /// TF tflint
    #[arg(long, value_name = "TOOL:ID", conflicts_with = "id")]
    pub(super) from: Option<String>,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

/// Show what the embedded service reference knows of an action, or what it is made of
#[derive(Debug, Args)]
pub(super) struct CatalogArguments {
    /// An action, such as `s3:GetObject`
    pub(super) action: Option<String>,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

/// Answer an editor: a language server over standard input and output
///
/// docs/editors.md says how editors start it. Exits with 0 after `shutdown` and `exit`, 1 where the
/// editor leaves without them, 2 where what it sends is no message.
#[derive(Debug, Args)]
pub(super) struct ServerArguments {
    /// Taken for the sake of editors that say it; there is no other way
    #[arg(long)]
    stdio: bool,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

/// Print the manual page, or write those of all commands into a folder
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The folder for the pages, `iamsim.1`, `iamsim-lint.1` and so on
    #[arg(value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
}
