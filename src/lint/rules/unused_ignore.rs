use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a comment, or an entry of `[[suppress]]` in `iamsim.toml`, that suppresses no finding. Of
    /// several names in the brackets of a comment, each counts for itself. A name is passed over where its
    /// rules do not run, as nobody can tell then. That of the configuration is told where all policies were
    /// looked at that the entry is for.
    ///
    /// ## Why it matters
    /// What was accepted is gone, or was never found at this place. What stays behind suppresses the next
    /// finding of its kind, and nobody will have accepted that one.
    ///
    /// ## Fires
    /// ```jsonc
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     // iamsim: ignore[unknown-action] released last week
    ///     "Action": "s3:GetObject",
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
    ///     // iamsim: ignore[unknown-action] released last week
    ///     "Action": "s3:GetObjectOfTomorrow",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.astral.sh/ruff/rules/unused-noqa/>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unused-ignore",
        category: Category::Style,
        severity: Severity::Low,
        summary: "suppression that suppresses nothing",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    fn commented(names: &str) -> String {
        statement(&format!(
            "\n// iamsim: ignore[{names}] known\n\"Effect\": \"Allow\", \"Action\": \"S3:GetObjekt\", \
             \"Resource\": \"*\""
        ))
    }

    fires!(
        alone_the_whole_is_underlined,
        commented("confused-deputy"),
        "iamsim: ignore[confused-deputy]"
    );
    fires!(
        of_several_each_counts,
        commented("confused-deputy, unknown-action, duplicate-sid"),
        "confused-deputy",
        "duplicate-sid"
    );
    fires!(
        none_of_several,
        commented("confused-deputy, duplicate-sid"),
        "iamsim: ignore[confused-deputy, duplicate-sid]"
    );
    silent!(used, commented("unknown-action"));
    silent!(rules_that_do_not_run, commented("style-sort"));

    #[test]
    fn the_fix_leaves_the_names_of_use() {
        let one = commented("confused-deputy, unknown-action");
        assert_eq!(fixed(&super::RULE, &one), commented("unknown-action"));
        let last = commented("unknown-action, confused-deputy");
        assert_eq!(fixed(&super::RULE, &last), commented("unknown-action"));
        let all = commented("confused-deputy");
        let comment = "// iamsim: ignore[confused-deputy] known";
        assert_eq!(fixed(&super::RULE, &all), all.replace(comment, ""));
    }
}
