use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_key::may_exist, edits,
        placeholders::is_unfilled, rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `&{aws:username}` and its like. In `aws_iam_policy_document` of Terraform, `&{` stands
    /// for `${`, which Terraform would read as its own. Plain JSON has no such spelling.
    ///
    /// ## Why it matters
    /// AWS takes `&{aws:username}` as that very text. Nothing is called so, so the resource or the
    /// value matches nothing. With the fix it matches what was meant, so look at what that grants.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::home/&{aws:username}/*"
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
    /// - <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-terraform-escape",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "variable in the spelling of Terraform, `&{..}`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for text in cx.texts_with_variables() {
        let content = text.as_str();
        for (at, _) in content.match_indices("&{") {
            let after = content.get(at + "&{".len()..).unwrap_or_default();
            let Some((inner, _)) = after.split_once('}') else {
                continue;
            };
            let key = inner.split(',').next().unwrap_or_default();
            if is_unfilled(key) || !key.contains(':') || !may_exist(cx.catalog, key) {
                continue;
            }
            let end = at + "&{".len() + inner.len() + "}".len();
            let message = format!("`&{{{inner}}}` is the text itself, and matches nothing");
            out.report(text.source_span(at..end), message)
                .help(format!("write `${{{inner}}}`"))
                .fix(
                    format!("write `${{{inner}}}`"),
                    Safety::Unsafe,
                    vec![edits::replace(text.source_span(at..at + "&".len()), "$")],
                );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, finding, fires, fixed, silent, under},
        source::Safety,
    };

    fires!(
        in_a_resource,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/&{aws:username}/&{aws:userid}""#
        ),
        "&{aws:username}",
        "&{aws:userid}"
    );
    fires!(
        in_a_condition_with_a_default,
        under(r#"{"StringLike": {"s3:prefix": ["a", "&{aws:PrincipalTag/team, 'x'}/*"]}}"#),
        "&{aws:PrincipalTag/team, 'x'}"
    );
    silent!(
        variables,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username}""#)
    );
    silent!(
        other_texts,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/a&{b}/&{aws:nothing}/&{aws:username""#
        )
    );

    #[test]
    fn the_fix_writes_a_dollar_sign() {
        let text = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/&{aws:username}/*""#);
        assert_eq!(fixed(&super::RULE, &text), text.replace('&', "$"));
        assert_eq!(
            finding(&super::RULE, &text).fix.unwrap().safety,
            Safety::Unsafe
        );
    }
}
