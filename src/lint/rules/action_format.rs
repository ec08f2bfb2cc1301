use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an entry of `Action` or `NotAction` that is neither `*` nor a service prefix, one
    /// colon and a name, without blanks.
    ///
    /// ## Why it matters
    /// Such text names no action. AWS refuses it, or takes it and never matches it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3GetObject",
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
    ///     "Action": "s3:Get*",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action that is not `service:Action`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent};

    fires!(
        no_colon,
        allow(r#"["s3GetObject", "s3"]"#, r#""*""#),
        "s3GetObject",
        "s3"
    );
    fires!(
        blank,
        allow(r#""s3: GetObject""#, r#""*""#),
        "s3: GetObject"
    );
    fires!(
        two_colons,
        allow(r#""s3:Get:Object""#, r#""*""#),
        "s3:Get:Object"
    );
    fires!(
        api_method,
        allow(r#""AWS/S3.GetObject""#, r#""*""#),
        "AWS/S3.GetObject"
    );
    silent!(star_alone, allow(r#""*""#, r#""*""#));
    fires!(
        blank_at_the_end,
        allow(r#""s3:GetObject ""#, r#""*""#),
        "s3:GetObject "
    );
    silent!(unfilled_template, allow(r#""${var.service}""#, r#""*""#));

    #[test]
    fn a_blank_is_removed_and_a_comma_explained() {
        let fixed = fixed(&super::RULE, &allow(r#"["s3:GetObject "]"#, r#""*""#));
        assert_eq!(fixed, allow(r#"["s3:GetObject"]"#, r#""*""#));
        let help = help(
            &super::RULE,
            &allow(r#""s3:GetObject, s3:PutObject""#, r#""*""#),
        );
        assert!(help.contains("a string of its own"), "{help}");
    }
}
