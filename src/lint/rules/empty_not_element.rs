use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `"NotAction": []` and `"NotResource": []`.
    ///
    /// ## Why it matters
    /// All but nothing is everything: the statement matches every action, or every resource. An
    /// `Allow` written to spare a few grants all of them.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "NotAction": [],
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
    ///     "Effect": "Deny",
    ///     "NotAction": ["s3:GetObject"],
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-not-element",
        category: Category::Schema,
        severity: Severity::High,
        summary: "`NotAction` or `NotResource` that leaves out nothing",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        not_action,
        r#"{"Statement": [{"Effect": "Allow", "NotAction": [], "Resource": "*"}]}"#,
        "[]"
    );
    fires!(
        not_resource,
        r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "NotResource": [ ]}]}"#,
        "[ ]"
    );
    silent!(plain_forms_are_other_rules, allow("[]", "[]"));
}
