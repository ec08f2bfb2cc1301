use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, size::report_excess},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a service control policy of more than 10,240 characters. The quota was 5,120 before
    /// May 2026.
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
    /// A service control policy of 10,241 characters.
    ///
    /// ## Silent
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "organizations:LeaveOrganization",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
    /// - Access Analyzer: `POLICY_SIZE_EXCEEDS_SCP_QUOTA`
    /// - iam-policy-validator: `policy_size_exceeded`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-scp",
        category: Category::Quota,
        severity: Severity::Error,
        summary: "service control policy of more than 10,240 characters",
        types: PolicyTypes::of(&[PolicyType::Scp]),
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

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PAD","Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

    fn found(text: &str) -> Finding {
        finding_as(&super::RULE, Some(PolicyType::Scp), text)
    }

    fires!(policy_size_exceeds_scp_quota, as Scp, padded(POLICY, 10_241), "{");
    fires!(
        whitespace_counts,
        as Scp,
        padded(POLICY, 10_240).replace(',', ", "),
        "{"
    );
    silent!(as_long_as_may_be, as Scp, padded(POLICY, 10_240));
    silent!(
        whitespace_around_the_policy,
        as Scp,
        format!("\n\n{}\n", padded(POLICY, 10_240))
    );

    #[test]
    fn the_fix_removes_whitespace_where_that_helps() {
        let compact = padded(POLICY, 10_240);
        let spaced = compact.replace(',', ",\n");
        let finding = found(&spaced);
        assert_eq!(finding.severity, Severity::Medium);
        let edits = finding.fix.unwrap().edits;
        assert_eq!(edits.len(), 1);
        assert_eq!(edits[0].replacement, compact);
        let finding = found(&padded(POLICY, 10_241).replace(',', ",\n"));
        assert_eq!((finding.severity, finding.fix), (Severity::Error, None));
    }
}
