use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule, source_ip},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a test of `aws:SourceIp` in which every address is private: `10.0.0.0/8`,
    /// `172.16.0.0/12`, `192.168.0.0/16`, `100.64.0.0/10`, those of a host or link itself, and
    /// the local ones of IPv6.
    ///
    /// ## Why it matters
    /// The key holds the address that AWS sees, which is always a public one. Requests through a
    /// VPC endpoint, which do come from private addresses, do not have the key at all. So
    /// `IpAddress` never matches, and a `Deny` with `NotIpAddress` stops everybody. The private
    /// address of a request through an endpoint is `aws:VpcSourceIp`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.1.7"]}}
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
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
    /// - Access Analyzer: `PRIVATE_IP_ADDRESS`, `PRIVATE_NOT_IP_ADDRESS`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "source-ip-private",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "only private addresses for `aws:SourceIp`, which is a public one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let mut any = false;
    for (_, net) in source_ip::networks(cx) {
        if !net.is_some_and(source_ip::is_private) {
            return;
        }
        any = true;
    }
    if !any {
        return;
    }
    let consequence = condition_value::consequence(cx.test.operator);
    out.report(
        condition_value::span_of_all(cx),
        format!("`aws:SourceIp` is always a public address, {consequence}"),
    )
    .help(
        "list public addresses, or compare `aws:VpcSourceIp`, which is the private address of a \
         request through a VPC endpoint",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, silent, under};

    fires!(
        aa_private_ip_address,
        under(r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#),
        "10.0.0.0/8"
    );
    fires!(
        aa_private_not_ip_address,
        under(r#"{"NotIpAddress": {"AWS:sourceip": ["172.16.5.0/24", "fd00::/8"]}}"#),
        r#"["172.16.5.0/24", "fd00::/8"]"#
    );
    silent!(
        one_is_public,
        under(r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7"]}}"#)
    );
    silent!(
        wider_than_the_private_range,
        under(r#"{"IpAddress": {"aws:SourceIp": "172.16.0.0/11"}}"#)
    );
    silent!(
        address_in_the_vpc,
        under(r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#)
    );
    silent!(
        unfilled,
        under(r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "${var.cidr}"]}}"#)
    );

    #[test]
    fn the_message_says_what_becomes_of_the_test() {
        for (operator, end) in [
            ("IpAddress", "so `IpAddress` never matches"),
            ("NotIpAddress", "so `NotIpAddress` always matches"),
            (
                "IpAddressIfExists",
                "so `IpAddressIfExists` only matches requests without the key",
            ),
        ] {
            let text = under(&format!(
                r#"{{"{operator}": {{"aws:SourceIp": "10.0.0.1"}}}}"#
            ));
            let message = finding(&super::RULE, &text).message;
            assert!(message.ends_with(end), "{message}");
        }
    }
}
