use crate::{
    catalog::table::VPC_ENDPOINT_OWNER_KEYS,
    lint::{Category, Check, Findings, Rule, TestCx, condition_key::holds_without_key, rule},
    policy::{Effect, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `aws:VpceAccount`, `aws:VpceOrgID` and `aws:VpceOrgPaths` in a statement about
    /// services whose requests do not tell who owns the VPC endpoint. AWS lists the services that
    /// do; `iam:PassRole` is an exception.
    ///
    /// ## Why it matters
    /// For other services the key is missing even if the request came through an endpoint of your
    /// own. A `Deny` with a negated operator then stops every call of theirs, an `Allow` grants
    /// none, and with `IfExists` it lets all through.
    ///
    /// ## Fires
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "*",
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json scp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": ["s3:*", "kms:*"],
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-key-service-scope",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "key about the owner of a VPC endpoint, beyond the services with it",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

/// The keys, in the order of the columns of the table.
const KEYS: [&str; 3] = ["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let text = &cx.test.key;
    let mut keys = KEYS.iter();
    let Some(column) = keys.position(|key| key.eq_ignore_ascii_case(text.as_str())) else {
        return;
    };
    let statement = cx.statement;
    let mut beyond = Vec::new();
    if let Some(element) = &statement.statement.not_action {
        beyond.push(element.key_span);
    }
    for entry in statement.listed_actions() {
        let service = entry.service();
        let unknown = entry.has_exact_service() && statement.catalog.service(service).is_none();
        let is_pass_role = entry.as_str().eq_ignore_ascii_case("iam:PassRole");
        if !unknown && (is_pass_role || !supports(service, column)) {
            beyond.push(entry.text().span());
        }
    }
    if beyond.is_empty() {
        return;
    }
    let deny = statement.effect() == Some(Effect::Deny);
    let outcome = match (holds_without_key(cx.test), deny) {
        (Some(true), true) => "the statement denies every call of the others",
        (Some(true), false) => "calls of the others pass the test from anywhere",
        (Some(false), true) => "the statement denies no call of the others",
        (Some(false), false) => "the statement grants no call of the others",
        (None, _) => "the test says nothing of the others",
    };
    let key = text.as_str();
    let message = format!("only requests to some services have `{key}`: {outcome}");
    let mut draft = out.report(text.span(), message);
    for span in beyond.into_iter().take(MOST_LABELS) {
        draft = draft.label(span, "goes beyond the services with the key");
    }
    draft.help("list the actions of the services that AWS names at the key, such as `s3:*`");
}

/// How many entries are pointed at.
const MOST_LABELS: usize = 5;

/// Whether requests to a service have the key of a column; a wildcard is of no one service.
fn supports(service: &str, column: usize) -> bool {
    VPC_ENDPOINT_OWNER_KEYS
        .row(service)
        .and_then(|row| row.get(column + 1))
        .is_some_and(|support| *support != "-")
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, silent, statement};

    fn on(actions: &str, operator: &str, key: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", {actions}, "Resource": "*",
               "Condition": {{"{operator}": {{"{key}": "x"}}}}"#
        ))
    }

    fires!(
        aa_use_condition_key_only_with_supported_services,
        on(r#""Action": "*""#, "StringNotEquals", "aws:VpceOrgID"),
        "aws:VpceOrgID"
    );
    fires!(
        a_service_without_it_among_others,
        on(
            r#""Action": ["s3:*", "SQS:SendMessage"]"#,
            "StringNotEquals",
            "AWS:vpceaccount"
        ),
        "AWS:vpceaccount"
    );
    fires!(
        all_but_some_actions,
        on(
            r#""NotAction": "iam:*""#,
            "ForAllValues:StringNotLike",
            "aws:VpceOrgPaths"
        ),
        "aws:VpceOrgPaths"
    );
    fires!(
        the_one_action_without_it,
        on(
            r#""Action": "iam:PassRole""#,
            "StringNotEquals",
            "aws:VpceOrgID"
        ),
        "aws:VpceOrgID"
    );
    silent!(
        services_with_it,
        on(
            r#""Action": ["s3:*", "KMS:Decrypt", "sqs:*"]"#,
            "StringNotEquals",
            "aws:VpceOrgID"
        )
    );
    silent!(
        other_keys,
        on(r#""Action": "*""#, "StringNotEquals", "aws:SourceVpce")
    );
    silent!(
        unknown_services,
        on(r#""Action": "x:*""#, "StringNotEquals", "aws:VpceOrgID")
    );

    #[test]
    fn the_message_says_what_comes_of_it() {
        let message = |operator: &str| {
            finding(
                &super::RULE,
                &on(r#""Action": "*""#, operator, "aws:VpceOrgID"),
            )
            .message
        };
        assert!(message("StringNotEquals").ends_with("denies every call of the others"));
        assert!(message("StringEquals").ends_with("denies no call of the others"));
    }
}
