use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, Strength, needs_key},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `aws:Referer` and `aws:UserAgent` as a limit.
    ///
    /// - `medium` under `Allow`, where nothing else in the condition limits who calls or from where.
    /// - `low` under `Allow` beside such a limit, and under `Deny`.
    ///
    /// It is silent where all principals are AWS services: some services fill `aws:Referer` themselves, and
    /// `service-principal-weak-condition` names the better key.
    ///
    /// ## Why it matters
    /// Both are headers that the caller writes. Whoever knows or guesses the text gets in, and everybody
    /// who reads your web page or your code knows it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::pictures/*",
    ///     "Condition": {"StringLike": {"aws:Referer": "https://www.example.com/*"}}
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
    ///     "Principal": {"Service": "cloudfront.amazonaws.com"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::pictures/*",
    ///     "Condition": {
    ///       "ArnEquals": {"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1A2B3C4D5E6F7"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `UNTRUSTWORTHY_CONDITION_KEY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "untrustworthy-condition-key",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "key that the caller sets used as a limit",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
            PolicyType::Trust,
            PolicyType::Scp,
            PolicyType::Rcp,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if !(cx.is_about("aws:Referer") || cx.is_about("aws:UserAgent")) || cx.fate() != Fate::Open {
        return;
    }
    let principal = cx.statement.statement.principal.as_ref();
    if principal.is_some_and(|element| {
        let mut entries = element.entries.iter();
        !element.entries.is_empty() && entries.all(|entry| entry.kind == PrincipalKind::Service)
    }) {
        return;
    }
    let is_limited = cx.condition.tests.iter().any(|test| {
        let strength = Strength::of(test.key.as_str());
        strength.is_some_and(Strength::is_guard) && needs_key(test)
    });
    let severity = if is_limited || cx.has_effect(Effect::Deny) {
        Severity::Low
    } else {
        Severity::Medium
    };
    let key = cx.test.key.as_str();
    out.report(
        cx.test.key.span(),
        format!("the caller writes `{key}` at will, so it keeps nobody out"),
    )
    .severity(severity)
    .help(
        "limit by what AWS sets: `aws:PrincipalOrgID`, `aws:SourceVpce`, `aws:SourceArn`, or `aws:SourceIp`",
    );
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement, under},
        source::Severity,
    };

    fires!(
        aa_untrustworthy_condition_key,
        under(r#"{"StringEquals": {"aws:UserAgent": "reporter"}}"#),
        "aws:UserAgent"
    );
    fires!(
        exclusion_in_other_letters,
        under(r#"{"StringNotLike": {"AWS:REFERER": "x*"}}"#),
        "AWS:REFERER"
    );
    silent!(
        other_key,
        under(r#"{"StringEquals": {"aws:username": "a"}}"#)
    );
    silent!(
        services_fill_it,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:Referer": "123456789012"}}"#
        )
    );

    #[test]
    fn beside_a_limit_and_under_deny_it_matters_less() {
        let level = |condition: &str| severity(&super::RULE, &under(condition));
        let alone = r#"{"StringEquals": {"aws:UserAgent": "x"}}"#;
        assert_eq!(level(alone), Severity::Medium);
        let beside = r#"{"StringEquals": {"aws:UserAgent": "x", "aws:SourceVpc": "vpc-01234567"}}"#;
        assert_eq!(level(beside), Severity::Low);
        let deny = statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {alone}"#
        ));
        assert_eq!(severity(&super::RULE, &deny), Severity::Low);
    }
}
