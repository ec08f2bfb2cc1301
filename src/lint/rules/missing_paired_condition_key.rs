use crate::{
    catalog::table::PAIRED_CONDITION_KEYS,
    lint::{
        Category, Check, Findings, Rule, TestCx, condition_value::Family,
        placeholders::is_unfilled, rule, wording,
    },
    policy::{ConditionTest, Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a key that says little without another in the same statement:
    ///
    /// - `aws:VpcSourceIp` without `aws:SourceVpc`, `aws:SourceVpce` or `aws:SourceVpcArn`
    /// - `aws:Ec2InstanceSourcePrivateIPv4` without `aws:Ec2InstanceSourceVpc`
    ///
    /// It looks where the test lets requests in: at what an `Allow` asks for, and at what a
    /// `Deny` spares by `NotIpAddress`, unless another `Deny` of the policy tests the other key.
    /// Policies of VPC endpoints are silent, as they are of one VPC anyway.
    ///
    /// ## Why it matters
    /// Every VPC may use the same private addresses. Anyone can have a machine at `10.0.0.5` in a
    /// VPC of their own, with an endpoint, and pass the test.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.5"}}
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
    ///     "Condition": {
    ///       "IpAddress": {"aws:VpcSourceIp": "10.0.0.5"},
    ///       "StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f67890"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourceprivateip4>
    /// - Access Analyzer: `MISSING_PAIRED_CONDITION_KEYS`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-paired-condition-key",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "condition key that says little without another",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Resource,
            PolicyType::Trust,
            PolicyType::Scp,
            PolicyType::Rcp,
            PolicyType::Boundary,
            PolicyType::Session,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let Some([key, partners]) = PAIRED_CONDITION_KEYS.row(cx.test.key.as_str()) else {
        return;
    };
    let operator = cx.test.operator;
    let is_denied = cx.statement.statement.has_effect(Effect::Deny);
    let is_open = cx.test.values.iter().any(|value| is_unfilled(&value.text));
    if Family::of(operator.comparison) == Family::Presence
        || operator.comparison.is_negated() != is_denied
        || is_open
    {
        return;
    }
    let is_partner = |test: &ConditionTest| {
        let mut partners = partners.split(", ");
        partners.any(|partner| partner.eq_ignore_ascii_case(test.key.as_str()))
    };
    if cx.statement.tests().iter().any(is_partner) {
        return;
    }
    if is_denied
        && cx
            .statement
            .can_afford(cx.statement.policy.statements.len())
    {
        let mut denied = cx
            .statement
            .document
            .statements()
            .filter(|other| other.statement.has_effect(Effect::Deny));
        if denied.any(|other| other.tests().iter().any(is_partner)) {
            return;
        }
    }
    let partners = wording::list_all(partners.split(", ")).replace(" and ", " or ");
    out.report(
        cx.test.key.span(),
        format!("`{key}` alone lets in the same private addresses of every other VPC"),
    )
    .help(format!("test {partners} as well"));
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement, under};

    fires!(
        aa_missing_paired_condition_keys,
        under(r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.5"}}"#),
        "aws:VpcSourceIp"
    );
    fires!(
        address_of_an_instance,
        under(r#"{"StringEqualsIfExists": {"aws:ec2InstanceSourcePrivateIPv4": ["10.0.0.5"]}}"#),
        "aws:ec2InstanceSourcePrivateIPv4"
    );
    fires!(
        deny_of_the_others,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#
        ),
        "aws:VpcSourceIp"
    );
    silent!(
        with_its_partner,
        under(
            r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.5"}, "StringEquals": {"AWS:SourceVpce": "vpce-12345678"}}"#
        )
    );
    silent!(
        deny_of_these,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#
        )
    );
    silent!(
        partner_in_another_deny,
        r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-12345678"}}}
    ]}"#
    );
    silent!(
        variable,
        statement(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:Ec2InstanceSourcePrivateIPv4": "${aws:VpcSourceIp}"}}"#
        )
    );
    silent!(presence, under(r#"{"Null": {"aws:VpcSourceIp": "false"}}"#));
}
