use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, size::report_excess},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a resource control policy of more than 5,120 characters.
    ///
    /// Whitespace counts as it is sent: the console removes it, the command line and the SDKs do
    /// not. A policy that is too long only by its whitespace is `medium` instead of `error`, as the
    /// tool that sends it may remove it; the fix does so.
    ///
    /// ## Why it matters
    /// Organizations refuses the policy. Every account, unit and root has few of them, so what no
    /// longer fits into one cannot always go into another.
    ///
    /// ## Fires
    /// A resource control policy of 5,121 characters.
    ///
    /// ## Silent
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
    /// - Access Analyzer: `POLICY_SIZE_EXCEEDS_RCP_QUOTA`
    /// - iam-policy-validator: `policy_size_exceeded`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-rcp",
        category: Category::Quota,
        severity: Severity::Error,
        summary: "resource control policy of more than 5,120 characters",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let help = "part it, put wildcards in place of long lists, or attach parts of it further down";
    report_excess(cx, help, out);
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            size::padded,
            testing::{finding_as, fires, silent},
        },
        policy::PolicyType,
        source::{Finding, Severity},
    };

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PAD","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}"#;

    fn found(text: &str) -> Finding {
        finding_as(&super::RULE, Some(PolicyType::Rcp), text)
    }

    fires!(policy_size_exceeds_rcp_quota, as Rcp, padded(POLICY, 5_121), "{");
    fires!(
        whitespace_counts,
        as Rcp,
        padded(POLICY, 5_120).replace(',', ", "),
        "{"
    );
    silent!(as_long_as_may_be, as Rcp, padded(POLICY, 5_120));
    silent!(
        whitespace_around_the_policy,
        as Rcp,
        format!("\n\n{}\n", padded(POLICY, 5_120))
    );

    #[test]
    fn the_fix_removes_whitespace_where_that_helps() {
        let compact = padded(POLICY, 5_120);
        let spaced = compact.replace(',', ",\n");
        let finding = found(&spaced);
        assert_eq!(finding.severity, Severity::Medium);
        let edits = finding.fix.unwrap().edits;
        assert_eq!(edits.len(), 1);
        assert_eq!(edits[0].replacement, compact);
        let finding = found(&padded(POLICY, 5_121).replace(',', ",\n"));
        assert_eq!((finding.severity, finding.fix), (Severity::Error, None));
    }
}
