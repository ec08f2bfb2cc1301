use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a comment that was meant to suppress findings and does not, as it is not written like
    /// `iamsim: ignore[rule] reason`: it has no brackets, no reason, a rule that there is not, or one that
    /// cannot be suppressed. `ignore-file` stands before the first bracket of the document.
    ///
    /// ## Why it matters
    /// A suppression that iamsim passes over in silence seems to work until the finding is needed. A reason
    /// tells the next reader why a finding was accepted, and whether that still holds. What cannot be
    /// suppressed keeps the document from being read or judged, so that nothing could be said of it.
    ///
    /// ## Fires
    /// ```jsonc
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     // iamsim: ignore[action-case]
    ///     "Action": "s3:getobject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ```jsonc
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     // iamsim:ignore action-case, as it was
    ///     "Action": "s3:getobject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```jsonc
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     // iamsim: ignore[action-case] as in the old console
    ///     "Action": "s3:getobject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.astral.sh/ruff/rules/invalid-rule-code/>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "malformed-suppression",
        category: Category::Style,
        severity: Severity::Low,
        summary: "comment that was meant to suppress and does not",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, help, silent, statement};

    fn commented(comment: &str) -> String {
        statement(&format!(
            "\n{comment}\n\"Effect\": \"Allow\", \"Action\": \"s3:Tomorrow\", \"Resource\": \"*\""
        ))
    }

    fires!(
        without_a_reason,
        commented("# iamsim: ignore[unknown-action]"),
        "iamsim: ignore[unknown-action]"
    );
    fires!(
        rule_that_there_is_not,
        commented("/* iamsim: ignore[unknown-acton] new */"),
        "unknown-acton"
    );
    fires!(
        for_the_file_but_inside_it,
        commented("// iamsim: ignore-file[unknown-action] new"),
        "iamsim: ignore-file[unknown-action]"
    );
    silent!(remark, commented("// iamsim knows it from tomorrow on"));
    silent!(
        for_the_file_before_it,
        format!(
            "/* iamsim: ignore-file[unknown-action] new */ {}",
            commented("")
        )
    );

    #[test]
    fn the_nearest_rule_is_suggested() {
        let text = commented("// iamsim: ignore[unknown-acton] new");
        assert_eq!(help(&super::RULE, &text), "did you mean `unknown-action`?");
    }
}
