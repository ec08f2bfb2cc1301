use crate::{
    catalog::Action,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        edits,
        listed::Listed,
        rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an ARN in a statement whose actions are all known and act on none of the resources that the ARN can
    /// match, while they act on another of the list. Statements with `*` as action or resource, and with
    /// `NotAction`, are not looked at. Only ARNs of S3, SQS, SNS, DynamoDB, Lambda, IAM, KMS,
    /// Kinesis, Secrets Manager and Step Functions are judged: elsewhere actions take ARNs of other services.
    ///
    /// ## Why it matters
    /// The entry does nothing. Mostly an action was taken out and its resource stayed, or the action for it is missing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": ["arn:aws:s3:::reports/*", "arn:aws:sqs:*:*:jobs"]
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
    ///     "Action": ["s3:GetObject", "sqs:SendMessage"],
    ///     "Resource": ["arn:aws:s3:::reports/*", "arn:aws:sqs:*:*:jobs"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - cfn-lint: `I3510`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-unused",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "resource that no action of its statement acts on",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// Services whose ARNs only actions of their own take, and whose types the reference has whole.
const SERVICES: [&str; 10] = [
    "dynamodb",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "states",
];

/// The most actions of a statement that are compared with each of its ARNs.
const MOST_ACTIONS: usize = 64;

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let arns = cx.listed_arns();
    if arns.len() < 2 {
        return;
    }
    let Some(actions) = actions(cx) else {
        return;
    };
    let serves = |listed: &mut Listed<'_>| {
        let mut actions = actions.iter();
        actions.any(|action| listed.may_serve(*action) || listed.covers_a_type(action.service()))
    };
    let mut unused = Vec::new();
    for (entry, arn) in &arns {
        let service = arn_fields::literal(arn, Field::Service);
        if !service.is_some_and(|service| SERVICES.contains(&service)) {
            continue;
        }
        let mut one = Listed::of(cx, vec![(*entry, *arn)]);
        if !serves(&mut one) && !arn_fields::is_faulty(cx, arn) {
            unused.push(*entry);
        }
    }
    // Where no resource is of use, the actions are at fault, which other rules tell.
    if unused.len() == arns.len() {
        return;
    }
    for entry in unused {
        let text = entry.text.as_str();
        let draft = out
            .report(
                entry.text.span(),
                format!("no action of this statement acts on `{text}`"),
            )
            .help("remove it, or add the action that it is for");
        if let Some(edit) = edits::remove_item(cx.document.source, entry.text.quoted_span()) {
            draft.fix("remove it", Safety::Unsafe, vec![edit]);
        }
    }
}

/// The actions of a statement, where all are known and few enough.
fn actions(cx: &StatementCx<'_>) -> Option<Vec<Action>> {
    let element = cx.statement.action.as_ref()?;
    if element.unread > 0 || !element.unfilled.is_empty() || cx.statement.not_action.is_some() {
        return None;
    }
    let mut actions = Vec::new();
    for entry in &element.entries {
        if !entry.has_exact_service() || entry.covers_whole_service() {
            return None;
        }
        let covered = cx.expand(entry).filter(|covered| !covered.is_empty())?;
        actions.extend(covered.iter().copied());
        if actions.len() > MOST_ACTIONS {
            return None;
        }
    }
    Some(actions)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fires!(
        another_service,
        allow(
            r#""s3:Get*""#,
            r#"["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:jobs"]"#
        ),
        "arn:aws:sqs:*:*:jobs"
    );
    fires!(
        another_type,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#
        ),
        "arn:aws:s3:::b"
    );
    silent!(
        each_has_an_action,
        allow(
            r#"["s3:GetObject", "s3:ListBucket"]"#,
            r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#
        )
    );
    silent!(
        actions_that_are_not_known,
        allow(
            r#"["s3:GetObject", "sqs:SendNothing"]"#,
            r#"["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:jobs"]"#
        )
    );
    silent!(
        whole_services,
        allow(
            r#"["s3:*"]"#,
            r#"["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:jobs"]"#
        )
    );
    silent!(
        none_is_of_use,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b", "arn:aws:sqs:*:*:jobs"]"#
        )
    );
    silent!(
        star_and_variables,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/*", "arn:aws:*:*:*:x/y", "${aws:PrincipalTag/arn}"]"#
        )
    );
    silent!(
        not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:jobs"]}}"#
    );

    #[test]
    fn the_fix_removes_it() {
        assert_eq!(
            fixed(
                &super::RULE,
                &allow(
                    r#""s3:GetObject""#,
                    r#"["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:jobs"]"#
                )
            ),
            allow(r#""s3:GetObject""#, r#"["arn:aws:s3:::b/*"]"#)
        );
    }
}
