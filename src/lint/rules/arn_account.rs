use crate::{
    catalog::Catalog,
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
    /// Flags an ARN whose account is no number of twelve digits: one with too few or too many digits, with
    /// dashes, a region, or a name.
    ///
    /// Names that AWS itself uses, such as `aws`, are left alone.
    ///
    /// ## Why it matters
    /// The ARN of every request has the twelve digits of the account, so the entry matches nothing. A number
    /// that starts with zeros loses them when a program reads it as a number.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:us-east-1:1234567890:jobs"
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
    /// - Access Analyzer: `INVALID_ARN_ACCOUNT`
    /// - parliament: `INVALID_ARN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-account",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "account of an ARN that is no account",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// What is wrong with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lint) enum Fault {
    /// It has not twelve digits, but so many.
    Digits(usize),
    /// It is this account, with dashes.
    Dashes(String),
    /// It is a region.
    Region,
    /// It is a name.
    Name,
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each(cx, |written| {
        let Some(fault) = fault(cx.catalog, written.arn) else {
            return;
        };
        let account = written.literal(Field::Account).unwrap_or_default();
        let message = match &fault {
            Fault::Digits(digits) => format!("the account `{account}` has {digits} digits, not 12"),
            Fault::Dashes(_) => format!("the account `{account}` has dashes"),
            Fault::Region => format!("`{account}` stands where the account should"),
            Fault::Name => format!("`{account}` is no account"),
        };
        let draft = out.report(
            written.span(Field::Account),
            format!("{message}, so this matches nothing"),
        );
        match (fault, written.place(Field::Account)) {
            (Fault::Dashes(plain), Some(place)) => draft.help(format!("write `{plain}`")).fix(
                format!("write `{plain}`"),
                Safety::Safe,
                vec![edits::replace(place, plain)],
            ),
            (Fault::Digits(digits), _) if digits < 12 => {
                draft.help(format!("with its leading zeros it would be `{account:0>12}`"))
            }
            (Fault::Region, _) => draft.help(
                "the region comes before the account: `arn:partition:service:region:account:resource`",
            ),
            _ => draft.help("write the twelve digits of the account, or `*` for every account"),
        };
    });
}

/// Names of AWS that stand in place of an account.
fn is_name_of_aws(catalog: Catalog, arn: &ArnPattern, account: &str) -> bool {
    ["aws", "amazon", "cloudfront"]
        .iter()
        .any(|start| account.starts_with(start))
        || arn_fields::literal(arn, Field::Service).is_none_or(|service| {
            catalog
                .arn_forms_in(service)
                .iter()
                .any(|form| form.account == account)
        })
}

/// What is surely wrong with the account of an ARN.
pub(in crate::lint) fn fault(catalog: Catalog, arn: &ArnPattern) -> Option<Fault> {
    let account = arn_fields::literal(arn, Field::Account)?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if account.is_empty() || account.len() == 12 && is_number(account) {
        return None;
    }
    if is_number(account) {
        return Some(Fault::Digits(account.len()));
    }
    if placeholders::is_one(account) || is_name_of_aws(catalog, arn, account) {
        return None;
    }
    let plain = account.replace(['-', ' '], "");
    if plain.len() == 12 && is_number(&plain) {
        return Some(Fault::Dashes(plain));
    }
    if arn_fields::partition_of(account).is_some() {
        return Some(Fault::Region);
    }
    // A name in an ARN of a service that is not known may be right.
    let service = arn_fields::literal(arn, Field::Service)?;
    let is_word = account
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let belongs_to_one = is_word && arn_fields::is_owned(service);
    belongs_to_one.then_some(Fault::Name)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, help, silent, under};

    fn queue(account: &str) -> String {
        allow(
            r#""sqs:SendMessage""#,
            &format!(r#""arn:aws:sqs:us-east-1:{account}:jobs""#),
        )
    }

    fires!(aa_invalid_arn_account, queue("1234567890"), "1234567890");
    fires!(too_many_digits, queue("1234567890123"), "1234567890123");
    fires!(dashes, queue("1234-5678-9012"), "1234-5678-9012");
    fires!(name, queue("production"), "production");
    fires!(
        swapped,
        allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:*:us-east-1:jobs""#),
        "us-east-1"
    );
    fires!(
        in_a_condition,
        under(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:12345:t"}}"#),
        "12345"
    );
    silent!(account, queue("123456789012"));
    silent!(wildcards, queue("1234*"));
    silent!(token, queue("${AWS::AccountId}"));
    silent!(placeholder, queue("ACCOUNT_ID"));
    silent!(
        names_of_aws,
        allow(
            r#""iam:GetPolicy""#,
            r#"["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:imagebuilder:us-east-1:aws-marketplace:component/x"]"#
        )
    );
    silent!(
        names_that_are_not_known,
        allow(
            r#""sagemaker:DescribeHub""#,
            r#""arn:aws:sagemaker:us-east-1:partner:hub/x""#
        )
    );

    #[test]
    fn digits_are_mended_where_it_is_sure() {
        assert_eq!(
            fixed(&super::RULE, &queue("1234-5678-9012")),
            queue("123456789012")
        );
        assert_eq!(
            help(&super::RULE, &queue("1234567890")),
            "with its leading zeros it would be `001234567890`"
        );
    }
}
