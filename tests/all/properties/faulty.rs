//! Policies of all types with what policies often have wrong: names in wrong letters, entries and statements
//! twice, lists of one, wildcards side by side, values of wrong types.

use super::fixable::Document;
use iamsim::policy::PolicyType;
use proptest::{collection::vec, option, prelude::*, sample::Index};

/// One of these texts.
fn one_of(texts: &[&'static str]) -> impl Strategy<Value = String> + Clone + use<> {
    proptest::sample::select(texts.to_vec()).prop_map(str::to_owned)
}

/// A text in quotes, or a list of some.
fn texts(of: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let quoted = one_of(of).prop_map(|text| format!("\"{text}\""));
    let list = vec(quoted.clone(), 1..6).prop_map(|items| format!("[{}]", items.join(", ")));
    prop_oneof![quoted, list]
}

fn actions() -> impl Strategy<Value = String> {
    texts(&[
        "s3:getobject",
        "S3:GetObject",
        "s3:GetObject",
        "s3:Get*",
        "s3:Get**",
        "s3:*Object",
        "s3:PutObject",
        "dynamodb:*Item",
        "dynamodb:PutItem",
        "sqs:*",
        "sqs:sendmessage",
        "ec2:Describe*",
        "ec2:DescribeVpcs",
        "iam:PassRole",
        "sts:AssumeRole",
        "sts:assumerole",
        "*",
    ])
}

fn resources() -> impl Strategy<Value = String> {
    texts(&[
        "arn:aws:s3:::reports/*",
        "arn:aws:s3:::reports/**",
        "arn:aws:s3:::reports/2026/*",
        "arn:aws:s3:::reports",
        "arn:aws:s3:::home/${aws:username}/*",
        "arn:aws:s3:::home/&{aws:username}/*",
        "arn:aws:dynamodb:eu-west-1:1234-5678-9012:table/orders",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/*",
        "arn:aws:sqs:eu-west-1:123456789012:orders",
        "arn:aws:iam::123456789012:role/web",
        "arn:aws:logs:eu-west-1:123456789012:log-group:web",
        "*",
    ])
}

fn principal() -> impl Strategy<Value = String> {
    let aws = texts(&[
        "123456789012",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:user/ana",
        "arn:aws:iam::123456789012:role/web",
        "arn:aws:sts::123456789012:assumed-role/web/i-1",
        "*",
    ]);
    let service = texts(&[
        "lambda.amazonaws.com",
        "ec2.amazonaws.com",
        "lambda.amazonaws.com",
    ]);
    let service = service.prop_map(|names| format!(r#"{{"Service": {names}}}"#));
    prop_oneof![
        4 => aws.prop_map(|names| format!(r#"{{"AWS": {names}}}"#)),
        1 => service,
        1 => Just(r#""*""#.to_owned()),
    ]
}

/// A test of a condition: an operator, a key and its values.
fn test() -> impl Strategy<Value = String> {
    prop_oneof![2 => test_of_text(), 3 => test_of_other_types()]
}

fn test_with(
    operators: &[&'static str],
    keys: &[&'static str],
    values: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    (one_of(operators), one_of(keys), values)
        .prop_map(|(operator, key, values)| format!(r#""{operator}": {{"{key}": {values}}}"#))
        .boxed()
}

fn test_of_text() -> BoxedStrategy<String> {
    let operators = [
        "StringEquals",
        "stringequals",
        "StringLike",
        "StringNotEquals",
        "StringNotLike",
        "StringEqualsIfExists",
        "StringLikeIfExists",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "ForAllValues:StringNotLike",
        "StringEqualsIgnoreCase",
    ];
    test_with(
        &operators,
        &[
            "aws:PrincipalTag/team",
            "aws:principaltag/team",
            "aws:SourceVpce",
            "aws:TagKeys",
            "aws:PrincipalOrgID",
        ],
        texts(&[
            "blue",
            "blue",
            "b*",
            "*",
            "Blue",
            "o-a1b2c3d4e5",
            "${aws:username}",
        ])
        .boxed(),
    )
}

fn test_of_other_types() -> impl Strategy<Value = String> {
    let bare = |values: &[&'static str]| one_of(values).boxed();
    prop_oneof![
        test_with(
            &[
                "Bool",
                "bool",
                "BoolIfExists",
                "StringEquals",
                "StringEqualsIgnoreCase",
                "StringLike"
            ],
            &[
                "aws:SecureTransport",
                "aws:MultiFactorAuthPresent",
                "aws:ViaAWSService"
            ],
            bare(&[
                "true",
                "false",
                "\"true\"",
                "\"false\"",
                "[\"true\"]",
                "[\"true\", true]",
                "\"True\""
            ]),
        ),
        test_with(
            &[
                "IpAddress",
                "NotIpAddress",
                "IpAddressIfExists",
                "StringEquals"
            ],
            &["aws:SourceIp", "aws:VpcSourceIp"],
            texts(&[
                "10.0.0.5/8",
                "10.0.0.0/8",
                "203.0.113.0/24",
                "203.0.113.7",
                "2001:db8::1/32"
            ])
            .boxed(),
        ),
        test_with(
            &[
                "DateGreaterThan",
                "DateLessThan",
                "DateLessThanEquals",
                "DateEqualsIfExists"
            ],
            &["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"],
            bare(&[
                "\"1767225600\"",
                "1767225600",
                "\"2026-01-01T00:00:00\"",
                "\"2026-01-01T00:00:00Z\"",
                "[\"1767225600\", \"2026-01-01T00:00:00Z\"]"
            ]),
        ),
        test_with(
            &[
                "NumericLessThan",
                "NumericGreaterThanEquals",
                "NumericEquals",
                "NumericNotEquals"
            ],
            &["s3:max-keys", "aws:MultiFactorAuthAge"],
            bare(&["10", "\"10\"", "[\"10\", \"100\"]", "[10, \"100\", 5]"]),
        ),
    ]
}

/// The elements of a statement, in any order, of one that names principals or not.
fn statement(principals: Vec<String>) -> impl Strategy<Value = Vec<String>> {
    let member = |key: &str, value: &str| format!(r#""{key}": {value}"#);
    let named = move |keys: &[&'static str], value: BoxedStrategy<String>| {
        (one_of(keys), value).prop_map(move |(key, value)| member(&key, &value))
    };
    let sid = option::of(one_of(&[
        "\"\"",
        "\"Read\"",
        "\"Read\"",
        "\"read all\"",
        "\"Statement1\"",
    ]));
    let condition = option::weighted(0.5, vec(test(), 1..4));
    let parts = (
        sid.prop_map(move |sid| sid.map(|sid| member("Sid", &sid))),
        named(
            &["Effect"],
            one_of(&["\"Allow\"", "\"Allow\"", "\"Deny\""]).boxed(),
        ),
        named(
            &["Action", "Action", "Action", "NotAction"],
            actions().boxed(),
        ),
        named(
            &["Resource", "Resource", "Resource", "NotResource"],
            resources().boxed(),
        ),
        condition.prop_map(move |tests| {
            tests.map(|tests| member("Condition", &format!("{{{}}}", tests.join(", "))))
        }),
    );
    let all = parts.prop_map(move |(sid, effect, action, resource, condition)| {
        let mut all = vec![effect, action, resource];
        all.extend(sid.into_iter().chain(condition).chain(principals.clone()));
        all
    });
    all.prop_shuffle()
}

/// A policy of a type, made of what policies have wrong, in one of the ways to lay it out.
pub(super) fn policy() -> impl Strategy<Value = Document> {
    let policy_type = proptest::sample::select(PolicyType::ALL.to_vec());
    policy_type.prop_flat_map(|policy_type| {
        let named = policy_type.names_principals();
        let principals = principal().prop_map(move |who| {
            let member = format!(r#""Principal": {who}"#);
            Vec::from_iter(named.then_some(member))
        });
        let statements = vec(principals.prop_flat_map(statement), 1..5);
        let again = option::of(any::<Index>());
        let version = option::of(one_of(&[
            "\"2012-10-17\"",
            "\"2012-10-17\"",
            "\"2008-10-17\"",
        ]));
        let gap = one_of(&["\n", "\r\n", " ", "\n    "]);
        (statements, again, version, gap).prop_map(move |(mut statements, again, version, gap)| {
            if let Some(again) = again {
                statements.push(again.get(&statements).clone());
            }
            let separator = format!(",{gap}");
            let object =
                |members: &Vec<String>| format!("{{{gap}{}{gap}}}", members.join(&separator));
            let all: Vec<_> = statements.iter().map(object).collect();
            let version = version.map(|version| format!(r#""Version": {version}"#));
            let mut members: Vec<_> = version.into_iter().collect();
            members.push(format!(r#""Statement": [{}]"#, all.join(&separator)));
            Document {
                name: "generated.json".to_owned(),
                policy_type: Some(policy_type),
                bytes: (object(&members) + &gap).into_bytes(),
            }
        })
    })
}
