use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, sids::report_duplicates},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Sid` that an earlier statement of the same policy has as well, in policies of
    /// identities and organizations. Letter case counts; empty ones are not compared.
    ///
    /// The fix adds a number. It is safe: a `Sid` decides nothing.
    ///
    /// ## Why it matters
    /// IAM refuses a policy with two statements of the same `Sid`. Most come from a statement that
    /// was copied and then changed.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "Read",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Sid": "Read",
    ///     "Effect": "Allow",
    ///     "Action": "s3:ListBucket",
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
    ///     "Sid": "Read",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Sid": "List",
    ///     "Effect": "Allow",
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    /// - Access Analyzer: `UNIQUE_SIDS_REQUIRED`
    /// - parliament: `DUPLICATE_SID`
    /// - iam-policy-validator: `duplicate_sid`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "duplicate-sid-required",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Sid` of an earlier statement",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Scp,
            PolicyType::Rcp,
            PolicyType::Boundary,
            PolicyType::Session,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    report_duplicates(cx, ", so AWS refuses the policy", out);
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent};

    /// A policy whose statements have these, as JSON.
    fn with(sids: &[&str]) -> String {
        let statements: Vec<_> = sids
            .iter()
            .map(|sid| {
                format!(
                    r#"{{"Sid": {sid}, "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#
                )
            })
            .collect();
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            statements.join(", ")
        )
    }

    fires!(
        unique_sids_required,
        with(&[r#""A""#, r#""B""#, r#""A""#]),
        "A"
    );
    fires!(three_times, with(&[r#""A""#, r#""A""#, r#""A""#]), "A", "A");
    fires!(
        escapes_are_the_characters_they_stand_for,
        with(&[r#""A""#, r#""\u0041""#]),
        r"\u0041"
    );
    silent!(letter_case_counts, with(&[r#""A""#, r#""a""#]));
    silent!(empty, with(&[r#""""#, r#""""#]));
    silent!(
        other_types,
        as Resource,
        with(&[r#""A""#, r#""A""#])
    );

    #[test]
    fn the_fix_adds_a_number_that_is_free() {
        let text = with(&[r#""A""#, r#""A""#, r#""A2""#]);
        let expected = with(&[r#""A""#, r#""A3""#, r#""A2""#]);
        assert_eq!(fixed(&super::RULE, &text), expected);
    }
}
