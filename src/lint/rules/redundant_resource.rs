use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, covering, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a resource that another entry of the same list covers: the same one again, or one whose
    /// every field a pattern of the list matches. `*` covers all.
    ///
    /// A policy variable in the entry may be any text; an entry that holds one covers only its equal.
    ///
    /// ## Why it matters
    /// The entry looks like the limit of the statement, and the other one is it: beside `role/*`
    /// nothing depends on `role/deploy`. It counts towards the size of the policy, too.
    ///
    /// The fix removes the entry; what the policy means stays.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": ["arn:aws:sqs:*:111122223333:jobs-*", "arn:aws:sqs:*:111122223333:jobs-a"]
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
    ///     "Action": ["s3:ListBucket", "s3:GetObject"],
    ///     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - Access Analyzer: `REDUNDANT_RESOURCE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "redundant-resource",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "resource that another entry of the list covers",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let elements = [&cx.statement.resource, &cx.statement.not_resource];
    for element in elements.into_iter().flatten() {
        covering::report_redundant(element, cx, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fn on(resources: &str) -> String {
        allow(r#""s3:GetObject""#, resources)
    }

    fires!(
        aa_redundant_resource,
        on(r#"["arn:aws:s3:::b/*", "arn:aws:s3:::b/logs/*"]"#),
        "arn:aws:s3:::b/logs/*"
    );
    fires!(
        beside_a_star,
        on(r#"["arn:aws:s3:::b/*", "*"]"#),
        "arn:aws:s3:::b/*"
    );
    fires!(
        with_a_variable,
        on(r#"["arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*"]"#),
        "arn:aws:s3:::b/${aws:username}/*"
    );
    fires!(
        twice,
        on(r#"["arn:aws:s3:::${aws:username}", "arn:aws:s3:::${aws:username}"]"#),
        "arn:aws:s3:::${aws:username}"
    );
    fires!(
        fields_that_are_left_out,
        on(r#"["arn:aws:s3:*", "arn:aws:s3:::b/*"]"#),
        "arn:aws:s3:::b/*"
    );
    silent!(
        bucket_and_its_objects,
        on(r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#)
    );
    silent!(
        letter_case_counts,
        on(r#"["arn:aws:s3:::b/Logs", "arn:aws:s3:::b/logs"]"#)
    );
    silent!(
        a_variable_is_no_wildcard,
        on(r#"["arn:aws:s3:::b/${aws:username}*", "arn:aws:s3:::b/joe"]"#)
    );
    silent!(
        another_account,
        on(r#"["arn:aws:sqs:*:111122223333:*", "arn:aws:sqs:eu-west-1:444455556666:a"]"#)
    );

    #[test]
    fn the_fix_removes_the_entry() {
        let text = on(r#"["arn:aws:s3:::b/*", "arn:aws:s3:::b/a"]"#);
        assert_eq!(fixed(&super::RULE, &text), on(r#"["arn:aws:s3:::b/*"]"#));
    }
}
