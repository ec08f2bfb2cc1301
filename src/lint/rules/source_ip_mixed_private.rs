use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx, condition_value, edits::remove_item, rule,
        source_ip,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};
use ipnet::IpNet;

rule! {
    /// ## What it does
    /// Flags each private address in a test of `aws:SourceIp` that has public ones as well.
    ///
    /// The fix removes it. No request that AWS documents is decided in another way then; whoever counts
    /// on one all the same should look.
    ///
    /// ## Why it matters
    /// `aws:SourceIp` is always a public address, so the private ones match nothing. Whoever wrote
    /// them believes that requests from within the VPC pass, and they do not: through a VPC
    /// endpoint they lack the key.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.7", "203.0.113.0/24"]}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
    /// - Access Analyzer: `PRIVATE_IP_ADDRESS_SUBSET`, `PRIVATE_NOT_IP_ADDRESS_SUBSET`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "source-ip-mixed-private",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "private address beside public ones for `aws:SourceIp`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let is_public = |net: &Option<IpNet>| !net.is_some_and(source_ip::is_private);
    if !source_ip::networks(cx).any(|(_, net)| is_public(&net)) {
        return;
    }
    let private = source_ip::networks(cx).filter(|(_, net)| !is_public(net));
    for (value, _) in private {
        let draft = out
            .report(
                condition_value::span(value),
                format!(
                    "`{}` is private, and `aws:SourceIp` never is: no request matches it",
                    value.text
                ),
            )
            .help(
                "remove it; the private address of a request through a VPC endpoint is \
                 `aws:VpcSourceIp`",
            );
        if let Some(edit) = remove_item(cx.statement.document.source, value.span) {
            draft.fix("remove the address", Safety::Unsafe, vec![edit]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_private_ip_address_subset,
        under(r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7", "192.168.0.1"]}}"#),
        "10.0.0.0/8",
        "192.168.0.1"
    );
    fires!(
        aa_private_not_ip_address_subset,
        under(r#"{"NotIpAddressIfExists": {"aws:sourceIp": ["2001:db8::/32", "fd12:3456::/32"]}}"#),
        "fd12:3456::/32"
    );
    silent!(
        all_private_is_another_rule,
        under(r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.1"]}}"#)
    );
    silent!(
        all_public,
        under(r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7", "172.32.0.0/16"]}}"#)
    );
    silent!(
        address_in_the_vpc,
        under(r#"{"IpAddress": {"aws:VpcSourceIp": ["10.0.0.0/8", "203.0.113.7"]}}"#)
    );

    #[test]
    fn the_fix_removes_the_address() {
        let text = |list: &str| under(&format!(r#"{{"IpAddress": {{"aws:SourceIp": {list}}}}}"#));
        assert_eq!(
            fixed(&super::RULE, &text(r#"["10.0.0.1", "203.0.113.7"]"#)),
            text(r#"["203.0.113.7"]"#)
        );
        assert_eq!(
            fixed(&super::RULE, &text(r#"["203.0.113.7", "10.0.0.1"]"#)),
            text(r#"["203.0.113.7"]"#)
        );
    }
}
