use crate::{
    catalog::Action,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        edits, listed, rule,
    },
    policy::{ArnPattern, Piece, PolicyType, PolicyTypes},
    source::{Safety, Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags the ARN of a log group that does not go on to its streams, where the statement has an action
    /// on streams, such as `logs:PutLogEvents`, and no other resource of it covers streams. It is an
    /// error, since the entry can never match for that action.
    ///
    /// ## Why it matters
    /// The ARN of a stream is `arn:aws:logs:region:account:log-group:name:log-stream:stream`. The one of
    /// its group alone does not match it, so a program with this policy writes no log.
    ///
    /// With `:*` the entry matches the streams, and the group itself no longer: look whether another action
    /// of the statement needs it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    ///     "Resource": "arn:aws:logs:*:123456789012:log-group:/aws/lambda/reports"
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
    ///     "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    ///     "Resource": "arn:aws:logs:*:123456789012:log-group:/aws/lambda/reports:*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "log-group-missing-star",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "streams of a log group whose ARN does not end in `:*`",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Boundary,
            PolicyType::Resource,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(action) = missing(cx) else {
        return;
    };
    arn_fields::each_resource(cx, |written| {
        if !is_bare_group(written.arn) {
            return;
        }
        let text = written.text.as_str();
        let end = written.text.content_span().end;
        out.report(
            written.text.span(),
            format!("`{text}` is the log group alone, so `{action}` matches no stream in it"),
        )
        .help(format!("write `{text}:*`"))
        .fix(
            "add `:*`",
            Safety::Unsafe,
            vec![edits::replace(Span::new(end, end), ":*")],
        );
    });
}

/// An action on streams of a statement whose resources are log groups without them.
pub(in crate::lint) fn missing(cx: &StatementCx<'_>) -> Option<Action> {
    let arns = cx.listed_arns();
    let is_open = |arn: &ArnPattern| {
        matches!(
            arn_fields::literal(arn, Field::Service),
            None | Some("logs")
        ) && !is_bare_group(arn)
    };
    if !arns.iter().any(|(_, arn)| is_bare_group(arn)) || arns.iter().any(|(_, arn)| is_open(arn)) {
        return None;
    }
    let on_streams = |action: &Action| {
        let mut types = action.resources();
        types.len() == 1 && types.all(|each| each.resource_type().name() == "log-stream")
    };
    cx.listed_actions()
        .iter()
        .filter(|entry| entry.service().eq_ignore_ascii_case("logs"))
        .filter(|entry| !entry.has_wildcard())
        .find_map(|entry| cx.expand(entry)?.iter().copied().find(on_streams))
}

/// Whether an ARN is that of a log group, with nothing that could be a stream behind its name.
pub(in crate::lint) fn is_bare_group(arn: &ArnPattern) -> bool {
    let resource = arn_fields::pattern(arn, Field::Resource);
    let name = listed::literal_start(resource).strip_prefix("log-group:");
    let is_open = resource
        .pieces()
        .iter()
        .any(|piece| matches!(piece, Piece::AnyText | Piece::Variable(_)));
    arn_fields::literal(arn, Field::Service) == Some("logs")
        && !is_open
        && name.is_some_and(|name| !name.is_empty() && !name.contains(':'))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent, statement};

    const GROUP: &str = r#""arn:aws:logs:us-east-1:*:log-group:/x""#;

    fires!(
        group_alone,
        allow(r#""logs:PutLogEvents""#, GROUP),
        "arn:aws:logs:us-east-1:*:log-group:/x"
    );
    fires!(
        beside_others,
        allow(
            r#"["LOGS:putlogevents", "sqs:SendMessage"]"#,
            r#"["arn:aws:logs:*:*:log-group:x", "arn:aws:sqs:*:*:jobs"]"#
        ),
        "arn:aws:logs:*:*:log-group:x"
    );
    fires!(
        queries_of_route_53,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/x""#
        ),
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/x"
    );
    silent!(
        streams,
        allow(
            r#""logs:PutLogEvents""#,
            r#"["arn:aws:logs:*:*:log-group:x", "arn:aws:logs:*:*:log-group:x:*"]"#
        )
    );
    silent!(
        star_in_the_name,
        allow(
            r#""logs:PutLogEvents""#,
            r#""arn:aws:logs:*:*:log-group:/aws/lambda/*""#
        )
    );
    silent!(
        actions_on_groups,
        allow(r#"["logs:DescribeLogStreams", "logs:TagResource"]"#, GROUP)
    );
    silent!(
        unknown_name,
        allow(
            r#""logs:PutLogEvents""#,
            r#""arn:aws:logs:*:*:log-group:${aws:PrincipalTag/x}""#
        )
    );

    #[test]
    fn the_fix_adds_the_star() {
        assert_eq!(
            fixed(&super::RULE, &allow(r#""logs:PutLogEvents""#, GROUP)),
            allow(
                r#""logs:PutLogEvents""#,
                r#""arn:aws:logs:us-east-1:*:log-group:/x:*""#
            )
        );
    }
}
