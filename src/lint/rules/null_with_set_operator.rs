use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Comparison, PolicyTypes, Quantifier},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `ForAllValues:Null` and `ForAnyValue:Null`. The first always holds, the second never
    /// does.
    ///
    /// ## Why it matters
    /// `Null` asks about the key, a set operator about each of its values, and a key that is not
    /// there has none. The statement looks as if it tested the key, and does not.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"ForAllValues:Null": {"aws:TagKeys": "false"}}
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
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"Null": {"aws:TagKeys": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `NULL_WITH_QUALIFIER`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "null-with-set-operator",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "`Null` with `ForAllValues` or `ForAnyValue`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let mut last = None;
    for test in cx.tests() {
        let (operator, span) = (test.operator, test.operator_text.span());
        let (Comparison::Null, Some(quantifier)) = (operator.comparison, operator.quantifier)
        else {
            continue;
        };
        // The operator is one fault, however many keys it has.
        if last.replace(span) == Some(span) {
            continue;
        }
        let always = match quantifier {
            Quantifier::ForAllValues => "always holds, so it limits nothing",
            Quantifier::ForAnyValue => "never holds, so the statement never applies",
        };
        out.report(span, format!("`{operator}` {always}"))
            .help("use `Null` without a set operator");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_null_with_qualifier,
        under(r#"{"ForAllValues:Null": {"aws:TagKeys": "true"}}"#),
        "ForAllValues:Null"
    );
    fires!(
        once_for_several_keys,
        under(r#"{"foranyvalue:null": {"aws:TagKeys": "true", "aws:userid": "true"}}"#),
        "foranyvalue:null"
    );
    silent!(alone, under(r#"{"Null": {"aws:TagKeys": "true"}}"#));
    silent!(
        other_comparisons,
        under(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#)
    );
}
