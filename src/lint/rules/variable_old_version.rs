use crate::{
    lint::{
        Category, Check, DocumentCx, Findings, Rule, condition_key::may_exist, edits, rule,
        variables::in_text,
    },
    policy::{PolicyTypes, Version},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `${aws:username}` and its like in a policy whose `Version` is `2008-10-17`, or that
    /// has none. All of a policy are one finding.
    ///
    /// ## Why it matters
    /// In that language the text stands for itself. No resource and no value is called
    /// `${aws:username}`, so an `Allow` grants nothing and a `Deny` stops nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2008-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::home/${aws:username}/*"
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
    ///     "Resource": "arn:aws:s3:::home/${aws:username}/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// - Access Analyzer: `VARIABLE_UNSUPPORTED_IN_VERSION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-old-version",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "variable in the language of 2008, which has none",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

const NEW: &str = "2012-10-17";

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let policy = cx.policy;
    let version = policy.version_text.as_ref();
    // A version that does not exist is another rule's.
    if policy.version.has_variables()
        || version.is_some_and(|text| Version::parse(text.as_str()).is_none())
    {
        return;
    }
    let mut spans = Vec::new();
    for statement in cx.statements() {
        for text in statement.texts_with_variables() {
            for variable in in_text(text.as_str()) {
                if may_exist(cx.catalog, variable.key.as_str()) {
                    spans.push(text.source_span(variable.range.clone()));
                }
            }
        }
    }
    let Some((first, others)) = spans.split_first() else {
        return;
    };
    let name = cx.source.slice(*first);
    let message =
        format!("`{name}` is the text itself in the language of 2008, and matches nothing");
    let mut draft = out.report(*first, message);
    for span in others.iter().take(MOST_LABELS) {
        draft = draft.label(*span, "this as well");
    }
    match version {
        Some(text) => draft
            .label(text.span(), "the language of 2008")
            .help(format!("write `\"Version\": \"{NEW}\"`"))
            .fix(
                format!("write `{NEW}`"),
                Safety::Unsafe,
                vec![edits::replace(text.content_span(), NEW)],
            ),
        None => draft.help(format!("add `\"Version\": \"{NEW}\"`")),
    };
}

/// How many further variables are pointed at.
const MOST_LABELS: usize = 4;

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, fixed, silent, under};

    fn old(text: &str) -> String {
        text.replace("2012-10-17", "2008-10-17")
    }

    fires!(
        aa_variable_unsupported_in_version,
        old(&allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${aws:username}/*""#
        )),
        "${aws:username}"
    );
    fires!(
        without_a_version_in_a_condition,
        under(r#"{"StringLike": {"s3:prefix": ["${aws:username}/*", "${aws:userid}/*"]}}"#)
            .replace(r#""Version": "2012-10-17", "#, ""),
        "${aws:username}"
    );
    silent!(
        new,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username}/*""#)
    );
    silent!(
        what_a_template_fills_in,
        old(&allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::${var.bucket}/${AWS::AccountId}/${aws:accountId}/*""#
        ))
    );
    silent!(
        versions_that_do_not_exist,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username}/*""#)
            .replace("2012-10-17", "2025-01-01")
    );

    #[test]
    fn the_fix_writes_the_new_version() {
        let new = allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${aws:username}/${aws:userid}""#,
        );
        assert_eq!(fixed(&super::RULE, &old(&new)), new);
        assert_eq!(finding(&super::RULE, &old(&new)).labels.len(), 2);
    }
}
