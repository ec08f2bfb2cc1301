use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    source::{Edit, Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an action without wildcards that no AWS service has, under a service prefix that does
    /// exist.
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
    /// - Access Analyzer: INVALID_ACTION
    /// - parliament: UNKNOWN_ACTION
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-action",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action that its service does not have",
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for pattern in cx.actions().filter(|pattern| !pattern.has_wildcard()) {
        let Some(service) = cx.catalog.service(pattern.service()) else {
            continue;
        };
        if service.action(pattern.name()).is_some() {
            continue;
        }
        let draft = out.report(
            pattern.text().span(),
            format!(
                "there is no action `{}` in {}",
                pattern.as_str(),
                service.name()
            ),
        );
        match cx.catalog.nearest_action(service, pattern.name()) {
            Some(near) => {
                let span = pattern.text().content_span();
                let edit = Edit {
                    span,
                    replacement: near.full_name(),
                };
                draft
                    .help(format!("did you mean `{}`?", near.full_name()))
                    .fix(
                        format!("write `{}`", near.full_name()),
                        Safety::Unsafe,
                        vec![edit],
                    );
            }
            None => {
                draft.help(format!(
                    "`iamsim expand '{}:*'` lists the actions that there are",
                    service.prefix()
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        misspelt,
        allow(r#""s3:GetObjekt""#, r#""*""#),
        r#""s3:GetObjekt""#
    );
    fires!(
        each_of_a_list,
        allow(
            r#"["s3:GetObjekt", "s3:GetObject", "sqs:Nothing"]"#,
            r#""*""#
        ),
        r#""s3:GetObjekt""#,
        r#""sqs:Nothing""#,
    );
    fires!(
        in_not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "iam:Nothing", "Resource": "*"}}"#,
        r#""iam:Nothing""#,
    );
    silent!(letter_case, allow(r#""S3:getobject""#, r#""*""#));
    silent!(wildcards_are_another_rule, allow(r#""s3:Gett*""#, r#""*""#));
    silent!(
        services_are_another_rule,
        allow(r#""s4:GetObject""#, r#""*""#)
    );
}
