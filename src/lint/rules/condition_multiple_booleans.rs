use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value::Family, rule},
    policy::PolicyTypes,
    source::Severity,
};
use std::collections::BTreeSet;

rule! {
    /// ## What it does
    /// Flags `Bool` with more than one value.
    ///
    /// ## Why it matters
    /// Values are alternatives, so `true` and `false` together hold for every request that has
    /// the key: the condition asks for nothing. The same value twice says nothing new. AWS's own
    /// validation refuses both.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}
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
    ///     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `INVALID_CONDITION_MULTIPLE_BOOLEAN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-multiple-booleans",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "several values of `Bool`, which together ask for nothing",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let values = &cx.test.values;
    if Family::of(cx.test.operator.comparison) != Family::Boolean || values.len() < 2 {
        return;
    }
    let truths = values.iter().map(|value| value.text.to_ascii_lowercase());
    let truths: BTreeSet<_> = truths.collect();
    let message = match (
        truths.contains("true"),
        truths.contains("false"),
        truths.len(),
    ) {
        (true, true, _) => {
            "`true` and `false` are alternatives here, so every request that has the key matches"
        }
        (_, _, 1) => "the same boolean is here more than once",
        // What is neither is another rule's.
        _ => return,
    };
    out.report(cx.test.span, message)
        .help("leave one, or the whole key where both are fine");
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_invalid_condition_multiple_boolean,
        under(r#"{"Bool": {"aws:SecureTransport": ["true", "false"]}}"#),
        r#"["true", "false"]"#
    );
    fires!(
        unquoted_and_twice,
        under(r#"{"BoolIfExists": {"aws:SecureTransport": [true, true]}}"#),
        "[true, true]"
    );
    silent!(
        list_of_one,
        under(r#"{"Bool": {"aws:SecureTransport": ["true"]}}"#)
    );
    silent!(
        no_boolean,
        under(r#"{"Bool": {"aws:SecureTransport": ["true", "yes"]}}"#)
    );
    silent!(
        text,
        under(r#"{"StringEquals": {"aws:userid": ["true", "false"]}}"#)
    );
}
