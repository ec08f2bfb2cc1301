use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};
use ipnet::IpNet;

rule! {
    /// ## What it does
    /// Flags a network that has bits after its mask, as in `203.0.113.7/24`.
    ///
    /// The fix writes the network, `203.0.113.0/24`.
    ///
    /// ## Why it matters
    /// AWS ignores those bits: the value is all 256 addresses, though it reads like one. Somebody
    /// may have meant only that one.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>
    /// - Access Analyzer: `IMPROVE_IP_RANGE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-ip-host-bits",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "network with bits after its mask",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if Family::of(cx.test.operator.comparison) != Family::Address {
        return;
    }
    for value in &cx.test.values {
        let Ok(net) = value.text.parse::<IpNet>() else {
            continue;
        };
        if net.addr() == net.network() || net.prefix_len() == 0 {
            continue;
        }
        let (address, network) = (net.addr(), net.trunc());
        out.report(
            condition_value::span(value),
            format!("`{}` is the whole network `{network}`", value.text),
        )
        .help(format!(
            "write `{network}`, or `{address}` where that alone is meant"
        ))
        .fix(
            format!("write `{network}`"),
            Safety::Safe,
            vec![condition_value::replaced(value, &network.to_string())],
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_improve_ip_range,
        under(r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7/24", "198.51.100.0/24"]}}"#),
        "203.0.113.7/24"
    );
    fires!(
        ipv6_of_the_vpc,
        under(r#"{"NotIpAddressIfExists": {"aws:VpcSourceIp": "2001:db8::1/32"}}"#),
        "2001:db8::1/32"
    );
    silent!(
        networks_and_addresses,
        under(
            r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "203.0.113.7", "203.0.113.7/32", "2001:DB8::/32"]}}"#
        )
    );
    silent!(
        everything_is_another_rule,
        under(r#"{"IpAddress": {"aws:SourceIp": "203.0.113.7/0"}}"#)
    );
    silent!(
        no_network,
        under(r#"{"IpAddress": {"aws:SourceIp": "203.0.113.7/33"}}"#)
    );

    #[test]
    fn the_fix_writes_the_network() {
        let text = |net: &str| under(&format!(r#"{{"IpAddress": {{"aws:SourceIp": "{net}"}}}}"#));
        assert_eq!(
            fixed(&super::RULE, &text("203.0.113.7/24")),
            text("203.0.113.0/24")
        );
    }
}
