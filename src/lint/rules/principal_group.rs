use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, principals::Named, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags the ARN of an IAM group in `Principal` or `NotPrincipal`.
    ///
    /// ## Why it matters
    /// A group only hands out permissions to its users; it never makes a request, so AWS refuses
    /// it as a principal.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:group/admins"},
    ///     "Action": "s3:GetObject",
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:user/ana"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-group",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "IAM group as principal",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        if Named::of(entry) == Some(Named::Group) {
            let text = entry.text.as_str();
            out.report(
                entry.text.span(),
                format!("`{text}` is a group, which cannot be a principal"),
            )
            .help("name the users, or a role that they assume");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        in_a_resource_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:group/ops/a"]}, "Action": "sqs:SendMessage", "Resource": "*""#
        ),
        "arn:aws:iam::123456789012:group/ops/a"
    );
    fires!(
        in_a_trust_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws-cn:iam::123456789012:group/a"}, "Action": "sts:AssumeRole""#
        ),
        "arn:aws-cn:iam::123456789012:group/a"
    );
    silent!(
        user_of_that_name,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/group/a"}, "Action": "sts:AssumeRole""#
        )
    );
    silent!(
        template,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${Account}:group/a"}, "Action": "sts:AssumeRole""#
        )
    );
}
