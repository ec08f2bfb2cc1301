use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        edits, placeholders, rule,
    },
    policy::{ArnPattern, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an ARN whose second field is no partition of AWS. A name that starts with `aws-` and is not
    /// near a known one is left alone: it may be newer than the table of iamsim. Whether a service exists
    /// in a partition is not judged.
    ///
    /// ## Why it matters
    /// Every ARN of a request names its real partition, so the entry matches nothing. The names are not
    /// those of the regions: `us-gov-west-1` is in `aws-us-gov`, `cn-north-1` in `aws-cn`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws-govcloud:sqs:us-gov-west-1:123456789012:jobs"
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
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `INVALID_PARTITION`
    /// - parliament: `INVALID_ARN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-partition",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "ARN in a partition that AWS does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-us-gov",
];

/// What people write, and the partition that they mean.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("aws-china", "aws-cn"),
    ("aws-gov", "aws-us-gov"),
    ("aws-govcloud", "aws-us-gov"),
    ("aws-us-govcloud", "aws-us-gov"),
    ("aws-usgov", "aws-us-gov"),
    ("cn", "aws-cn"),
];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each(cx, |written| {
        let Some(partition) = written.literal(Field::Partition) else {
            return;
        };
        if !is_wrong(written.arn) {
            return;
        }
        let draft = out.report(
            written.span(Field::Partition),
            format!("there is no partition `{partition}`, so this matches nothing"),
        );
        match meant(partition).zip(written.place(Field::Partition)) {
            Some((meant, place)) => draft.help(format!("did you mean `{meant}`?")).fix(
                format!("write `{meant}`"),
                Safety::Unsafe,
                vec![edits::replace(place, meant)],
            ),
            None => draft.help("the partition of most regions is `aws`"),
        };
    });
}

/// Whether an ARN names a partition that AWS surely does not have.
pub(in crate::lint) fn is_wrong(arn: &ArnPattern) -> bool {
    arn_fields::literal(arn, Field::Partition).is_some_and(|partition| {
        let may_be_new = || {
            let name = partition.strip_prefix("aws-").unwrap_or_default();
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte == b'-' || byte.is_ascii_lowercase())
                && meant(partition).is_none()
        };
        !PARTITIONS.contains(&partition) && !placeholders::is_one(partition) && !may_be_new()
    })
}

/// The partition that was most likely meant.
fn meant(partition: &str) -> Option<&'static str> {
    let lower = partition.to_ascii_lowercase();
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == lower);
    if let Some((_, meant)) = other {
        return Some(meant);
    }
    // A new partition of the isolated regions would have one more letter.
    if partition.starts_with("aws-iso") || partition.len() > 16 {
        return None;
    }
    let distance = |known: &&str| strsim::osa_distance(known, &lower);
    let best = PARTITIONS.into_iter().min_by_key(distance)?;
    (distance(&best) <= 1).then_some(best)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent, under};

    fires!(
        slip,
        allow(r#""s3:GetObject""#, r#""arn:awz:s3:::b/*""#),
        "awz"
    );
    fires!(
        aa_invalid_partition,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws-gov:s3:::b/*", "arn:aws::s3:::b"]"#
        ),
        "aws-gov"
    );
    fires!(
        empty,
        allow(r#""s3:GetObject""#, r#""arn::s3:::b/*""#),
        "arn::s3:::b/*"
    );
    fires!(
        upper_case,
        allow(r#""s3:GetObject""#, r#""arn:AWS:s3:::b/*""#),
        "AWS"
    );
    fires!(
        in_a_condition,
        under(r#"{"ArnLike": {"aws:SourceArn": "arn:awz:sns:us-east-1:123456789012:t"}}"#),
        "awz"
    );
    silent!(
        every_partition,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/*", "arn:aws-cn:s3:::b/*", "arn:aws-us-gov:s3:::b/*", "arn:aws-eusc:s3:::b/*", "arn:aws-iso-f:s3:::b/*"]"#
        )
    );
    silent!(
        wildcards_and_tokens,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:*:s3:::b/*", "arn:aws*:s3:::b/*", "arn:${AWS::Partition}:s3:::b/*", "arn:PARTITION:s3:::b/*"]"#
        )
    );
    silent!(
        partition_that_may_be_new,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws-iso-g:s3:::b/*", "arn:aws-moon:s3:::b/*"]"#
        )
    );

    #[test]
    fn other_names_are_translated() {
        let text = allow(r#""s3:GetObject""#, r#""arn:aws-gov:s3:::b/*""#);
        assert_eq!(help(&super::RULE, &text), "did you mean `aws-us-gov`?");
        assert_eq!(
            fixed(&super::RULE, &text),
            allow(r#""s3:GetObject""#, r#""arn:aws-us-gov:s3:::b/*""#)
        );
    }
}
