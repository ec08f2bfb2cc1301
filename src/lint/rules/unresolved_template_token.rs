use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Pattern, PolicyTypes},
    source::{Severity, Span},
    syntax::Text,
};

rule! {
    /// ## What it does
    /// Flags what a template engine was to replace: CloudFormation's `{"Fn::Sub": ...}` and
    /// `${AWS::AccountId}`, Terraform's `${var.bucket}`, and `{{ name }}`. Each kind is told once a statement.
    ///
    /// Other rules treat the value as unknown, not as wrong, and stay silent on it. A policy with an object such as
    /// `{"Ref": ...}` for a value cannot be simulated at all.
    ///
    /// ## Why it matters
    /// IAM does not know these. It takes `${var.bucket}` for a policy variable that no request has, so that an
    /// `Allow` with it never matches, and refuses a document with an object in place of a string.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::${var.bucket}/*"
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/${aws:username}/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// - parliament: `INVALID_ARN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unresolved-template-token",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "part that a template engine was to fill in and has not",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// The engines whose tokens are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    /// `${AWS::Region}`
    CloudFormation,
    /// `${var.bucket}`
    Terraform,
    /// `{{ bucket }}`
    Braces,
}

impl Engine {
    fn of(token: &str) -> Self {
        if token.starts_with("{{") {
            Self::Braces
        } else if token.contains("::") {
            Self::CloudFormation
        } else {
            Self::Terraform
        }
    }
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let mut told: Vec<Engine> = Vec::new();
    let mut see = |span: Span, token: &str| {
        let engine = Engine::of(token);
        if told.contains(&engine) {
            return;
        }
        told.push(engine);
        out.report(
            span,
            format!("`{token}` has not been filled in by the template engine, so it is unknown"),
        )
        .help("check the policy that the template becomes");
    };
    let statement = cx.statement;
    let actions = [&statement.action, &statement.not_action];
    for entry in actions
        .into_iter()
        .flatten()
        .flat_map(|element| &element.unfilled)
    {
        tokens(&entry.text, &entry.pattern, &mut see);
    }
    let resources = cx.resources().map(|entry| &entry.text);
    let principals = cx.principals().map(|entry| &entry.text);
    let values = cx.tests().iter().flat_map(|test| &test.values);
    let values = values.filter_map(|value| value.string.as_ref());
    for text in resources.chain(principals).chain(values) {
        if !text.as_str().contains("${") && !text.as_str().contains("{{") {
            continue;
        }
        if let Ok(pattern) = Pattern::parse(text.as_str(), cx.policy.version) {
            tokens(text, &pattern, &mut see);
        }
    }
}

/// Shows the tokens in a text.
fn tokens(text: &Text<'_>, pattern: &Pattern, mut see: impl FnMut(Span, &str)) {
    for variable in pattern.variables() {
        let token = text
            .as_str()
            .get(variable.range.clone())
            .unwrap_or_default();
        if token.starts_with("{{") || variable.is_template_token() {
            see(text.source_span(variable.range.clone()), token);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            read,
            testing::{allow, fires, severity, silent, statement, under},
        },
        source::{Severity, Source},
    };

    fires!(
        terraform,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::${var.b}/*", "arn:aws:s3:::${local.c}/*"]"#
        ),
        "${var.b}"
    );
    fires!(
        kinds_apart,
        allow(
            r#"["s3:{{ verb }}", "s3:GetObject"]"#,
            r#"["arn:aws:s3:::${var.b}/*", "arn:${AWS::Partition}:s3:::x"]"#
        ),
        "{{ verb }}",
        "${var.b}",
        "${AWS::Partition}"
    );
    fires!(
        in_a_condition,
        under(r#"{"StringEquals": {"aws:PrincipalAccount": "${AWS::AccountId}"}}"#),
        "${AWS::AccountId}"
    );
    fires!(
        in_a_principal,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${var.account}:root"}, "Action": "s3:GetObject", "Resource": "*""#
        ),
        "${var.account}"
    );
    fires!(
        calls_once_a_statement,
        allow(
            r#"[{"Fn::Sub": "s3:${A}"}, "s3:GetObject"]"#,
            r#"{"Ref": "Bucket"}"#
        ),
        r#"{"Fn::Sub": "s3:${A}"}"#
    );
    fires!(
        call_as_a_value,
        under(r#"{"StringLike": {"aws:userid": [{"Ref": "x"}]}}"#),
        r#"{"Ref": "x"}"#
    );
    fires!(
        call_as_a_statement,
        r#"{"Version": "2012-10-17", "Statement": [{"Fn::If": ["A", {}, {}]}]}"#,
        r#"{"Fn::If": ["A", {}, {}]}"#
    );
    silent!(
        policy_variables,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'all'}"]"#
        )
    );
    silent!(
        in_the_old_language,
        r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${x}"}}"#
    );

    #[test]
    fn a_call_is_no_error_but_cannot_be_judged() {
        let text = allow(r#""s3:GetObject""#, r#"{"Ref": "Bucket"}"#);
        assert_eq!(severity(&super::RULE, &text), Severity::Medium);
        let source = Source::new("test.json", text.into_bytes());
        assert!(read(&source, None).into_sound_policy().is_none());
    }
}
