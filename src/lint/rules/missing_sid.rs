use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, edits, members, rule},
    policy::PolicyTypes,
    source::{Safety, Severity, Span},
    syntax::Text,
};
use std::collections::BTreeSet;

rule! {
    /// ## What it does
    /// Flags a statement without `Sid`. Off by default: a house rule.
    ///
    /// ## Why it matters
    /// A name says what the statement is for, and reports can call it by that.
    ///
    /// The fix adds `Statement1` and so on, which is a start; a name that says something is yours to
    /// give.
    ///
    /// ## Fires
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
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "ReadReports",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-sid",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "statement without `Sid`",
        types: PolicyTypes::ALL,
        enabled: false,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let sids = cx
        .policy
        .statements
        .iter()
        .filter_map(|each| each.sid.as_ref());
    let taken: BTreeSet<&str> = sids.map(Text::as_str).collect();
    let mut names = (1_usize..)
        .map(|number| format!("Statement{number}"))
        .filter(|name| !taken.contains(name.as_str()));
    for statement in members::statements(cx.root) {
        // An element in wrong letters is there, and another rule's.
        let mut keys = statement.iter().map(|member| member.key.as_str());
        if keys.any(|key| key.eq_ignore_ascii_case("Sid")) {
            continue;
        }
        let (Some(first), Some(name)) = (statement.first(), names.next()) else {
            continue;
        };
        let place = first.key.quoted_span().start;
        let before = cx.source.slice(Span::new(0, place));
        let gap = before.get(before.trim_end().len()..).unwrap_or_default();
        let gap = if gap.is_empty() { " " } else { gap };
        let edit = edits::replace(
            Span::new(place, place),
            format!("\"Sid\": \"{name}\",{gap}"),
        );
        out.report(first.key.span(), "the statement has no `Sid`")
            .help("name it after what it is for")
            .fix(
                format!("add the `Sid` `{name}`"),
                Safety::Unsafe,
                vec![edit],
            );
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    const UNNAMED: &str = r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#;

    fires!(unnamed, statement(UNNAMED), "Effect");
    fires!(
        a_single_statement,
        r#"{"Version": "2012-10-17", "Statement": {"Action": "s3:GetObject", "Effect": "Allow", "Resource": "*"}}"#,
        "Action"
    );
    silent!(named, statement(&format!(r#""Sid": "Read", {UNNAMED}"#)));
    silent!(
        in_other_letters,
        statement(&format!(r#""sid": "Read", {UNNAMED}"#))
    );

    #[test]
    fn the_fix_takes_a_free_name() {
        let both = |sid: &str| {
            statement(UNNAMED).replace(
                "[{",
                &format!(r#"[{{"Sid": "Statement1", {UNNAMED}}}, {{{sid}"#),
            )
        };
        let expected = both(r#""Sid": "Statement2", "#);
        assert_eq!(fixed(&super::RULE, &both("")), expected);
    }
}
