use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a document of more than 4 MiB, or with more than 128 brackets inside one another.
    /// Such a document is not read further. Also flags a policy with so many statements and names that
    /// comparing them all would take too long; what follows is then judged by fewer rules.
    ///
    /// ## Why it matters
    /// Most policies that AWS takes have less than 32 KB, and the grammar of policies is six brackets
    /// deep. A file far beyond that is something else, or was made to choke its reader.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement":
    ///     [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    ///     [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    ///     [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    ///     ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    ///     ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    ///     ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-too-deep-or-large",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "document far above any limit of AWS",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(too_deep, "[".repeat(200), "[");
    fires!(
        too_large,
        " ".repeat(crate::source::MAX_POLICY_BYTES + 1),
        " "
    );
    /// A policy whose statements all differ, so that nothing found out about one serves another.
    fn large(statements: usize) -> String {
        let statement = |number| {
            format!(
                r#"{{"Effect": "Allow", "Action": "*:*{number}", "Resource": "arn:aws:s3:::reports/*"}}"#
            )
        };
        let statements: Vec<_> = (0..statements).map(statement).collect();
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            statements.join(", ")
        )
    }

    fires!(too_much_to_compare, large(3_000), "{");
    silent!(as_much_as_a_policy_of_legal_size_has, large(250));
    silent!(
        as_deep_as_policies_are,
        format!("{}{}", "[".repeat(8), "]".repeat(8))
    );
}
