use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        placeholders, rule,
    },
    policy::PolicyTypes,
    source::{Severity, Span},
    syntax::Text,
};

rule! {
    /// ## What it does
    /// Flags a resource, principal or condition value with a name that documentation has where the reader's
    /// own is to stand: `YOUR-BUCKET`, `<account-id>`, `ACCOUNT_ID`, `REGION`, `amzn-s3-demo-bucket`, and the
    /// accounts 111122223333, 444455556666 and 777788889999. It is told once an entry.
    ///
    /// 123456789012 is not among them: as many policies of tests have it as policies of documentation.
    ///
    /// ## Why it matters
    /// An `Allow` with such a name grants nothing where it was meant to, and maybe something elsewhere: the name
    /// of a bucket in an example can be registered by anyone.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::YOUR-BUCKET/*"
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
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "placeholder-value",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "placeholder of documentation left in",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let resources = cx.resources().map(|entry| &entry.text);
    let principals = cx.principals().map(|entry| &entry.text);
    let values = cx.tests().iter().flat_map(|test| &test.values);
    let values = values.filter_map(|value| value.string.as_ref());
    let mut told: Vec<Span> = Vec::new();
    for text in resources.chain(principals).chain(values) {
        if let Some(range) = placeholders::find(text.as_str()) {
            told.push(text.span());
            report(text, text.source_span(range), out);
        }
    }
    arn_fields::each(cx, |written| {
        let fields = [Field::Region, Field::Account];
        let found = fields
            .into_iter()
            .find(|field| written.literal(*field).is_some_and(placeholders::is_one));
        if let Some(field) = found
            && !told.contains(&written.text.span())
        {
            report(written.text, written.span(field), out);
        }
    });
}

fn report(text: &Text<'_>, span: Span, out: &mut Findings<'_>) {
    let name = text.as_str();
    out.report(
        span,
        format!("`{name}` has a placeholder of documentation in it"),
    )
    .help("write your own name in its place");
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement, under};

    fires!(
        bucket,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::amzn-s3-demo-bucket/*", "arn:aws:s3:::b"]"#
        ),
        "amzn-s3-demo-bucket"
    );
    fires!(
        once_an_entry,
        allow(
            r#""sqs:SendMessage""#,
            r#""arn:aws:sqs:REGION:ACCOUNT_ID:jobs""#
        ),
        "REGION"
    );
    fires!(
        field_in_lower_case,
        allow(
            r#""sqs:SendMessage""#,
            r#""arn:aws:sqs:region:account-id:jobs""#
        ),
        "region"
    );
    fires!(
        principal_and_value,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "<account-id>"}}"#
        ),
        "111122223333",
        "<account-id>"
    );
    silent!(
        account_of_tests,
        allow(
            r#""sqs:SendMessage""#,
            r#""arn:aws:sqs:us-east-1:123456789012:ACCOUNTING""#
        )
    );
    silent!(
        words_in_names,
        under(r#"{"StringLike": {"s3:prefix": ["region/*", "account", "your-data"]}}"#)
    );
}
