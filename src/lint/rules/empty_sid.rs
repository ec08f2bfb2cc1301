use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, edits::remove_item, members::whole, rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an empty `Sid`. The fix removes it.
    ///
    /// ## Why it matters
    /// AWS takes it and it does nothing: reports and logs have no name for the statement.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    /// - Access Analyzer: `EMPTY_SID_VALUE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-sid",
        category: Category::Schema,
        severity: Severity::Hint,
        summary: "empty `Sid`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(sid) = cx
        .statement
        .sid
        .as_ref()
        .filter(|sid| sid.as_str().is_empty())
    else {
        return;
    };
    let draft = out
        .report(
            sid.span(),
            "the `Sid` is empty, so the statement has no name",
        )
        .help("name the statement, or remove the `Sid`");
    let edit = cx
        .member("Sid")
        .and_then(|member| remove_item(cx.document.source, whole(member)));
    if let Some(edit) = edit {
        draft.fix("remove the `Sid`", Safety::Safe, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    const REST: &str = r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#;

    fires!(
        empty_sid_value,
        statement(&format!(r#""Sid": "", {REST}"#)),
        r#""""#
    );
    fires!(
        at_the_end,
        statement(&format!(r#"{REST}, "Sid": """#)),
        r#""""#
    );
    silent!(blank, statement(&format!(r#""Sid": " ", {REST}"#)));
    silent!(none, statement(REST));

    #[test]
    fn the_fix_removes_it() {
        let first = statement(&format!(r#""Sid": "", {REST}"#));
        assert_eq!(fixed(&super::RULE, &first), statement(REST));
        let last = statement(&format!(r#"{REST}, "Sid": """#));
        assert_eq!(fixed(&super::RULE, &last), statement(REST));
    }
}
