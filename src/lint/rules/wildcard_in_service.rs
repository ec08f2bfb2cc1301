use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        rule,
        rules::resource_effectively_star,
        wording,
    },
    policy::{Effect, Piece, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` with a wildcard in the service of an action or of an ARN. Left alone are `*` for
    /// everything, and what `resource-effectively-star` tells.
    ///
    /// ## Why it matters
    /// Services come and go: the entry also covers those that AWS adds tomorrow, and those whose names
    /// only look alike. `*:Get*` reads secrets as well as settings.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3*:GetObject*",
    ///     "Resource": "*"
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
    ///     "Action": ["s3:GetObject*", "s3-object-lambda:GetObject*"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// - Access Analyzer: `WILDCARD_IN_SERVICE_NAME`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "wildcard-in-service",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "wildcard in the service of an action or ARN that is allowed",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    for entry in cx.actions() {
        if entry.has_exact_service() || entry.covers_everything() {
            continue;
        }
        let (text, service) = (entry.text(), entry.service());
        // An entry that covers nothing is another rule's.
        let Some(actions) = cx.expand(entry).filter(|actions| !actions.is_empty()) else {
            continue;
        };
        let mut services: Vec<_> = actions
            .iter()
            .map(|action| action.service().prefix())
            .collect();
        services.dedup();
        let message = format!(
            "the service `{service}` stands for {}, and for services to come",
            wording::list(services)
        );
        out.report(text.source_span(0..service.len()), message)
            .help("write the services that are meant, an entry each");
    }
    arn_fields::each_resource(cx, |written| {
        let is_wild = arn_fields::pattern(written.arn, Field::Service)
            .pieces()
            .iter()
            .any(|piece| matches!(piece, Piece::AnyText | Piece::AnyCharacter));
        if is_wild && !resource_effectively_star::is_everything(written.arn) {
            out.report(
                written.span(Field::Service),
                "a wildcard stands for the service, so the ARN covers resources of services to come",
            )
            .help("write the services that are meant, an ARN each");
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, silent};

    fires!(
        aa_wildcard_in_service_name,
        allow(r#""*""#, r#""arn:aws:*code*:*:*:x""#),
        "*code*"
    );
    fires!(
        star_for_every_service,
        allow(r#"["*:Get*", "s3:Get*"]"#, r#""*""#),
        "*"
    );
    fires!(
        question_mark,
        allow(r#""s?s:SendMessage""#, r#""*""#),
        "s?s"
    );
    silent!(
        everything,
        allow(r#"["*", "*:*"]"#, r#"["*", "arn:aws:*:*:*:*"]"#)
    );
    silent!(
        wildcards_elsewhere,
        allow(r#""s3:Get*""#, r#"["arn:*:s3:::b/*", "arn:aws:sqs:*:*:*"]"#)
    );
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*:Delete*", "Resource": "arn:aws:*:*:*:prod-*"}}"#
    );

    #[test]
    fn the_services_are_named() {
        let text = allow(r#""s?s:SendMessage""#, r#""*""#);
        assert_eq!(
            finding(&super::RULE, &text).message,
            "the service `s?s` stands for `sms` and `sqs`, and for services to come"
        );
    }
}
