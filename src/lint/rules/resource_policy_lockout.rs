use crate::{
    catalog::table::POLICY_ACTIONS,
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_tests::boolean_value,
        condition_value, covering, rule,
    },
    policy::{
        ActionPattern, Case, Comparison, ConditionTest, Effect, PolicyType, PolicyTypes,
        ResourceForm, Statement, Wildcard,
    },
    source::{Safety, Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` in the policy of a resource that denies everyone, without a condition, all
    /// actions with which that very policy could be changed or removed: of a bucket, an ECR repository,
    /// a KMS key, a secret, an SNS topic or an SQS queue.
    ///
    /// A condition that only asks for `aws:SecureTransport` to be `true` counts as none: AWS's tools and
    /// its console call over HTTPS. It is mostly a slip for `false`.
    ///
    /// ## Why it matters
    /// Administrators are denied as well, and the policy cannot be taken back. Of a bucket and a queue
    /// the root user of the account can still remove it; of a key nobody can, and one has to ask AWS
    /// Support.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
    /// - <https://repost.aws/knowledge-center/s3-accidentally-denied-access>
    /// - checkov: `CKV_AWS_93`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-policy-lockout",
        category: Category::Security,
        severity: Severity::High,
        summary: "policy of a resource that nobody may change any more",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    if !statement.has_effect(Effect::Deny) || !statement.names_everyone() {
        return;
    }
    let inverted = denied_encryption(statement);
    if inverted.is_none() && !covering::is_unconditional(statement) {
        return;
    }
    for row in POLICY_ACTIONS.rows() {
        let [service, actions, rescuer] = row.as_slice() else {
            continue;
        };
        if !is_about(statement, service) {
            continue;
        }
        let mut names = actions.split(", ").map(|name| format!("{service}:{name}"));
        let Some(spans) = names
            .by_ref()
            .map(|name| denies(statement, &name))
            .collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        let Some(span) = spans.first() else { continue };
        let who = if *rescuer == "-" {
            "nobody"
        } else {
            "no administrator"
        };
        let everyone = statement.principal.as_ref().map_or(*span, |each| each.span);
        if let Some(test) = inverted {
            let draft = out
                .report(
                    *span,
                    format!(
                        "this is denied to everyone who calls over HTTPS, so {who} can change this \
                         policy any more"
                    ),
                )
                .label(test.span, "denies requests that are encrypted")
                .help("did you mean `false`?");
            if let [value] = test.values.as_slice() {
                let edits = vec![condition_value::replaced(value, "false")];
                draft.fix("write `false`", Safety::Unsafe, edits);
            }
            return;
        }
        let help = if *rescuer == "-" {
            "add a condition that exempts administrators".to_owned()
        } else {
            format!("add a condition that exempts administrators; {rescuer} can still remove it")
        };
        out.report(
            *span,
            format!("everyone is denied this, so {who} can change this policy any more"),
        )
        .label(everyone, "everyone")
        .help(help);
        return;
    }
}

/// The only test of a condition, if it holds for every request over HTTPS.
fn denied_encryption(statement: &Statement) -> Option<&ConditionTest> {
    let condition = statement.condition.as_ref()?;
    match condition.tests.as_slice() {
        [test]
            if condition.unknown_operators.is_empty()
                && test.operator.comparison == Comparison::Bool
                && test.is_about("aws:SecureTransport")
                && boolean_value(test) == Some(true) =>
        {
            Some(test)
        }
        _ => None,
    }
}

/// Whether the policy itself is among what the statement is about: of a bucket, not only its objects.
fn is_about(statement: &Statement, service: &str) -> bool {
    let Some(element) = &statement.resource else {
        // The policy of a repository has none.
        let elements = ["Resource", "NotResource", "NotAction"];
        return service == "ecr" && !elements.iter().any(|name| statement.has_element(name));
    };
    element.entries.iter().any(|entry| match &entry.form {
        // What all but some actions are of, a key policy alone leaves open.
        ResourceForm::Star => service == "kms" || statement.action.is_some(),
        ResourceForm::Arn(arn) => {
            let [_, own, _, _, resource] = arn.fields();
            let text = entry.text.as_str();
            own.as_literal() == Some(service)
                && (service != "s3" || !text.contains('/'))
                && resource.variables().next().is_none()
        }
        ResourceForm::Opaque => false,
    })
}

/// Where the statement denies an action, if it does.
fn denies(statement: &Statement, action: &str) -> Option<Span> {
    let matches =
        |entry: &ActionPattern| Wildcard::new(entry.as_str(), Case::Ignored).matches(action);
    match (&statement.action, &statement.not_action) {
        (Some(element), None) => {
            let entry = element.entries.iter().find(|entry| matches(entry))?;
            Some(entry.text().span())
        }
        (None, Some(element)) if element.is_whole() => {
            (!element.entries.iter().any(matches)).then_some(element.key_span)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, help, silent};

    fn deny(principal: &str, action: &str, resource: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}, {{"Effect": "Deny", "Principal": {principal}, {action}, "Resource": {resource}}}]}}"#
        )
    }

    fires!(
        bucket,
        deny(
            r#""*""#,
            r#""Action": "s3:*""#,
            r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#
        ),
        "s3:*"
    );
    fires!(
        bucket_by_exceptions,
        deny(r#""*""#, r#""NotAction": "s3:Get*""#, r#""arn:aws:s3:::b""#),
        "NotAction"
    );
    fires!(
        key,
        deny(
            r#"{"AWS": "*"}"#,
            r#""Action": ["kms:Decrypt", "KMS:Put*"]"#,
            r#""*""#
        ),
        "KMS:Put*"
    );
    fires!(
        queue,
        deny(
            r#""*""#,
            r#""Action": "*""#,
            r#""arn:aws:sqs:eu-west-1:111122223333:q""#
        ),
        "*"
    );
    fires!(
        repository,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": ["ecr:Get*", "ecr:*Policy"]}}"#,
        "ecr:*Policy"
    );
    silent!(
        objects_only,
        deny(r#""*""#, r#""Action": "s3:*""#, r#""arn:aws:s3:::b/*""#)
    );
    silent!(
        it_can_still_be_removed,
        deny(
            r#""*""#,
            r#""Action": "s3:PutBucketPolicy""#,
            r#""arn:aws:s3:::b""#
        )
    );
    silent!(
        some_are_denied,
        deny(
            r#"{"AWS": "444455556666"}"#,
            r#""Action": "s3:*""#,
            r#""arn:aws:s3:::b""#
        )
    );
    silent!(
        outside_a_network,
        deny(
            r#""*""#,
            r#""Action": "s3:*""#,
            r#""arn:aws:s3:::b", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}"#
        )
    );

    fires!(
        encryption_is_denied,
        deny(
            r#""*""#,
            r#""Action": "s3:*""#,
            r#""arn:aws:s3:::b", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#
        ),
        "s3:*"
    );
    fires!(
        encryption_is_denied_in_other_letters,
        deny(
            r#""*""#,
            r#""NotAction": "s3:GetObject""#,
            r#""arn:aws:s3:::b", "Condition": {"boolifexists": {"AWS:securetransport": [true]}}"#
        ),
        "NotAction"
    );
    silent!(
        encryption_is_asked_for,
        deny(
            r#""*""#,
            r#""Action": "s3:*""#,
            r#""arn:aws:s3:::b", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#
        )
    );

    #[test]
    fn the_fix_asks_for_encryption() {
        let text = |value: &str| {
            let resource = format!(
                r#""arn:aws:s3:::b", "Condition": {{"Bool": {{"aws:SecureTransport": "{value}"}}}}"#
            );
            deny(r#""*""#, r#""Action": "s3:*""#, &resource)
        };
        assert_eq!(fixed(&super::RULE, &text("true")), text("false"));
    }

    #[test]
    fn the_way_out_is_told() {
        let text = deny(r#""*""#, r#""Action": "s3:*""#, r#""arn:aws:s3:::b""#);
        assert!(help(&super::RULE, &text).contains("root user"));
    }
}
