use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a value of `IpAddress` or `NotIpAddress` that is neither an address nor a network in
    /// CIDR notation, of IPv4 or IPv6.
    ///
    /// ## Why it matters
    /// What cannot be read matches no address. Under `IpAddress` an `Allow` then grants nothing;
    /// under `NotIpAddress` everybody is taken for a stranger. There are no wildcards, ranges or
    /// net masks: `203.0.113.*` is `203.0.113.0/24`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113/24"}}
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
    /// - Access Analyzer: `TYPE_MISMATCH_IP_RANGE`
    /// - parliament: `MISMATCHED_TYPE`
    /// - iam-policy-validator: `invalid_ip_cidr_format`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-ip",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "value of `IpAddress` that is no address and no network",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, fault) in condition_value::unreadable(cx, Family::Address) {
        let help = match with_mask(&value.text) {
            Some(network) => format!("write `{network}`"),
            None => "write an address, or a network such as `203.0.113.0/24`".to_owned(),
        };
        let draft = out
            .report(
                condition_value::span(value),
                format!(
                    "{} {fault}, so no request ever matches it",
                    condition_value::shown(&value.text)
                ),
            )
            .help(help);
        if let Some(network) = with_mask(&value.text) {
            let edit = condition_value::replaced(value, &network);
            draft.fix(format!("write `{network}`"), Safety::Unsafe, vec![edit]);
        }
    }
}

/// The network that an IPv4 address with stars at its end stands for.
fn with_mask(text: &str) -> Option<String> {
    let fixed = text.trim_end_matches(".*");
    let stars = (text.len() - fixed.len()) / 2;
    let bytes = fixed.split('.').count();
    if stars == 0 || stars + bytes != 4 {
        return None;
    }
    let network = format!("{fixed}{}/{}", ".0".repeat(stars), bytes * 8);
    crate::eval::network(&network).map(|_| network)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_type_mismatch_ip_range,
        under(r#"{"IpAddress": {"aws:SourceIp": "10.0.0/8"}}"#),
        "10.0.0/8"
    );
    fires!(
        mask_too_long_and_range,
        under(
            r#"{"notIpAddressIfExists": {"aws:VpcSourceIp": ["10.0.0.0/33", "10.0.0.1-10.0.0.9", "10.0.0.0/8"]}}"#
        ),
        "10.0.0.0/33",
        "10.0.0.1-10.0.0.9"
    );
    silent!(
        addresses,
        under(
            r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.7", "203.0.113.9/24", "2001:DB8::/32", "::1"]}}"#
        )
    );
    silent!(
        unfilled,
        under(r#"{"IpAddress": {"aws:SourceIp": ["${var.cidr}", "<your cidr>"]}}"#)
    );
    silent!(
        text,
        under(r#"{"StringEquals": {"aws:userid": "10.0.0/8"}}"#)
    );

    #[test]
    fn stars_become_a_mask() {
        for (wrong, right) in [
            ("203.0.113.*", "203.0.113.0/24"),
            ("203.0.*.*", "203.0.0.0/16"),
        ] {
            let text =
                |net: &str| under(&format!(r#"{{"IpAddress": {{"aws:SourceIp": "{net}"}}}}"#));
            assert_eq!(fixed(&super::RULE, &text(wrong)), text(right));
        }
    }
}
