//! What a decision costs: no policy and no request make it take long.

use super::judged::{Texts, judge};
use iamsim::eval::Layer;
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Far more than any decision takes, on a slow machine and without optimization.
const BOUND: Duration = Duration::from_secs(2);

fn assert_quick(texts: &Texts) {
    let started = Instant::now();
    judge(texts);
    let taken = started.elapsed();
    assert!(taken < BOUND, "took {taken:?}: {texts:?}");
}

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// A statement under a condition, every other one a deny.
fn statement(number: usize, condition: Value) -> Value {
    let effect = if number.is_multiple_of(2) {
        "Allow"
    } else {
        "Deny"
    };
    let mut statement = json!({"Effect": effect, "Action": "*", "Resource": "*"});
    statement["Condition"] = condition;
    statement
}

fn texts(layer: Layer, statements: &[Value]) -> Texts {
    let number = Layer::ALL.iter().position(|own| *own == layer).unwrap();
    Texts {
        policies: vec![(u8::try_from(number).unwrap(), 0, policy(statements))],
        principal: "arn:aws:iam::111111111111:user/ana".to_owned(),
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::reports/blue/a".to_owned(),
        is_partial: true,
        ..Texts::default()
    }
}

fn identity(statements: &[Value]) -> Texts {
    texts(Layer::Identity, statements)
}

#[test]
fn two_hundred_statements_on_fifty_unknown_keys() {
    let statements = (0..200).map(|number| {
        let key = format!("aws:PrincipalTag/k{}", number % 50);
        statement(number, json!({"StringLike": {key: format!("v{number}*")}}))
    });
    assert_quick(&identity(&statements.collect::<Vec<_>>()));
}

#[test]
fn two_hundred_statements_on_one_unknown_key() {
    for value in ["v#", "*v#", "v#*", "*v#*", "v?#*w"] {
        let statements = (0..200).map(|number| {
            let value = value.replace('#', &number.to_string());
            statement(number, json!({"StringLike": {"aws:SourceVpce": value}}))
        });
        assert_quick(&identity(&statements.collect::<Vec<_>>()));
    }
}

#[test]
fn forty_patterns_with_leading_stars_on_one_unknown_key() {
    let words = |number: usize| {
        let letters = "abcdefghijklmnopqrstuvwxyz".as_bytes();
        let letter = |at: usize| char::from(letters[at % letters.len()]);
        (0..8)
            .map(|place| letter(number * 7 + place * (number + 3)))
            .collect::<String>()
    };
    let each = (0..40).map(|number| {
        statement(
            number,
            json!({"StringLike": {"aws:SourceVpce": format!("*{}*", words(number))}}),
        )
    });
    assert_quick(&identity(&each.collect::<Vec<_>>()));
    let all: Vec<_> = (0..40)
        .map(|number| format!("*{}*{}", words(number), number))
        .collect();
    assert_quick(&identity(&[
        statement(0, json!({"StringLike": {"aws:SourceVpce": all}})),
        statement(1, json!({"StringNotLike": {"aws:SourceVpce": all}})),
    ]));
}

#[test]
fn many_stars_in_one_pattern() {
    let stars = "*a".repeat(200);
    let arn = format!("arn:aws:s3:::{stars}");
    let mut statement = statement(0, json!({"StringLike": {"aws:SourceVpce": [stars]}}));
    statement["Resource"] = json!([arn]);
    let mut texts = identity(&[statement]);
    assert_quick(&texts);
    texts.resource = format!("arn:aws:s3:::{}b", "a".repeat(2_000));
    assert_quick(&texts);
    texts.resource = "arn:aws:s3:::*b*".to_owned();
    assert_quick(&texts);
    texts.resource = String::new();
    assert_quick(&texts);
}

/// Two facts in one pattern are tried together, and each costs a search.
#[test]
fn variables_that_join_unknown_keys_with_many_patterns() {
    let pairs = |number: usize| {
        let mut own = statement(
            number,
            json!({
                "StringLike": {
                    "aws:PrincipalTag/team": format!("*x{number}*"),
                    "aws:PrincipalTag/dept": format!("*y{number}*"),
                    "aws:SourceVpce": format!("*z{number}-${{aws:PrincipalTag/dept}}*"),
                },
            }),
        );
        own["Resource"] = json!([
            "arn:aws:s3:::*/${aws:PrincipalTag/team}${aws:PrincipalTag/dept}/*",
            "arn:aws:s3:::${aws:SourceVpce}/*${aws:PrincipalTag/team}",
        ]);
        own
    };
    let mut texts = identity(&(0..40).map(pairs).collect::<Vec<_>>());
    assert_quick(&texts);
    texts.resource = format!("arn:aws:s3:::{}", "ab/".repeat(300));
    assert_quick(&texts);
    texts.resource = String::new();
    assert_quick(&texts);
}

#[test]
fn many_values_of_a_multivalued_key() {
    let statements = (0..40_usize).map(|number| {
        let any = (0..6)
            .map(|at| format!("t{}*", number * 3 + at))
            .collect::<Vec<_>>();
        let operator = if number.is_multiple_of(3) {
            "ForAllValues:StringLike"
        } else {
            "ForAnyValue:StringLike"
        };
        statement(number, json!({operator: {"aws:TagKeys": any}}))
    });
    assert_quick(&identity(&statements.collect::<Vec<_>>()));
}

#[test]
fn many_networks_numbers_and_dates() {
    let statements = (0..200).map(|number| {
        let minute = format!("2026-01-01T{:02}:{:02}:00Z", number / 60, number % 60);
        statement(
            number,
            json!({
                "IpAddress": {"aws:SourceIp": format!("10.{number}.0.0/16")},
                "NumericLessThan": {"aws:MultiFactorAuthAge": number.to_string()},
                "DateGreaterThan": {"aws:CurrentTime": minute},
            }),
        )
    });
    assert_quick(&identity(&statements.collect::<Vec<_>>()));
}

#[test]
fn unknown_policies_of_every_layer_and_an_unknown_caller() {
    let principals = (0..200).map(|number| {
        let mut own = statement(number, json!({"Null": {"aws:PrincipalTag/team": "false"}}));
        own["Principal"] = json!({"AWS": [
            format!("arn:aws:sts::111111111111:assumed-role/web/s{number}"),
            format!("AROA{number:016}"),
        ]});
        own
    });
    let mut texts = texts(Layer::Resource, &principals.collect::<Vec<_>>());
    texts.unknown_layers = vec![0, 1, 2, 4, 5, 6];
    texts.principal = "arn:aws:iam::111111111111:role/web".to_owned();
    assert_quick(&texts);
    texts.principal = String::new();
    assert_quick(&texts);
}

/// A word of a pattern, a value, or a variable.
fn piece() -> impl Strategy<Value = String> {
    let fixed = proptest::sample::select(vec![
        "*",
        "?",
        "a",
        "ab",
        "blue",
        "/",
        ":",
        "-",
        "${*}",
        "é",
        "${aws:PrincipalTag/team}",
        "${aws:PrincipalTag/dept}",
        "${custom:thing, 'x'}",
        "${var.name}",
    ]);
    fixed.prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = String> {
    vec(piece(), 0..8).prop_map(|pieces| pieces.concat())
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = proptest::sample::select(vec![
        "StringEquals",
        "StringLike",
        "StringNotLike",
        "StringNotEqualsIgnoreCase",
        "ArnLike",
        "ArnNotLike",
        "NumericLessThan",
        "DateGreaterThan",
        "IpAddress",
        "NotIpAddress",
        "Bool",
        "Null",
        "BinaryEquals",
        "ForAllValues:StringLike",
        "ForAnyValue:StringNotLike",
        "StringLikeIfExists",
        "NumericEqualsIfExists",
    ]);
    let key = proptest::sample::select(vec![
        "aws:PrincipalTag/team",
        "aws:PrincipalTag/dept",
        "aws:SourceVpce",
        "aws:TagKeys",
        "aws:SourceIp",
        "aws:CurrentTime",
        "aws:EpochTime",
        "s3:max-keys",
        "aws:PrincipalArn",
        "aws:userid",
        "aws:MultiFactorAuthPresent",
        "custom:thing",
    ]);
    let value = prop_oneof![
        6 => pattern(),
        1 => any::<u32>().prop_map(|number| number.to_string()),
        1 => Just("10.0.0.0/8".to_owned()),
        1 => Just("2026-01-01T00:00:00Z".to_owned()),
        1 => Just("1e99".to_owned()),
        1 => Just("true".to_owned()),
        1 => pattern().prop_map(|own| format!("arn:aws:iam::{own}")),
    ];
    vec((operator, key, vec(value, 0..6)), 0..5).prop_map(|tests| {
        let mut condition = json!({});
        for (operator, key, values) in tests {
            condition[operator][key] = json!(values);
        }
        condition
    })
}

fn any_statement() -> impl Strategy<Value = Value> {
    let principal = proptest::sample::select(vec![
        json!("*"),
        json!({"AWS": "111111111111"}),
        json!({"AWS": ["arn:aws:iam::111111111111:role/web", "AIDAAAAAAAAAAAAAAAAA"]}),
        json!({"AWS": "arn:aws:sts::111111111111:assumed-role/web/i-1"}),
        json!({"AWS": "${var.principal}", "CanonicalUser": "x"}),
    ]);
    (
        any::<bool>(),
        any::<bool>(),
        principal,
        vec(
            pattern().prop_map(|own| format!("arn:aws:s3:::{own}")),
            1..4,
        ),
        condition(),
    )
        .prop_map(|(allow, not, principal, resources, condition)| {
            let mut own = statement(usize::from(!allow), condition);
            own[if not { "NotPrincipal" } else { "Principal" }] = principal;
            if !resources[0].ends_with(':') {
                own["Resource"] = json!(resources);
            }
            own
        })
}

fn any_texts() -> impl Strategy<Value = Texts> {
    let principal = proptest::sample::select(vec![
        "arn:aws:iam::111111111111:user/ana",
        "arn:aws:iam::111111111111:role/web",
        "arn:aws:sts::111111111111:assumed-role/web/i-1",
        "arn:aws:sts::111111111111:federated-user/bob",
        "arn:aws:iam::222222222222:root",
        "anonymous",
        "lambda.amazonaws.com",
        "",
    ]);
    let policies = vec(
        (
            any::<u8>(),
            any::<u8>(),
            prop_oneof![
                12 => vec(any_statement(), 0..8).prop_map(|own| policy(&own)),
                1 => vec(any_statement(), 30..80).prop_map(|own| policy(&own)),
                1 => super::text::soup(),
            ],
        ),
        0..6,
    );
    (
        policies,
        vec(any::<u8>(), 0..3),
        principal,
        proptest::sample::select(vec!["s3:GetObject", "kms:Decrypt", "sts:AssumeRole", "x"]),
        prop_oneof![
            Just(String::new()),
            Just("*".to_owned()),
            pattern().prop_map(|own| format!("arn:aws:s3:::{own}")),
        ],
        vec(
            (
                proptest::sample::select(vec![
                    "aws:PrincipalTag/team",
                    "custom:thing",
                    "aws:TagKeys",
                ]),
                vec(pattern(), 0..3),
            ),
            0..3,
        ),
        any::<bool>(),
    )
        .prop_map(
            |(policies, unknown_layers, principal, action, resource, context, is_partial)| Texts {
                policies,
                unknown_layers,
                principal: principal.to_owned(),
                action: action.to_owned(),
                resource,
                resource_account: String::new(),
                context: context
                    .into_iter()
                    .map(|(key, values)| (key.to_owned(), values))
                    .collect(),
                is_partial,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_policies_and_any_request_are_decided_soon(texts in any_texts()) {
        assert_quick(&texts);
    }
}
