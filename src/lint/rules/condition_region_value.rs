use crate::{
    catalog::table::REGIONS,
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule},
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a value of `aws:RequestedRegion` and other keys of regions that is one letter or two
    /// off a region, has capitals, or is an availability zone.
    ///
    /// Regions that this version does not know are silent as long as they are formed like one:
    /// AWS opens new ones.
    ///
    /// ## Why it matters
    /// No request is for such a region. In an `Allow` the region is left out; in a `Deny` of all
    /// others with `StringNotEquals`, it is shut.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:RequestedRegion": "us-esat-1"}}
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
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion>
    /// - <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
    /// - Access Analyzer: `INVALID_REGION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-region-value",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "misspelt region, or an availability zone in its place",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, text) in condition_value::of_format(cx.test, "region") {
        let Some((fault, region)) = fault_of_region(&text) else {
            continue;
        };
        let draft = out.report(
            condition_value::span(value),
            format!(
                "{} {fault}, so no request is ever for it",
                condition_value::shown(&value.text)
            ),
        );
        match region {
            Some(region) => draft.help(format!("did you mean `{region}`?")).fix(
                format!("write `{region}`"),
                Safety::Unsafe,
                vec![condition_value::replaced(value, region)],
            ),
            None => draft.help("write the region, such as `us-east-1`"),
        };
    }
}

/// What is wrong with a region, and which one was meant.
fn fault_of_region(text: &str) -> Option<(&'static str, Option<&'static str>)> {
    let known = |name: &str| REGIONS.row(name).and_then(|row| row.first().copied());
    let folded = text.trim().to_ascii_lowercase();
    if let Some(region) = known(&folded) {
        let fault = "is not how the region is written";
        return (region != text).then_some((fault, Some(region)));
    }
    if let Some(region) = folded
        .strip_suffix(|last: char| last.is_ascii_lowercase())
        .and_then(known)
    {
        return Some(("is an availability zone and no region", Some(region)));
    }
    let is_zone_id = folded.rsplit_once("-az").is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    });
    if is_zone_id {
        return Some(("is the id of an availability zone and no region", None));
    }
    if folded.len() > 24 || is_formed_like_a_region(&folded) {
        return None;
    }
    let names = REGIONS.rows().iter().filter_map(|row| row.first().copied());
    let (distance, nearest) = names
        .map(|name| (strsim::osa_distance(name, &folded), name))
        .min()?;
    (distance <= 2).then_some(("is no region", Some(nearest)))
}

/// The last words of the names of regions.
const DIRECTIONS: [&str; 9] = [
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// Whether AWS may open a region of this name.
fn is_formed_like_a_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [areas @ .., direction, number] = parts.as_slice() else {
        return false;
    };
    let is_area =
        |part: &&str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    !areas.is_empty()
        && areas.iter().all(is_area)
        && DIRECTIONS.contains(direction)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_invalid_region,
        under(r#"{"StringEquals": {"aws:RequestedRegion": "us-esat-1"}}"#),
        "us-esat-1"
    );
    fires!(
        zones_capitals_and_blanks,
        under(
            r#"{"StringNotEqualsIfExists": {"aws:requestedregion": ["eu-west-1a", "use1-az2", "EU-WEST-1", "eu-west-1 ", "eu-west1"]}}"#
        ),
        "eu-west-1a",
        "use1-az2",
        "EU-WEST-1",
        "eu-west-1 ",
        "eu-west1"
    );
    silent!(
        regions_old_and_new,
        under(
            r#"{"StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-gov-west-1", "eu-west-9", "nz-north-1", "eusc-de-east-1", "global", "aws-global"]}}"#
        )
    );
    silent!(
        letter_case_where_it_does_not_count,
        under(r#"{"StringEqualsIgnoreCase": {"aws:RequestedRegion": "EU-WEST-1"}}"#)
    );
    silent!(
        patterns_and_variables,
        under(
            r#"{"StringLike": {"aws:RequestedRegion": ["eu-*", "${aws:PrincipalTag/region}", "REGION"]}}"#
        )
    );
    silent!(
        another_key,
        under(r#"{"StringEquals": {"aws:userid": "us-esat-1"}}"#)
    );

    #[test]
    fn the_fix_writes_the_region() {
        let text = |region: &str| {
            under(&format!(
                r#"{{"StringEquals": {{"aws:RequestedRegion": "{region}"}}}}"#
            ))
        };
        for (wrong, right) in [
            ("us-esat-1", "us-east-1"),
            ("us_west_2", "us-west-2"),
            ("ap-southeast-2b", "ap-southeast-2"),
            ("Eu-Central-1", "eu-central-1"),
        ] {
            assert_eq!(fixed(&super::RULE, &text(wrong)), text(right));
        }
    }
}
