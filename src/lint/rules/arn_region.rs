use crate::{
    catalog::{Catalog, table},
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
    /// Flags an ARN whose region is an availability zone, a slip for a region that there is, an account,
    /// or a region of another partition than that of the ARN.
    ///
    /// A region that iamsim does not know but that has the form of one, such as `eu-west-9`, is left alone:
    /// it may be newer than the table. Whether a region has the service is not judged.
    ///
    /// ## Why it matters
    /// The ARN of every request names the region that its resource is in, so the entry matches nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:us-east-1f:123456789012:jobs"
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
    ///     "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `INVALID_ARN_REGION`
    /// - parliament: `INVALID_ARN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-region",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "ARN in a region that AWS does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// What is wrong with a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lint) enum Fault {
    /// It is an availability zone of this region.
    Zone(&'static str),
    /// It is a slip for this region.
    Slip(&'static str),
    /// It is an account.
    Account,
    /// It is in this partition, and the ARN is in another.
    Elsewhere(&'static str),
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each(cx, |written| {
        let Some(fault) = fault(cx.catalog, written.arn) else {
            return;
        };
        let region = written.literal(Field::Region).unwrap_or_default();
        let message = match fault {
            Fault::Zone(_) => format!("`{region}` is an availability zone, not a region"),
            Fault::Slip(_) => format!("there is no region `{region}`"),
            Fault::Account => format!("`{region}` stands where the region should"),
            Fault::Elsewhere(partition) => {
                format!("`{region}` is a region of the partition `{partition}`")
            }
        };
        let message = format!("{message}, so this matches nothing");
        let draft = out.report(written.span(Field::Region), message);
        match fault {
            Fault::Zone(meant) | Fault::Slip(meant) => {
                let draft = draft.help(format!("did you mean `{meant}`?"));
                if let Some(place) = written.place(Field::Region) {
                    draft.fix(
                        format!("write `{meant}`"),
                        Safety::Unsafe,
                        vec![edits::replace(place, meant)],
                    );
                }
            }
            Fault::Account => {
                draft.help("the region comes before the account: `arn:partition:service:region:account:resource`");
            }
            Fault::Elsewhere(partition) => {
                draft
                    .label(written.span(Field::Partition), "another partition")
                    .help(format!(
                        "write the partition `{partition}`, or a region of this one"
                    ));
            }
        }
    });
}

/// What is surely wrong with the region of an ARN.
pub(in crate::lint) fn fault(catalog: Catalog, arn: &ArnPattern) -> Option<Fault> {
    let region = arn_fields::literal(arn, Field::Region)?;
    if region.is_empty() || region.len() > 32 || placeholders::is_one(region) {
        return None;
    }
    if let Some(own) = arn_fields::partition_of(region) {
        let written = arn_fields::literal(arn, Field::Partition)?;
        let is_known = table::REGIONS
            .rows()
            .iter()
            .any(|row| row.get(1) == Some(&written));
        let elsewhere = is_known && written != own && !is_out_of_place(catalog, arn);
        return elsewhere.then_some(Fault::Elsewhere(own));
    }
    if region.len() == 12 && region.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Fault::Account);
    }
    let known = || {
        table::REGIONS
            .rows()
            .iter()
            .filter_map(|row| row.first().copied())
    };
    let zone = region
        .strip_suffix(|letter: char| letter.is_ascii_lowercase())
        .and_then(|stem| known().find(|region| *region == stem));
    if let Some(region) = zone {
        return Some(Fault::Zone(region));
    }
    if arn_fields::has_form_of_region(region) {
        return None;
    }
    let lower = region.to_ascii_lowercase().replace('_', "-");
    let distance = |known: &&str| strsim::osa_distance(known, &lower);
    let best = known().min_by_key(distance)?;
    (distance(&best) <= 1).then_some(Fault::Slip(best))
}

/// Whether ARNs of this kind have no region at all, which is another rule's.
fn is_out_of_place(catalog: Catalog, arn: &ArnPattern) -> bool {
    super::arn_region_not_allowed::is_given(catalog, arn)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, fixed, help, silent, under};

    fn queue(start: &str) -> String {
        allow(
            r#""sqs:SendMessage""#,
            &format!(r#""arn:{start}:123456789012:jobs""#),
        )
    }

    fires!(aa_invalid_arn_region, queue("aws:sqs:us-est-1"), "us-est-1");
    fires!(zone, queue("aws:sqs:eu-central-1a"), "eu-central-1a");
    fires!(letter_case, queue("aws:sqs:US-EAST-1"), "US-EAST-1");
    fires!(underscores, queue("*:sqs:us_east_1"), "us_east_1");
    fires!(account, queue("aws:sqs:123456789012"), "123456789012");
    fires!(other_partition, queue("aws:sqs:cn-north-1"), "cn-north-1");
    fires!(
        in_a_condition,
        under(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east1:123456789012:t"}}"#),
        "us-east1"
    );
    silent!(region, queue("aws:sqs:us-east-1"));
    silent!(region_of_the_partition, queue("aws-cn:sqs:cn-north-1"));
    silent!(region_that_may_be_new, queue("aws:sqs:eu-west-9"));
    silent!(area_that_may_be_new, queue("aws:sqs:nz-north-1"));
    silent!(far_from_any, queue("aws:sqs:frankfurt"));
    silent!(wildcards_and_tokens, queue("aws:sqs:us-est-*"));
    silent!(token, queue("aws:sqs:${AWS::Region}"));
    silent!(placeholder, queue("aws:sqs:REGION"));

    #[test]
    fn slips_and_zones_are_mended() {
        let zone = queue("aws:sqs:us-east-1f");
        assert_eq!(help(&super::RULE, &zone), "did you mean `us-east-1`?");
        assert_eq!(fixed(&super::RULE, &zone), queue("aws:sqs:us-east-1"));
        let china = finding(&super::RULE, &queue("aws:sqs:cn-north-1"));
        assert_eq!(
            china.message,
            "`cn-north-1` is a region of the partition `aws-cn`, so this matches nothing"
        );
    }
}
