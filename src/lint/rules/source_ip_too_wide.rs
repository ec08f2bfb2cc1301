use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule, source_ip},
    policy::PolicyTypes,
    source::Severity,
};
use ipnet::IpNet;

rule! {
    /// ## What it does
    /// Flags a public network for `aws:SourceIp` that is wider than `/8` for IPv4, or `/16` for
    /// IPv6, where it is what lets requests in: in an `Allow` with `IpAddress`, or in a `Deny`
    /// with `NotIpAddress`.
    ///
    /// ## Why it matters
    /// No organization has been given more than that in one piece, so the network holds
    /// strangers. Mostly a digit of the mask is missing: `/3` for `/32`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/3"}}
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
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/32"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
    /// - <https://www.iana.org/assignments/ipv4-address-space/ipv4-address-space.xhtml>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "source-ip-too-wide",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "network for `aws:SourceIp` that no organization has alone",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if !source_ip::lets_in(cx) {
        return;
    }
    let [all_of_v4, all_of_v6] = source_ip::joined(cx);
    for (value, net) in source_ip::networks(cx) {
        let Some(net) = net.filter(|net| !source_ip::is_private(*net)) else {
            continue;
        };
        // Every address, in parts too, is another rule's.
        if all_of_v4 && matches!(net, IpNet::V4(_)) || all_of_v6 && matches!(net, IpNet::V6(_)) {
            continue;
        }
        let limit = match net {
            IpNet::V4(_) => 8,
            IpNet::V6(_) => 16,
        };
        if (1..limit).contains(&net.prefix_len()) {
            let bits = u32::from(net.max_prefix_len() - net.prefix_len());
            let size = match 1_u64.checked_shl(bits) {
                Some(count) if bits < 40 => format!("{count} addresses"),
                _ => format!("2^{bits} addresses"),
            };
            out.report(
                condition_value::span(value),
                format!("`{}` is {size}, so strangers pass as well", value.text),
            )
            .help("list the networks that requests come from; one address is `/32`, or `/128`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement, under};

    fires!(
        missing_digit,
        under(r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7/3", "198.51.100.0/24"]}}"#),
        "203.0.113.7/3"
    );
    fires!(
        ipv6,
        under(r#"{"IpAddressIfExists": {"aws:sourceip": "2000::/3"}}"#),
        "2000::/3"
    );
    fires!(
        deny_of_the_others,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "3.0.0.0/7"}}"#
        ),
        "3.0.0.0/7"
    );
    silent!(
        as_wide_as_may_be,
        under(r#"{"IpAddress": {"aws:SourceIp": ["3.0.0.0/8", "2001:db8::/32"]}}"#)
    );
    silent!(
        every_address_is_another_rule,
        under(r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#)
    );
    silent!(
        private,
        under(r#"{"IpAddress": {"aws:SourceIp": ["fc00::/7", "203.0.113.7"]}}"#)
    );
    silent!(
        deny_of_these,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "3.0.0.0/7"}}"#
        )
    );
}
