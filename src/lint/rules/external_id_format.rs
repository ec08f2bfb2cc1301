use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule,
    },
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a value of `sts:ExternalId` in a trust policy that STS refuses in a request: shorter
    /// than 2 characters, longer than 1,224, or with others than letters, digits and `_+=,.@:/-`.
    ///
    /// ## Why it matters
    /// Nobody can send such an id with `AssumeRole`, so nobody can assume the role by this
    /// statement.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "123456789012"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"StringEquals": {"sts:ExternalId": "x"}}
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
    ///     "Principal": {"AWS": "123456789012"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"StringEquals": {"sts:ExternalId": "7f3c9a1e-reports"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "external-id-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "external id that no request can have",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if Family::of(cx.test.operator.comparison) != Family::Text
        || !cx.test.key.as_str().eq_ignore_ascii_case("sts:ExternalId")
    {
        return;
    }
    for value in cx
        .test
        .values
        .iter()
        .filter(|value| condition_value::is_fixed(value))
    {
        let text = value.text.as_str();
        let shown = condition_value::shown(text);
        let length = text.chars().count();
        let is_refused = |c: &char| !c.is_ascii_alphanumeric() && !"_+=,.@:/-".contains(*c);
        let message = if length < 2 {
            format!("{shown} is shorter than the 2 characters of an external id")
        } else if length > 1224 {
            format!("the external id has {length} characters, and STS takes 1224")
        } else if let Some(character) = text.chars().find(is_refused) {
            let name = if character == ' ' {
                "a space".to_owned()
            } else {
                format!("`{character}`")
            };
            format!("{shown} has {name}, which STS refuses in an external id")
        } else {
            continue;
        };
        out.report(condition_value::span(value), message)
            .help("agree on 2 to 1224 letters, digits and `_+=,.@:/-`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement, underlined};

    fn trust(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"AWS": "123456789012"}}, "Action": "sts:AssumeRole", "Condition": {condition}"#
        ))
    }

    fires!(
        one_character,
        trust(r#"{"StringEquals": {"sts:ExternalId": "x"}}"#),
        "x"
    );
    fires!(
        refused_characters,
        trust(r#"{"StringLikeIfExists": {"STS:externalid": ["a b", "a#b", "a-b"]}}"#),
        "a b",
        "a#b"
    );
    fires!(
        number,
        trust(r#"{"StringEquals": {"sts:ExternalId": 7}}"#),
        "7"
    );
    silent!(
        ids,
        trust(r#"{"StringEquals": {"sts:ExternalId": ["ab", "a_b+c=d,e.f@g:h/i-j", "7f3c9a1e"]}}"#)
    );
    silent!(
        patterns_and_variables,
        trust(r#"{"StringLike": {"sts:ExternalId": ["*", "${aws:PrincipalTag/id}", "<id>"]}}"#)
    );
    silent!(
        another_key,
        trust(r#"{"StringEquals": {"sts:RoleSessionName": "x"}}"#)
    );

    #[test]
    fn longest_and_one_more() {
        let count = |length: usize| {
            let id = "a".repeat(length);
            let text = trust(&format!(
                r#"{{"StringEquals": {{"sts:ExternalId": "{id}"}}}}"#
            ));
            underlined(&super::RULE, &text).len()
        };
        assert_eq!((count(1224), count(1225)), (0, 1));
    }
}
