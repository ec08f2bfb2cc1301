use crate::{
    lint::{
        Category, Check, DocumentCx, Findings, Rule, StatementCx, condition_key::KeyFacts, rule,
    },
    policy::PolicyTypes,
    source::{Severity, Span},
};

rule! {
    /// ## What it does
    /// Says once a document that a name is unknown, and that the reference of AWS that iamsim carries is
    /// older than 180 days on the day of the run.
    ///
    /// ## Why it matters
    /// AWS adds actions and condition keys every week. What the rules on unknown names call an error may
    /// only be newer than the reference; a newer version of iamsim tells.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObjectOfTomorrow",
    ///     "Resource": "*"
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "stale-database",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "unknown name, and the reference of iamsim is old",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// How many days old the reference may be.
const MOST_DAYS: i32 = 180;

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let Some(age) = age(cx) else {
        return;
    };
    let date = cx.catalog.date();
    if let Some((span, name)) = cx.statements().find_map(|statement| unknown(&statement)) {
        out.report(
            span,
            format!("`{name}` is unknown, but the reference of iamsim is {age} days old"),
        )
        .help(format!(
            "the reference is of {date}; a newer iamsim may know the name"
        ));
    }
}

/// How many days old the reference is, where that is too many.
pub(in crate::lint) fn age(cx: &DocumentCx<'_>) -> Option<i32> {
    let today = cx.options.today?;
    let since: jiff::civil::Date = cx.catalog.date().parse().ok()?;
    let days = today.since(since).ok()?.get_days();
    (days > MOST_DAYS).then_some(days)
}

/// The first action or condition key of a statement that the catalog does not have.
fn unknown(cx: &StatementCx<'_>) -> Option<(Span, String)> {
    let is_unknown = |service: &str, name: &str| {
        cx.catalog
            .service(service)
            .is_none_or(|service| service.action(name).is_none())
    };
    let action = cx
        .actions()
        .filter(|entry| !entry.has_wildcard())
        .find(|entry| is_unknown(entry.service(), entry.name()))
        .map(|entry| (entry.text().span(), entry.as_str().to_owned()));
    action.or_else(|| {
        let mut keys = cx.tests().iter().map(|test| &test.key);
        keys.find(|key| !KeyFacts::of(cx.catalog, key.as_str()).is_known())
            .map(|key| (key.span(), key.as_str().to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        catalog::Catalog,
        lint::{
            Options, check,
            testing::{allow, silent, under},
        },
        source::Source,
    };
    use jiff::ToSpan as _;

    /// What is underlined in a document, so many days after the day of the reference.
    fn underlined(text: &str, days: i32) -> Vec<String> {
        let date: jiff::civil::Date = Catalog::embedded().date().parse().unwrap();
        let source = Source::new("test.json", text.as_bytes().to_vec());
        let options = Options {
            today: Some(date + days.days()),
            ..Options::default()
        };
        let checked = check(&source, &options);
        let own = checked
            .findings
            .iter()
            .filter(|finding| finding.rule == super::RULE.rule_id());
        own.map(|finding| source.slice(finding.span).to_owned())
            .collect()
    }

    #[test]
    fn an_unknown_name_is_told_once_when_the_reference_is_old() {
        let action = allow(r#"["s3:GetObject", "s3:Tomorrow", "s4:Get"]"#, r#""*""#);
        assert_eq!(underlined(&action, 181), ["s3:Tomorrow"]);
        assert_eq!(underlined(&action, 1000), ["s3:Tomorrow"]);
        assert_eq!(underlined(&action, 180), [""; 0]);
        let key = under(r#"{"StringEquals": {"s3:tomorrow": "x"}}"#);
        assert_eq!(underlined(&key, 200), [r"s3:tomorrow"]);
    }

    #[test]
    fn known_names_say_nothing() {
        let known = under(r#"{"StringEquals": {"aws:PrincipalTag/x": "x"}}"#);
        assert_eq!(underlined(&known, 1000), [""; 0]);
        let wild = allow(r#"["s3:Tomorrow*", "*"]"#, r#""*""#);
        assert_eq!(underlined(&wild, 1000), [""; 0]);
    }

    silent!(day_that_is_not_known, allow(r#""s3:Tomorrow""#, r#""*""#));
}
