use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a comment, or an entry of `[[suppress]]` in `iamsim.toml`, whose last day is over. It
    /// suppresses nothing any more.
    ///
    /// ## Why it matters
    /// Somebody accepted the finding for a while and not for ever. The finding is shown again, and this
    /// says why.
    ///
    /// ## Fires
    /// ```jsonc
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     // iamsim: ignore[action-case] until 2026-03-31 rewritten in spring
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
    ///     // iamsim: ignore[action-case] until 2999-03-31 rewritten in spring
    ///     "Action": "s3:getobject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://aquasecurity.github.io/tfsec/latest/guides/configuration/ignores>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "expired-suppression",
        category: Category::Style,
        severity: Severity::Low,
        summary: "suppression whose last day is over",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{Options, check, testing::statement},
        source::Source,
    };

    /// What is underlined on a day, of the rule and of what the comment suppresses; and how many findings
    /// are suppressed.
    fn on(today: Option<jiff::civil::Date>) -> (Vec<String>, usize) {
        let text = statement(
            "\n// iamsim: ignore[unknown-action] until 2026-03-31 in preview\n\
             \"Effect\": \"Allow\", \"Action\": \"s3:Tomorrow\", \"Resource\": \"*\"",
        );
        let source = Source::new("test.jsonc", text.into_bytes());
        let options = Options {
            today,
            ..Options::default()
        };
        let checked = check(&source, &options);
        let wanted = ["expired-suppression", "unknown-action", "unused-ignore"];
        let found = checked.findings.iter();
        let found = found
            .filter(|finding| wanted.contains(&finding.rule.as_str()))
            .map(|finding| source.slice(finding.span).to_owned());
        (found.collect(), checked.suppressed.len())
    }

    #[test]
    fn the_last_day_counts_and_the_next_is_too_late() {
        let day = jiff::civil::date(2026, 3, 31);
        assert_eq!(on(Some(day)), (vec![], 1));
        let (found, suppressed) = on(Some(day.tomorrow().unwrap()));
        assert_eq!(found, ["2026-03-31", "s3:Tomorrow"]);
        assert_eq!(suppressed, 0);
    }

    #[test]
    fn a_day_that_is_not_known_is_not_too_late() {
        assert_eq!(on(None), (vec![], 1));
    }
}
