use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` with both `NotAction` and `NotResource`.
    ///
    /// ## Why it matters
    /// The statement allows every action that is not listed, on every resource that is not listed. That
    /// is nearly everything, with each service that AWS adds, and it does not even forbid what it
    /// lists: another statement may allow that.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "NotAction": "iam:*",
    ///     "NotResource": "arn:aws:s3:::secrets/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "NotAction": "s3:GetObject",
    ///     "NotResource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    /// - iam-policy-validator: `combined_not_action_not_resource`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "not-action-and-not-resource",
        category: Category::Security,
        severity: Severity::High,
        summary: "`Allow` of all but some actions on all but some resources",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    let (Some(actions), Some(resources)) = (&statement.not_action, &statement.not_resource) else {
        return;
    };
    if statement.has_effect(Effect::Allow) {
        out.report(
            actions.key_span,
            "the statement allows all but the listed actions on all but the listed resources",
        )
        .label(resources.key_span, "all but these resources")
        .help("list what is allowed with `Action` and `Resource`, and deny the exceptions");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        both,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b""#),
        "NotAction"
    );
    fires!(
        in_any_order_and_in_lists,
        statement(
            r#""NotResource": ["arn:aws:s3:::b"], "NotAction": ["iam:*", "sts:*"], "Effect": "Allow""#
        ),
        "NotAction"
    );
    silent!(
        denied,
        statement(r#""Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b""#)
    );
    silent!(
        one_of_them,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b""#)
    );
    silent!(
        a_limit_of_an_organization,
        as Scp,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b""#)
    );
}
