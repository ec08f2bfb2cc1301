use crate::{
    catalog::table::GLOBAL_SERVICES,
    lint::{Category, Check, Findings, Rule, StatementCx, edits, rule, wording},
    policy::{
        ActionPattern, Case, Comparison, ConditionTest, Effect, PolicyType, PolicyTypes, Wildcard,
    },
    source::{Safety, Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` of other regions in a service control policy that takes in services without
    /// regions of their own. `high` where it denies `iam`, `low` where it denies only others of
    /// `cloudfront`, `organizations`, `route53` and `support`, which AWS exempts in its own example.
    ///
    /// It is silent where the region that gets their requests is among the allowed ones, where the
    /// policy is about another partition than `aws`, and where some actions of the service are exempted.
    ///
    /// ## Why it matters
    /// All requests to these services go to one region, mostly `us-east-1`, wherever they are made.
    /// `aws:RequestedRegion` is that region, so the statement denies the whole service to all accounts:
    /// nobody can make a role, or ask AWS Support for help.
    ///
    /// The fix exempts the services of AWS's example, where the statement has `NotAction`. It makes
    /// them usable, so look at it. Other global services, such as `budgets` or `globalaccelerator`, are
    /// yours to add where you use them.
    ///
    /// ## Fires
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "NotAction": ["cloudfront:*", "route53:*"],
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "NotAction": ["cloudfront:*", "iam:*", "organizations:*", "route53:*", "support:*"],
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html>
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "scp-region-deny-global-services",
        category: Category::Security,
        severity: Severity::High,
        summary: "denial of other regions that takes in services without regions",
        types: PolicyTypes::of(&[PolicyType::Scp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// The services that AWS's example exempts, and the region that gets their requests.
fn services() -> impl Iterator<Item = (&'static str, &'static str)> {
    GLOBAL_SERVICES
        .rows()
        .iter()
        .filter_map(|row| match row.as_slice() {
            [service, region, "yes"] => Some((*service, *region)),
            _ => None,
        })
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Deny) || cx.star_resource().is_none() {
        return;
    }
    let Some(test) = region_test(cx) else { return };
    let denied: Vec<_> = services()
        .filter(|(service, region)| !allows(test, region) && denies(cx, service))
        .map(|(service, _)| service)
        .collect();
    let Some(first) = denied.first() else { return };
    let severity = if denied.contains(&"iam") {
        Severity::High
    } else {
        Severity::Low
    };
    let (verb, whose) = if denied.len() == 1 {
        ("is", "its")
    } else {
        ("are", "their")
    };
    let names = wording::list_all(&denied);
    let message = format!(
        "{names} {verb} denied everywhere, as {whose} requests all go to one region that is not listed"
    );
    let Some(span) = what_denies(cx, first) else {
        return;
    };
    let draft = out
        .report(span, message)
        .severity(severity)
        .label(test.key.span(), "the regions that are allowed")
        .help("exempt the services with `NotAction`");
    let listed = cx.statement.not_action.as_ref();
    if let Some(entry) = listed.and_then(|element| element.entries.first()) {
        let place = entry.text().quoted_span();
        let is_list = listed.is_some_and(|element| element.span != place);
        let mut added: Vec<_> = denied
            .iter()
            .map(|service| format!("\"{service}:*\""))
            .collect();
        added.push(cx.document.source.slice(place).to_owned());
        let joined = added.join(", ");
        let list = if is_list {
            joined
        } else {
            format!("[{joined}]")
        };
        let edit = edits::replace(place, list);
        draft.fix("exempt the services", Safety::Unsafe, vec![edit]);
    }
}

/// The test of the region, where no other test of the statement limits whom or what it denies other
/// than by exceptions.
fn region_test<'a>(cx: &'a StatementCx<'_>) -> Option<&'a ConditionTest> {
    let condition = cx.statement.condition.as_ref()?;
    let is_region = |test: &ConditionTest| {
        test.key
            .as_str()
            .eq_ignore_ascii_case("aws:RequestedRegion")
    };
    let test = condition.tests.iter().find(|test| is_region(test))?;
    let by_exceptions = condition
        .tests
        .iter()
        .all(|test| test.operator.comparison.is_negated());
    let in_words = |value: &str| {
        let others = ["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"];
        !value.contains(['$', '{']) && !others.iter().any(|start| value.starts_with(start))
    };
    let plain = test.values.iter().all(|value| in_words(&value.text));
    (by_exceptions && plain && condition.unknown_operators.is_empty()).then_some(test)
}

/// Whether a region is among those that the test leaves alone.
fn allows(test: &ConditionTest, region: &str) -> bool {
    let like = test.operator.comparison == Comparison::StringNotLike;
    test.values.iter().any(|value| {
        if like {
            Wildcard::new(&value.text, Case::Sensitive).matches(region)
        } else {
            value.text.eq_ignore_ascii_case(region)
        }
    })
}

/// Whether the statement is about all actions of a service.
fn denies(cx: &StatementCx<'_>, service: &str) -> bool {
    let is_of =
        |entry: &ActionPattern| Wildcard::new(entry.service(), Case::Ignored).matches(service);
    match (&cx.statement.action, &cx.statement.not_action) {
        (Some(element), None) => element
            .entries
            .iter()
            .any(|entry| entry.covers_whole_service() && is_of(entry)),
        (None, Some(element)) => {
            element.unread == 0 && element.unfilled.is_empty() && !element.entries.iter().any(is_of)
        }
        _ => false,
    }
}

/// What to underline: the entry that has the service in it, or `NotAction` that leaves it out.
fn what_denies(cx: &StatementCx<'_>, service: &str) -> Option<Span> {
    if let Some(element) = &cx.statement.not_action {
        return Some(element.key_span);
    }
    let mut entries = cx.listed_actions().iter();
    let entry = entries.find(|entry| {
        entry.covers_whole_service()
            && Wildcard::new(entry.service(), Case::Ignored).matches(service)
    })?;
    Some(entry.text().span())
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, fixed, severity, silent},
        source::Severity,
    };

    fn scp(actions: &str, condition: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", {actions}, "Resource": "*", "Condition": {{{condition}}}}}]}}"#
        )
    }

    const EUROPE: &str = r#""StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}"#;

    fires!(no_exception, scp(r#""Action": "*""#, EUROPE), "*");
    fires!(
        exceptions_without_iam,
        scp(r#""NotAction": ["sts:*", "Support:*"]"#, EUROPE),
        "NotAction"
    );
    fires!(
        with_an_exempted_role,
        scp(
            r#""NotAction": "sts:*""#,
            r#""StringNotLike": {"aws:requestedregion": "eu-*"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}"#
        ),
        "NotAction"
    );
    silent!(
        the_example_of_aws,
        scp(
            r#""NotAction": ["cloudfront:*", "iam:*", "organizations:*", "route53:*", "support:*"]"#,
            EUROPE
        )
    );
    silent!(
        the_region_of_the_services_is_allowed,
        scp(
            r#""Action": "*""#,
            r#""StringNotLike": {"aws:RequestedRegion": ["eu-*", "us-*"]}"#
        )
    );
    silent!(
        regional_services,
        scp(r#""Action": ["ec2:*", "rds:*", "iam:CreateUser"]"#, EUROPE)
    );
    silent!(
        another_partition,
        scp(
            r#""Action": "*""#,
            r#""StringNotEquals": {"aws:RequestedRegion": "us-gov-west-1"}"#
        )
    );
    silent!(
        forbidden_regions,
        scp(
            r#""Action": "*""#,
            r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#
        )
    );
    silent!(
        only_some_principals,
        scp(
            r#""Action": "*""#,
            &format!(r#"{EUROPE}, "StringEquals": {{"aws:PrincipalTag/team": "a"}}"#)
        )
    );

    #[test]
    fn without_iam_it_is_low() {
        let found = |not_action: &str| {
            severity(
                &super::RULE,
                &scp(&format!(r#""NotAction": {not_action}"#), EUROPE),
            )
        };
        assert_eq!(found(r#"["sts:*"]"#), Severity::High);
        assert_eq!(found(r#"["iam:*", "support:*"]"#), Severity::Low);
    }

    #[test]
    fn the_fix_exempts_them() {
        let text = scp(
            r#""NotAction": ["cloudfront:*", "route53:*", "organizations:*"]"#,
            EUROPE,
        );
        let expected = scp(
            r#""NotAction": ["iam:*", "support:*", "cloudfront:*", "route53:*", "organizations:*"]"#,
            EUROPE,
        );
        assert_eq!(fixed(&super::RULE, &text), expected);
    }
}
