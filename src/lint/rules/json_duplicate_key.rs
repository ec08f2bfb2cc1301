use crate::{
    lint::{Category, Check, Findings, Rule, TreeCx, rule},
    policy::PolicyTypes,
    source::Severity,
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags a key that stands twice in one object, anywhere in the document. Keys are compared as
    /// they are read, after escapes, and letter case counts.
    ///
    /// ## Why it matters
    /// JSON does not say which of the two holds. Most parsers keep the last and drop the first
    /// without a word, so a whole list of actions or a condition can be lost while the text still
    /// shows it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Action": "s3:PutObject",
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
    ///     "Action": ["s3:GetObject", "s3:PutObject"],
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-4>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-duplicate-key",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "key that stands twice in one object",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Tree(check),
    };
}

fn check(cx: &TreeCx<'_>, out: &mut Findings<'_>) {
    for members in cx.root.descendants().filter_map(|value| value.as_object()) {
        let mut first = BTreeMap::new();
        for member in members {
            let key = &member.key;
            match first.get(key.as_str()) {
                None => {
                    first.insert(key.as_str(), key.span());
                }
                Some(other) => {
                    out.report(
                        key.span(),
                        format!("key `{}` stands here twice", key.as_str()),
                    )
                    .label(*other, "the first one")
                    .help("keep one of the two: most JSON parsers drop all but the last");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        at_the_top,
        r#"{"Statement": [], "Version": "2012-10-17", "Statement": []}"#,
        "Statement"
    );
    fires!(
        three_times,
        r#"{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Effect": "Deny"}]}"#,
        "Effect",
        "Effect",
    );
    fires!(
        escapes_are_the_characters_they_stand_for,
        r#"{"Statement": [{"Sid": "A", "S\u0069d": "B"}]}"#,
        r"S\u0069d",
    );
    fires!(
        operator,
        under(r#"{"StringEquals": {"aws:userid": "x"}, "StringEquals": {"aws:username": "y"}}"#),
        "StringEquals",
    );
    fires!(empty_keys, r#"{"Statement": [], "": 1, "": 2}"#, r#""""#);
    silent!(
        in_two_objects,
        r#"{"Statement": [{"Sid": "A"}, {"Sid": "B"}]}"#
    );
    silent!(
        under_two_operators,
        under(r#"{"StringEquals": {"aws:userid": "x"}, "StringLike": {"aws:userid": "x"}}"#)
    );
    silent!(
        letter_case,
        under(r#"{"StringEquals": {"aws:userid": "x", "aws:UserId": "x"}}"#)
    );
}
