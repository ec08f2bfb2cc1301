use super::invalid_character;
use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, edits::replace, rule},
    policy::{PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a `Sid` with anything but ASCII letters and digits, in policies of identities and of
    /// organizations. The policies of resources are left out: services take more there, such as
    /// spaces in those of buckets.
    ///
    /// The fix leaves the other characters out and starts the next word with a capital. It is safe:
    /// a `Sid` decides nothing.
    ///
    /// ## Why it matters
    /// AWS refuses the policy, often only when it is deployed.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "read-reports",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "ReadReports",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    /// - Access Analyzer: `UNSUPPORTED_SID`
    /// - parliament: `INVALID_SID`
    /// - iam-policy-validator: `invalid_sid_format`
    /// - tflint: `aws_iam_policy_sid_invalid_characters`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "invalid-sid",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Sid` with other characters than letters and digits",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Scp,
            PolicyType::Rcp,
            PolicyType::Boundary,
            PolicyType::Session,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(sid) = &cx.statement.sid else { return };
    let name = sid.as_str();
    let is_wrong = |character: char| !character.is_ascii_alphanumeric();
    let Some(start) = name.find(is_wrong) else {
        return;
    };
    // A template engine was to fill this in, or an escape could not be read, which is told already.
    if name.contains("${") || name.contains("{{") || name.contains('\u{FFFD}') {
        return;
    }
    // That rule says of such a character that it may stand nowhere.
    let of_other_rule = invalid_character::RULE.types.contains(cx.policy_type());
    if of_other_rule
        && cx
            .document
            .source
            .slice(sid.span())
            .chars()
            .any(|c| c > '\u{FF}')
    {
        return;
    }
    let length = name
        .get(start..)
        .and_then(|rest| rest.find(|character| !is_wrong(character)));
    let end = length.map_or(name.len(), |length| start + length);
    let draft = out
        .report(
            sid.source_span(start..end),
            format!("`{name}` has other characters than letters and digits, so AWS refuses it"),
        )
        .help("a `Sid` takes `A` to `Z`, `a` to `z` and `0` to `9`");
    let mut others = cx
        .policy
        .statements
        .iter()
        .filter_map(|each| each.sid.as_ref());
    if let Some(new) = joined(name)
        && !others.any(|other| other.as_str() == new)
    {
        draft.fix(
            format!("write `{new}`"),
            Safety::Safe,
            vec![replace(sid.content_span(), new)],
        );
    }
}

/// The words of a text as one; `None` where letters would be lost or nothing is left.
fn joined(text: &str) -> Option<String> {
    let mut joined = String::with_capacity(text.len());
    let mut starts_word = false;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            let capital = starts_word && !joined.is_empty();
            joined.push(if capital {
                character.to_ascii_uppercase()
            } else {
                character
            });
            starts_word = false;
        } else if character.is_alphanumeric() {
            return None;
        } else {
            starts_word = true;
        }
    }
    (!joined.is_empty()).then_some(joined)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent};

    /// A statement with this `Sid`.
    fn with(sid: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "{sid}", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}]}}"#
        )
    }

    fires!(unsupported_sid, with("my sid!"), " ");
    fires!(several_in_a_row, with("a--_b"), "--_");
    fires!(escaped, with(r"a\u002db"), r"\u002d");
    fires!(letters_of_other_alphabets, with("größe"), "öß");
    fires!(service_control_policy, as Scp, with("a–b"), "–");
    silent!(letters_and_digits, with("Read2Reports"));
    silent!(empty, with(""));
    silent!(escape_that_cannot_be_read, with(r"a\ud800"));
    silent!(to_be_filled_in, with("Read${name}"));
    silent!(character_that_may_stand_nowhere, with("a–b"));
    silent!(
        policy_of_a_resource,
        as Resource,
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "my sid", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#
    );

    #[test]
    fn the_fix_joins_the_words() {
        assert_eq!(fixed(&super::RULE, &with("my sid!")), with("mySid"));
        assert_eq!(fixed(&super::RULE, &with("-read_all-2")), with("readAll2"));
    }

    #[test]
    fn nothing_is_fixed_where_letters_would_be_lost() {
        for sid in ["größe", "--"] {
            assert_eq!(finding(&super::RULE, &with(sid)).fix, None);
        }
    }
}
