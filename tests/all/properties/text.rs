//! Inputs that are nearly policies: what a parser is most likely to trip over.

use proptest::{collection::vec, prelude::*};

/// Pieces of policy text, broken ones among them.
pub(super) fn token() -> impl Strategy<Value = String> {
    let fixed = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\"",
        "'",
        "“",
        "”",
        "\\",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\n",
        "//",
        "/*",
        "*/",
        "#",
        "null",
        "true",
        "false",
        "-1.5e3",
        "01",
        "\u{feff}",
        "\u{0}",
        "\u{1}",
        "é",
        "日",
        "😀",
        "${",
        "${aws:username}",
        "}",
        "*",
        "?",
        "arn:",
        "\"Version\"",
        "\"2012-10-17\"",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Deny\"",
        "\"Action\"",
        "\"NotAction\"",
        "\"s3:Get*\"",
        "\"Resource\"",
        "\"*\"",
        "\"arn:aws:s3:::b/*\"",
        "\"Condition\"",
        "\"StringLike\"",
        "\"aws:username\"",
        "\"Principal\"",
        "\"Sid\"",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":",
    ]);
    prop_oneof![
        8 => fixed.prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// A text of such pieces.
pub(super) fn soup() -> impl Strategy<Value = String> {
    vec(token(), 0..60).prop_map(|tokens| tokens.concat())
}

/// A JSON value of any shape.
pub(super) fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
