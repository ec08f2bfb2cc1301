use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, rule},
    policy::{Comparison, Effect, PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an `Allow` that limits `dynamodb:Attributes` without a test of `dynamodb:Select`, for actions
    /// that take both keys, such as `dynamodb:Query` and `dynamodb:Scan`.
    ///
    /// ## Why it matters
    /// `dynamodb:Attributes` is the list of attributes that a request names. A query that names none gets
    /// whole items, or all that an index holds. With `dynamodb:Select` at `SPECIFIC_ATTRIBUTES` it must name
    /// them; `IfExists` lets the actions pass that have no such parameter.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["dynamodb:GetItem", "dynamodb:Query"],
    ///     "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/users",
    ///     "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "name"]}}
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
    ///     "Action": ["dynamodb:GetItem", "dynamodb:Query"],
    ///     "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/users",
    ///     "Condition": {
    ///       "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "name"]},
    ///       "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_dynamodb_attributes.html>
    /// - Access Analyzer: `DYNAMODB_ATTRIBUTES_WITHOUT_SELECT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "dynamodb-attributes-without-select",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "limit on attributes that a query without any gets past",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if !cx.is_about("dynamodb:Attributes")
        || cx.test.operator.comparison == Comparison::Null
        || !cx.has_effect(Effect::Allow)
    {
        return;
    }
    let tests = &cx.condition.tests;
    let is_first = tests
        .iter()
        .find(|test| {
            test.is_about("dynamodb:Attributes") && test.operator.comparison != Comparison::Null
        })
        .is_some_and(|first| first.key.span() == cx.test.key.span());
    if !is_first || tests.iter().any(|test| test.is_about("dynamodb:Select")) {
        return;
    }
    let Some(action) = action_with_select(cx) else {
        return;
    };
    let draft = out
        .report(
            cx.test.key.span(),
            format!("a call of `{action}` that names no attributes gets whole items"),
        )
        .help("add `\"StringEqualsIfExists\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}`");
    let edit = cx.with_test(
        "StringEqualsIfExists",
        "dynamodb:Select",
        "SPECIFIC_ATTRIBUTES",
    );
    if let Some(edit) = edit {
        draft.fix("ask that attributes are named", Safety::Unsafe, vec![edit]);
    }
}

/// An action of the statement that can leave it open which attributes it wants.
fn action_with_select(cx: &TestCx<'_>) -> Option<String> {
    let select = cx.statement.catalog.condition_key("dynamodb:Select")?;
    let attributes = cx.statement.catalog.condition_key("dynamodb:Attributes")?;
    for entry in cx.statement.listed_actions() {
        let actions = cx.statement.expand(entry)?;
        let mut actions = actions.iter().filter(|action| {
            action.takes_condition_key(select) && action.takes_condition_key(attributes)
        });
        if let Some(action) = actions.next() {
            return Some(action.full_name());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fn table(actions: &str, condition: &str) -> String {
        allow(
            actions,
            &format!(
                r#""arn:aws:dynamodb:eu-west-1:123456789012:table/t", "Condition": {condition}"#
            ),
        )
    }

    const ATTRIBUTES: &str = r#"{"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}"#;

    fires!(
        aa_dynamodb_attributes_without_select,
        table(r#""dynamodb:Query""#, ATTRIBUTES),
        "dynamodb:Attributes"
    );
    fires!(
        wildcard_in_other_letters,
        table(
            r#"["dynamodb:PutItem", "DynamoDB:Sc*"]"#,
            r#"{"ForAllValues:StringLike": {"DYNAMODB:attributes": "i*"}}"#
        ),
        "DYNAMODB:attributes"
    );
    silent!(
        select,
        table(
            r#""dynamodb:Query""#,
            r#"{"ForAllValues:StringEquals": {"dynamodb:Attributes": "id"}, "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}"#
        )
    );
    silent!(
        actions_without_select,
        table(r#""dynamodb:DeleteItem""#, ATTRIBUTES)
    );

    #[test]
    fn the_fix_asks_for_names() {
        let expected = r#"{"StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}, "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}"#;
        let action = r#""dynamodb:Query""#;
        assert_eq!(
            fixed(&super::RULE, &table(action, ATTRIBUTES)),
            table(action, expected)
        );
    }
}
