use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, principals::Named, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a unique id of a user (`AIDA...`) or a role (`AROA...`) under `AWS`.
    ///
    /// ## Why it matters
    /// AWS turns the ARN of a user or role into its unique id when the policy is saved, and shows
    /// the id once the user or role is gone. So an id in a policy mostly means that the principal
    /// was deleted: a new one of the same name does not get its access back, and nobody reading
    /// the policy can tell who was meant.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "AROAEXAMPLEID1234567"},
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    /// - Access Analyzer: `INVALID_ROLE_REFERENCE`, `INVALID_USER_REFERENCE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-unique-id",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "unique id in place of a user or role",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        if Named::of(entry) != Some(Named::UniqueId) {
            continue;
        }
        let text = entry.text.as_str();
        let (kind, example) = if text.starts_with("AROA") {
            ("role", "role/name")
        } else {
            ("user", "user/name")
        };
        out.report(
            entry.text.span(),
            format!("`{text}` is the id of a {kind}, which was probably deleted"),
        )
        .help(format!(
            "name the {kind} by its ARN, `arn:aws:iam::123456789012:{example}`, or remove the id"
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        aa_invalid_role_reference,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEID1234567"}, "Action": "sts:AssumeRole""#
        ),
        "AROAEXAMPLEID1234567"
    );
    fires!(
        aa_invalid_user_reference,
        statement(
            r#""Effect": "Deny", "Principal": {"AWS": ["123456789012", "AIDAEXAMPLEID1234567"]}, "Action": "s3:*", "Resource": "*""#
        ),
        "AIDAEXAMPLEID1234567"
    );
    silent!(
        arn,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/AROAEXAMPLEID1234567"}, "Action": "sts:AssumeRole""#
        )
    );
    silent!(
        name_of_a_service,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole""#
        )
    );
}
