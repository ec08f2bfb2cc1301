use crate::{
    catalog::Action,
    lint::{
        Category, Check, Findings, Rule, SensitiveResource, StatementCx,
        denied::is_denied,
        requirements::{SensitiveTarget, names},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes},
    source::{Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags an `Allow` that reaches a resource of the configuration's `[[sensitive-resource-access]]` by
    /// one of the actions listed there, or by any action where none is listed. Those count that work on
    /// such a resource.
    ///
    /// - What a `Deny` takes away is not flagged.
    /// - A condition silences nothing: what it lets through is access. It is shown.
    /// - A variable in a resource stands for a name that no listed resource has; the text beside it counts.
    /// - `except-principals` names those who may, in policies that name principals. Which principal a
    ///   policy of an identity is for, it does not say.
    /// - `*` in the policy of a resource is that resource, so it is flagged only where any is listed.
    ///
    /// ## Why it matters
    /// Of some resources, such as pay slips or the state of the infrastructure, it has to be known who gets
    /// at them. A wildcard that was written for others reaches them too.
    ///
    /// ## Fires
    /// ```toml
    /// [[sensitive-resource-access]]
    /// actions = ["s3:GetObject", "s3:PutObject"]
    /// resources = ["arn:aws:s3:::payroll/*"]
    /// reason = "pay slips are for the payroll service alone"
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:Get*",
    ///     "Resource": "arn:aws:s3:::pay*/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```toml
    /// [[sensitive-resource-access]]
    /// resources = ["arn:aws:s3:::payroll/*"]
    /// except-principals = ["arn:aws:iam::123456789012:role/payroll"]
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/payroll"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::payroll/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": "s3:*",
    ///     "Resource": "arn:aws:s3:::payroll/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - parliament: `SENSITIVE_ACCESS`
    /// - iam-policy-validator: `action_detected`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "sensitive-resource-access",
        category: Category::Security,
        severity: Severity::High,
        summary: "access to what the project lists as sensitive",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || cx.never_holds() {
        return;
    }
    for listed in &cx.document.options.requirements.sensitive_resources {
        if is_excepted(cx, listed) {
            continue;
        }
        for target in listed.targets() {
            let places = cx.reaching(&target.resource);
            if !places.is_empty() {
                report(cx, listed, target, &places, out);
            }
        }
    }
}

/// Whether all principals of the statement are among those who may.
fn is_excepted(cx: &StatementCx<'_>, listed: &SensitiveResource) -> bool {
    let principals = cx.named_principals();
    let may = |entry| {
        let mut listed = listed.except_principals.iter();
        listed.any(|each| each.matches(entry))
    };
    !principals.is_empty() && principals.iter().all(may)
}

fn report(
    cx: &StatementCx<'_>,
    listed: &SensitiveResource,
    target: &SensitiveTarget,
    places: &[Span],
    out: &mut Findings<'_>,
) {
    let denials = if cx.is_identity_policy() {
        Vec::new()
    } else {
        cx.denials()
    };
    let is_left = |action: &Action| {
        if cx.is_identity_policy() {
            cx.document.is_left_on(*action, target.resource.as_str())
        } else {
            !is_denied(*action, &denials)
        }
    };
    let mut actions = Vec::new();
    let mut through = None;
    for mut selected in cx.selected(&target.actions) {
        selected.actions.retain(is_left);
        if !selected.actions.is_empty() {
            through = through.or(Some(selected.span));
            actions.append(&mut selected.actions);
        }
    }
    let Some(through) = through else {
        return;
    };
    actions.sort();
    actions.dedup();
    let (is, reaches) = match actions.as_slice() {
        [_] => ("is", "reaches"),
        _ => ("are", "reach"),
    };
    let message = match (names(&actions), target.resource.as_str()) {
        (names, "*") => format!("{names} {is} sensitive"),
        (names, resource) => format!("{names} {reaches} `{resource}`, which is sensitive"),
    };
    let message = listed.note.explain(message);
    for place in places {
        let mut draft = out
            .report(*place, message.clone())
            .label(through, "allows it")
            .help(
                "leave it out or deny it; the configuration lists it under \
                 `sensitive-resource-access`",
            );
        if let Some(condition) = cx
            .statement
            .condition
            .as_ref()
            .filter(|own| !own.tests.is_empty())
        {
            draft = draft.label(condition.key_span, "only where this holds");
        }
        listed.note.weigh(draft);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            ActionSet, PrincipalSelector, Requirements, ResourceSelector, Selector,
            SensitiveResource,
            testing::{allow, finding_under, statement, underlined_under, underlined_with},
        },
        policy::PolicyType,
    };

    fn listed(actions: &[&str], resource: &str) -> Requirements {
        let mut set = ActionSet::default();
        for action in actions {
            set.add(action).unwrap();
        }
        let set = if actions.is_empty() {
            ActionSet::everything()
        } else {
            set
        };
        let resource = ResourceSelector::parse(resource).unwrap();
        Requirements {
            sensitive_resources: vec![SensitiveResource::new(&set, vec![resource])],
            ..Requirements::default()
        }
    }

    const PAYROLL: &str = "arn:aws:s3:::payroll/*";

    fn found(actions: &[&str], resource: &str, text: &str) -> Vec<String> {
        underlined_under(&super::RULE, listed(actions, resource), None, text)
    }

    #[test]
    fn entries_that_reach_the_resource_are_underlined() {
        let resources = r#"["arn:aws:s3:::payroll/2026/*", "arn:aws:s3:::pay*", "arn:aws:s3:::reports/*", "*", "arn:aws:s3:::payroll"]"#;
        assert_eq!(
            found(
                &["s3:GetObject"],
                PAYROLL,
                &allow(r#""s3:Get*""#, resources)
            ),
            ["arn:aws:s3:::payroll/2026/*", "arn:aws:s3:::pay*", "*"]
        );
        let not = statement(
            r#""Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::payroll/2026/*""#,
        );
        assert_eq!(found(&["s3:GetObject"], PAYROLL, &not), ["NotResource"]);
        let left_out = statement(
            r#""Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::payroll*""#,
        );
        assert!(found(&["s3:GetObject"], PAYROLL, &left_out).is_empty());
    }

    #[test]
    fn only_actions_that_work_on_the_resource_reach_it() {
        let reads = allow(
            r#"["s3:ListAllMyBuckets", "ec2:Describe*", "s3:GetBucketPolicy"]"#,
            r#""*""#,
        );
        assert!(found(&[], PAYROLL, &reads).is_empty());
        assert_eq!(
            found(&[], PAYROLL, &allow(r#""s3:*Object""#, r#""*""#)),
            ["*"]
        );
        // What works on no resource is allowed on any.
        let listing = allow(r#""s3:ListAllMyBuckets""#, r#""*""#);
        assert_eq!(found(&["s3:ListAllMyBuckets"], "*", &listing), ["*"]);
        assert!(
            found(
                &["s3:GetObject"],
                PAYROLL,
                &allow(r#""s3:PutObject""#, r#""*""#)
            )
            .is_empty()
        );
    }

    #[test]
    fn the_message_names_the_pair() {
        let text = allow(
            r#"["s3:GetObject*", "s3:PutObject"]"#,
            r#""arn:aws:s3:::payroll/a""#,
        );
        let listed = listed(&["s3:GetObject", "s3:PutObject"], PAYROLL);
        let finding = finding_under(&super::RULE, listed, None, &text);
        assert_eq!(
            finding.message,
            "`s3:GetObject` and `s3:PutObject` reach `arn:aws:s3:::payroll/*`, which is sensitive"
        );
    }

    #[test]
    fn denied_access_is_none() {
        let both = |resource: &str| {
            statement(&format!(
                r#""Effect": "Allow", "Action": "s3:*", "Resource": "*"}}, {{"Effect": "Deny", "Action": "s3:*Object", "Resource": "{resource}""#
            ))
        };
        assert!(found(&["s3:GetObject"], PAYROLL, &both("arn:aws:s3:::payroll/*")).is_empty());
        assert_eq!(
            found(
                &["s3:GetObject"],
                PAYROLL,
                &both("arn:aws:s3:::payroll/2025/*")
            ),
            ["*"]
        );
    }

    #[test]
    fn a_condition_is_shown_and_silences_nothing() {
        let text = allow(
            r#""s3:GetObject""#,
            r#""*", "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}}"#,
        );
        let finding = finding_under(&super::RULE, listed(&[], PAYROLL), None, &text);
        let labels: Vec<_> = finding
            .labels
            .iter()
            .map(|label| label.text.as_str())
            .collect();
        assert_eq!(labels, ["allows it", "only where this holds"]);
    }

    #[test]
    fn variables_are_names_of_nothing_that_is_listed() {
        let reach = |resource: &str| {
            let text = allow(r#""s3:GetObject""#, &format!(r#""{resource}""#));
            !found(&[], PAYROLL, &text).is_empty()
        };
        assert!(!reach("arn:aws:s3:::${aws:PrincipalTag/team}/*"));
        assert!(!reach("arn:aws:s3:::home-${aws:username}/*"));
        assert!(reach("arn:aws:s3:::payroll/${aws:username}/*"));
        assert!(!reach("${BucketArn}/*"));
    }

    #[test]
    fn principals_that_may_are_left_out() {
        let mut listed = listed(&["s3:GetObject"], PAYROLL);
        let role = PrincipalSelector::parse("arn:aws:iam::123456789012:role/pay*").unwrap();
        listed
            .sensitive_resources
            .first_mut()
            .unwrap()
            .except_principals = vec![role];
        let found = |principal: &str| {
            let text = statement(&format!(
                r#""Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll/*""#
            ));
            !underlined_under(&super::RULE, listed.clone(), None, &text).is_empty()
        };
        assert!(!found(
            r#"{"AWS": "arn:aws:iam::123456789012:role/payroll"}"#
        ));
        assert!(found(
            r#"{"AWS": ["arn:aws:iam::123456789012:role/payroll", "210987654321"]}"#
        ));
        assert!(found(r#""*""#));
    }

    #[test]
    fn a_star_in_the_policy_of_a_resource_is_that_resource() {
        let text = statement(
            r#""Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:Decrypt", "Resource": "*""#,
        );
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        assert!(found(&["kms:Decrypt"], key, &text).is_empty());
        assert_eq!(found(&["kms:Decrypt"], "*", &text), ["*"]);
    }

    #[test]
    fn policies_that_only_limit_give_no_access() {
        let text = allow(r#""*""#, r#""*""#);
        for of in [PolicyType::Scp, PolicyType::Boundary] {
            let listed = listed(&[], PAYROLL);
            assert!(underlined_under(&super::RULE, listed, Some(of), &text).is_empty());
        }
    }

    #[test]
    fn hostile_entries_cost_little() {
        let entries: Vec<_> = (0..400)
            .map(|n| format!("\"arn:aws:s3:::*{}{n}*\"", "*a".repeat(500)))
            .collect();
        let text = allow(r#""s3:*""#, &format!("[{}]", entries.join(",")));
        let start = std::time::Instant::now();
        let pattern = format!("arn:aws:s3:::{}/*", "*a".repeat(500));
        underlined_with(&super::RULE, &text, |options| {
            options.requirements = listed(&[], &pattern).into();
            options.selection.select = Selector::parse(super::RULE.id).ok().map(|own| vec![own]);
        });
        assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    }
}
