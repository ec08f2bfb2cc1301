use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, edits::remove_item, rule},
    policy::{Case, PolicyType, PolicyTypes, Wildcard},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an action in a trust policy that is not one of `sts`. `*` is
    /// `trust-action-wildcard`'s.
    ///
    /// ## Why it matters
    /// A trust policy says who may assume the role. IAM refuses one that says anything else: it
    /// takes actions of STS there alone. What the role may do stands in its permissions policies.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "ec2.amazonaws.com"},
    ///     "Action": ["sts:AssumeRole", "s3:GetObject"]
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
    ///     "Principal": {"Service": "ec2.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-action-foreign",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action of another service in a trust policy",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions() {
        let service = entry.service();
        if service.eq_ignore_ascii_case("sts")
            || service.contains(['*', '?']) && Wildcard::new(service, Case::Ignored).matches("sts")
        {
            continue;
        }
        let action = entry.as_str();
        let draft = out
            .report(
                entry.text().span(),
                format!("IAM refuses a trust policy with `{action}`, as it is no action of `sts`"),
            )
            .help("move it to a permissions policy of the role");
        let edit = remove_item(cx.document.source, entry.text().quoted_span());
        if let Some(edit) = edit {
            draft.fix("remove it", Safety::Unsafe, vec![edit]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    fn assumed_by(actions: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": {actions}"#
        ))
    }

    fires!(
        beside_another,
        assumed_by(r#"["sts:AssumeRole", "s3:*"]"#),
        "s3:*"
    );
    fires!(alone, as Trust, assumed_by(r#""IAM:PassRole""#), "IAM:PassRole");
    fires!(
        not_action,
        as Trust,
        statement(r#""Effect": "Deny", "Principal": "*", "NotAction": "ec2:Run*""#),
        "ec2:Run*"
    );
    silent!(
        actions_of_sts,
        assumed_by(r#"["STS:AssumeRole", "sts:TagSession", "s*:AssumeRole"]"#)
    );
    silent!(star_is_another_rule, assumed_by(r#""*""#));

    #[test]
    fn the_fix_removes_it() {
        let text = fixed(&super::RULE, &assumed_by(r#"["sts:AssumeRole", "s3:*"]"#));
        assert!(text.contains(r#"["sts:AssumeRole"]"#));
    }
}
