use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, edits, rule},
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an action without wildcards whose letters differ in case from those of AWS. It is told once a statement.
    ///
    /// ## Why it matters
    /// It works: IAM does not look at the case of actions. Searches do, and tools that compare lists of
    /// actions. The fix writes the name as AWS has it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:getobject",
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-case",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "action in other letter case than AWS writes it",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let mut found = Vec::new();
    for entry in cx.actions().filter(|entry| !entry.has_wildcard()) {
        let Some(action) = cx.action_of(entry) else {
            continue;
        };
        if action.name() != entry.name() || action.service().prefix() != entry.service() {
            found.push((entry.text(), action));
        }
    }
    let Some(((text, action), more)) = found.split_first() else {
        return;
    };
    let message = if more.is_empty() {
        format!("AWS writes this action `{action}`")
    } else {
        let more = more.len();
        format!(
            "AWS writes this action `{action}`, and {more} more of this statement in other letter case too"
        )
    };
    let mut edits: Vec<_> = found
        .iter()
        .map(|(text, action)| edits::replace(text.content_span(), action.full_name()))
        .collect();
    edits.sort_by_key(|edit| edit.span.start);
    out.report(text.span(), message)
        .help("write it as AWS does: IAM ignores letter case, searches do not")
        .fix("write them as AWS does", Safety::Safe, edits);
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fires!(lower, allow(r#""s3:getobject""#, r#""*""#), "s3:getobject");
    fires!(
        service,
        allow(r#"["SNS:Publish", "sns:Publish"]"#, r#""*""#),
        "SNS:Publish"
    );
    fires!(
        once_a_statement,
        allow(r#"["s3:getobject", "s3:putobject"]"#, r#""*""#),
        "s3:getobject"
    );
    silent!(
        as_aws_writes_them,
        allow(r#"["s3:GetObject", "sns:Publish"]"#, r#""*""#)
    );
    silent!(
        wildcards_and_unknown_names,
        allow(r#"["s3:get*", "S3:nothing", "S4:x"]"#, r#""*""#)
    );

    #[test]
    fn the_fix_writes_the_name() {
        assert_eq!(
            fixed(
                &super::RULE,
                &allow(r#"["S3:getobject", "s3:x", "SQS:sendmessage"]"#, r#""*""#)
            ),
            allow(r#"["s3:GetObject", "s3:x", "sqs:SendMessage"]"#, r#""*""#)
        );
    }
}
