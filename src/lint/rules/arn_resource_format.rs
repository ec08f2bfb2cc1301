use crate::{
    catalog::Catalog,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        edits, listed, rule,
    },
    policy::{ArnPattern, PolicyTypes},
    source::{Safety, Severity, Span},
};
use std::{collections::BTreeMap, sync::OnceLock};

rule! {
    /// ## What it does
    /// Flags an ARN whose resource starts with a slip for a type that its service has, or with the right type
    /// and the wrong mark behind it: `rol/x` for `role/x`, `function/x` for `function:x`.
    ///
    /// Only services are looked at whose types are all known and all start with a word: IAM, Lambda, DynamoDB,
    /// KMS, ECS, ECR, Secrets Manager, Step Functions, Kinesis and Cognito user pools. Words that are near no
    /// type of the service are left alone.
    ///
    /// ## Why it matters
    /// No resource has such an ARN, so the entry matches nothing. Letter case counts: a state machine is
    /// `stateMachine:x`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:GetRole",
    ///     "Resource": "arn:aws:iam::123456789012:rol/reports"
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
    ///     "Action": "iam:GetRole",
    ///     "Resource": "arn:aws:iam::123456789012:role/reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `INVALID_ARN_RESOURCE`
    /// - parliament: `INVALID_ARN`, `RESOURCE_MISMATCH`
    /// - iam-policy-validator: `invalid_resource`
    /// - cfn-lint: `E3511`, `E3514`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-resource-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "resource of an ARN that its service does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// Services all of whose types are in the reference, and start with a word.
const KNOWN: [&str; 10] = [
    "cognito-idp",
    "dynamodb",
    "ecr",
    "ecs",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "secretsmanager",
    "states",
];

/// Words of ARNs that the reference lacks.
const FURTHER: [(&str, &str); 4] = [
    ("iam", "root"),
    ("kinesis", "stream/"),
    ("lambda", "awslayer:"),
    ("states", "mapRun:"),
];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each_resource(cx, |written| {
        let Some((found, meant)) = meant(cx.catalog, written.arn) else {
            return;
        };
        let message = format!("no resource is called `{found}…` here, so this matches nothing");
        let place = written.place(Field::Resource).and_then(|place| {
            let text = cx.document.source.slice(place);
            // An escape in the word would shift its end.
            text.starts_with(found)
                .then(|| Span::new(place.start, place.start + found.len()))
        });
        let span = place.unwrap_or_else(|| written.span(Field::Resource));
        let draft = out
            .report(span, message)
            .help(format!("did you mean `{meant}`?"));
        if let Some(place) = place {
            draft.fix(
                format!("write `{meant}`"),
                Safety::Unsafe,
                vec![edits::replace(place, meant)],
            );
        }
    });
}

/// The word that a resource starts with, with the mark behind it, and what it was meant to be.
pub(in crate::lint) fn meant(catalog: Catalog, arn: &ArnPattern) -> Option<(&str, &'static str)> {
    let service = arn_fields::literal(arn, Field::Service)?;
    if !KNOWN.contains(&service) {
        return None;
    }
    let start = listed::literal_start(arn_fields::pattern(arn, Field::Resource));
    let found = label(start)?;
    let labels = labels(catalog, service);
    if labels.contains(&found) {
        return None;
    }
    let (word, lower) = (word(found), found.to_ascii_lowercase());
    let distance = |known: &&str| strsim::osa_distance(&known.to_ascii_lowercase(), &lower);
    let same = labels
        .iter()
        .copied()
        .find(|known| self::word(known) == word);
    let best = same.or_else(|| labels.iter().copied().min_by_key(distance))?;
    let near = same.is_some() || found.len() <= 32 && distance(&best) <= 1;
    near.then_some((found, best))
}

/// The words that the ARNs of a service start with, each with the mark behind it.
fn labels(catalog: Catalog, service: &str) -> &'static [&'static str] {
    static LABELS: OnceLock<BTreeMap<&str, Vec<&str>>> = OnceLock::new();
    let of = |service: &str| {
        let forms = catalog.arn_forms_in(service).into_iter();
        let own = FURTHER.iter().filter(|(own, _)| *own == service);
        let labels = forms.filter_map(|form| label(form.resource));
        labels.chain(own.map(|(_, word)| *word)).collect()
    };
    let all = LABELS.get_or_init(|| KNOWN.map(|service| (service, of(service))).into());
    all.get(service).map_or(&[], Vec::as_slice)
}

/// The word before the first `/` or `:`, with that mark.
fn label(resource: &str) -> Option<&str> {
    let end = resource.find(['/', ':'])?;
    let label = resource.get(..=end)?;
    (end > 1 && !label.contains('$')).then_some(label)
}

/// A label without its mark.
fn word(label: &str) -> &str {
    label.trim_end_matches(['/', ':'])
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent};

    fires!(
        aa_invalid_arn_resource,
        allow(r#""iam:GetRole""#, r#""arn:aws:iam::123456789012:rol/x""#),
        "rol/"
    );
    fires!(
        wrong_mark,
        allow(
            r#""lambda:InvokeFunction""#,
            r#""arn:aws:lambda:us-east-1:123456789012:function/x""#
        ),
        "function/"
    );
    fires!(
        letter_case,
        allow(
            r#""states:StartExecution""#,
            r#""arn:aws:states:*:*:statemachine:*""#
        ),
        "statemachine:"
    );
    fires!(
        plural,
        allow(
            r#""iam:GetUser""#,
            r#"["arn:aws:iam::*:users/*", "arn:aws:iam::*:user/*"]"#
        ),
        "users/"
    );
    silent!(
        right_ones,
        allow(
            r#""iam:*""#,
            r#"["arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:root", "arn:aws:iam::aws:policy/x", "arn:aws:lambda:*:*:event-source-mapping:x"]"#
        )
    );
    silent!(
        words_near_nothing,
        allow(
            r#""iam:GetRole""#,
            r#""arn:aws:iam::123456789012:brand-new/x""#
        )
    );
    silent!(
        wildcard_in_the_word,
        allow(
            r#""iam:GetRole""#,
            r#"["arn:aws:iam::123456789012:rol*", "arn:aws:iam::*:*/x"]"#
        )
    );
    silent!(
        services_that_are_not_known_whole,
        allow(r#""ec2:RunInstances""#, r#""arn:aws:ec2:*:*:instances/*""#)
    );

    #[test]
    fn the_type_is_named_and_mended() {
        let text = allow(r#""iam:GetRole""#, r#""arn:aws:iam::123456789012:rol/x""#);
        assert_eq!(help(&super::RULE, &text), "did you mean `role/`?");
        assert_eq!(
            fixed(&super::RULE, &text),
            allow(r#""iam:GetRole""#, r#""arn:aws:iam::123456789012:role/x""#)
        );
    }
}
