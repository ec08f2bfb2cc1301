use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, size::report_excess},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a trust policy of more than 2,048 characters. Whitespace outside strings does not
    /// count. AWS raises the quota of an account to 4,096 on request: up to there the severity is
    /// `medium`, beyond it `error`.
    ///
    /// ## Why it matters
    /// IAM refuses the policy. It is most often long because it names every principal of many that
    /// one condition on `aws:PrincipalOrgID` or `aws:PrincipalArn` could tell.
    ///
    /// ## Fires
    /// A trust policy of 2,049 characters, whitespace outside strings left out.
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    /// - Access Analyzer: `POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA`
    /// - iam-policy-validator: `policy_size_exceeded`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-trust",
        category: Category::Quota,
        severity: Severity::Error,
        summary: "trust policy of more than 2,048 characters",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let help = "tell principals by a condition, such as on `aws:PrincipalOrgID`, instead of one by \
                one";
    report_excess(cx, help, out);
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            size::padded,
            testing::{fires, help, severity, silent},
        },
        source::Severity,
    };

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PAD","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

    fires!(
        policy_size_exceeds_role_trust_policy_quota,
        padded(POLICY, 2_049),
        "{"
    );
    fires!(no_account_gets_that_much, padded(POLICY, 4_097), "{");
    silent!(as_long_as_may_be, padded(POLICY, 2_048));
    silent!(whitespace_is_free, padded(POLICY, 2_048).replace(',', ", "));

    #[test]
    fn it_is_an_error_where_no_request_helps() {
        let of = |length| severity(&super::RULE, &padded(POLICY, length));
        assert_eq!(of(2_049), Severity::Medium);
        assert_eq!(of(4_096), Severity::Medium);
        assert_eq!(of(4_097), Severity::Error);
        assert!(help(&super::RULE, &padded(POLICY, 2_049)).ends_with("to 4,096 at most"));
    }
}
