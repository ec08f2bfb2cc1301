use crate::{
    lint::{Category, Check, Rule, rule},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a document of more than 4 MiB, or with more than 128 brackets inside one another.
    /// Such a document is not read further.
    ///
    /// ## Why it matters
    /// The largest policies that AWS takes are some 32 KB, and the grammar of policies is five
    /// brackets deep. A file beyond that is something else, or was made to choke its reader.
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
    silent!(
        as_deep_as_policies_are,
        format!("{}{}", "[".repeat(8), "]".repeat(8))
    );
}
