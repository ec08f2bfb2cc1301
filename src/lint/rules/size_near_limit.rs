use crate::{
    lint::{Category, Check, Rule, rule, size::report_little_room},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a policy that fills more than nine tenths of what AWS lets it have, by the quotas of
    /// the other `size-` rules. Whitespace outside strings is left out.
    ///
    /// ## Why it matters
    /// The next few actions make it too long, and then a deployment fails that changed something
    /// else.
    ///
    /// ## Fires
    /// A managed policy of 5,530 to 6,144 characters, whitespace outside strings left out.
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
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-near-limit",
        category: Category::Quota,
        severity: Severity::Hint,
        summary: "policy that fills more than nine tenths of its quota",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(report_little_room),
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::{
        size::padded,
        testing::{finding, fires, silent},
    };

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PAD","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

    fires!(little_room, padded(POLICY, 5_530), "{");
    fires!(no_room, padded(POLICY, 6_144), "{");
    fires!(service_control_policy, as Scp, padded(POLICY, 9_300), "{");
    silent!(nine_tenths, padded(POLICY, 5_529));
    silent!(too_long, padded(POLICY, 6_145));
    silent!(much_room_for_a_service_control_policy, as Scp, padded(POLICY, 6_000));
    silent!(
        too_long_by_whitespace_that_counts,
        as Scp,
        padded(POLICY, 10_240).replace(',', ", ")
    );

    #[test]
    fn the_message_says_how_much_is_left() {
        let found = finding(&super::RULE, &padded(POLICY, 6_000));
        assert_eq!(
            found.message,
            "the policy has 6,000 of the 6,144 characters that a managed policy may have"
        );
    }
}
