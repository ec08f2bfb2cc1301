use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, size::report_excess},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an identity policy or a permissions boundary of more than 6,144 characters. Whitespace
    /// outside strings does not count. A policy that `inline-in` says is written into a user, a
    /// group or a role is `size-inline`'s.
    ///
    /// Managed policies of AWS itself may be longer; a copy of one cannot be created.
    ///
    /// ## Why it matters
    /// IAM refuses to create a managed policy of that length. An inline policy of a role has more
    /// room: 10,240 characters, together with all other inline policies of the role.
    ///
    /// ## Fires
    /// A managed policy of 6,145 characters, whitespace outside strings left out.
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
    /// - Access Analyzer: `POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA`
    /// - iam-policy-validator: `policy_size_exceeded`
    /// - tflint: `aws_iam_policy_too_long_policy`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-managed",
        category: Category::Quota,
        severity: Severity::Error,
        summary: "managed policy of more than 6,144 characters",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Boundary]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

const HELP: &str = "part it into several policies, or put wildcards in place of long lists";

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    if cx.options.inline_in.is_none() {
        report_excess(cx, HELP, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            InlineIn, Options, check,
            size::padded,
            testing::{finding, fires, silent},
        },
        source::Source,
    };

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PAD","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

    fires!(
        policy_size_exceeds_identity_policy_quota,
        padded(POLICY, 6_145),
        "{"
    );
    fires!(
        a_boundary_is_a_managed_policy,
        as Boundary,
        padded(POLICY, 6_145),
        "{"
    );
    silent!(as_long_as_may_be, padded(POLICY, 6_144));
    silent!(
        whitespace_is_free,
        padded(POLICY, 6_144).replace(',', " ,\n\t\t")
    );
    silent!(characters_count_and_not_bytes, {
        let policy = padded(POLICY, 6_144);
        policy.replace("AAAA", "AéAé")
    });

    #[test]
    fn the_message_says_how_long_it_is() {
        let found = finding(&super::RULE, &padded(POLICY, 7_000));
        assert_eq!(
            found.message,
            "the policy has 7,000 characters without whitespace, and a managed policy may have 6,144"
        );
    }

    #[test]
    fn inline_policies_have_other_quotas() {
        let source = Source::new("test.json", padded(POLICY, 7_000).into_bytes());
        let options = Options {
            inline_in: Some(InlineIn::Role),
            ..Options::default()
        };
        let found = check(&source, &options).findings;
        assert!(found.iter().all(|each| each.rule != super::RULE.rule_id()));
    }
}
