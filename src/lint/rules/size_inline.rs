use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, size::report_excess},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an inline policy that alone exceeds what the inline policies of one identity may have
    /// together: 2,048 characters for a user, 5,120 for a group, 10,240 for a role. Whitespace
    /// outside strings does not count. The linter must be told with `inline-in` what a policy is
    /// written into.
    ///
    /// A session policy is passed inline as well: it may have 2,048 characters, whitespace
    /// included.
    ///
    /// ## Why it matters
    /// IAM refuses to attach it. The quota is one for all inline policies of the identity, so less
    /// may be left for this one than the rule knows.
    ///
    /// ## Fires
    /// With `inline-in = "user"`, an identity policy of 2,049 characters, whitespace outside
    /// strings left out. With no setting, a session policy of that length.
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    /// - <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    /// - iam-policy-validator: `policy_size_exceeded`
    /// - tflint: `aws_iam_group_policy_too_long`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-inline",
        category: Category::Quota,
        severity: Severity::Error,
        summary: "inline policy that exceeds the quota of its identity",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let help = if cx.policy_type() == PolicyType::Session {
        "leave out what the role does not allow anyway, or name managed policies instead"
    } else if cx.options.inline_in.is_some() {
        "make it a managed policy, or several of them"
    } else {
        return;
    };
    report_excess(cx, help, out);
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            InlineIn, Options, check,
            size::padded,
            testing::{fires, silent},
        },
        source::Source,
    };

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PAD","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

    /// Whether the rule finds a policy of that length too long for the inline policies of an
    /// identity.
    fn is_found(inline_in: InlineIn, length: usize) -> bool {
        let source = Source::new("test.json", padded(POLICY, length).into_bytes());
        let options = Options {
            inline_in: Some(inline_in),
            ..Options::default()
        };
        let found = check(&source, &options).findings;
        found.iter().any(|each| each.rule == super::RULE.rule_id())
    }

    fires!(session, as Session, padded(POLICY, 2_049), "{");
    silent!(short_session, as Session, padded(POLICY, 2_048));
    silent!(not_said_to_be_inline, padded(POLICY, 20_000));

    #[test]
    fn each_identity_has_its_quota() {
        for (inline_in, most) in [
            (InlineIn::User, 2_048),
            (InlineIn::Group, 5_120),
            (InlineIn::Role, 10_240),
        ] {
            assert!(!is_found(inline_in, most));
            assert!(is_found(inline_in, most + 1));
        }
    }
}
