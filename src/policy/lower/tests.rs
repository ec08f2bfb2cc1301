use super::*;
use crate::{
    policy::{PrincipalKind, ResourceForm, VariableErrorKind},
    source::Source,
    syntax,
};

fn lowered(text: &str) -> (Source, Lowered) {
    let source = Source::new("test", text.as_bytes().to_vec());
    let document = syntax::parse(&source);
    assert!(document.faults.is_empty(), "{:?}", document.faults);
    let lowered = lower(&document.root);
    (source, lowered)
}

fn sound(text: &str) -> Policy {
    let (_, lowered) = lowered(text);
    assert_eq!(lowered.faults, [], "{text}");
    lowered.policy.unwrap()
}

/// Asserts kind and underlined text of every fault.
#[track_caller]
fn assert_faults(text: &str, expected: &[(ShapeFaultKind, &str)]) {
    let (source, lowered) = lowered(text);
    let found: Vec<_> = lowered
        .faults
        .iter()
        .map(|f| (f.kind.clone(), source.slice(f.span)))
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// A policy with one sound statement, some of its text replaced.
fn policy_with(from: &str, to: &str) -> String {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    assert!(text.contains(from));
    text.replace(from, to)
}

#[test]
fn a_whole_policy_is_read() {
    let policy = sound(
        r#"{
          "Version": "2012-10-17",
          "Id": "x",
          "Statement": {
            "Sid": "One",
            "Effect": "Deny",
            "Principal": {"AWS": ["123456789012", "*"], "Service": "ec2.amazonaws.com"},
            "NotAction": ["s3:Get*", "iam:*"],
            "NotResource": ["arn:aws:s3:::b/*", "*", "${aws:SourceArn}"],
            "Condition": {
              "Bool": {"aws:SecureTransport": false},
              "ForAnyValue:StringLike": {"aws:TagKeys": ["a*", "b"]},
              "NumericLessThan": {"s3:max-keys": 10}
            }
          }
        }"#,
    );
    assert_eq!(policy.version, Version::V2012);
    let statement = &policy.statements[0];
    assert_eq!(statement.title(), "statement `One`");
    assert!(statement.has_effect(Effect::Deny));
    let principals = &statement.principal.as_ref().unwrap().entries;
    let kinds: Vec<_> = principals.iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds,
        [
            PrincipalKind::Aws,
            PrincipalKind::Aws,
            PrincipalKind::Service
        ]
    );
    assert_eq!(
        statement.not_action.as_ref().unwrap().entries[1].service(),
        "iam"
    );
    let forms: Vec<_> = statement
        .not_resource
        .as_ref()
        .unwrap()
        .entries
        .iter()
        .map(|r| &r.form)
        .collect();
    assert!(matches!(
        forms[..],
        [
            ResourceForm::Arn(_),
            ResourceForm::Star,
            ResourceForm::Opaque
        ]
    ));
    let tests = &statement.condition.as_ref().unwrap().tests;
    let values: Vec<_> = tests
        .iter()
        .flat_map(|test| &test.values)
        .map(|value| value.text.as_str())
        .collect();
    assert_eq!(values, ["false", "a*", "b", "10"]);
}

#[test]
fn a_policy_without_version_is_in_the_old_language() {
    assert_eq!(
        sound(&policy_with(r#""Version": "2012-10-17", "#, "")).version,
        Version::V2008
    );
}

#[test]
fn documents_that_are_no_policy_are_named() {
    let not = ShapeFaultKind::NotAPolicy;
    assert_faults(
        r#"{"Resources": {}}"#,
        &[(not(Some("a CloudFormation template")), "{")],
    );
    assert_faults(
        r#"{"Records": []}"#,
        &[(not(Some("a CloudTrail record")), "{")],
    );
    assert_faults(r#"{"name": "x"}"#, &[(not(None), "{")]);
    assert_faults("[]", &[(ShapeFaultKind::RootType { found: "a list" }, "[")]);
    assert_faults("{}", &[(ShapeFaultKind::MissingStatement, "{")]);
    assert_faults(
        r#"{"Version": "2012-10-17"}"#,
        &[(ShapeFaultKind::MissingStatement, "{")],
    );
}

#[test]
fn statements_of_a_wrong_shape() {
    assert_faults(
        r#"{"Statement": []}"#,
        &[(ShapeFaultKind::EmptyStatement, "[]")],
    );
    assert_faults(
        r#"{"Statement": ["x", 1]}"#,
        &[
            (ShapeFaultKind::StatementType { found: "a string" }, "\"x\""),
            (ShapeFaultKind::StatementType { found: "a number" }, "1"),
        ],
    );
}

#[test]
fn all_that_a_statement_lacks_is_reported_at_once() {
    assert_faults(
        r#"{"Statement": [{}]}"#,
        &[
            (ShapeFaultKind::MissingAction, "{"),
            (ShapeFaultKind::MissingEffect, "{"),
        ],
    );
}

#[test]
fn a_statement_with_a_principal_may_have_no_resource() {
    sound(&policy_with(r#""Resource": "*""#, r#""Principal": "*""#));
}

#[test]
fn misspelt_elements_count_as_what_was_meant() {
    let near = Some("Statement");
    assert_faults(
        &policy_with("\"Statement\"", "\"Statements\""),
        &[(
            ShapeFaultKind::UnknownPolicyElement {
                key: "Statements".into(),
                near,
            },
            "Statements",
        )],
    );
    let near = Some("Action");
    assert_faults(
        &policy_with("\"Action\"", "\"Actions\""),
        &[(
            ShapeFaultKind::UnknownStatementElement {
                key: "Actions".into(),
                near,
            },
            "Actions",
        )],
    );
    let case = ShapeFaultKind::ElementCase {
        key: "effect".into(),
        right: "Effect",
    };
    assert_faults(
        &policy_with("\"Effect\"", "\"effect\""),
        &[(case, "effect")],
    );
    let near = None;
    assert_faults(
        &policy_with("\"Action\"", "\"Comment\": 1, \"Action\""),
        &[(
            ShapeFaultKind::UnknownStatementElement {
                key: "Comment".into(),
                near,
            },
            "Comment",
        )],
    );
}

#[test]
fn values_of_a_wrong_type() {
    let fault = |element: &str, expected, found| ShapeFaultKind::DataType {
        element: element.into(),
        expected,
        found,
    };
    assert_faults(
        &policy_with("\"s3:GetObject\"", "[\"s3:GetObject\", 7]"),
        &[(fault("Action", "a string", "a number"), "7")],
    );
    assert_faults(
        &policy_with("\"*\"", "{\"x\": \"y\"}"),
        &[(
            fault("Resource", "a string or a list of strings", "an object"),
            "{\"x\": \"y\"}",
        )],
    );
    assert_faults(
        &policy_with("\"*\"", "{\"Ref\": \"x\"}"),
        &[(
            ShapeFaultKind::TemplateCall("Ref".into()),
            "{\"Ref\": \"x\"}",
        )],
    );
}

#[test]
fn versions_and_effects() {
    let version = ShapeFaultKind::InvalidVersion("2025-01-01".into());
    assert_faults(
        &policy_with("2012-10-17", "2025-01-01"),
        &[(version, "2025-01-01")],
    );
    let effect = ShapeFaultKind::InvalidEffect("allow".into());
    assert_faults(&policy_with("\"Allow\"", "\"allow\""), &[(effect, "allow")]);
}

#[test]
fn an_element_and_its_not_form() {
    let (element, negated) = ("Action", "NotAction");
    assert_faults(
        &policy_with("\"Action\"", "\"NotAction\": \"s3:*\", \"Action\""),
        &[(
            ShapeFaultKind::ConflictingElements { element, negated },
            "NotAction",
        )],
    );
}

#[test]
fn empty_lists() {
    assert_faults(
        &policy_with("\"s3:GetObject\"", "[]"),
        &[(ShapeFaultKind::EmptyAction, "[]")],
    );
    assert_faults(
        &policy_with("\"*\"", "[]"),
        &[(ShapeFaultKind::EmptyResource, "[]")],
    );
    assert_faults(
        &policy_with("\"Resource\": \"*\"", "\"NotResource\": []"),
        &[(ShapeFaultKind::EmptyNotElement("NotResource"), "[]")],
    );
    let principal = |value: &str| {
        policy_with(
            "\"Resource\"",
            &format!("\"Principal\": {value}, \"Resource\""),
        )
    };
    assert_faults(&principal("{}"), &[(ShapeFaultKind::EmptyPrincipal, "{}")]);
    assert_faults(
        &principal("{\"AWS\": []}"),
        &[(ShapeFaultKind::EmptyPrincipal, "[]")],
    );
}

#[test]
fn principals_of_a_wrong_form() {
    let principal = |value: &str| {
        policy_with(
            "\"Resource\"",
            &format!("\"Principal\": {value}, \"Resource\""),
        )
    };
    assert_faults(
        &principal("\"123456789012\""),
        &[(
            ShapeFaultKind::PrincipalFormat("`123456789012`".into()),
            "123456789012",
        )],
    );
    assert_faults(
        &principal("{\"aws\": \"*\"}"),
        &[(
            ShapeFaultKind::PrincipalKey {
                key: "aws".into(),
                near: Some("AWS"),
            },
            "aws",
        )],
    );
}

#[test]
fn conditions_of_a_wrong_form() {
    let condition = |value: &str| {
        policy_with(
            "\"Resource\"",
            &format!("\"Condition\": {value}, \"Resource\""),
        )
    };
    let malformed = |expected, found| ShapeFaultKind::MalformedCondition { expected, found };
    assert_faults(
        &condition("[\"x\"]"),
        &[(malformed("an object of operators", "a list"), "[\"x\"]")],
    );
    assert_faults(
        &condition("{\"Bool\": true}"),
        &[(
            malformed("an object of condition keys", "a boolean"),
            "true",
        )],
    );
    assert_faults(&condition("{}"), &[(ShapeFaultKind::EmptyCondition, "{}")]);
    assert_faults(
        &condition("{\"Bool\": {}}"),
        &[(ShapeFaultKind::EmptyCondition, "{}")],
    );
    assert_faults(
        &condition("{\"Bool\": {\"aws:SecureTransport\": []}}"),
        &[(
            ShapeFaultKind::EmptyConditionValue("aws:SecureTransport".into()),
            "[]",
        )],
    );
    let operator = |text: &str, near: Option<&str>| ShapeFaultKind::UnknownOperator {
        text: text.into(),
        near: near.map(Into::into),
    };
    assert_faults(
        &condition("{\"ForAnyValue:StringLik\": {\"aws:TagKeys\": \"x\"}}"),
        &[(
            operator("ForAnyValue:StringLik", Some("ForAnyValue:StringLike")),
            "ForAnyValue:StringLik",
        )],
    );
    assert_faults(
        &condition("{\"Matches\": {\"aws:TagKeys\": \"x\"}}"),
        &[(operator("Matches", None), "Matches")],
    );
}

#[test]
fn actions_and_resources_of_a_wrong_form() {
    assert_faults(
        &policy_with("s3:GetObject", "s3GetObject"),
        &[(
            ShapeFaultKind::ActionFormat("s3GetObject".into()),
            "s3GetObject",
        )],
    );
    assert_faults(
        &policy_with("\"*\"", "\"s3\""),
        &[(ShapeFaultKind::ArnPrefix("s3".into()), "s3")],
    );
    let text = "arn:aws:s3:bucket".to_owned();
    assert_faults(
        &policy_with("\"*\"", "\"arn:aws:s3:bucket\""),
        &[(
            ShapeFaultKind::ArnMissingField { text, found: 4 },
            "arn:aws:s3:bucket",
        )],
    );
}

#[test]
fn broken_variables_are_underlined_alone() {
    let unclosed = ShapeFaultKind::Variable(VariableErrorKind::Unclosed);
    assert_faults(
        &policy_with("\"*\"", r#""arn:aws:s3:::b\u002f${aws:username""#),
        &[(unclosed, "${")],
    );
    let condition = r#""Condition": {"StringLike": {"s3:prefix": "a/${}"}}, "Resource""#;
    let empty = ShapeFaultKind::Variable(VariableErrorKind::Empty);
    assert_faults(&policy_with("\"Resource\"", condition), &[(empty, "${}")]);
}
