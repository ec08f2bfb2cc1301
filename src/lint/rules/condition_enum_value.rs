use crate::{
    catalog::table::CONDITION_ENUMS,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule, wording,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a value that is none of those that the key has: `publc-read` for `s3:x-amz-acl`,
    /// `aes256` for `s3:x-amz-server-side-encryption`.
    ///
    /// Where AWS adds to the values now and then, such as classes of storage, only letter case,
    /// hyphens and underscores are judged.
    ///
    /// ## Why it matters
    /// Letter case counts, and nothing tells of a typo: the test just never matches. A `Deny` of
    /// uploads with `StringNotEquals` then refuses them all.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"s3:x-amz-acl": "publc-read"}}
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
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"s3:x-amz-acl": "public-read"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl>
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-enum-value",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "value that the condition key never has",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let comparison = cx.test.operator.comparison;
    if Family::of(comparison) != Family::Text {
        return;
    }
    let Some([_, names, growth]) = CONDITION_ENUMS.row(cx.test.key.as_str()) else {
        return;
    };
    let ignores_case = condition_value::ignores_case(comparison);
    for value in &cx.test.values {
        let text = value.text.as_str();
        let is_it = |name: &str| name == text || ignores_case && name.eq_ignore_ascii_case(text);
        if !condition_value::is_fixed(value) || text.len() > 64 || names.split(", ").any(is_it) {
            continue;
        }
        let same = names.split(", ").find(|name| folded(name) == folded(text));
        if same.is_none() && *growth == "grows" {
            continue;
        }
        let draft = out.report(
            condition_value::span(value),
            format!(
                "`{}` is never {}",
                cx.test.key.as_str(),
                condition_value::shown(text)
            ),
        );
        match same.or_else(|| near(names, text)) {
            Some(meant) => draft.help(format!("did you mean `{meant}`?")).fix(
                format!("write `{meant}`"),
                Safety::Unsafe,
                vec![condition_value::replaced(value, meant)],
            ),
            None => draft.help(format!(
                "it is one of {}",
                wording::list_all(names.split(", "))
            )),
        };
    }
}

/// A value without what people write differently.
fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// The value that was most likely meant.
fn near<'n>(names: &'n str, text: &str) -> Option<&'n str> {
    let limit = (text.len() / 4).clamp(1, 3);
    let names = names.split(", ").map(|name| {
        let distance = strsim::osa_distance(&name.to_ascii_lowercase(), &text.to_ascii_lowercase());
        (distance, name)
    });
    let (distance, name) = names.min()?;
    (distance <= limit).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, help, silent, under};

    fires!(
        misspelt,
        under(r#"{"StringEquals": {"s3:x-amz-acl": "publc-read"}}"#),
        "publc-read"
    );
    fires!(
        letter_case_among_others,
        under(
            r#"{"StringNotEqualsIfExists": {"S3:X-Amz-Server-Side-Encryption": ["aws:kms", "aes256", "AES-256"]}}"#
        ),
        "aes256",
        "AES-256"
    );
    fires!(
        no_value_at_all,
        under(r#"{"StringLike": {"ec2:MetadataHttpTokens": "v2"}}"#),
        "v2"
    );
    silent!(
        values,
        under(
            r#"{"StringEquals": {"s3:x-amz-acl": ["private", "bucket-owner-full-control"], "dynamodb:Select": "COUNT"}}"#
        )
    );
    silent!(
        letter_case_where_it_does_not_count,
        under(r#"{"StringEqualsIgnoreCase": {"s3:x-amz-acl": "Private"}}"#)
    );
    silent!(
        value_of_a_set_that_grows,
        under(
            r#"{"StringEquals": {"s3:x-amz-storage-class": "GLACIER_NEXT", "ec2:VolumeType": "gp4"}}"#
        )
    );
    silent!(
        patterns_and_variables,
        under(r#"{"StringLike": {"s3:x-amz-acl": ["public*", "${aws:PrincipalTag/acl}"]}}"#)
    );
    silent!(
        another_key,
        under(r#"{"StringEquals": {"aws:userid": "publc-read"}}"#)
    );

    #[test]
    fn the_near_value_or_all_are_told() {
        let text = |acl: &str| {
            under(&format!(
                r#"{{"StringEquals": {{"s3:x-amz-acl": "{acl}"}}}}"#
            ))
        };
        assert_eq!(
            fixed(&super::RULE, &text("publc-read")),
            text("public-read")
        );
        assert_eq!(
            fixed(&super::RULE, &text("Public_Read")),
            text("public-read")
        );
        assert!(help(&super::RULE, &text("nobody")).contains("`aws-exec-read`"));
    }
}
