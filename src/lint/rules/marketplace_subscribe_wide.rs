use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `aws-marketplace:Subscribe` or `aws-marketplace:Unsubscribe` with nothing
    /// that limits it. A condition on `aws-marketplace:ProductId`, or any other key of the service,
    /// keeps it silent.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// A subscription is a contract at the cost of the account, and ending one stops what runs under
    /// it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "aws-marketplace:Subscribe",
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
    ///     "Action": "aws-marketplace:ViewSubscriptions",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html>
    /// - prowler: `iam_policy_no_wildcard_marketplace_subscribe`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "marketplace-subscribe-wide",
        category: Category::Security,
        severity: Severity::Low,
        summary: "anything in AWS Marketplace can be bought",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_unlimited(
        |action| {
            action.service().prefix() == "aws-marketplace"
                && matches!(action.name(), "Subscribe" | "Unsubscribe")
        },
        out,
        "which changes what the account pays for",
        "limit it with a condition on `aws-marketplace:ProductId`, or leave it to those who buy",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        subscribe,
        allow(r#""aws-marketplace:Subscribe""#, r#""*""#),
        "aws-marketplace:Subscribe"
    );
    fires!(
        through_a_wildcard,
        allow(r#""aws-marketplace:*ubscribe""#, r#""*""#),
        "aws-marketplace:*ubscribe"
    );
    silent!(
        looking,
        allow(r#""aws-marketplace:ViewSubscriptions""#, r#""*""#)
    );
    silent!(
        one_product,
        allow(
            r#""aws-marketplace:Subscribe""#,
            r#""*", "Condition": {"ForAnyValue:StringEquals": {"aws-marketplace:ProductId": "prod-abc"}}"#
        )
    );
}
