use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of an action that the configuration lists under `[[not-allowed-action]]`: written
    /// out, covered by a wildcard, or not left out by `NotAction`. Without `types`, policies of all types
    /// that allow something are meant: `identity`, `session`, `resource` and `trust`.
    ///
    /// What a `Deny` takes away altogether is not flagged. In policies of identities the engine tells, with
    /// the policies that are given as those of the same principal; in others, a `Deny` counts that has no
    /// condition and is about everybody and all resources of the statement.
    ///
    /// ## Why it matters
    /// Some actions are nobody's: long-lived access keys where people sign in by single sign-on,
    /// services that a company does not use. A wildcard lets them in unseen.
    ///
    /// ## Fires
    /// ```toml
    /// [[not-allowed-action]]
    /// actions = ["iam:CreateUser", "iam:*AccessKey"]
    /// reason = "people and programs have roles"
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["iam:GetUser", "iam:Create*"],
    ///     "Resource": "arn:aws:iam::123456789012:user/ci"
    ///   }]
    /// }
    /// ```
    ///
    /// ```toml
    /// [[not-allowed-action]]
    /// actions = ["s3:PutBucketPolicy"]
    /// types = ["boundary"]
    /// severity = "medium"
    /// ```
    ///
    /// ```json boundary
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "NotAction": ["iam:*", "organizations:*"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```toml
    /// [[not-allowed-action]]
    /// actions = ["iam:CreateUser", "iam:*AccessKey"]
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["iam:GetUser", "iam:Create*"],
    ///     "Resource": "arn:aws:iam::123456789012:user/ci"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": ["iam:CreateUser", "iam:CreateAccessKey"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - iam-policy-validator: `forbidden_action`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "not-allowed-action",
        category: Category::Security,
        severity: Severity::High,
        summary: "action that the project allows nobody",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for listed in &cx.document.options.requirements.not_allowed_actions {
        if !cx.is_of_types(listed.types, Effect::Allow) || cx.never_holds() {
            continue;
        }
        let mut denials = None;
        for mut selected in cx.selected(listed.actions.all()) {
            let denials = denials.get_or_insert_with(|| cx.denials());
            selected.actions.retain(|action| cx.keeps(*action, denials));
            if selected.actions.is_empty() {
                continue;
            }
            let message = selected.sentence("is not to be allowed", "are not to be allowed");
            let draft = out
                .report(selected.span, listed.note.explain(message))
                .help("leave it out; the configuration lists it under `not-allowed-action`");
            listed.note.weigh(draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            ActionSet, NotAllowedAction, Note, Requirements, Selector,
            testing::{allow, finding_under, statement, underlined_under, underlined_with},
        },
        policy::{PolicyType, PolicyTypes},
        source::Severity,
    };

    fn listed(patterns: &[&str]) -> Requirements {
        let mut actions = ActionSet::default();
        for pattern in patterns {
            actions.add(pattern).unwrap();
        }
        let listed = NotAllowedAction {
            actions,
            types: None,
            note: Note::default(),
        };
        Requirements {
            not_allowed_actions: vec![listed],
            ..Requirements::default()
        }
    }

    fn found(patterns: &[&str], text: &str) -> Vec<String> {
        underlined_under(&super::RULE, listed(patterns), None, text)
    }

    #[test]
    fn entries_that_let_one_in_are_underlined() {
        let actions =
            r#"["iam:createuser", "iam:CreateUs?r", "iam:*", "*", "s3:*", "iam:GetUser"]"#;
        assert_eq!(
            found(&["iam:CreateUser"], &allow(actions, r#""*""#)),
            ["iam:createuser", "iam:CreateUs?r", "iam:*", "*"]
        );
        assert_eq!(found(&["*"], &allow(r#""s3:*""#, r#""*""#)), ["s3:*"]);
        assert_eq!(
            found(&["iam:*Key*"], &allow(r#""iam:List*""#, r#""*""#)),
            ["iam:List*"]
        );
    }

    #[test]
    fn the_message_names_the_actions_and_the_reason() {
        let mut listed = listed(&["iam:CreateUser", "iam:DeleteUser"]);
        let note = &mut listed.not_allowed_actions.first_mut().unwrap().note;
        note.reason = Some("people have roles".to_owned());
        note.severity = Some(Severity::Critical);
        let text = allow(r#""iam:*User""#, r#""*""#);
        let finding = finding_under(&super::RULE, listed.clone(), None, &text);
        assert_eq!(
            finding.message,
            "`iam:*User` covers `iam:CreateUser` and `iam:DeleteUser`, which are not to be allowed: \
             people have roles"
        );
        assert_eq!(finding.severity, Severity::Critical);
        let text = allow(r#""iam:deleteUser""#, r#""*""#);
        let finding = finding_under(&super::RULE, listed, None, &text);
        assert_eq!(
            finding.message,
            "`iam:DeleteUser` is not to be allowed: people have roles"
        );
    }

    #[test]
    fn not_action_lets_in_what_it_does_not_leave_out() {
        let text = |left_out: &str| {
            statement(&format!(
                r#""Effect": "Allow", "NotAction": {left_out}, "Resource": "*""#
            ))
        };
        assert_eq!(
            found(&["iam:CreateUser"], &text(r#""s3:*""#)),
            ["NotAction"]
        );
        assert!(found(&["iam:CreateUser"], &text(r#"["iam:*"]"#)).is_empty());
    }

    #[test]
    fn what_is_denied_is_not_allowed() {
        let both = |rest: &str| {
            statement(&format!(
                r#""Effect": "Allow", "Action": "iam:*", "Resource": "*"}}, {{"Effect": "Deny", {rest}"#
            ))
        };
        let outright = both(r#""Action": "iam:Create*", "Resource": "*""#);
        assert!(found(&["iam:CreateUser"], &outright).is_empty());
        let some = both(r#""Action": "iam:CreateUser", "Resource": "arn:aws:iam::*:user/a""#);
        assert_eq!(found(&["iam:CreateUser"], &some), ["iam:*"]);
        let under_condition = both(
            r#""Action": "iam:CreateUser", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#,
        );
        assert_eq!(found(&["iam:CreateUser"], &under_condition), ["iam:*"]);
    }

    #[test]
    fn in_a_resource_policy_a_denial_counts_that_is_about_everybody() {
        let both = |principal: &str, rest: &str| {
            statement(&format!(
                r#""Effect": "Allow", "Principal": {{"AWS": "123456789012"}}, "Action": "s3:*", "Resource": "arn:aws:s3:::a"}},
                   {{"Effect": "Deny", "Principal": {principal}, "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::*"{rest}"#
            ))
        };
        let listed = ["s3:PutBucketPolicy"];
        assert!(found(&listed, &both(r#""*""#, "")).is_empty());
        assert_eq!(
            found(&listed, &both(r#"{"AWS": "210987654321"}"#, "")),
            ["s3:*"]
        );
        let condition = r#", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#;
        assert_eq!(found(&listed, &both(r#""*""#, condition)), ["s3:*"]);
    }

    #[test]
    fn only_the_types_that_are_meant() {
        let text = allow(r#""*""#, r#""*""#);
        let found = |types: Option<&[PolicyType]>, of| {
            let mut listed = listed(&["iam:CreateUser"]);
            let entry = listed.not_allowed_actions.first_mut().unwrap();
            entry.types = types.map(PolicyTypes::of);
            !underlined_under(&super::RULE, listed, Some(of), &text).is_empty()
        };
        assert!(found(None, PolicyType::Identity) && found(None, PolicyType::Session));
        // A service control policy that allows everything allows nothing by itself.
        assert!(!found(None, PolicyType::Scp) && !found(None, PolicyType::Boundary));
        assert!(found(Some(&[PolicyType::Scp]), PolicyType::Scp));
        assert!(!found(Some(&[PolicyType::Scp]), PolicyType::Identity));
    }

    #[test]
    fn denials_and_unknown_operators_allow_nothing() {
        let deny = statement(r#""Effect": "Deny", "Action": "iam:*", "Resource": "*""#);
        assert!(found(&["iam:CreateUser"], &deny).is_empty());
        let never = statement(
            r#""Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"Strong": {"aws:username": "a"}}"#,
        );
        assert!(found(&["iam:CreateUser"], &never).is_empty());
    }

    #[test]
    fn nothing_is_asked_by_default() {
        let text = allow(r#""iam:CreateUser""#, r#""*""#);
        assert!(underlined_under(&super::RULE, Requirements::default(), None, &text).is_empty());
    }

    #[test]
    fn hostile_policies_cost_little() {
        let entries: Vec<_> = (0..400).map(|n| format!("\"*:*a{n}*\"")).collect();
        let text = allow(&format!("[{}]", entries.join(",")), r#""*""#);
        let start = std::time::Instant::now();
        underlined_with(&super::RULE, &text, |options| {
            options.requirements = listed(&["*:*a*"]).into();
            options.selection.select = Selector::parse(super::RULE.id).ok().map(|own| vec![own]);
        });
        assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    }
}
