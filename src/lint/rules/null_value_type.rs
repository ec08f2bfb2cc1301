use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, placeholders::is_unfilled, rule},
    policy::{Comparison, PolicyTypes},
    source::Severity,
    syntax::Text,
};

rule! {
    /// ## What it does
    /// Flags a value of `Null` that is neither `true` nor `false`, as text or as a boolean. `true`
    /// asks that the request lack the key, `false` that it have it.
    ///
    /// ## Why it matters
    /// `Null` compares no values of the key, so anything else is a test that was meant for another
    /// operator.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"Null": {"aws:PrincipalTag/team": "blue"}}
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
    ///     "Condition": {"Null": {"aws:PrincipalTag/team": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - parliament: `MISMATCHED_TYPE_OPERATION_TO_NULL`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "null-value-type",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "`Null` compared with something other than `true` or `false`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if cx.test.operator.comparison != Comparison::Null {
        return;
    }
    for value in &cx.test.values {
        let text = value.text.as_str();
        let is_truth = ["true", "false"]
            .iter()
            .any(|truth| truth.eq_ignore_ascii_case(text));
        // Variables are another rule's, and what a template fills in cannot be told.
        if is_truth || is_unfilled(text) {
            continue;
        }
        out.report(
            value.string.as_ref().map_or(value.span, Text::span),
            format!("`Null` takes `true` or `false`, not `{text}`"),
        )
        .help("`true` asks that the request lack the key, `false` that it have it");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        a_value_of_the_key,
        under(r#"{"Null": {"aws:userid": "x"}}"#),
        "x"
    );
    fires!(
        in_a_list_and_as_a_number,
        under(r#"{"null": {"aws:userid": ["true", "yes"], "aws:username": 1}}"#),
        "yes",
        "1"
    );
    silent!(
        text_and_booleans,
        under(r#"{"Null": {"aws:userid": ["True", "false"], "aws:username": true}}"#)
    );
    silent!(
        what_a_template_fills_in,
        under(r#"{"Null": {"aws:userid": "${var.x}", "aws:username": "{{ x }}"}}"#)
    );
}
