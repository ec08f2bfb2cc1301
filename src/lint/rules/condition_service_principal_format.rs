use crate::{
    catalog::table::SERVICE_PRINCIPALS,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        condition_value::{self, is_placeholder},
        edits::replace,
        findings::Draft,
        placeholders::is_unfilled,
        rule,
    },
    policy::{PolicyTypes, PrincipalKind},
    source::{Edit, Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags the name of a service in a wrong form:
    ///
    /// - in `Principal`, and for `aws:PrincipalServiceName`, `aws:CalledVia`,
    ///   `iam:PassedToService` and their like, what is no `….amazonaws.com`: the bare prefix of
    ///   the service, an ARN, a URL, a misspelt end
    /// - for `kms:ViaService` also a name without its region: there it is
    ///   `s3.us-east-1.amazonaws.com`
    ///
    /// The names of other domains, such as `alexa-appkit.amazon.com`, are silent, and so are
    /// wildcards, variables and placeholders.
    ///
    /// ## Why it matters
    /// IAM refuses an unknown principal. In a condition it is taken as it is, and never matches.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "lambda"},
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services>
    /// - <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
    /// - Access Analyzer: `INVALID_SERVICE_PRINCIPAL_FORMAT`
    /// - iam-policy-validator: `invalid_principal`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-service-principal-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "name of a service that is not in the form of one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let services = cx
        .principals()
        .filter(|entry| entry.kind == PrincipalKind::Service);
    for entry in services {
        let text = entry.text.as_str();
        if let Some(fault) = fault_of_principal(cx, text) {
            let message = format!("{} {}", condition_value::shown(text), fault.what);
            let draft = out.report(entry.text.span(), message);
            fault.help(draft, |name| replace(entry.text.content_span(), name));
        }
    }
    for test in cx.tests() {
        let services = condition_value::of_format(test, "service");
        let services = services.map(|(value, text)| (value, fault_of_service(cx, &text)));
        let regional = condition_value::of_format(test, "regional service").map(|(value, text)| {
            let fault = fault_of_service(cx, &text);
            (value, fault.or_else(|| fault_of_regional_service(&text)))
        });
        for (value, fault) in services.chain(regional) {
            if let Some(fault) = fault {
                let message = format!(
                    "{} {}, so no request ever has it",
                    condition_value::shown(&value.text),
                    fault.what
                );
                let draft = out.report(condition_value::span(value), message);
                fault.help(draft, |name| condition_value::replaced(value, name));
            }
        }
    }
}

/// Whether this rule tells of an entry under `Service`.
pub(super) fn tells_of_principal(cx: &StatementCx<'_>, text: &str) -> bool {
    fault_of_principal(cx, text).is_some()
}

fn fault_of_principal(cx: &StatementCx<'_>, text: &str) -> Option<Fault> {
    let is_open = text.contains(['*', '?']) || is_unfilled(text) || is_placeholder(text);
    (!is_open).then(|| fault_of_service(cx, text)).flatten()
}

/// What is wrong with the name of a service, and the right one.
struct Fault {
    what: &'static str,
    help: String,
    name: Option<String>,
}

impl Fault {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            help: "write the name of the service, such as `lambda.amazonaws.com`".to_owned(),
            name: None,
        }
    }

    fn meant(what: &'static str, name: String) -> Self {
        Self {
            what,
            help: format!("write `{name}`"),
            name: Some(name),
        }
    }

    fn help(&self, draft: Draft<'_>, edit: impl FnOnce(&str) -> Edit) {
        let draft = draft.help(self.help.as_str());
        if let Some(name) = &self.name {
            draft.fix(self.help.as_str(), Safety::Unsafe, vec![edit(name)]);
        }
    }
}

const DOMAIN: &str = "amazonaws.com";

fn fault_of_service(cx: &StatementCx<'_>, text: &str) -> Option<Fault> {
    if text.starts_with("arn:") {
        return Some(Fault::new("is an ARN and no service"));
    }
    let trimmed = text.trim();
    if trimmed.len() < text.len() && !trimmed.is_empty() && fault_of_service(cx, trimmed).is_none()
    {
        let what = "has a blank at its start or end";
        return Some(Fault::meant(what, trimmed.to_owned()));
    }
    if text.contains(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '@')) || text.is_empty()
    {
        return Some(Fault::new("is no name of a service"));
    }
    if !text.contains('.') {
        let what = "is no whole name of a service";
        let principal = format!("{}.{DOMAIN}", text.to_ascii_lowercase());
        if SERVICE_PRINCIPALS.has(&principal) {
            return Some(Fault::meant(what, principal));
        }
        return Some(match cx.catalog.service(text) {
            Some(service) => Fault::meant(what, format!("{}.{DOMAIN}", service.prefix())),
            None => Fault::new(what),
        });
    }
    if text.ends_with(".amazonaws") {
        let name = format!("{text}.com");
        return Some(Fault::meant("lacks the end of its domain", name));
    }
    let (rest, last) = text.rsplit_once('.')?;
    let (start, domain) = rest.rsplit_once('.')?;
    let domain = format!("{domain}.{last}");
    let distance = strsim::osa_distance(&domain, DOMAIN);
    (domain.len() <= 32 && (1..=2).contains(&distance))
        .then(|| Fault::meant("has a misspelt domain", format!("{start}.{DOMAIN}")))
}

/// `s3.amazonaws.com`, where a region stands between the two.
fn fault_of_regional_service(text: &str) -> Option<Fault> {
    let (name, _) = text.split_once(".amazonaws.")?;
    (!name.contains('.')).then(|| Fault {
        what: "names no region",
        help: format!(
            "write `{name}.us-east-1.{DOMAIN}` with your region, or `{name}.*.{DOMAIN}` under \
             `StringLike`"
        ),
        name: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement, under};

    fires!(
        aa_invalid_service_principal_format,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "lambda"}, "Action": "sts:AssumeRole""#
        ),
        "lambda"
    );
    fires!(
        misspelt_domain_arn_and_url,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": ["ec2.amazonsaws.com", "ecs.amazonaws", "arn:aws:iam::123456789012:root", "https://ec2.amazonaws.com"]}, "Action": "sts:AssumeRole""#
        ),
        "ec2.amazonsaws.com",
        "ecs.amazonaws",
        "arn:aws:iam::123456789012:root",
        "https://ec2.amazonaws.com",
    );
    fires!(
        condition,
        under(
            r#"{"StringNotEqualsIfExists": {"AWS:PrincipalServiceName": ["cloudtrail", "cloudtrail.amazonaws.com"]}}"#
        ),
        "cloudtrail"
    );
    fires!(
        no_region,
        under(
            r#"{"StringEquals": {"kms:ViaService": ["s3.amazonaws.com", "s3.us-east-1.amazonaws.com"]}}"#
        ),
        "s3.amazonaws.com"
    );
    silent!(
        names,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com.cn", "logs.eu-west-1.amazonaws.com", "alexa-appkit.amazon.com", "ops.apigateway.amazonaws.com", "ec2.amazonaws.eu", "ec2.c2s.ic.gov", "${service}", "*"]}, "Action": "sts:AssumeRole""#
        )
    );
    silent!(
        other_principals,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "*", "Federated": "graph.facebook.com"}, "Action": "sts:AssumeRole""#
        )
    );
    silent!(
        patterns,
        under(
            r#"{"StringLike": {"kms:ViaService": ["s3.*.amazonaws.com", "s3*", "${var.service}"], "iam:PassedToService": "ec2.*"}}"#
        )
    );
    silent!(
        via_a_service,
        under(
            r#"{"ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com", "application-signals.cloudwatch.amazonaws.com"]}}"#
        )
    );

    #[test]
    fn the_fix_writes_the_whole_name() {
        let text = |name: &str| {
            statement(&format!(
                r#""Effect": "Allow", "Principal": {{"Service": "{name}"}}, "Action": "sts:AssumeRole""#
            ))
        };
        for (wrong, right) in [
            ("Lambda", "lambda.amazonaws.com"),
            ("ec2.amazonaws.com ", "ec2.amazonaws.com"),
            ("spotfleet", "spotfleet.amazonaws.com"),
            ("ecs-tasks.amazonaws", "ecs-tasks.amazonaws.com"),
            ("ec2.amazonaw.com", "ec2.amazonaws.com"),
        ] {
            assert_eq!(fixed(&super::RULE, &text(wrong)), text(right));
        }
    }
}
