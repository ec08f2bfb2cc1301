use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, edits::replace, rule},
    policy::{PolicyType, PolicyTypes},
    source::{Safety, Severity, Span},
    syntax::{Kind, Text},
};

rule! {
    /// ## What it does
    /// Flags a character in a string that IAM takes in no policy document: anything but tab, line
    /// feed, carriage return and U+0020 to U+00FF. Dashes, quotes and spaces that word processors
    /// and chats put in place of plain ones are the most frequent of them.
    ///
    /// The fix puts the plain character in place of one that looks like it, and removes one that
    /// cannot be seen.
    ///
    /// ## Why it matters
    /// IAM refuses the whole document, with a message that shows a regular expression and not the
    /// place. An escape such as `\u2013` is not flagged: the document then has no such character.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports–2026/*"
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
    ///     "Resource": "arn:aws:s3:::reports-2026/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "invalid-character",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "character that IAM takes in no policy",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Boundary,
            PolicyType::Trust,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    // U+0100 and all above it start with a byte from 0xC4 on.
    if cx.source.text().bytes().all(|byte| byte < 0xC4) {
        return;
    }
    let mut texts: Vec<&Text<'_>> = Vec::new();
    for value in cx.root.descendants() {
        match &value.kind {
            Kind::String(text) => texts.push(text),
            Kind::Object(members) => texts.extend(members.iter().map(|member| &member.key)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Array(_) | Kind::Unreadable => {}
        }
    }
    for text in texts {
        report(cx, text, out);
    }
}

/// Reports the first such character of a string, and mends them all.
fn report(cx: &DocumentCx<'_>, text: &Text<'_>, out: &mut Findings<'_>) {
    let content = text.content_span();
    let mut refused = cx
        .source
        .slice(content)
        .char_indices()
        .filter(|(_, character)| *character > '\u{FF}')
        .map(|(at, character)| {
            let start = content.start + at;
            (Span::new(start, start + character.len_utf8()), character)
        });
    let Some(first) = refused.next() else { return };
    let (span, character) = first;
    let code = u32::from(character);
    let all: Vec<_> = std::iter::once(first).chain(refused).collect();
    let message = if plain(character) == Some("") {
        format!("invisible character U+{code:04X}, which IAM takes in no policy")
    } else {
        format!("`{character}` (U+{code:04X}) is a character that IAM takes in no policy")
    };
    let draft = out
        .report(span, message)
        .help("IAM takes tab, line feed, carriage return and U+0020 to U+00FF");
    let edits: Option<Vec<_>> = all
        .iter()
        .map(|(span, character)| plain(*character).map(|plain| replace(*span, plain)))
        .collect();
    if let Some(edits) = edits {
        draft.fix("write plain characters", Safety::Unsafe, edits);
    }
}

/// The plain character that one was most likely written for; empty for one that cannot be seen.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2018}' | '\u{2019}' | '\u{2032}' => "'",
        '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => " ",
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' => "",
        '\u{2026}' => "...",
        '\u{2217}' | '\u{FF0A}' => "*",
        '\u{FF1A}' => ":",
        '\u{FF0F}' | '\u{2215}' => "/",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, fixed, silent, under};

    fires!(
        dash_in_a_sid,
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a–b", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#,
        "–"
    );
    fires!(
        zero_width_space_in_an_arn,
        allow(r#""s3:GetObject""#, "\"arn:aws:s3:::b\u{200B}/*\""),
        "\u{200B}"
    );
    fires!(
        once_a_string_though_it_has_several,
        under(r#"{"StringEquals": {"aws:PrincipalTag/größe–": "🚀🚀"}}"#),
        "–",
        "🚀"
    );
    fires!(
        trust_policies_as_well,
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Ω", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}"#,
        "Ω"
    );
    silent!(
        latin_1,
        under(r#"{"StringEquals": {"aws:PrincipalTag/größe": "½ ÿ"}}"#)
    );
    silent!(
        escaped,
        under(r#"{"StringEquals": {"aws:userid": "a\u2013b"}}"#)
    );
    silent!(
        policies_of_resources,
        as Resource,
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a–b", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#
    );

    #[test]
    fn the_fix_writes_plain_characters() {
        let text = allow(r#""s3:GetObject""#, "\"arn:aws:s3:::a–b\u{200B}–c/*\"");
        let expected = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::a-b-c/*""#);
        assert_eq!(fixed(&super::RULE, &text), expected);
    }

    #[test]
    fn what_looks_like_nothing_plain_has_no_fix() {
        let text = under(r#"{"StringEquals": {"aws:userid": "–🚀"}}"#);
        assert_eq!(finding(&super::RULE, &text).fix, None);
    }
}
