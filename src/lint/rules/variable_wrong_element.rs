use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_key::may_exist, rule,
        variables::in_text,
    },
    policy::{ActionPattern, PolicyTypes},
    source::Severity,
    syntax::Text,
};

rule! {
    /// ## What it does
    /// Flags a variable in an action or a principal. AWS replaces variables in resources and in the
    /// values of conditions alone. What a template engine fills in, such as `${var.user}`, is not
    /// judged.
    ///
    /// ## Why it matters
    /// The text stays as it is, and no action and no principal is called so.
    ///
    /// ## Fires
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:user/${aws:username}"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::home/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::home/${aws:username}/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// - Access Analyzer: `VARIABLE_UNSUPPORTED_IN_ELEMENT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-wrong-element",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "variable where AWS replaces none",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    let actions = [
        ("Action", &statement.action),
        ("NotAction", &statement.not_action),
    ];
    for (name, element) in actions {
        let Some(element) = element else { continue };
        let unfilled = element.unfilled.iter().map(|entry| &entry.text);
        let entries = element.entries.iter().map(ActionPattern::text);
        report(cx, name, &mut unfilled.chain(entries), out);
    }
    let principals = [
        ("Principal", &statement.principal),
        ("NotPrincipal", &statement.not_principal),
    ];
    for (name, element) in principals {
        let Some(element) = element else { continue };
        let mut texts = element.entries.iter().map(|entry| &entry.text);
        report(cx, name, &mut texts, out);
    }
}

fn report(
    cx: &StatementCx<'_>,
    element: &str,
    texts: &mut dyn Iterator<Item = &Text<'static>>,
    out: &mut Findings<'_>,
) {
    for text in texts {
        for variable in in_text(text.as_str()) {
            let key = variable.key.as_str();
            // What AWS does not have, a template engine may.
            if !may_exist(cx.catalog, key) {
                continue;
            }
            let message =
                format!("AWS replaces no variables in `{element}`: the entry matches nothing");
            out.report(text.source_span(variable.range.clone()), message)
                .help(format!(
                    "write what is meant, or compare `{key}` in a condition"
                ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        aa_variable_unsupported_in_element,
        allow(r#"["s3:Get*", "s3:${aws:PrincipalTag/verb}*"]"#, r#""*""#),
        "${aws:PrincipalTag/verb}"
    );
    fires!(
        in_principals,
        statement(
            r#""Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::123456789012:user/${aws:username}", "*"]},
               "Action": "s3:*", "Resource": "arn:aws:s3:::b/*""#
        ),
        "${aws:username}"
    );
    silent!(
        what_a_template_fills_in,
        allow(
            r#"["s3:${x}", "s3:${var.verb}", "s3:${aws:accountId}", "{{ action }}"]"#,
            r#""*""#
        )
    );
    silent!(
        resources_and_conditions,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${aws:username}", "Condition": {"StringLike": {"s3:prefix": "${aws:username}"}}"#
        )
    );
    silent!(
        accounts_of_a_template,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"},
               "Action": "s3:*", "Resource": "arn:aws:s3:::b/*""#
        )
    );
}
