use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        condition_key::{KeyFacts, is_of_identity_provider, lacks_tag_name, may_exist, prefix},
        edits, rule,
        variables::in_text,
    },
    policy::{PolicyTypes, Variable},
    source::{Safety, Severity},
    syntax::Text,
};

rule! {
    /// ## What it does
    /// Flags a variable whose key AWS does not have, and one whose key has several values: only
    /// keys with a single value can be variables. Of the keys of services, only those that are a
    /// slip away from one that exists are judged.
    ///
    /// ## Why it matters
    /// Nothing is ever put in its place, so the resource or the value matches nothing, and the
    /// statement does nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::home/${aws:usrname}/*"
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
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-unknown",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "variable of a key that AWS does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.policy.version.has_variables() {
        return;
    }
    for text in cx.texts_with_variables() {
        for variable in in_text(text.as_str()) {
            judge(cx, text, &variable, out);
        }
    }
}

fn judge(cx: &StatementCx<'_>, text: &Text<'_>, variable: &Variable, out: &mut Findings<'_>) {
    let (catalog, key) = (cx.catalog, variable.key.as_str());
    let span = text.source_span(variable.range.clone());
    let several = KeyFacts::of(catalog, key).multivalued() == Some(true);
    if several && !is_of_identity_provider(key) {
        let message = format!(
            "`{key}` has several values, so it cannot be a variable and the text matches nothing"
        );
        out.report(span, message)
            .help("compare the key itself in a condition");
        return;
    }
    if may_exist(catalog, key) || variable.is_template_token() {
        return;
    }
    let message = || {
        format!(
            "there is no condition key `{key}` to put in its place, so the text matches nothing"
        )
    };
    if lacks_tag_name(catalog, key) {
        let stem = key.strip_suffix('/').unwrap_or(key);
        out.report(
            span,
            format!("`{key}` names no tag, so the text matches nothing"),
        )
        .help(format!("write it like `${{{stem}/team}}`"));
    } else if let Some(near) = catalog.nearest_condition_key(key) {
        let start = variable.range.start + "${".len();
        let edit = edits::replace(text.source_span(start..start + key.len()), near.as_str());
        out.report(span, message())
            .help(format!("did you mean `${{{near}}}`?"))
            .fix(format!("write `${{{near}}}`"), Safety::Unsafe, vec![edit]);
    } else if prefix(key).eq_ignore_ascii_case("aws") {
        out.report(span, message())
            .help("name a condition key, such as `${aws:username}`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent, under};

    fires!(
        misspelt,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/${aws:usrname}/*", "arn:aws:s3:::b/${aws:nothing}"]"#
        ),
        "${aws:usrname}",
        "${aws:nothing}"
    );
    fires!(
        in_a_condition_and_with_a_default,
        under(
            r#"{"StringLike": {"s3:prefix": ["a", "${aws:PrincipalTags/team, 'x'}/*", "${aws:PrincipalTag}"]}}"#
        ),
        "${aws:PrincipalTags/team, 'x'}",
        "${aws:PrincipalTag}"
    );
    fires!(
        several_values,
        under(r#"{"StringLike": {"s3:prefix": "${aws:TagKeys}"}}"#),
        "${aws:TagKeys}"
    );
    silent!(
        known_keys,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${AWS:userName}/${aws:PrincipalTag/a b, 'x'}/${s3:prefix}""#
        )
    );
    silent!(
        identity_providers,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/${saml:x}/${www.amazon.com:user_id}""#
        )
    );
    silent!(
        what_a_template_fills_in,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${var.x}/${AWS::Region}/${aws:accountId}/${self:custom.stage}/${ssm:/a/b}""#
        )
    );
    silent!(
        services_with_variables_of_their_own,
        allow(
            r#""iot:Publish""#,
            r#""arn:aws:iot:*:*:topic/${iot:Connection.Thing.ThingName}/${transfer:HomeFolder}""#
        )
    );
    silent!(
        text_of_the_old_language,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:usrname}""#)
            .replace("2012-10-17", "2008-10-17")
    );

    #[test]
    fn slips_are_mended() {
        let with = |name: &str| {
            allow(
                r#""s3:GetObject""#,
                &format!(r#""arn:aws:s3:::b/{name}/*""#),
            )
        };
        let wrong = with("${aws:usrname, 'x'}");
        assert_eq!(fixed(&super::RULE, &wrong), with("${aws:username, 'x'}"));
        assert_eq!(
            help(&super::RULE, &wrong),
            "did you mean `${aws:username}`?"
        );
    }
}
