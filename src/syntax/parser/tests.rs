use super::*;

/// The faults of a text: the kind of each, and the text that it underlines.
fn faults(text: &str) -> Vec<(FaultKind, String)> {
    let source = Source::new("test", text.as_bytes().to_vec());
    let document = parse(&source);
    document
        .faults
        .into_iter()
        .map(|f| (f.kind, source.slice(f.span).to_owned()))
        .collect()
}

#[track_caller]
fn assert_faults(text: &str, expected: &[(FaultKind, &str)]) {
    let found = faults(text);
    let found: Vec<_> = found
        .iter()
        .map(|(kind, text)| (kind.clone(), text.as_str()))
        .collect();
    assert_eq!(found, expected, "faults of {text}");
}

/// The tree as JSON text again, from the decoded values alone.
fn print(value: &Value<'_>) -> String {
    match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Number(digits) => (*digits).to_owned(),
        Kind::String(text) => serde_json::to_string(text.as_str()).unwrap(),
        Kind::Array(items) => {
            let items: Vec<_> = items.iter().map(print).collect();
            format!("[{}]", items.join(","))
        }
        Kind::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|m| {
                    format!(
                        "{}:{}",
                        serde_json::to_string(m.key.as_str()).unwrap(),
                        print(&m.value)
                    )
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Kind::Unreadable => "!".to_owned(),
    }
}

#[track_caller]
fn assert_tree(text: &str, expected: &str) {
    let source = Source::new("test", text.as_bytes().to_vec());
    assert_eq!(print(&parse(&source).root), expected, "tree of {text}");
}

#[test]
fn sound_text_gives_its_tree_and_no_fault() {
    let text = r#" {"a": [1, -0.5e+3, true, null], "b": {"c": "x\n\u00e9\ud83d\ude00"}, "a": ""} "#;
    assert_faults(text, &[]);
    assert_tree(
        text,
        r#"{"a":[1,-0.5e+3,true,null],"b":{"c":"x\né😀"},"a":""}"#,
    );
}

#[test]
fn values_and_keys_have_their_spans() {
    let source = Source::new("test", br#"{"key" : [ 10 ]}"#.to_vec());
    let document = parse(&source);
    let member = &document.root.as_object().unwrap()[0];
    assert_eq!(source.slice(member.key.quoted_span()), r#""key""#);
    assert_eq!(source.slice(member.key.span()), "key");
    assert_eq!(source.slice(member.value.span), "[ 10 ]");
}

#[test]
fn decoded_offsets_map_back_to_their_bytes() {
    let source = Source::new("test", br#""b\u002f\u002A\ud83d\ude00x""#.to_vec());
    let document = parse(&source);
    let Kind::String(text) = &document.root.kind else {
        panic!("not a string")
    };
    assert_eq!(text.as_str(), "b/*😀x");
    let back = |range| source.slice(text.source_span(range));
    assert_eq!(back(0..1), "b");
    assert_eq!(back(1..2), r"\u002f");
    assert_eq!(back(2..3), r"\u002A");
    assert_eq!(back(3..7), r"\ud83d\ude00");
    assert_eq!(back(7..8), "x");
    assert_eq!(back(0..8), r"b\u002f\u002A\ud83d\ude00x");
    assert_eq!(back(8..8), "");
}

#[test]
fn trailing_commas() {
    assert_faults(
        r#"{"a": [1, 2,], }"#,
        &[
            (FaultKind::TrailingComma, ","),
            (FaultKind::TrailingComma, ","),
        ],
    );
    assert_tree(r#"{"a": [1, 2,], }"#, r#"{"a":[1,2]}"#);
    assert_faults("{},", &[(FaultKind::TrailingComma, ",")]);
}

#[test]
fn extra_and_missing_commas() {
    assert_faults(
        "[,1,,2]",
        &[(FaultKind::ExtraComma, ","), (FaultKind::ExtraComma, ",")],
    );
    assert_tree("[,1,,2]", "[1,2]");
    assert_faults(r#"["a" "b"]"#, &[(FaultKind::MissingComma, "\"")]);
    assert_tree(r#"["a" "b"]"#, r#"["a","b"]"#);
    assert_faults("{\"a\": 1\n\"b\": 2}", &[(FaultKind::MissingComma, "1")]);
    assert_tree("{\"a\": 1\n\"b\": 2}", r#"{"a":1,"b":2}"#);
}

#[test]
fn comments() {
    let text = "{ // one\n\"a\": 1, /* two */ \"b\": 2 # three\n}";
    assert_faults(
        text,
        &[
            (FaultKind::Comment, "// one"),
            (FaultKind::Comment, "/* two */"),
            (FaultKind::Comment, "# three"),
        ],
    );
    assert_tree(text, r#"{"a":1,"b":2}"#);
    assert_faults("{ /* x }", &[(FaultKind::UnterminatedComment, "/*")]);
}

#[test]
fn comments_are_kept_be_they_faults_or_not() {
    let text = "{ // one\r\n\"a\": 1, /* tw\u{e9}\n */ \"b\": 2 # three\n} //";
    let source = Source::new("test", text.as_bytes().to_vec());
    for (dialect, faults) in [(Comments::Refused, 4), (Comments::Allowed, 0)] {
        let document = parse_with(&source, dialect);
        assert_eq!(document.faults.len(), faults);
        let comments = document.comments.iter();
        let found: Vec<_> = comments
            .map(|comment| {
                let slice = |span| source.slice(span);
                (comment.style, slice(comment.span), slice(comment.text))
            })
            .collect();
        assert_eq!(
            found,
            [
                (CommentStyle::Line, "// one", " one"),
                (CommentStyle::Block, "/* tw\u{e9}\n */", " tw\u{e9}\n "),
                (CommentStyle::Line, "# three", " three"),
                (CommentStyle::Line, "//", ""),
            ]
        );
    }
}

#[test]
fn where_comments_are_allowed_any_number_is_read_and_other_faults_stay() {
    let source = Source::new("test", format!("{}{{,}}", "#\n".repeat(1_000)).into_bytes());
    let document = parse_with(&source, Comments::Allowed);
    assert_eq!(document.comments.len(), 1_000);
    let kinds: Vec<_> = document.faults.iter().map(|fault| &fault.kind).collect();
    assert_eq!(kinds, [&FaultKind::ExtraComma]);
    let open = Source::new("test", b"{} /* x".to_vec());
    let document = parse_with(&open, Comments::Allowed);
    assert_eq!(document.faults.len(), 1);
    assert_eq!(document.faults[0].kind, FaultKind::UnterminatedComment);
    assert_eq!(document.comments, []);
}

#[test]
fn quotes_of_the_wrong_kind() {
    assert_faults(
        "{'a': 'b'}",
        &[
            (FaultKind::SingleQuotes, "'a'"),
            (FaultKind::SingleQuotes, "'b'"),
        ],
    );
    assert_tree("{'a': 'b'}", r#"{"a":"b"}"#);
    assert_faults("{“a”: 1}", &[(FaultKind::TypographicQuotes, "“a”")]);
    assert_tree("{“a”: 1}", r#"{"a":1}"#);
}

#[test]
fn a_string_that_its_line_ends_keeps_the_rest_readable() {
    let text = "{\"a\": \"x,\n\"b\": [\"y],\n\"c\": 3}";
    assert_faults(
        text,
        &[
            (FaultKind::UnterminatedString, "\"x"),
            (FaultKind::UnterminatedString, "\"y"),
        ],
    );
    assert_tree(text, r#"{"a":"x","b":["y"],"c":3}"#);
}

#[test]
fn escapes_that_json_does_not_have() {
    assert_faults(r#""a\qb""#, &[(FaultKind::BadEscape, r"\q")]);
    assert_tree(r#""a\qb""#, r#""aqb""#);
    assert_faults(r#""\u12x""#, &[(FaultKind::BadEscape, r"\u12")]);
    assert_faults(r#""\ud800x""#, &[(FaultKind::LoneSurrogate, r"\ud800")]);
    assert_faults(
        r#""\udc00\ud800""#.trim(),
        &[
            (FaultKind::LoneSurrogate, r"\udc00"),
            (FaultKind::LoneSurrogate, r"\ud800"),
        ],
    );
}

#[test]
fn raw_control_characters() {
    assert_faults("\"a\tb\"", &[(FaultKind::ControlCharacter('\t'), "\t")]);
    assert_tree("\"a\tb\"", r#""a\tb""#);
    assert_faults(
        "\"\u{1b}[31m\"",
        &[(FaultKind::ControlCharacter('\u{1b}'), "\u{1b}")],
    );
}

#[test]
fn encodings() {
    assert_faults("\u{feff}{}", &[(FaultKind::ByteOrderMark, "\u{feff}")]);
    let kinds = |bytes: &[u8]| -> Vec<FaultKind> {
        parse(&Source::new("test", bytes.to_vec()))
            .faults
            .into_iter()
            .map(|f| f.kind)
            .collect()
    };
    assert_eq!(kinds(b"{\"a\": \"\xff\xfe\"}"), [FaultKind::InvalidUtf8(2)]);
    assert_eq!(kinds(b"\xff\xfe{\0}\0"), [FaultKind::Utf16]);
    assert_eq!(kinds(b"\x7fELF\0\0"), [FaultKind::Binary]);
}

#[test]
fn empty_text() {
    assert_faults("", &[(FaultKind::Empty, "")]);
    assert_faults(" \n\t", &[(FaultKind::Empty, "")]);
}

#[test]
fn more_than_one_document() {
    assert_faults("{} {}", &[(FaultKind::SecondDocument, "{")]);
    assert_faults("{}\n\"x\"", &[(FaultKind::SecondDocument, "\"")]);
    assert_faults("{}}", &[(FaultKind::UnmatchedClose('}'), "}")]);
}

#[test]
fn brackets_that_do_not_match() {
    assert_faults("{\"a\": [1", &[(FaultKind::Unclosed('['), "[")]);
    assert_faults(
        "{\"a\": [1}",
        &[(
            FaultKind::MismatchedClose {
                expected: ']',
                found: '}',
            },
            "}",
        )],
    );
}

#[test]
fn words_without_quotes() {
    assert_faults(
        "{a: Allow, \"b\": True}",
        &[
            (FaultKind::Unquoted("a".into()), "a"),
            (FaultKind::Unquoted("Allow".into()), "Allow"),
            (FaultKind::Unquoted("True".into()), "True"),
        ],
    );
}

#[test]
fn numbers_that_json_does_not_have() {
    for text in ["01", "1.", ".5", "+1", "-", "1e", "0x10", "1abc"] {
        assert_faults(&format!("[{text}]"), &[(FaultKind::BadNumber, text)]);
    }
}

#[test]
fn missing_values_and_colons() {
    assert_faults(r#"{"a": , "b": 1}"#, &[(FaultKind::MissingValue, ",")]);
    assert_faults(r#"{"a" 1}"#, &[(FaultKind::MissingColon, "\"a\"")]);
    assert_faults(r#"{"a"}"#, &[(FaultKind::MissingValue, "\"a\"")]);
    assert_faults("{1: 2}", &[(FaultKind::Unquoted("1".into()), "1")]);
    assert_faults("{[]: 2}", &[(FaultKind::BadKey, "[]")]);
}

#[test]
fn depth_is_bounded() {
    let sound = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert_faults(&sound, &[]);
    assert_faults(&"[".repeat(100_000), &[(FaultKind::TooDeep, "[")]);
}

#[test]
fn size_is_bounded() {
    let text = " ".repeat(MAX_POLICY_BYTES + 1);
    assert_faults(&text, &[(FaultKind::TooLarge, " ")]);
}

#[test]
fn faults_are_bounded() {
    let found = faults(&"[,".repeat(40).repeat(3));
    assert!(found.len() <= MAX_FAULTS + 1, "{} faults", found.len());
    let found = faults(&format!("[{}1]", ",".repeat(1000)));
    assert_eq!(found.len(), MAX_FAULTS + 1);
    assert_eq!(found.last().unwrap().0, FaultKind::TooManyFaults);
}
