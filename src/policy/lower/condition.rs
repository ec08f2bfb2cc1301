//! `Condition`.

use super::{ShapeFault, ShapeFaultKind, template_call};
use crate::{
    policy::{ConditionElement, ConditionTest, ConditionValue, Operator, Pattern, Version},
    syntax::{Kind, Member, Text, Value},
};

pub(super) fn condition(
    member: &Member<'_>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<ConditionElement> {
    let value = &member.value;
    let blocks = object("an object of operators", value, faults)?;
    if blocks.is_empty() {
        faults.push(ShapeFault::new(value.span, ShapeFaultKind::EmptyCondition));
    }
    let tests = blocks
        .iter()
        .flat_map(|block| tests(block, version, faults))
        .collect();
    let unknown = blocks
        .iter()
        .filter(|block| Operator::parse(block.key.as_str()).is_none());
    Some(ConditionElement {
        key_span: member.key.span(),
        span: value.span,
        tests,
        unknown_operators: unknown.map(|block| block.key.to_owned()).collect(),
    })
}

/// The tests of one operator.
fn tests(block: &Member<'_>, version: Version, faults: &mut Vec<ShapeFault>) -> Vec<ConditionTest> {
    let operator = operator(&block.key, faults);
    let Some(keys) = object("an object of condition keys", &block.value, faults) else {
        return Vec::new();
    };
    if keys.is_empty() {
        faults.push(ShapeFault::new(
            block.value.span,
            ShapeFaultKind::EmptyCondition,
        ));
    }
    let mut tests = Vec::with_capacity(keys.len());
    for key in keys {
        let values = values(key, version, faults);
        if let (Some(operator), Some(values)) = (operator, values) {
            tests.push(ConditionTest {
                operator_text: block.key.to_owned(),
                operator,
                key: key.key.to_owned(),
                span: key.value.span,
                values,
            });
        }
    }
    tests
}

fn object<'t, 's>(
    expected: &'static str,
    value: &'t Value<'s>,
    faults: &mut Vec<ShapeFault>,
) -> Option<&'t [Member<'s>]> {
    if let Some(fault) = template_call(value) {
        faults.push(fault);
        return None;
    }
    let members = value.as_object();
    if members.is_none() {
        malformed(expected, value, faults);
    }
    members
}

fn malformed(expected: &'static str, value: &Value<'_>, faults: &mut Vec<ShapeFault>) {
    if let Some(fault) = template_call(value) {
        faults.push(fault);
    } else if value.kind != Kind::Unreadable {
        let kind = ShapeFaultKind::MalformedCondition {
            expected,
            found: value.kind.name(),
        };
        faults.push(ShapeFault::new(value.span, kind));
    }
}

fn operator(key: &Text<'_>, faults: &mut Vec<ShapeFault>) -> Option<Operator> {
    let text = key.as_str();
    let operator = Operator::parse(text);
    if operator.is_none() {
        let near = Operator::nearest(text);
        let kind = ShapeFaultKind::UnknownOperator {
            text: text.to_owned(),
            near: near.clone(),
        };
        let fault = ShapeFault::new(key.span(), kind);
        faults.push(match near {
            Some(near) => fault.edit(key.content_span(), near),
            None => fault,
        });
    }
    operator
}

fn values(
    key: &Member<'_>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<Vec<ConditionValue>> {
    let value = &key.value;
    match &value.kind {
        Kind::Array(items) => {
            if items.is_empty() {
                let kind = ShapeFaultKind::EmptyConditionValue(key.key.as_str().to_owned());
                faults.push(ShapeFault::new(value.span, kind));
            }
            Some(
                items
                    .iter()
                    .filter_map(|item| scalar(item, version, faults))
                    .collect(),
            )
        }
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::Object(_)
        | Kind::Unreadable => match scalar(value, version, faults) {
            Some(value) => Some(vec![value]),
            // The test is there, only its value is not known yet.
            None => template_call(value).map(|_| Vec::new()),
        },
    }
}

fn scalar(
    value: &Value<'_>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<ConditionValue> {
    let span = value.span;
    match &value.kind {
        Kind::String(text) => {
            if let Err(error) = Pattern::parse(text.as_str(), version) {
                let kind = ShapeFaultKind::Variable(error.kind);
                faults.push(ShapeFault::new(text.source_span(error.range), kind));
                return None;
            }
            let string = text.to_owned();
            Some(ConditionValue {
                span,
                text: string.as_str().to_owned(),
                string: Some(string),
            })
        }
        Kind::Bool(truth) => Some(ConditionValue {
            span,
            text: truth.to_string(),
            string: None,
        }),
        Kind::Number(digits) => Some(ConditionValue {
            span,
            text: (*digits).to_owned(),
            string: None,
        }),
        Kind::Null | Kind::Array(_) | Kind::Object(_) | Kind::Unreadable => {
            malformed(
                "a string, a boolean, a number, or a list of them",
                value,
                faults,
            );
            None
        }
    }
}
