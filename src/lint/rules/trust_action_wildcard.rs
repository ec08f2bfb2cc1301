use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{BY_KEY, BY_SAML, BY_TOKEN},
        reach::stands_for,
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `*`, `sts:*` and other wildcards that cover more than one way to assume a role, in
    /// an `Allow` of a trust policy. A wildcard over the `AssumeRole` actions alone is `medium`.
    ///
    /// ## Why it matters
    /// The principals get to set tags, a source identity and a context on their sessions, which
    /// policies elsewhere may rely on, and each new action of STS that a trust policy can allow.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/ci"},
    ///     "Action": "sts:*"
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/ci"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>
    /// - `cfn_nag`: `F2`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-action-wildcard",
        category: Category::Security,
        severity: Severity::High,
        summary: "wildcard over the actions of a trust policy",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    for entry in cx
        .listed_actions()
        .iter()
        .filter(|entry| entry.has_wildcard())
    {
        let text = entry.as_str();
        let is_covered = |action: &&str| stands_for(entry, action);
        let ways = [BY_KEY, BY_SAML, BY_TOKEN]
            .iter()
            .filter(|&way| is_covered(way))
            .count();
        if ways < 2 {
            continue;
        }
        let draft = out
            .report(
                entry.text().span(),
                format!("`{text}` allows more than to assume the role in one way"),
            )
            .help(
                "list what is needed: `sts:AssumeRole`, for SAML providers \
                 `sts:AssumeRoleWithSAML`, for OpenID Connect `sts:AssumeRoleWithWebIdentity`",
            );
        if !is_covered(&"sts:TagSession") {
            draft.severity(Severity::Medium);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    fn of_actions(action: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": {action}"#
        ))
    }

    fires!(whole_service, of_actions(r#""sts:*""#), "sts:*");
    fires!(everything, of_actions(r#""*""#), "*");
    fires!(
        every_way_in_a_list,
        of_actions(r#"["sts:TagSession", "STS:assume*"]"#),
        "STS:assume*"
    );
    silent!(
        one_way,
        of_actions(r#"["sts:AssumeRole", "sts:AssumeRoleWithWeb*", "sts:Tag*"]"#)
    );
    silent!(
        deny,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "sts:*""#)
    );

    #[test]
    fn a_wildcard_over_the_ways_alone_is_of_medium_severity() {
        assert_eq!(
            severity(&super::RULE, &of_actions(r#""sts:Assume*""#)),
            Severity::Medium
        );
        assert_eq!(
            severity(&super::RULE, &of_actions(r#""sts:*""#)),
            Severity::High
        );
    }
}
