use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family, is_placeholder},
        placeholders::is_unfilled,
        requirements::is_organization,
        rule,
    },
    policy::{ConditionValue, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a value that cannot be what its key holds:
    ///
    /// - `aws:PrincipalOrgID`, `aws:ResourceOrgID` and their like: the id of an organization,
    ///   `o-` and 10 to 32 lower-case letters and digits
    /// - `aws:PrincipalOrgPaths` and its like: a path `o-…/r-…/ou-…/`, from the organization over its
    ///   root to a unit. It ends with `/`, so a path without one matches nothing, nor does the id of
    ///   the organization alone; `…/*` is the unit with all below it
    ///
    /// Paths with wildcards are judged as far as the first of them.
    ///
    /// ## Why it matters
    /// No request ever has such an id, so the test matches nothing, and `StringNotEquals`
    /// everything: a fence around the organization shuts everybody out, or nobody.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "123456789012"}}
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
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "ForAnyValue:StringLike": {
    ///         "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths>
    /// - <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-org-id-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "id or path of an organization that cannot be one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, text) in condition_value::of_format(cx.test, "organization") {
        if !is_organization(&text) {
            out.report(
                condition_value::span(value),
                format!(
                    "{} is no id of an organization, so no request ever has it",
                    condition_value::shown(&value.text)
                ),
            )
            .help("an id is `o-` and 10 to 32 lower-case letters and digits");
        }
    }
    let comparison = cx.test.operator.comparison;
    if condition_value::format(cx.test.key.as_str()) == Some("organization path")
        && Family::of(comparison) == Family::Text
        && !condition_value::ignores_case(comparison)
    {
        for value in &cx.test.values {
            check_path(cx, value, out);
        }
    }
}

fn check_path(cx: &TestCx<'_>, value: &ConditionValue, out: &mut Findings<'_>) {
    let text = value.text.as_str();
    let takes_wildcards = cx.test.operator.comparison.reads_wildcards();
    let is_pattern = text.contains(['*', '?']);
    // A wildcard that is taken literally is another rule's.
    if is_unfilled(text) || is_placeholder(text) || is_pattern && !takes_wildcards {
        return;
    }
    let Some(fault) = fault_of_path(text) else {
        return;
    };
    let shown = condition_value::shown(text);
    let draft = out
        .report(
            condition_value::span(value),
            format!("{shown} {fault}, so no request ever has it"),
        )
        .help("a path is `o-…/r-…/ou-…/`, with a `/` at its end; under `StringLike` it may end with `/*`");
    if fault_of_path(&format!("{text}/")).is_none() {
        let whole = format!("{text}/{}", if takes_wildcards { "*" } else { "" });
        let edit = condition_value::replaced(value, &whole);
        draft.fix(format!("write `{whole}`"), Safety::Unsafe, vec![edit]);
    }
}

/// What is wrong with a path, up to its first wildcard.
fn fault_of_path(text: &str) -> Option<&'static str> {
    let wildcard = text.find(['*', '?']);
    let known = text.get(..wildcard.unwrap_or(text.len()))?;
    let mut parts: Vec<_> = known.split('/').collect();
    // What follows the last slash is part of a name, or nothing.
    let last = parts.pop()?;
    for (place, part) in parts.into_iter().enumerate() {
        let fault = match place {
            0 if !is_organization(part) => "does not start with the id of an organization",
            1 if !part.starts_with("r-") => "has no root after the organization",
            2.. if !part.starts_with("ou-") => "has something else than units after the root",
            _ => continue,
        };
        return Some(fault);
    }
    match wildcard {
        None if !last.is_empty() => Some("does not end with `/` as paths do"),
        None | Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        account,
        under(r#"{"StringEquals": {"aws:PrincipalOrgID": "123"}}"#),
        "123"
    );
    fires!(
        too_short_among_others,
        under(
            r#"{"StringNotEqualsIfExists": {"AWS:ResourceOrgID": ["o-a1b2c3d4e5", "o-abc123"]}}"#
        ),
        "o-abc123"
    );
    fires!(
        path_without_its_slash,
        under(
            r#"{"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"}}"#
        ),
        "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"
    );
    fires!(
        path_without_root,
        under(
            r#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": ["o-a1b2c3d4e5/ou-ab12-11111111/*", "r-ab12/*"]}}"#
        ),
        "o-a1b2c3d4e5/ou-ab12-11111111/*",
        "r-ab12/*"
    );
    silent!(
        ids,
        under(
            r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-xxxxxxxxxxx", "${aws:ResourceOrgID}"]}}"#
        )
    );
    silent!(
        paths,
        under(
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*", "o-a1b2c3d4e5/r-ab12/", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-*", "o-a1b2c3d4e5*", "*/ou-ab12-11111111/*", "o-a1b2c3d4e5/*/ou-ab12-11111111"]}}"#
        )
    );
    silent!(
        literal_wildcard_is_another_rule,
        under(r#"{"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "x/*"}}"#)
    );
    silent!(
        another_key,
        under(r#"{"StringEquals": {"aws:userid": "o-1"}}"#)
    );

    #[test]
    fn the_fix_ends_the_path() {
        for (operator, end) in [("StringEquals", "/"), ("StringLike", "/*")] {
            let text = |end: &str| {
                under(&format!(
                    r#"{{"ForAnyValue:{operator}": {{"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12{end}"}}}}"#
                ))
            };
            assert_eq!(fixed(&super::RULE, &text("")), text(end));
        }
    }
}
