//! The fields of the ARNs that a statement names, and where they stand.
//!
//! A field with a wildcard or a variable is never wrong: what it matches is not written out.

use super::{StatementCx, rules};
use crate::{
    catalog::{Catalog, table},
    policy::{Arn, ArnPattern, Comparison, Pattern, ResourceForm, Version},
    source::Span,
    syntax::Text,
};

/// The fields of an ARN, after `arn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Partition,
    Service,
    Region,
    Account,
    Resource,
}

/// An ARN of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    /// The ARN.
    pub(super) arn: &'a ArnPattern,
    /// The text that it was read from.
    pub(super) text: &'a Text<'static>,
    version: Version,
}

impl Written<'_> {
    /// A field, where it is written out.
    pub(super) fn literal(&self, field: Field) -> Option<&str> {
        literal(self.arn, field)
    }

    /// Where a field stands; the whole text where it is empty or not there.
    pub(super) fn span(&self, field: Field) -> Span {
        self.range(field)
            .filter(|range| !range.is_empty())
            .map_or_else(|| self.text.span(), |range| self.text.source_span(range))
    }

    /// Where the field stands that a fix replaces, empty or not.
    pub(super) fn place(&self, field: Field) -> Option<Span> {
        self.range(field).map(|range| self.text.source_span(range))
    }

    fn range(&self, field: Field) -> Option<std::ops::Range<usize>> {
        let ranges = ArnPattern::field_ranges(self.text.as_str(), self.version);
        ranges.into_iter().nth(field as usize)
    }
}

/// A field, where it is written out.
pub(super) fn literal(arn: &ArnPattern, field: Field) -> Option<&str> {
    pattern(arn, field).as_literal()
}

/// The pattern of a field.
pub(super) fn pattern(arn: &ArnPattern, field: Field) -> &Pattern {
    let [partition, service, region, account, resource] = arn.fields();
    match field {
        Field::Partition => partition,
        Field::Service => service,
        Field::Region => region,
        Field::Account => account,
        Field::Resource => resource,
    }
}

/// Shows the ARNs of `Resource` and `NotResource`.
pub(super) fn each_resource(cx: &StatementCx<'_>, mut see: impl FnMut(Written<'_>)) {
    for entry in cx.resources() {
        if let ResourceForm::Arn(arn) = &entry.form {
            see(Written {
                arn,
                text: &entry.text,
                version: cx.policy.version,
            });
        }
    }
}

/// Shows the ARNs of `Resource` and `NotResource`, and those that operators on ARNs compare with.
pub(super) fn each(cx: &StatementCx<'_>, mut see: impl FnMut(Written<'_>)) {
    each_resource(cx, &mut see);
    let version = cx.policy.version;
    for test in cx.tests() {
        let on_arns = matches!(
            test.operator.comparison,
            Comparison::ArnEquals
                | Comparison::ArnLike
                | Comparison::ArnNotEquals
                | Comparison::ArnNotLike
        );
        if !on_arns {
            continue;
        }
        for text in test.values.iter().filter_map(|value| value.string.as_ref()) {
            if let Ok(Some(arn)) = ArnPattern::parse(text.as_str(), version) {
                let arn = &arn;
                see(Written { arn, text, version });
            }
        }
    }
}

/// Services each of whose resources belongs to one account and, but for IAM's, to one region. Others
/// have resources of AWS itself, or some that are in every region, which the reference does not
/// always tell: `arn:aws:ssm:*::document/AWS-*`, `arn:aws:bedrock:::foundation-model/*`.
const OWNED: [&str; 19] = [
    "athena",
    "codebuild",
    "cognito-idp",
    "dynamodb",
    "ecr",
    "ecs",
    "eks",
    "elasticfilesystem",
    "elasticloadbalancing",
    "es",
    "firehose",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "secretsmanager",
    "sns",
    "sqs",
    "states",
];

/// Whether every resource of a service surely belongs to one account.
pub(super) fn is_owned(service: &str) -> bool {
    OWNED.contains(&service)
}

/// Services whose resources are in no region, or of which those that are can be told apart.
const GLOBAL: [&str; 7] = [
    "account",
    "cloudfront",
    "globalaccelerator",
    "iam",
    "organizations",
    "route53",
    "s3",
];

/// Services with resources whose ARNs name no account.
const WITHOUT_ACCOUNT: [&str; 3] = ["apigateway", "route53", "s3"];

/// What the forms of ARNs say of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Every form that the resource can have has the field.
    Always,
    /// None has it.
    Never,
}

/// Whether an ARN of this service and resource surely has a region or an account, or surely has none.
pub(super) fn surely(catalog: Catalog, arn: &ArnPattern, needs: Needs, field: Field) -> bool {
    let Some(service) = literal(arn, Field::Service) else {
        return false;
    };
    let (known, has_field): (&[&str], fn(&Arn<'_>) -> bool) = match field {
        Field::Region => (&GLOBAL, |form| !form.region.is_empty()),
        Field::Account => (&WITHOUT_ACCOUNT, |form| !form.account.is_empty()),
        Field::Partition | Field::Service | Field::Resource => return false,
    };
    // Most ARNs are decided here, before the forms are looked through.
    let is_candidate = match needs {
        Needs::Always => {
            OWNED.contains(&service) && !(field == Field::Region && known.contains(&service))
        }
        Needs::Never => known.contains(&service) && !is_other_s3(arn),
    };
    if !is_candidate {
        return false;
    }
    let forms = catalog.arn_forms_of_resource(arn);
    let always = needs == Needs::Always;
    !forms.is_empty() && forms.iter().all(|form| has_field(form) == always)
}

/// Whether an ARN of S3 has region, account and a path, as access points and jobs have: there are more
/// of these than the reference knows.
fn is_other_s3(arn: &ArnPattern) -> bool {
    let has = |field| literal(arn, field) != Some("");
    let has_path = pattern(arn, Field::Resource)
        .pieces()
        .iter()
        .any(|piece| !matches!(piece, crate::policy::Piece::Literal(text) if !text.contains('/')));
    literal(arn, Field::Service) == Some("s3")
        && has(Field::Region)
        && has(Field::Account)
        && has_path
}

/// The partition of a region that the table has.
pub(super) fn partition_of(region: &str) -> Option<&'static str> {
    let row = table::REGIONS.row(region)?;
    row.get(1).copied().filter(|_| row.first() == Some(&region))
}

/// Whether a text has the form of a region, known or not: `eu-south-3`.
pub(super) fn has_form_of_region(text: &str) -> bool {
    const PLACES: [&str; 9] = [
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
    let mut parts = text.rsplit('-');
    let (number, place, area) = (parts.next(), parts.next(), parts.next());
    let is_number = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit());
    number.is_some_and(is_number)
        && place.is_some_and(|place| PLACES.contains(&place))
        && area.is_some_and(|area| {
            (2..=5).contains(&area.len()) && area.bytes().all(|byte| byte.is_ascii_lowercase())
        })
}

/// Whether an ARN has a fault that another rule tells, so that it matches nothing anyway.
pub(super) fn is_faulty(cx: &StatementCx<'_>, arn: &ArnPattern) -> bool {
    let catalog = cx.catalog;
    rules::arn_partition::is_wrong(arn)
        || rules::arn_service_case::meant(catalog, arn).is_some()
        || rules::arn_region::fault(catalog, arn).is_some()
        || rules::arn_region_missing::is_missing(catalog, arn)
        || rules::arn_region_not_allowed::is_given(catalog, arn)
        || rules::arn_account::fault(catalog, arn).is_some()
        || rules::arn_account_missing::is_missing(catalog, arn)
        || rules::arn_account_not_allowed::is_given(catalog, arn)
        || rules::arn_resource_format::meant(catalog, arn).is_some()
}
