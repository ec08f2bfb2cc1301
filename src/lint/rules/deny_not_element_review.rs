use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, condition_tests::MFA, rule},
    policy::{ActionPattern, Effect, PolicyType, PolicyTypes, ResourceForm},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Deny` with `NotAction` or `NotResource`, worth a second look. It is silent under a condition
    /// on the region or the second factor, for which AWS's own examples use `NotAction`, and in service
    /// control policies, resource control policies and permissions boundaries, which are written that way.
    ///
    /// ## Why it matters
    /// The statement denies all that is not listed, services that AWS will add included, and no other policy
    /// can allow it again. Where the list was meant as what to deny, the statement does the opposite.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "NotAction": ["s3:GetObject", "s3:ListBucket"],
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
    ///     "Effect": "Deny",
    ///     "NotAction": ["iam:*", "sts:*"],
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    /// - iam-policy-validator: `not_action_deny_review`, `not_resource_deny_review`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "deny-not-element-review",
        category: Category::Security,
        severity: Severity::Hint,
        summary: "`Deny` of all that is not listed",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
            PolicyType::Trust,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    if !statement.has_effect(Effect::Deny) {
        return;
    }
    let is_guard = cx.tests().iter().any(|test| {
        let key = test.key.as_str();
        key.eq_ignore_ascii_case("aws:RequestedRegion") || key.eq_ignore_ascii_case(MFA)
    });
    let actions = statement.not_action.as_ref();
    let resources = statement.not_resource.as_ref();
    let everything = actions
        .is_some_and(|element| element.entries.iter().any(ActionPattern::covers_everything))
        || resources.is_some_and(|element| {
            let mut entries = element.entries.iter();
            entries.any(|entry| entry.form == ResourceForm::Star)
        });
    if is_guard || everything {
        return;
    }
    // What lists nothing, or contradicts its opposite, is another rule's.
    let elements = [
        actions
            .filter(|element| !element.entries.is_empty() && !statement.has_element("Action"))
            .map(|element| (element.key_span, "action")),
        resources
            .filter(|element| !element.entries.is_empty() && !statement.has_element("Resource"))
            .map(|element| (element.key_span, "resource")),
    ];
    for (span, what) in elements.into_iter().flatten() {
        out.report(
            span,
            format!("this denies every {what} that is not listed, those to come included"),
        )
        .help("check that the list is what to leave alone, not what to deny");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    const ACTIONS: &str = r#""Effect": "Deny", "NotAction": "s3:*", "Resource": "*""#;

    fires!(actions, statement(ACTIONS), "NotAction");
    fires!(
        both,
        statement(
            r#""Effect": "Deny", "NotAction": ["s3:*"], "NotResource": ["arn:aws:s3:::b"], "Condition": {"StringEquals": {"aws:username": "a"}}"#
        ),
        "NotAction",
        "NotResource",
    );
    silent!(guard_rail, as Scp, statement(ACTIONS));
    silent!(boundary, as Boundary, statement(ACTIONS));
    silent!(
        second_factor,
        statement(
            r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#
        )
    );
    silent!(
        ineffective_is_another_rule,
        statement(r#""Effect": "Deny", "NotAction": "*", "Resource": "*""#)
    );
    silent!(
        empty_is_another_rule,
        statement(r#""Effect": "Deny", "Action": "s3:*", "NotResource": []"#)
    );
    silent!(
        allow,
        statement(r#""Effect": "Allow", "NotAction": "s3:*", "Resource": "*""#)
    );
}
