use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, covering, edits, rule},
    policy::{PolicyTypes, Statement},
    source::{Safety, Severity},
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags a statement that says nothing that another one of the policy does not say: the same
    /// effect and principals, its actions and resources covered by those of the other, and the
    /// other's condition the same or none. Of equal statements the first stays.
    ///
    /// Of more than 500 statements with the same effect and principals only equal ones are found.
    ///
    /// ## Why it matters
    /// A condition on the narrower statement has no effect while the wider one is there. The first
    /// statement below reads as if objects could be read with MFA only; the second lets them be read
    /// without.
    ///
    /// The fix removes the statement; what the policy means stays.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": ["s3:Get*", "s3:PutObject"],
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "s3:*Object",
    ///     "Resource": "arn:aws:s3:::reports/2026/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>
    /// - Access Analyzer: `REDUNDANT_STATEMENT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "redundant-statement",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "statement that another one of the policy covers",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// How many statements are compared with each other; no policy that AWS takes has as many.
const MOST_COMPARED: usize = 500;

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    if cx.policy.statements.len() < 2 {
        return;
    }
    let mut alike: BTreeMap<String, Vec<&Statement>> = BTreeMap::new();
    for statement in &cx.policy.statements {
        if let Some(who) = covering::principals_text(statement) {
            alike.entry(who).or_default().push(statement);
        }
    }
    for statements in alike.values() {
        let covered = if statements.len() > MOST_COMPARED {
            equal(statements)
        } else {
            covered(cx, statements)
        };
        for (statement, by) in covered {
            report(cx, statement, by, out);
        }
    }
}

/// The statements that another of them covers, each with that one.
fn covered<'a>(
    cx: &DocumentCx<'_>,
    statements: &[&'a Statement],
) -> Vec<(&'a Statement, &'a Statement)> {
    if statements.len() < 2 {
        return Vec::new();
    }
    let conditions: Vec<_> = statements
        .iter()
        .map(|statement| (*statement, covering::condition_text(statement)))
        .collect();
    let covers = |(own, when): &(&Statement, Option<String>), other: &(_, Option<String>)| {
        let condition = when.as_deref() == Some("") || when.is_some() && *when == other.1;
        let own = cx.statement(own);
        condition
            && covering::covers_resources(&own, other.0)
            && covering::covers_actions(&own, other.0)
    };
    let by = |each: &(&'a Statement, Option<String>)| {
        let index = each.0.index;
        conditions
            .iter()
            .find(|other| {
                other.0.index != index
                    && covers(other, each)
                    && (other.0.index < index || !covers(each, other))
            })
            .map(|other| (each.0, other.0))
    };
    conditions.iter().filter_map(by).collect()
}

/// The statements that say the same as an earlier one, each with that one.
fn equal<'a>(statements: &[&'a Statement]) -> Vec<(&'a Statement, &'a Statement)> {
    let mut first: BTreeMap<String, &Statement> = BTreeMap::new();
    let mut found = Vec::new();
    for statement in statements {
        let Some(text) = text(statement) else {
            continue;
        };
        if let Some(earlier) = first.get(&text) {
            found.push((*statement, *earlier));
        } else {
            first.insert(text, statement);
        }
    }
    found
}

/// Actions, resources and condition of a statement, the same text for the same ones.
fn text(statement: &Statement) -> Option<String> {
    let mut text = covering::condition_text(statement)?;
    for (name, element) in [
        ("Action", &statement.action),
        ("NotAction", &statement.not_action),
    ] {
        if statement.has_element(name) {
            let element = element.as_ref().filter(|each| each.is_whole())?;
            text.push_str(name);
            text.push_str(&covering::entries_text(element).to_ascii_lowercase());
        }
    }
    for (name, element) in [
        ("Resource", &statement.resource),
        ("NotResource", &statement.not_resource),
    ] {
        if statement.has_element(name) {
            let element = element.as_ref().filter(|each| each.is_whole())?;
            text.push_str(name);
            text.push_str(&covering::entries_text(element));
        }
    }
    Some(text)
}

fn report(cx: &DocumentCx<'_>, statement: &Statement, by: &Statement, out: &mut Findings<'_>) {
    let message = format!(
        "{} is covered by {}, so it adds nothing",
        statement.title(),
        by.title()
    );
    let draft = out
        .report(covering::name_span(statement), message)
        .label(covering::name_span(by), "covers it")
        .help("remove it, or narrow the statement that covers it");
    if let Some(edit) = edits::remove_item(cx.source, statement.span) {
        draft.fix("remove the statement", Safety::Safe, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, underlined};

    fn policy(statements: &str) -> String {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
    }

    const READ: &str = r#"{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectAcl"], "Resource": "arn:aws:s3:::b/*"}"#;

    fn beside_read(sid: &str, members: &str) -> String {
        policy(&format!(r#"{READ}, {{"Sid": "{sid}", {members}}}"#))
    }

    fires!(
        aa_redundant_statement,
        beside_read(
            "Again",
            r#""Resource": ["arn:aws:s3:::b/*"], "Action": ["s3:getobjectacl", "s3:GetObject"], "Effect": "Allow""#
        ),
        "Again"
    );
    fires!(
        the_first_under_a_wider_one,
        beside_read(
            "All",
            r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#
        ),
        "Read"
    );
    fires!(
        without_sid,
        policy(
            r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}, {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "arn:aws:s3:::b"}"#
        ),
        "NotAction"
    );
    silent!(
        another_effect,
        beside_read(
            "No",
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#
        )
    );
    silent!(
        the_wider_has_a_condition,
        beside_read(
            "All",
            r#""Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#
        )
    );
    silent!(
        other_principals,
        policy(
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sqs:*", "Resource": "*"}, {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sqs:SendMessage", "Resource": "*"}"#
        )
    );
    silent!(
        exceptions_that_are_fewer,
        policy(
            r#"{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}, {"Effect": "Deny", "NotAction": ["iam:*", "kms:*"], "Resource": "*"}"#
        )
    );
    silent!(
        an_action_of_a_template,
        beside_read(
            "More",
            r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:${var.action}"], "Resource": "arn:aws:s3:::b/*""#
        )
    );

    #[test]
    fn the_fix_removes_the_statement() {
        let text = policy(&format!("{READ}, {READ}")).replace("Read", "");
        let fixed = fixed(&super::RULE, &text);
        assert_eq!(fixed, policy(READ).replace("Read", ""));
    }

    #[test]
    fn ten_thousand_statements_cost_little() {
        let one = |n: usize| {
            format!(r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b{n}"}}"#)
        };
        let mut many: Vec<_> = (0..10_000).map(one).collect();
        many.push(one(7));
        let start = std::time::Instant::now();
        let found = underlined(&super::RULE, &policy(&many.join(",")));
        assert_eq!(found, ["Action"]);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
