use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{claim, is_github, is_github_of_enterprise, tests_of, token_providers},
        placeholders::is_unfilled,
        principals::{Measure, is_equality, limits},
        rule,
    },
    policy::{ConditionTest, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a pattern for the `sub` of GitHub's tokens that matches other owners (`critical`),
    /// every repository of an owner (`high`), every repository whose name starts alike
    /// (`medium`), or everything that runs in one repository (`low`): any branch, tag, pull
    /// request and environment.
    ///
    /// A second condition that names repository, workflow, environment or ref makes up for it, and
    /// so does a subject that goes on with one reusable workflow at one ref: `repo:acme/*` before
    /// `:job_workflow_ref:acme/ci/.github/workflows/deploy.yml@refs/heads/main`. Where only
    /// `repository_owner` or its number limits the tokens, that is as wide as `repo:acme/*`.
    /// For the issuer of one enterprise, `token.actions.githubusercontent.com/SLUG`, other owners
    /// are those of the enterprise, which is `medium`.
    ///
    /// ## Why it matters
    /// All of GitHub has one issuer. Whoever can register an owner or a repository that the
    /// pattern matches can assume the role; with every branch allowed, so can everyone who can
    /// push a branch, past all reviews.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
    ///       "StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {
    ///         "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
    ///         "token.actions.githubusercontent.com:sub": "repo:acme/web:environment:production"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
    /// - Access Analyzer: `SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED`
    /// - checkov: `CKV_AWS_358`, `CKV_AWS_393`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "oidc-github-sub-wide",
        category: Category::Security,
        severity: Severity::High,
        summary: "`sub` of GitHub that others match",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// Whose tokens a pattern of subjects matches; the widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// Those of any owner.
    Everyone,
    /// Those of owners whose name starts alike.
    Owners,
    /// All of one owner.
    Owner,
    /// Those of repositories whose name starts alike.
    Repositories,
    /// All of one repository.
    Repository,
}

impl Width {
    fn of(pattern: &str) -> Option<Self> {
        const START: &str = "repo:";
        let at = pattern.find(['*', '?'])?;
        let known = pattern.get(..at)?;
        if START.starts_with(known) {
            return Some(Self::Everyone);
        }
        let path = known.strip_prefix(START)?;
        let Some((_, repository)) = path.split_once('/') else {
            // No name has an `@`: behind it stands the number of an owner.
            return (!path.contains('@')).then_some(Self::Owners);
        };
        if let Some((name, _)) = repository.split_once(':') {
            let owner = path.len() - repository.len();
            let context = pattern.get(START.len() + owner + name.len() + 1..)?;
            let heads = ["", "ref:", "ref:refs/", "ref:refs/heads/"];
            let is_open = |start: &&str| {
                context
                    .strip_prefix(*start)
                    .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte == b'*'))
            };
            return heads.iter().any(is_open).then_some(Self::Repository);
        }
        match repository {
            _ if is_pinned(pattern) => None,
            "" => Some(Self::Owner),
            name if name.contains('@') => None,
            _ => Some(Self::Repositories),
        }
    }

    /// What is left of it where another condition names the owner.
    fn of_one_owner(self) -> Self {
        match self {
            Self::Everyone | Self::Owners => Self::Owner,
            Self::Owner | Self::Repositories | Self::Repository => self,
        }
    }

    fn severity(self, of_enterprise: bool) -> Severity {
        match self {
            Self::Everyone | Self::Owners if of_enterprise => Severity::Medium,
            Self::Everyone | Self::Owners => Severity::Critical,
            Self::Owner => Severity::High,
            Self::Repositories => Severity::Medium,
            Self::Repository => Severity::Low,
        }
    }

    fn message(self, pattern: &str, of_enterprise: bool) -> String {
        let who = match self {
            Self::Everyone if of_enterprise => "every repository of the enterprise",
            Self::Everyone => "every repository on GitHub",
            Self::Owners => "the repositories of every owner whose name starts so",
            Self::Owner => "every repository of the owner",
            Self::Repositories => "every repository of the owner whose name starts so",
            Self::Repository => "every branch, pull request and environment of the repository",
        };
        format!("`{pattern}` matches {who}")
    }
}

/// Claims that tell one owner from others.
const OF_OWNER: [&str; 2] = ["repository_owner", "repository_owner_id"];

/// Claims that tell one repository, or what runs there, from others.
const OF_REPOSITORY: [&str; 5] = [
    "repository",
    "repository_id",
    "job_workflow_ref",
    "enterprise_id",
    "actor_id",
];

/// Claims that tell what runs in a repository.
const OF_RUN: [&str; 4] = ["environment", "ref", "workflow", "actor"];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let issuer = token_providers(cx)
        .into_iter()
        .map(|(_, issuer)| issuer)
        .find(|issuer| is_github(issuer));
    let Some(issuer) = issuer else { return };
    let of_enterprise = is_github_of_enterprise(issuer);
    let limit = |claims: &[&str]| {
        cx.tests().iter().find(|test| {
            let name = claim(test, issuer).unwrap_or_default();
            claims.iter().any(|known| known.eq_ignore_ascii_case(name))
                && limits(test, Measure::Text)
        })
    };
    let is_limited = |claims: &[&str]| limit(claims).is_some();
    if is_limited(&OF_REPOSITORY) || tests_of(cx, issuer, "sub").any(is_narrow) {
        return;
    }
    let has_run = is_limited(&OF_RUN);
    let owner = limit(&OF_OWNER);
    let help = "name the repository and what may run there: \
                `repo:OWNER/REPOSITORY:environment:NAME` or \
                `repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH`";
    if let Some(test) = owner.filter(|_| tests_of(cx, issuer, "sub").next().is_none()) {
        out.report(
            test.span,
            "every repository of the owner can assume the role",
        )
        .severity(Width::Owner.severity(of_enterprise))
        .label(test.key.span(), "says nothing of the repository")
        .help(format!("ask for `{issuer}:sub` as well, and {help}"));
        return;
    }
    for test in tests_of(cx, issuer, "sub") {
        if !is_equality(test.operator) || !test.operator.comparison.reads_wildcards() {
            continue;
        }
        for value in test.values.iter().filter(|value| !is_unfilled(&value.text)) {
            let width = Width::of(&value.text)
                .map(|width| owner.map_or(width, |_| width.of_one_owner()))
                .filter(|width| !(has_run && *width == Width::Repository));
            if let Some(width) = width {
                let is_pinned = is_pinned(&value.text);
                out.report(
                    value.source_span(0..value.text.len()),
                    width.message(&value.text, of_enterprise),
                )
                .severity(if is_pinned {
                    Severity::Low
                } else {
                    width.severity(of_enterprise)
                })
                .help(help);
            }
        }
    }
}

/// Whether a subject goes on with one reusable workflow at one ref, which the repositories that
/// use it cannot change.
fn is_pinned(pattern: &str) -> bool {
    let workflow = pattern.split_once(":job_workflow_ref:");
    let Some((path, name)) = workflow.and_then(|(_, workflow)| workflow.split_once("@refs/"))
    else {
        return false;
    };
    let is_text = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    is_text(path) && is_text(name.split(':').next().unwrap_or_default())
}

/// Whether a test of `sub` lets no more through than it should.
fn is_narrow(test: &ConditionTest) -> bool {
    limits(test, Measure::Text)
        && test.values.iter().all(|value| {
            !test.operator.comparison.reads_wildcards() || Width::of(&value.text).is_none()
        })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    const GITHUB: &str = "token.actions.githubusercontent.com";

    /// A trust policy for GitHub under a condition, in which `@` stands for its issuer.
    fn github(condition: &str) -> String {
        let condition = condition.replace("@:", &format!("{GITHUB}:"));
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}"#
        ))
    }

    fn like(values: &str) -> String {
        github(&format!(
            r#"{{"StringEquals": {{"@:aud": "sts.amazonaws.com"}}, "StringLike": {{"@:sub": {values}}}}}"#
        ))
    }

    fires!(
        aa_specific_github_repo_and_branch_recommended,
        like(r#""repo:acme/web:*""#),
        "repo:acme/web:*"
    );
    fires!(
        whole_owner,
        like(r#"["repo:acme/web:pull_request", "repo:acme/*"]"#),
        "repo:acme/*"
    );
    fires!(
        set_operator_and_letter_case,
        github(r#"{"ForAnyValue:StringLike": {"TOKEN.actions.githubusercontent.com:Sub": "*"}}"#),
        "*"
    );
    silent!(one_branch, like(r#""repo:acme/web:ref:refs/heads/main""#));
    silent!(
        tags_and_releases,
        like(r#"["repo:acme/web:ref:refs/tags/v*", "repo:acme/web:ref:refs/heads/release/*"]"#)
    );
    silent!(
        numbers_in_place_of_names,
        like(
            r#"["repo:acme@12/web@34:ref:refs/heads/main", "repo:acme@*/web@*:environment:prod"]"#
        )
    );
    silent!(
        repository_in_a_second_condition,
        github(
            r#"{"StringLike": {"@:sub": "repo:acme/*"}, "StringEquals": {"@:repository_id": "123"}}"#
        )
    );
    silent!(
        branch_in_a_second_condition,
        github(
            r#"{"StringLike": {"@:sub": "repo:acme/web:*"}, "StringEquals": {"@:ref": "refs/heads/main"}}"#
        )
    );
    silent!(
        reusable_workflow_at_one_ref,
        like(
            r#"["repo:acme/*:job_workflow_ref:acme/ci/.github/workflows/deploy.yml@refs/heads/main",
            "repo:acme/a*:job_workflow_ref:acme/ci/.github/workflows/deploy.yml@refs/tags/v1"]"#
        )
    );
    fires!(
        reusable_workflow_at_any_ref,
        like(
            r#"["repo:acme/*:job_workflow_ref:acme/ci/.github/workflows/*@refs/heads/main",
            "repo:acme/*:job_workflow_ref:acme/ci/.github/workflows/deploy.yml@*"]"#
        ),
        "repo:acme/*:job_workflow_ref:acme/ci/.github/workflows/*@refs/heads/main",
        "repo:acme/*:job_workflow_ref:acme/ci/.github/workflows/deploy.yml@*"
    );
    fires!(
        owner_alone,
        github(r#"{"StringEquals": {"@:aud": "sts.amazonaws.com", "@:repository_owner": "acme"}}"#),
        r#""acme""#
    );
    fires!(
        number_of_the_owner_alone,
        github(r#"{"StringLike": {"@:Repository_Owner_ID": ["123"]}}"#),
        r#"["123"]"#
    );
    silent!(
        owner_beside_a_narrow_subject_or_workflow,
        github(
            r#"{"StringEquals": {"@:repository_owner": "acme", "@:sub": "repo:acme/web:pull_request"}}"#
        )
    );
    silent!(
        owner_and_workflow,
        github(
            r#"{"StringEquals": {"@:repository_owner": "acme", "@:job_workflow_ref": "acme/ci/.github/workflows/x.yml@refs/heads/main"}}"#
        )
    );
    silent!(template, like(r#""repo:${owner}/*""#));
    silent!(deny, like(r#""*""#).replace("Allow", "Deny"));

    #[test]
    fn severity_follows_whom_the_pattern_lets_in() {
        for (pattern, expected) in [
            ("*", Severity::Critical),
            ("repo:*", Severity::Critical),
            ("*:ref:refs/heads/main", Severity::Critical),
            ("repo:acme*", Severity::Critical),
            ("repo:*/web:ref:refs/heads/main", Severity::Critical),
            ("repo:acme/*", Severity::High),
            ("repo:acme/*:ref:refs/heads/main", Severity::High),
            ("repo:acme/web*", Severity::Medium),
            ("repo:acme/web-?:ref:refs/heads/main", Severity::Medium),
            ("repo:acme/web:*", Severity::Low),
            ("repo:acme/web:ref:refs/heads/*", Severity::Low),
        ] {
            assert_eq!(
                severity(&super::RULE, &like(&format!("\"{pattern}\""))),
                expected,
                "{pattern}"
            );
        }
    }

    #[test]
    fn an_owner_named_beside_the_pattern_leaves_out_the_others() {
        let text = github(
            r#"{"StringLike": {"@:sub": "*"}, "StringEquals": {"@:repository_owner": "acme"}}"#,
        );
        assert_eq!(severity(&super::RULE, &text), Severity::High);
        let alone = github(r#"{"StringEquals": {"@:repository_owner": "acme"}}"#);
        assert_eq!(severity(&super::RULE, &alone), Severity::High);
    }

    #[test]
    fn a_pinned_workflow_of_any_caller_is_low() {
        let text =
            like(r#""repo:*:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main""#);
        assert_eq!(severity(&super::RULE, &text), Severity::Low);
    }

    #[test]
    fn an_enterprise_with_its_own_issuer_is_not_open_to_the_world() {
        let text = like(r#""repo:*""#).replace(GITHUB, &format!("{GITHUB}/acme"));
        assert_eq!(severity(&super::RULE, &text), Severity::Medium);
    }
}
