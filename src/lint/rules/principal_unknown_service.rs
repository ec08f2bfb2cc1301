use super::condition_service_principal_format::tells_of_principal;
use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::replace,
        placeholders::is_unfilled,
        rule,
        service_principals::{Standing, standing},
    },
    policy::{PolicyType, PolicyTypes, PrincipalKind},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an entry under `Service` that is one or two letters off a service principal that AWS
    /// has, and one with the domain of nobody at AWS (`error`). Forms with a region
    /// (`logs.eu-west-1.amazonaws.com`) and of other partitions count as the same name. What has
    /// no domain, a misspelt one, or is an ARN or a URL is `condition-service-principal-format`'s.
    ///
    /// A well-formed name that is near none is left alone: it may be of a service newer than the
    /// table.
    ///
    /// ## Why it matters
    /// IAM refuses a trust policy with a service that it does not know, and some services take
    /// the policy of a resource as it is: then the statement grants nothing, and the service
    /// fails at run time.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "lambd.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
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
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `INVALID_SERVICE_PRINCIPAL_FORMAT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-unknown-service",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "service principal that AWS does not have",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        let text = entry.text.as_str();
        if entry.kind != PrincipalKind::Service || is_unfilled(text) || text.contains(['*', '?']) {
            continue;
        }
        let span = entry.text.span();
        match standing(cx.catalog, text) {
            Standing::Plausible => {}
            _ if tells_of_principal(cx, text) => {}
            Standing::Near(meant) => {
                out.report(span, format!("AWS has no service principal `{text}`"))
                    .help(format!("did you mean `{meant}`?"))
                    .fix(
                        format!("write `{meant}`"),
                        Safety::Unsafe,
                        vec![replace(entry.text.content_span(), meant)],
                    );
            }
            Standing::Malformed => {
                out.report(
                    span,
                    format!("`{text}` is no service principal, so AWS refuses it"),
                )
                .severity(Severity::Error)
                .help("services are named like `lambda.amazonaws.com`");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, fixed, severity, silent, statement},
        source::Severity,
    };

    fn assumed_by(services: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": {services}}}, "Action": "sts:AssumeRole""#
        ))
    }

    fires!(
        typing_error,
        assumed_by(r#""lambd.amazonaws.com""#),
        "lambd.amazonaws.com"
    );
    fires!(
        singular_among_others,
        assumed_by(r#"["ec2.amazonaws.com", "ecs-task.amazonaws.com"]"#),
        "ecs-task.amazonaws.com"
    );
    fires!(
        aa_invalid_service_principal_format,
        assumed_by(r#""ci.acme.example""#),
        "ci.acme.example"
    );
    silent!(
        form_is_another_rule,
        assumed_by(
            r#"["arn:aws:iam::123456789012:root", "s3", "nodejs", "ec2.amazonaws.com ", "ec2.amazonaw.com"]"#
        )
    );
    fires!(
        with_a_region,
        assumed_by(r#""clouwdatch.eu-west-1.amazonaws.com""#),
        "clouwdatch.eu-west-1.amazonaws.com"
    );
    silent!(
        regions_partitions_and_letter_case,
        assumed_by(
            r#"["logs.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn", "Lambda.amazonaws.com",
            "states.us-gov-west-1.amazonaws.com", "delivery.logs.amazonaws.com", "spotfleet.amazonaws.com"]"#
        )
    );
    silent!(
        newer_than_the_table,
        assumed_by(r#""quantumledgers.amazonaws.com""#)
    );
    silent!(internal, assumed_by(r#""build.apprunner.aws.internal""#));
    silent!(
        template,
        assumed_by(r#""codedeploy.${AWS::Region}.amazonaws.com""#)
    );

    #[test]
    fn the_fix_keeps_the_region() {
        let text = fixed(
            &super::RULE,
            &assumed_by(r#""lamdba.eu-west-1.amazonaws.com""#),
        );
        assert!(text.contains(r#""lambda.eu-west-1.amazonaws.com""#));
    }

    #[test]
    fn what_is_no_name_at_all_is_an_error() {
        let of = |text: &str| severity(&super::RULE, &assumed_by(text));
        assert_eq!(of(r#""app.acme.example""#), Severity::Error);
        assert_eq!(of(r#""lambda.amazon.com""#), Severity::Medium);
    }
}
