use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::replace,
        federation::{is_github, tests_of, token_providers},
        placeholders::is_unfilled,
        principals::is_equality,
        rule,
    },
    policy::{ConditionValue, PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a value for the `sub` of GitHub's tokens that cannot match: a URL, one without the
    /// name of a claim at its start (`repo:`), `repo:` without an owner, a word behind the
    /// repository other than `pull_request` (`repo:acme/web:main`), a `ref:` that does not
    /// start with `refs/`, and `*` under an operator that takes it as it is. Subjects customised
    /// in other ways are left alone.
    ///
    /// ## Why it matters
    /// The condition never holds, so the workflow cannot assume the role; and the next try is
    /// often to drop the condition.
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
    ///       "StringEquals": {
    ///         "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
    ///         "token.actions.githubusercontent.com:sub": "github.com/acme/web"
    ///       }
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
    ///         "token.actions.githubusercontent.com:sub": "repo:acme/web:ref:refs/heads/main"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.github.com/en/actions/reference/security/oidc>
    /// - checkov: `CKV_AWS_358`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "oidc-sub-malformed",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "`sub` that no token of GitHub has",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let issuer = token_providers(cx)
        .into_iter()
        .map(|(_, issuer)| issuer)
        .find(|issuer| is_github(issuer));
    let Some(issuer) = issuer else { return };
    for test in tests_of(cx, issuer, "sub").filter(|test| is_equality(test.operator)) {
        let has_wildcards = test.operator.comparison.reads_wildcards();
        for value in &test.values {
            if is_unfilled(&value.text) {
                continue;
            }
            if let Some(star) = value.text.find('*')
                && !has_wildcards
            {
                let operator = test.operator_text.as_str();
                out.report(
                    value.source_span(star..star + 1),
                    format!("`{operator}` takes `*` as it is, and no `sub` has one"),
                )
                .label(test.operator_text.span(), "compares whole texts")
                .help("compare by `StringLike`, or write the subject out");
            } else {
                judge(value, has_wildcards, out);
            }
        }
    }
}

fn judge(value: &ConditionValue, has_wildcards: bool, out: &mut Findings<'_>) {
    let text = value.text.as_str();
    let end = if has_wildcards {
        text.find(['*', '?']).unwrap_or(text.len())
    } else {
        text.len()
    };
    let is_whole = end == text.len();
    let known = text.get(..end).unwrap_or_default();
    let lower = known.to_ascii_lowercase();
    let never = |why: &str| format!("no token of GitHub has the subject `{text}`: {why}");
    let form = "a subject is like `repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH`";
    let urls = ["https://", "http://", "github.com/", "git@"];
    if urls.iter().any(|start| lower.starts_with(start)) {
        out.report(value.source_span(0..text.len()), never("it is a URL"))
            .help(form);
        return;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (claim, rest) = match known.split_once(':') {
        Some((claim, rest)) => (claim, Some(rest)),
        None => (known, None),
    };
    if !claim.chars().all(is_name) || rest.is_none() && is_whole {
        out.report(
            value.source_span(0..text.len()),
            never("it does not start with the name of a claim"),
        )
        .help(form);
        return;
    }
    let Some(rest) = rest else { return };
    if claim != "repo" {
        return;
    }
    let Some((repository, context)) = rest.split_once(':') else {
        if is_whole && !rest.contains('/') {
            no_owner(value, rest, out);
        }
        return;
    };
    if !repository.contains('/') {
        no_owner(value, repository, out);
        return;
    }
    if is_whole && !context.contains(':') && context != "pull_request" {
        let at = end - context.len();
        let span = if context.is_empty() {
            value.source_span(0..end)
        } else {
            value.source_span(at..end)
        };
        out.report(
            span,
            never("behind the repository stands `pull_request`, or a claim with its value"),
        )
        .help("write `ref:refs/heads/BRANCH` or `environment:NAME` there");
        return;
    }
    let Some(name) = context.strip_prefix("ref:") else {
        return;
    };
    let may_be_right = name.starts_with("refs/") || !is_whole && "refs/".starts_with(name);
    if may_be_right {
        return;
    }
    let at = end - name.len();
    let draft = out
        .report(
            value.source_span(at..text.len().max(at)),
            never("a ref starts with `refs/heads/` or `refs/tags/`"),
        )
        .help("write the whole ref, such as `refs/heads/main`");
    if name.starts_with("heads/") || name.starts_with("tags/") {
        let place = value.source_span(at..at);
        draft.fix("add `refs/`", Safety::Safe, vec![replace(place, "refs/")]);
    }
}

fn no_owner(value: &ConditionValue, repository: &str, out: &mut Findings<'_>) {
    let start = "repo:".len();
    out.report(
        value.source_span(start..start + repository.len()),
        format!("`{repository}` has no owner, so no `sub` of GitHub matches"),
    )
    .help("write `OWNER/REPOSITORY`");
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    const GITHUB: &str = "token.actions.githubusercontent.com";

    /// A trust policy for GitHub under a condition, in which `@` stands for its issuer.
    fn github(condition: &str) -> String {
        let condition = condition.replace("@:", &format!("{GITHUB}:"));
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}"#
        ))
    }

    fn subject(operator: &str, values: &str) -> String {
        github(&format!(r#"{{"{operator}": {{"@:sub": {values}}}}}"#))
    }

    fires!(
        url,
        subject("StringEquals", r#""https://github.com/acme/web""#),
        "https://github.com/acme/web"
    );
    fires!(
        host,
        subject("StringLike", r#""github.com/acme/*""#),
        "github.com/acme/*"
    );
    fires!(
        no_claim_in_a_list,
        subject(
            "ForAnyValue:StringLike",
            r#"["repo:acme/web:*", "acme/web:ref:refs/heads/main"]"#
        ),
        "acme/web:ref:refs/heads/main"
    );
    fires!(
        no_claim_before_a_wildcard,
        subject("StringLike", r#""acme/*""#),
        "acme/*"
    );
    fires!(
        star_as_it_is,
        subject("StringEquals", r#""repo:acme/web:*""#),
        "*"
    );
    fires!(
        no_owner,
        subject("StringEquals", r#""repo:web:ref:refs/heads/main""#),
        "web"
    );
    fires!(
        short_ref,
        subject("StringEquals", r#""repo:acme/web:ref:main""#),
        "main"
    );
    fires!(
        upper_case_key,
        github(r#"{"StringLike": {"Token.Actions.GitHubUserContent.com:SUB": "acme/web"}}"#),
        "acme/web"
    );
    fires!(
        branch_without_its_claim,
        subject("StringEquals", r#""repo:acme/web:main""#),
        "main"
    );
    fires!(
        branch_without_its_claim_behind_numbers,
        subject(
            "StringLike",
            r#"["repo:acme@123/web@456:main", "repo:acme@123/web@456:pull_request"]"#
        ),
        "main"
    );
    silent!(
        open_context,
        subject(
            "StringLike",
            r#"["repo:acme/web:main*", "repo:acme/web:pull_request:actor:ana", "repo:acme/web:?"]"#
        )
    );
    silent!(
        right_forms,
        subject(
            "StringLike",
            r#"["repo:acme/web:ref:refs/heads/main", "repo:acme/web:environment:prod", "repo:acme/web:pull_request",
            "repo:acme@123/web@456:ref:refs/heads/*", "repo:acme/*", "repo:acme/web:ref:*", "repo:acme/web:ref:r*", "*", "repo*"]"#
        )
    );
    silent!(
        customised,
        subject(
            "StringEquals",
            r#"["repository_owner_id:123", "job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main", "repo:acme/web",
            "repository:acme/web:ref:main"]"#
        )
    );
    silent!(template, subject("StringEquals", r#""${var.repository}""#));
    silent!(negated, subject("StringNotLike", r#""acme/web""#));
    silent!(
        another_issuer,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"gitlab.com:sub": "acme/web"}}"#
        )
    );

    #[test]
    fn what_a_ref_lacks_is_added() {
        let text = subject("StringEquals", r#""repo:acme/web:ref:heads/main""#);
        assert!(fixed(&super::RULE, &text).contains("repo:acme/web:ref:refs/heads/main"));
    }
}
