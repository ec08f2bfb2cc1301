use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule, sensitive::Class},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of actions that stop or erase what records and watches the account, on
    /// resources of any name: trails, configuration recorders, detectors, flow logs.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// Whoever breaks in switches off the recording first. A role for daily work that can do so turns
    /// each leak of its credentials into one that nobody can reconstruct.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "cloudtrail:StopLogging",
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
    ///     "Effect": "Allow",
    ///     "Action": "cloudtrail:StopLogging",
    ///     "Resource": "arn:aws:cloudtrail:eu-west-1:418272953104:trail/sandbox"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html>
    /// - prowler: `iam_policy_no_full_access_to_cloudtrail`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "logging-tamper",
        category: Category::Security,
        severity: Severity::High,
        summary: "records of what is done can be stopped or erased",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_class(
        Class::Logging,
        out,
        "which stops or erases records",
        "leave it to the roles that run the recording, or name the resources",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        any_trail,
        allow(r#""cloudtrail:StopLogging""#, r#""*""#),
        "cloudtrail:StopLogging"
    );
    fires!(
        through_a_wildcard,
        allow(r#"["guardduty:Delete*", "ec2:Describe*"]"#, r#""*""#),
        "guardduty:Delete*"
    );
    silent!(
        one_trail,
        allow(
            r#""cloudtrail:StopLogging""#,
            r#""arn:aws:cloudtrail:eu-west-1:418272953104:trail/sandbox""#
        )
    );
    silent!(
        reading,
        allow(r#"["cloudtrail:Get*", "guardduty:List*"]"#, r#""*""#)
    );
    silent!(
        denied,
        statement(r#""Effect": "Deny", "Action": "cloudtrail:*", "Resource": "*""#)
    );
}
