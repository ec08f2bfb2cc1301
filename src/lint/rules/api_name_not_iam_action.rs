use crate::{
    catalog::{Catalog, OperationAction},
    lint::{Category, Check, Findings, Rule, StatementCx, edits, rule, wording},
    policy::{ActionPattern, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an action without wildcards that is an API call, an event of CloudTrail or a method of an SDK,
    /// and for which IAM has other actions: `s3:GetObject` for `s3:HeadObject`. The help names them.
    ///
    /// ## Why it matters
    /// IAM takes the document all the same. An `Allow` of such a name grants nothing, and a `Deny` of it
    /// stops nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:ListObjectsV2",
    ///     "Resource": "arn:aws:s3:::reports"
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
    ///     "Resource": "arn:aws:s3:::reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "api-name-not-iam-action",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "name of an API call where the permission has another",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions().filter(|entry| !entry.has_wildcard()) {
        if cx.action_of(entry).is_some() {
            continue;
        }
        let Some(actions) = needed(cx.catalog, entry) else {
            continue;
        };
        let (text, name) = (entry.text(), entry.as_str());
        let draft = out.report(
            text.span(),
            format!("`{name}` is an API call, but no action of IAM"),
        );
        match actions.as_slice() {
            [] => draft.help("the call needs no permission; remove it"),
            [action] => draft.help(format!("the call needs `{action}`")).fix(
                format!("write `{action}`"),
                Safety::Unsafe,
                vec![edits::replace(text.content_span(), action)],
            ),
            several => draft.help(format!("the call needs {}", wording::list_all(several))),
        };
    }
}

/// The actions that an API call needs, where an entry is one that is no action itself.
pub(in crate::lint) fn needed(catalog: Catalog, entry: &ActionPattern) -> Option<Vec<String>> {
    if entry.has_wildcard() {
        return None;
    }
    let service = catalog.service(entry.service())?;
    if service.action(entry.name()).is_some() {
        return None;
    }
    if let Some(event) = catalog.actions_of_api_name(entry.as_str()) {
        return Some(event.actions().map(ToOwned::to_owned).collect());
    }
    if service.prefix() == "apigateway" {
        let mut verbs: Vec<_> = catalog
            .rest_calls(entry.name())
            .map(|call| format!("apigateway:{}", call.verb()))
            .collect();
        verbs.dedup();
        return (!verbs.is_empty()).then_some(verbs);
    }
    let operation = catalog.operation(service.prefix(), entry.name())?;
    let mut actions = Vec::new();
    for action in operation.actions().map(OperationAction::action) {
        // Actions of other services depend on the request.
        let own = catalog
            .action(action)
            .is_some_and(|action| action.service() == service);
        if own && !actions.iter().any(|known| known == action) {
            actions.push(action.to_owned());
        }
    }
    (!actions.is_empty()).then_some(actions)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent};

    fires!(
        calls_of_s3,
        allow(
            r#"["s3:HeadObject", "s3:GetObject", "s3:CreateMultipartUpload"]"#,
            r#""*""#
        ),
        "s3:HeadObject",
        "s3:CreateMultipartUpload",
    );
    fires!(
        letter_case,
        allow(r#""LAMBDA:invoke""#, r#""*""#),
        "LAMBDA:invoke"
    );
    fires!(
        in_not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "s3:ListObjects", "Resource": "*"}}"#,
        "s3:ListObjects",
    );
    fires!(
        paths_of_api_gateway,
        allow(r#""apigateway:CreateRestApi""#, r#""*""#),
        "apigateway:CreateRestApi"
    );
    silent!(
        calls_that_are_actions,
        allow(
            r#"["s3:GetObject", "sqs:SendMessage", "lambda:InvokeFunction"]"#,
            r#""*""#
        )
    );
    silent!(
        names_that_are_nothing,
        allow(r#"["s3:GetObjekt", "s4:HeadObject", "s3:Head*"]"#, r#""*""#)
    );

    #[test]
    fn the_actions_are_named_and_written() {
        let head = allow(r#""s3:HeadObject""#, r#""*""#);
        assert_eq!(help(&super::RULE, &head), "the call needs `s3:GetObject`");
        assert_eq!(
            fixed(&super::RULE, &head),
            allow(r#""s3:GetObject""#, r#""*""#)
        );
        let help = |action: &str| help(&super::RULE, &allow(action, r#""*""#));
        assert_eq!(
            help(r#""s3:CopyObject""#),
            "the call needs `s3:PutObject` and `s3:GetObject`"
        );
        assert_eq!(
            help(r#""s3:PreflightRequest""#),
            "the call needs no permission; remove it"
        );
        assert_eq!(
            help(r#""apigateway:CreateRestApi""#),
            "the call needs `apigateway:POST`"
        );
    }
}
