use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, covering, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an action that another entry of the same list covers: the same one again, or one that a
    /// wildcard of the list matches. Letter case does not count in actions. An entry with wildcards
    /// is covered where every text that it matches is, so `s3:Get*Acl` by `s3:Get*`.
    ///
    /// ## Why it matters
    /// The entry looks as if it granted something. Whoever removes it to take a right away takes nothing
    /// away, and it counts towards the size of the policy.
    ///
    /// The fix removes the entry; what the policy means stays.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["iam:Get*", "iam:GetRole"],
    ///     "Resource": "*"
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
    ///     "Action": ["iam:Get*", "iam:ListRoles"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    /// - Access Analyzer: `REDUNDANT_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "redundant-action",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "action that another entry of the list covers",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let elements = [&cx.statement.action, &cx.statement.not_action];
    for element in elements.into_iter().flatten() {
        covering::report_redundant(element, cx, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, finding, fires, fixed, silent, statement},
        source::Safety,
    };

    fires!(
        aa_redundant_action,
        allow(r#"["iam:Get*", "iam:GetRole"]"#, r#""*""#),
        "iam:GetRole"
    );
    fires!(
        twice_in_other_letters,
        allow(
            r#"["s3:GetObject", "sqs:SendMessage", "S3:getobject"]"#,
            r#""*""#
        ),
        "S3:getobject"
    );
    fires!(
        a_narrower_wildcard_before_the_wider,
        allow(r#"["s3:Get*Acl", "s3:get*"]"#, r#""*""#),
        "s3:Get*Acl"
    );
    fires!(
        under_everything,
        allow(r#"["sqs:Get*", "*:*", "*"]"#, r#""*""#),
        "sqs:Get*",
        "*"
    );
    fires!(
        question_marks,
        allow(r#"["ec2:RunInstance?", "ec2:RunInstances"]"#, r#""*""#),
        "ec2:RunInstances"
    );
    fires!(
        exceptions,
        statement(r#""Effect": "Deny", "NotAction": ["iam:*", "iam:GetRole"], "Resource": "*""#),
        "iam:GetRole"
    );
    silent!(
        other_actions,
        allow(
            r#"["s3:Get*", "s3:PutObject", "s3-object-lambda:GetObject"]"#,
            r#""*""#
        )
    );
    silent!(
        an_overlap_is_no_cover,
        allow(r#"["s3:Get*", "s3:*Object"]"#, r#""*""#)
    );
    silent!(one, allow(r#""s3:GetObject""#, r#""*""#));

    #[test]
    fn the_widest_of_a_chain_is_named() {
        let text = allow(r#"["s3:*", "s3:Get*"]"#, r#""*""#);
        assert_eq!(
            finding(&super::RULE, &text).message,
            "`s3:Get*` is covered by `s3:*`, so it adds nothing"
        );
    }

    #[test]
    fn the_fix_removes_the_entry() {
        let text = allow(r#"["iam:GetRole", "iam:Get*"]"#, r#""*""#);
        assert_eq!(
            fixed(&super::RULE, &text),
            allow(r#"["iam:Get*"]"#, r#""*""#)
        );
        let fix = finding(&super::RULE, &text).fix.unwrap();
        assert_eq!(fix.safety, Safety::Safe);
    }

    #[test]
    fn long_lists_cost_little() {
        let entries: Vec<_> = (0..3_000).map(|n| format!(r#""s3:*a{n}*b""#)).collect();
        let text = allow(&format!("[{}]", entries.join(",")), r#""*""#);
        let start = std::time::Instant::now();
        crate::lint::testing::underlined(&super::RULE, &text);
        assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    }
}
