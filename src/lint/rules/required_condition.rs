use crate::{
    lint::{
        Category, Check, ConditionRequirement, Findings, RequiredCondition, Rule, StatementCx,
        requirements::{Selected, alternatives},
        rule, wording,
    },
    policy::{ConditionTest, Effect, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags statements that allow an action of the configuration's `[[required-condition]]` without the
    /// condition that is asked for: all tests of `all-of`, one of `any-of`, none of `none-of`.
    ///
    /// A test is a `key`, and, where they are given, one `operator` and the `values` that there may be, as
    /// patterns.
    ///
    /// - Without an `operator`, each counts that does not let requests without the key pass.
    /// - Values may be narrower than those asked for: a smaller network, a lower number.
    /// - A `Deny` meets it as well, where it has one test that also holds without the key, such as
    ///   `BoolIfExists` `aws:MultiFactorAuthPresent` `false`, and is about all principals and resources
    ///   of the statement. A `Deny` in another policy, or with several tests, is not weighed.
    ///
    /// `resources` and `principals` narrow it to statements that reach or name one of those. Without
    /// `types`, policies of the types that allow something are meant: `identity`, `session`, `resource`
    /// and `trust`. With `effect = "Deny"` it asks for conditions of statements that deny.
    ///
    /// ## Why it matters
    /// Which condition an action needs is a decision of a project: a second factor for deletions, one
    /// network for data, the service that a role may be passed to. AWS asks for none of them.
    ///
    /// ## Fires
    /// ```toml
    /// [[required-condition]]
    /// actions = ["iam:PassRole"]
    /// all-of = [{ key = "iam:PassedToService" }]
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:PassRole",
    ///     "Resource": "arn:aws:iam::123456789012:role/app"
    ///   }]
    /// }
    /// ```
    ///
    /// ```toml
    /// [[required-condition]]
    /// actions = ["s3:GetObject*"]
    /// resources = ["arn:aws:s3:::reports/*"]
    /// any-of = [
    ///   { key = "aws:SourceVpce" },
    ///   { key = "aws:SourceIp", operator = "IpAddress", values = ["203.0.113.0/24"] },
    /// ]
    /// none-of = [{ key = "aws:Referer" }]
    /// reason = "reports stay in our networks"
    /// severity = "critical"
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.0.0/16"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```toml
    /// [[required-condition]]
    /// actions = ["iam:Delete*"]
    /// all-of = [{ key = "aws:MultiFactorAuthPresent", operator = "Bool", values = ["true"] }]
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:DeleteUser",
    ///     "Resource": "arn:aws:iam::123456789012:user/ci",
    ///     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:DeleteUser",
    ///     "Resource": "arn:aws:iam::123456789012:user/ci"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": "iam:*",
    ///     "Resource": "*",
    ///     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    /// - iam-policy-validator: `missing_condition`, `missing_required_condition`
    /// - iam-policy-validator: `missing_required_condition_any_of`, `forbidden_condition_present`
    /// - iam-policy-validator: `missing_principal_condition`, `missing_principal_condition_any_of`
    /// - iam-policy-validator: `forbidden_principal_condition`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "required-condition",
        category: Category::Security,
        severity: Severity::High,
        summary: "action without the condition that the project asks for",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for required in &cx.document.options.requirements.required_conditions {
        if !is_meant(cx, required) {
            continue;
        }
        let mut selected = cx.selected(required.actions.all());
        let denials = match required.effect {
            Effect::Allow if !selected.is_empty() => cx.denials(),
            Effect::Allow | Effect::Deny => Vec::new(),
        };
        if required.effect == Effect::Allow {
            for each in &mut selected {
                each.actions.retain(|action| cx.keeps(*action, &denials));
            }
            selected.retain(|each| !each.actions.is_empty());
        }
        for each in &selected {
            Asked {
                cx,
                required,
                denials: &denials,
            }
            .report_missing(each, out);
        }
        if !selected.is_empty() {
            report_forbidden(cx, required, out);
        }
    }
}

/// Whether a requirement is about the statement.
fn is_meant(cx: &StatementCx<'_>, required: &RequiredCondition) -> bool {
    let names_one = || {
        let listed = &required.principals;
        let is_listed = |entry| listed.iter().any(|each| each.matches(entry));
        listed.is_empty() || cx.named_principals().iter().any(is_listed)
    };
    let reaches_one = || {
        let listed = &required.resources;
        listed.is_empty() || listed.iter().any(|each| !cx.reaching(each).is_empty())
    };
    cx.is_of_types(required.types, required.effect)
        && !cx.never_holds()
        && !cx.has_unfilled_key()
        && names_one()
        && reaches_one()
}

/// What is asked of a statement, and what else of the policy may meet it.
struct Asked<'a> {
    cx: &'a StatementCx<'a>,
    required: &'a RequiredCondition,
    denials: &'a [StatementCx<'a>],
}

impl Asked<'_> {
    /// Reports an entry of which some action lacks what is asked for.
    fn report_missing(&self, selected: &Selected<'_>, out: &mut Findings<'_>) {
        let lacks = |requirement: &&ConditionRequirement| !self.is_met(requirement, selected);
        let lacking: Vec<_> = self.required.all_of.iter().filter(lacks).collect();
        if !lacking.is_empty() {
            let shown: Vec<_> = lacking.iter().map(|each| each.shown()).collect();
            self.report(selected, &lacking, &shown.join(" and "), out);
        }
        let any_of = &self.required.any_of;
        if !any_of.is_empty() && !self.is_one_met(selected) {
            let lacking: Vec<_> = any_of.iter().collect();
            self.report(selected, &lacking, &alternatives(any_of), out);
        }
    }

    /// Whether the statement meets a requirement, or denials see to it for every action.
    fn is_met(&self, requirement: &ConditionRequirement, selected: &Selected<'_>) -> bool {
        requirement.is_met_by(self.cx.tests())
            || selected.actions.iter().all(|action| {
                self.denials.iter().any(|denial| {
                    requirement.is_enforced_by(denial.statement) && denial.is_about_action(*action)
                })
            })
    }

    /// Whether one of the alternatives is met; denials may see to another one for each action.
    fn is_one_met(&self, selected: &Selected<'_>) -> bool {
        let any_of = &self.required.any_of;
        any_of
            .iter()
            .any(|requirement| self.is_met(requirement, selected))
    }

    fn report(
        &self,
        selected: &Selected<'_>,
        lacking: &[&ConditionRequirement],
        shown: &str,
        out: &mut Findings<'_>,
    ) {
        let verb = match self.required.effect {
            Effect::Allow => "allowed",
            Effect::Deny => "denied",
        };
        let (one, many) = (
            format!("is {verb} without a condition on {shown}"),
            format!("are {verb} without a condition on {shown}"),
        );
        let message = selected.sentence(&one, &many);
        let note = &self.required.note;
        let mut draft = out.report(selected.span, note.explain(message)).help(
            "add it to the `Condition`; the configuration asks for it under `required-condition`",
        );
        let about = |test: &&ConditionTest| lacking.iter().any(|each| each.is_about(test));
        for test in self.cx.tests().iter().filter(about).take(wording::MOST) {
            draft = draft.label(test.key.span(), "this test does not suffice");
        }
        note.weigh(draft);
    }
}

/// Reports tests that may not stand there.
fn report_forbidden(cx: &StatementCx<'_>, required: &RequiredCondition, out: &mut Findings<'_>) {
    for test in cx.tests() {
        let mut forbidden = required.none_of.iter();
        let Some(requirement) = forbidden.find(|each| each.is_like(test)) else {
            continue;
        };
        let message = format!(
            "the condition may not have a test of {}",
            requirement.shown()
        );
        let draft = out
            .report(test.key.span(), required.note.explain(message))
            .help("remove it; the configuration lists it under `required-condition`");
        required.note.weigh(draft);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            ActionSet, ConditionRequirement, Note, PrincipalSelector, RequiredCondition,
            Requirements, ResourceSelector,
            testing::{allow, finding_under, statement, underlined_under},
        },
        policy::Effect,
    };

    fn key(key: &str) -> ConditionRequirement {
        ConditionRequirement::of_key(key).unwrap()
    }

    fn test(key: &str, operator: &str, values: &[&str]) -> ConditionRequirement {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self::key(key)
            .with_operator(operator)
            .unwrap()
            .with_values(values)
    }

    fn required(action: &str) -> RequiredCondition {
        let mut actions = ActionSet::default();
        actions.add(action).unwrap();
        RequiredCondition {
            actions,
            resources: Vec::new(),
            principals: Vec::new(),
            types: None,
            effect: Effect::Allow,
            all_of: Vec::new(),
            any_of: Vec::new(),
            none_of: Vec::new(),
            note: Note::default(),
        }
    }

    fn all(action: &str, all_of: Vec<ConditionRequirement>) -> RequiredCondition {
        RequiredCondition {
            all_of,
            ..required(action)
        }
    }

    fn only(required: RequiredCondition) -> Requirements {
        Requirements {
            required_conditions: vec![required],
            ..Requirements::default()
        }
    }

    fn found(required: RequiredCondition, text: &str) -> Vec<String> {
        underlined_under(&super::RULE, only(required), None, text)
    }

    fn pass_role(condition: &str) -> String {
        allow(
            r#""iam:PassRole""#,
            &format!(r#""*", "Condition": {condition}"#),
        )
    }

    /// Whether a condition meets a requirement of `iam:PassRole`.
    fn meets(condition: &str, requirement: ConditionRequirement) -> bool {
        found(
            all("iam:PassRole", vec![requirement]),
            &pass_role(condition),
        )
        .is_empty()
    }

    #[test]
    fn a_key_counts_where_requests_without_it_do_not_pass() {
        let vpce = || key("aws:SourceVpce");
        assert!(meets(
            r#"{"StringEquals": {"AWS:sourcevpce": "vpce-1"}}"#,
            vpce()
        ));
        assert!(meets(r#"{"Null": {"aws:SourceVpce": "false"}}"#, vpce()));
        for condition in [
            "{}",
            r#"{"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}"#,
            r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}"#,
            r#"{"Null": {"aws:SourceVpce": "true"}}"#,
            r#"{"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}}"#,
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
        ] {
            assert!(!meets(condition, vpce()), "{condition}");
        }
        // Beside `Null` or in every request, the key cannot be absent.
        assert!(meets(
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}"#,
            key("aws:TagKeys")
        ));
        let passed = r#"{"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#;
        assert!(meets(passed, key("iam:PassedToService")));
        let tag = r#"{"StringEquals": {"aws:PrincipalTag/team": "ops"}}"#;
        assert!(meets(tag, key("aws:PrincipalTag/*")));
        assert!(!meets(tag, key("aws:PrincipalTag/unit")));
    }

    #[test]
    fn operator_and_values_count_where_they_are_given() {
        let secure = || test("aws:SecureTransport", "Bool", &["true"]);
        assert!(meets(
            r#"{"Bool": {"aws:SecureTransport": "True"}}"#,
            secure()
        ));
        assert!(!meets(
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
            secure()
        ));
        assert!(!meets(
            r#"{"BoolIfExists": {"aws:SecureTransport": "true"}}"#,
            secure()
        ));
        let network = || {
            test(
                "aws:SourceIp",
                "IpAddress",
                &["203.0.113.0/24", "198.51.100.0/24"],
            )
        };
        assert!(meets(
            r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7", "198.51.100.0/28"]}}"#,
            network()
        ));
        assert!(!meets(
            r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7", "203.0.0.0/16"]}}"#,
            network()
        ));
        let age = || test("aws:MultiFactorAuthAge", "NumericLessThan", &["3600"]);
        assert!(meets(
            r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}"#,
            age()
        ));
        assert!(!meets(
            r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": 7200}}"#,
            age()
        ));
        let role = || {
            test(
                "aws:PrincipalArn",
                "ArnLike",
                &["arn:aws:iam::123456789012:role/*"],
            )
        };
        assert!(meets(
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/a*"}}"#,
            role()
        ));
        assert!(!meets(
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:*"}}"#,
            role()
        ));
        // What is yet to be filled in may be right.
        assert!(meets(
            r#"{"ArnLike": {"aws:PrincipalArn": "${RoleArn}"}}"#,
            role()
        ));
        let regions = || test("aws:RequestedRegion", "StringNotEquals", &["us-east-1"]);
        assert!(meets(
            r#"{"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-east-2"]}}"#,
            regions()
        ));
        assert!(!meets(
            r#"{"StringNotEquals": {"aws:RequestedRegion": "us-east-2"}}"#,
            regions()
        ));
    }

    #[test]
    fn one_of_any_of_is_enough_and_all_of_takes_all() {
        let (vpce, ip) = (|| key("aws:SourceVpce"), || key("aws:SourceIp"));
        let condition = r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#;
        let any = RequiredCondition {
            any_of: vec![vpce(), ip()],
            ..required("iam:PassRole")
        };
        assert!(found(any.clone(), &pass_role(condition)).is_empty());
        let finding = finding_under(&super::RULE, only(any), None, &pass_role("{}"));
        assert_eq!(
            finding.message,
            "`iam:PassRole` is allowed without a condition on `aws:SourceVpce` or `aws:SourceIp`"
        );
        let all = all("iam:PassRole", vec![vpce(), ip()]);
        let finding = finding_under(&super::RULE, only(all), None, &pass_role(condition));
        assert_eq!(
            finding.message,
            "`iam:PassRole` is allowed without a condition on `aws:SourceVpce`"
        );
    }

    #[test]
    fn a_test_that_does_not_suffice_is_shown() {
        let text = pass_role(r#"{"Bool": {"aws:SecureTransport": "false"}}"#);
        let all = all(
            "iam:PassRole",
            vec![test("aws:SecureTransport", "Bool", &["true"])],
        );
        let finding = finding_under(&super::RULE, only(all), None, &text);
        assert_eq!(
            finding.message,
            "`iam:PassRole` is allowed without a condition on `Bool aws:SecureTransport = true`"
        );
        assert_eq!(finding.labels.len(), 1);
    }

    #[test]
    fn none_of_underlines_the_test() {
        let none = RequiredCondition {
            none_of: vec![
                key("aws:Referer"),
                key("aws:UserAgent").with_values(vec!["*curl*".to_owned()]),
            ],
            ..required("iam:PassRole")
        };
        let text = pass_role(
            r#"{"StringLike": {"aws:referer": "*", "aws:UserAgent": "Mozilla", "aws:username": "a"}}"#,
        );
        assert_eq!(found(none.clone(), &text), ["aws:referer"]);
        let curl = pass_role(r#"{"StringLike": {"aws:UserAgent": "c*"}}"#);
        assert_eq!(found(none.clone(), &curl), ["aws:UserAgent"]);
        let other = allow(
            r#""s3:GetObject""#,
            r#""*", "Condition": {"StringLike": {"aws:Referer": "a"}}"#,
        );
        assert!(found(none, &other).is_empty());
    }

    fn beside(denial: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Action": "iam:Delete*", "Resource": "*"}}, {{"Effect": "Deny", {denial}"#
        ))
    }

    #[test]
    fn a_denial_without_the_key_meets_it() {
        let mfa = || {
            all(
                "iam:DeleteUser",
                vec![test("aws:MultiFactorAuthPresent", "Bool", &["true"])],
            )
        };
        let denial = |action: &str, condition: &str| {
            beside(&format!(
                r#"{action}, "Resource": "*", "Condition": {condition}"#
            ))
        };
        let absent = r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#;
        assert!(found(mfa(), &denial(r#""Action": "iam:*""#, absent)).is_empty());
        assert!(found(mfa(), &denial(r#""NotAction": "iam:List*""#, absent)).is_empty());
        for (action, condition) in [
            (
                r#""Action": "iam:*""#,
                r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
            ),
            (
                r#""Action": "iam:*""#,
                r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#,
            ),
            (r#""Action": "iam:CreateUser""#, absent),
            (r#""NotAction": "iam:Delete*""#, absent),
            (
                r#""Action": "iam:*""#,
                r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            ),
        ] {
            assert_eq!(
                found(mfa(), &denial(action, condition)),
                ["iam:Delete*"],
                "{condition}"
            );
        }
        let part = beside(&format!(
            r#""Action": "iam:*", "Resource": "arn:aws:iam::*:user/a", "Condition": {absent}"#
        ));
        assert_eq!(found(mfa(), &part), ["iam:Delete*"]);
    }

    #[test]
    fn what_a_denial_leaves_must_be_what_is_asked_for() {
        let vpce = |values: &[&str]| {
            all(
                "iam:DeleteUser",
                vec![test("aws:SourceVpce", "StringEquals", values)],
            )
        };
        let denial = beside(
            r#""Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}"#,
        );
        assert!(found(vpce(&["vpce-1", "vpce-2"]), &denial).is_empty());
        assert!(found(all("iam:DeleteUser", vec![key("aws:SourceVpce")]), &denial).is_empty());
        assert_eq!(found(vpce(&["vpce-2"]), &denial), ["iam:Delete*"]);
        let tls = beside(
            r#""Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#,
        );
        let secure = all(
            "iam:DeleteUser",
            vec![test("aws:SecureTransport", "Bool", &["true"])],
        );
        assert!(found(secure, &tls).is_empty());
    }

    #[test]
    fn resources_principals_and_effect_narrow_it() {
        let bucket = RequiredCondition {
            resources: vec![ResourceSelector::parse("arn:aws:s3:::reports/*").unwrap()],
            ..all("s3:GetObject", vec![key("aws:SourceVpce")])
        };
        let text = |resource: &str| allow(r#""s3:*""#, &format!(r#""arn:aws:s3:::{resource}/*""#));
        assert_eq!(found(bucket.clone(), &text("rep*")), ["s3:*"]);
        assert!(found(bucket, &text("images")).is_empty());
        let foreign = RequiredCondition {
            principals: vec![PrincipalSelector::parse("*").unwrap()],
            ..all("s3:GetObject", vec![key("aws:PrincipalOrgID")])
        };
        let of = |principal: &str| {
            statement(&format!(
                r#""Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*""#
            ))
        };
        assert_eq!(found(foreign.clone(), &of(r#""*""#)), ["s3:GetObject"]);
        assert!(found(foreign, &of(r#"{"AWS": "123456789012"}"#)).is_empty());
        let deny = RequiredCondition {
            effect: Effect::Deny,
            ..all("s3:GetObject", vec![key("aws:PrincipalArn")])
        };
        let denial = statement(r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#);
        assert_eq!(found(deny.clone(), &denial), ["s3:*"]);
        assert!(found(deny, &allow(r#""s3:*""#, r#""*""#)).is_empty());
    }

    #[test]
    fn what_cannot_be_known_is_silent() {
        let all = all("iam:PassRole", vec![key("aws:SourceVpce")]);
        for condition in [
            r#"{"StringEquals": {"${ConditionKey}": "vpce-1"}}"#,
            r#"{"StringExactly": {"aws:SourceVpce": "vpce-1"}}"#,
        ] {
            assert!(
                found(all.clone(), &pass_role(condition)).is_empty(),
                "{condition}"
            );
        }
    }
}
