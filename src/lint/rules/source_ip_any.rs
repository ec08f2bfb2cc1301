use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule, source_ip},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `0.0.0.0/0` and `::/0` for `aws:SourceIp`, also in parts as `0.0.0.0/1` and `128.0.0.0/1`,
    /// where they are what lets requests in: in
    /// an `Allow` with `IpAddress`, or in a `Deny` with `NotIpAddress`.
    ///
    /// A `Deny` with `IpAddress` for all addresses is silent. It stops whatever does not come
    /// through a VPC endpoint, as requests through one lack the key, and that may be meant.
    ///
    /// ## Why it matters
    /// The condition looks like a fence and is none: every address of that version of IP passes.
    /// What else there is in the list no longer matters.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}
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
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "source-ip-any",
        category: Category::Security,
        severity: Severity::High,
        summary: "every address passes the test of `aws:SourceIp`",
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
    let any =
        source_ip::networks(cx).filter(|(_, net)| net.is_some_and(|net| net.prefix_len() == 0));
    for (value, _) in any {
        let version = if value.text.contains(':') {
            "IPv6"
        } else {
            "IPv4"
        };
        out.report(
            condition_value::span(value),
            format!(
                "every {version} address is in `{}`, so the test keeps none out",
                value.text
            ),
        )
        .help(HELP);
    }
    let joined = source_ip::joined(cx).into_iter().zip(["IPv4", "IPv6"]);
    for (_, version) in joined.filter(|(joined, _)| *joined) {
        out.report(
            condition_value::span_of_all(cx),
            format!(
                "every {version} address is in these networks together, so the test keeps none out"
            ),
        )
        .help(HELP);
    }
}

const HELP: &str = "list the networks that requests come from, or remove the key";

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement, under};

    fires!(
        one_of_a_list,
        under(r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7", "0.0.0.0/0", "::/0"]}}"#),
        "0.0.0.0/0",
        "::/0"
    );
    fires!(
        odd_spelling,
        under(r#"{"ipAddressIfExists": {"AWS:SOURCEIP": "10.0.0.0/0"}}"#),
        "10.0.0.0/0"
    );
    fires!(
        deny_of_the_others,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#
        ),
        "0.0.0.0/0"
    );
    silent!(
        deny_of_what_comes_over_the_internet,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#
        )
    );
    fires!(
        in_parts,
        under(
            r#"{"IpAddress": {"AWS:SourceIp": ["0.0.0.0/1", "203.0.113.7", "128.0.0.0/2", "192.0.0.0/2"]}}"#
        ),
        r#"["0.0.0.0/1", "203.0.113.7", "128.0.0.0/2", "192.0.0.0/2"]"#
    );
    silent!(
        parts_with_a_gap,
        under(r#"{"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/2", "8000::/1"]}}"#)
    );
    silent!(
        half_of_all,
        under(r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}"#)
    );
    silent!(
        in_the_vpc,
        under(r#"{"IpAddress": {"aws:VpcSourceIp": "0.0.0.0/0"}}"#)
    );
}
