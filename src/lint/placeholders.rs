//! Names that documentation uses where the reader's own are to stand.

use std::ops::Range;

/// Words that are the whole of a field or of a part of a name.
const WORDS: [&str; 14] = [
    "ACCOUNT",
    "ACCOUNT-ID",
    "ACCOUNTID",
    "ACCOUNT_ID",
    "AWS-ACCOUNT-ID",
    "AWS_ACCOUNT_ID",
    "AWS_REGION",
    "BUCKET-NAME",
    "BUCKET_NAME",
    "DOC-EXAMPLE-BUCKET",
    "EXAMPLE-BUCKET",
    "PARTITION",
    "REGION",
    "XXXXXXXXXXXX",
];

/// What stands after `your-` where readers are to put their own.
const OWN: [&str; 8] = [
    "account", "aws", "bucket", "key", "org", "region", "role", "table",
];

/// Accounts of AWS's documentation. Its `123456789012` is in too many tests to say something.
const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];

/// Whether a text has a variable, or a part that a template engine or a person is yet to fill in, so
/// that what AWS will see is not known.
pub(super) fn is_unfilled(text: &str) -> bool {
    ["${", "{{", "%{", "#{", "%(", "<"]
        .iter()
        .any(|mark| text.contains(mark))
}

/// Whether a whole field of an ARN is a placeholder.
pub(super) fn is_one(field: &str) -> bool {
    let fields = ["account", "account-id", "accountid", "account_id", "region"];
    fields.contains(&field.to_ascii_lowercase().as_str()) || find(field).is_some()
}

/// The first placeholder in a text.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    in_brackets(text).or_else(|| {
        words(text)
            .filter(|(_, word)| is_word(word))
            .map(|(start, word)| start..start + word.len())
            .next()
    })
}

/// `<account-id>`
fn in_brackets(text: &str) -> Option<Range<usize>> {
    let start = text.find('<')?;
    let inner = text.get(start + 1..)?;
    let length = inner.find('>')?;
    let name = inner.get(..length)?;
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    is_name.then_some(start..start + length + 2)
}

/// The runs of letters, digits, `-` and `_`, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut at = 0;
    text.split(move |c: char| !is_part(c)).map(move |word| {
        let start = at;
        // What parts words is one byte or more; find where the next starts.
        let after = start + word.len();
        at = after
            + text
                .get(after..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
        (start, word)
    })
}

fn is_word(word: &str) -> bool {
    if word.len() < 6 {
        return false;
    }
    if WORDS.contains(&word) || ACCOUNTS.contains(&word) || word.starts_with("amzn-s3-demo-") {
        return true;
    }
    let Some((your, rest)) = word.split_at_checked(5) else {
        return false;
    };
    matches!(your, "YOUR-" | "YOUR_" | "your-" | "your_")
        && OWN.iter().any(|own| {
            rest.get(..own.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(own))
        })
}

#[cfg(test)]
mod tests {
    use super::{find, is_one};

    fn found(text: &str) -> Option<&str> {
        text.get(find(text)?)
    }

    #[test]
    fn placeholders_are_found_in_names() {
        assert_eq!(found("arn:aws:s3:::YOUR-BUCKET/*"), Some("YOUR-BUCKET"));
        assert_eq!(found("arn:aws:sqs:REGION:1:é"), Some("REGION"));
        assert_eq!(found("é:111122223333:x"), Some("111122223333"));
        assert_eq!(
            found("arn:aws:iam::<account-id>:root"),
            Some("<account-id>")
        );
        assert_eq!(
            found("arn:aws:s3:::amzn-s3-demo-bucket1/x"),
            Some("amzn-s3-demo-bucket1")
        );
        assert!(is_one("account-id") && is_one("Region") && !is_one("eu-west-1"));
    }

    #[test]
    fn real_names_are_none() {
        for text in [
            "arn:aws:s3:::regional-data/*",
            "arn:aws:sqs:us-east-1:123456789012:ACCOUNTING",
            "arn:aws:s3:::your-company-data",
            "a < b > c",
            "arn:aws:s3:::my-bucket",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
