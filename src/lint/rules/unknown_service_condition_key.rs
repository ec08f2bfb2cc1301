use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_key::{lacks_tag_name, may_exist, prefix},
        edits, rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a key of a service that does not have it. Keys of identity providers, such as
    /// `token.actions.githubusercontent.com:sub`, are not judged.
    ///
    /// ## Why it matters
    /// IAM takes the document all the same. No request has the key: a positive test of it never
    /// holds, and one with `IfExists` or a negated one always does. A `Deny` may thus deny nothing,
    /// or everything.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringEquals": {"s3:prefixes": "reports/"}}
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
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringEquals": {"s3:prefix": "reports/"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `INVALID_SERVICE_CONDITION_KEY`
    /// - parliament: `UNKNOWN_CONDITION_FOR_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-service-condition-key",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition key that its service does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let (text, catalog) = (&cx.test.key, cx.statement.catalog);
    let key = text.as_str();
    if cx.key.is_known() || may_exist(catalog, key) || lacks_tag_name(catalog, key) {
        return;
    }
    let Some(service) = catalog.service(prefix(key)) else {
        return;
    };
    if key.len() <= service.prefix().len() + 1 {
        return;
    }
    let message = format!(
        "there is no condition key `{key}` in {}{}",
        service.name(),
        cx.consequence()
    );
    let draft = out.report(text.span(), message);
    match catalog.nearest_condition_key(key) {
        Some(near) => draft.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            Safety::Unsafe,
            vec![edits::replace(text.content_span(), near)],
        ),
        None => draft.help(format!(
            "the service authorization reference lists the keys of {}",
            service.name()
        )),
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, help, silent, under};

    fires!(
        aa_invalid_service_condition_key,
        under(r#"{"StringEquals": {"s3:foo": "x"}}"#),
        "s3:foo"
    );
    fires!(
        letter_case_and_several,
        under(
            r#"{"StringLike": {"S3:Prefixes": "x", "s3:prefix": "x", "iam:PassToService": "b"}}"#
        ),
        "S3:Prefixes",
        "iam:PassToService"
    );
    silent!(
        keys_of_identity_providers,
        under(
            r#"{"StringEquals": {"token.actions.githubusercontent.com:sub": "x", "saml:anything": "x",
            "accounts.google.com:nothing": "x", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "x"}}"#
        )
    );
    silent!(
        chosen_parts,
        under(
            r#"{"StringEquals": {"kms:EncryptionContext:a:b": "x", "s3:ExistingObjectTag/a": "x"}}"#
        )
    );
    silent!(
        unknown_services_are_another_rule,
        under(r#"{"StringEquals": {"s4:prefix": "x", "deepracer:UserToken": "x"}}"#)
    );
    silent!(
        what_the_reference_lacks,
        under(
            r#"{"StringEquals": {"lakeformation:GlueARN": "x", "s3:${var.key}": "x", "s3:": "x"}}"#
        )
    );

    #[test]
    fn slips_are_mended() {
        let with = |key: &str| under(&format!(r#"{{"StringLike": {{"{key}": "x"}}}}"#));
        for (wrong, right) in [
            ("iam:PassToService", "iam:PassedToService"),
            ("s3:ExistingObjectTags/a", "s3:ExistingObjectTag/a"),
        ] {
            assert_eq!(
                help(&super::RULE, &with(wrong)),
                format!("did you mean `{right}`?")
            );
            assert_eq!(fixed(&super::RULE, &with(wrong)), with(right));
        }
        assert!(finding(&super::RULE, &with("s3:frobnicate")).fix.is_none());
    }
}
