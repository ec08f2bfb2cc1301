use crate::{
    catalog::table::UNLISTED_ACTIONS,
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule,
        rules::{api_name_not_iam_action, stale_database},
    },
    policy::PolicyTypes,
    source::{Edit, Safety, Severity},
    syntax::Text,
};

rule! {
    /// ## What it does
    /// Flags an action without wildcards that no AWS service has, under a service prefix that does
    /// exist. Names of API calls are `api-name-not-iam-action`'s. Where the reference of iamsim is old
    /// enough for `stale-database`, it is `medium`: the action may be newer.
    ///
    /// ## Why it matters
    /// IAM takes the document all the same. An `Allow` of such an action grants nothing, and a
    /// `Deny` of it stops nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObjekt",
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `INVALID_ACTION`
    /// - parliament: `UNKNOWN_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-action",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action that its service does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// Names that the reference no longer has, but that AWS itself wrote into policies: SNS put this one
/// into the default policy of every topic.
const LEGACY: [&str; 1] = ["sns:Receive"];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions().filter(|entry| !entry.has_wildcard()) {
        if cx.action_of(entry).is_some() {
            continue;
        }
        let Some(service) = cx.catalog.service(entry.service()) else {
            continue;
        };
        if UNLISTED_ACTIONS.has(entry.as_str()) {
            continue;
        }
        let is_legacy = || {
            LEGACY
                .iter()
                .any(|name| entry.as_str().eq_ignore_ascii_case(name))
        };
        if is_legacy() || api_name_not_iam_action::needed(cx.catalog, entry).is_some() {
            continue;
        }
        let (text, name) = (entry.text(), entry.as_str());
        let mut draft = out.report(
            text.span(),
            format!("there is no action `{name}` in {}", service.name()),
        );
        if stale_database::age(cx.document).is_some() {
            draft = draft.severity(Severity::Medium);
        }
        if let Some(near) = cx.catalog.nearest_action(service, entry.name()) {
            draft.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                Safety::Unsafe,
                vec![instead(text, &near.full_name())],
            );
        } else {
            let prefix = service.prefix();
            draft.help(format!(
                "`iamsim expand '{prefix}:*'` lists the actions that there are"
            ));
        }
    }
}

fn instead(text: &Text<'_>, action: &str) -> Edit {
    Edit {
        span: text.content_span(),
        replacement: action.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent};

    fires!(
        misspelt,
        allow(r#""s3:GetObjekt""#, r#""*""#),
        "s3:GetObjekt"
    );
    fires!(
        each_of_a_list,
        allow(
            r#"["s3:GetObjekt", "s3:GetObject", "sqs:Nothing"]"#,
            r#""*""#
        ),
        "s3:GetObjekt",
        "sqs:Nothing",
    );
    fires!(
        in_not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "iam:Nothing", "Resource": "*"}}"#,
        "iam:Nothing",
    );
    silent!(
        what_sns_wrote_into_default_policies,
        allow(
            r#""SNS:Receive""#,
            r#""arn:aws:sns:us-east-1:123456789012:t""#
        )
    );
    silent!(
        what_a_template_fills_in,
        allow(
            r#"["s3:${var.x}", "${var.service}:Get", "s3:{{ x }}"]"#,
            r#""*""#
        )
    );
    silent!(
        calls_are_another_rule,
        allow(r#"["s3:HeadObject", "lambda:Invoke"]"#, r#""*""#)
    );
    silent!(letter_case, allow(r#""S3:getobject""#, r#""*""#));
    silent!(wildcards_are_another_rule, allow(r#""s3:Gett*""#, r#""*""#));
    silent!(
        services_are_another_rule,
        allow(r#""s4:GetObject""#, r#""*""#)
    );

    #[test]
    fn slips_are_mended() {
        let slip = allow(r#""s3:GetObjekt""#, r#""*""#);
        assert_eq!(help(&super::RULE, &slip), "did you mean `s3:GetObject`?");
        assert_eq!(
            fixed(&super::RULE, &slip),
            allow(r#""s3:GetObject""#, r#""*""#)
        );
        let far = help(&super::RULE, &allow(r#""s3:Frobnicate""#, r#""*""#));
        assert_eq!(
            far,
            "`iamsim expand 's3:*'` lists the actions that there are"
        );
    }
}
