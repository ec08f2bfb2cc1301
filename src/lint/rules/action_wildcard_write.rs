use crate::{
    catalog::AccessLevel,
    lint::{
        Category, Check, Findings, Rule, StatementCx, edits, rule, sensitive::is_told_elsewhere,
        wording,
    },
    policy::{Effect, PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an entry of an `Allow` with a wildcard in the name of the action, such as
    /// `dynamodb:*Item`, that stands for actions that change resources, on resources that are listed.
    /// Whole services are `service-wildcard`'s, and on `*` it is `write-unconstrained`'s. The fix
    /// lists the actions, where they are at most twelve; those that AWS adds later are not granted then.
    ///
    /// ## Why it matters
    /// The reader sees `Update*` and thinks of the one call that the program makes. The wildcard also
    /// stands for those that came later.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "dynamodb:*Item",
    ///     "Resource": "arn:aws:dynamodb:eu-west-1:418272953104:table/reports"
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
    ///     "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
    ///     "Resource": "arn:aws:dynamodb:eu-west-1:418272953104:table/reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - trivy: `AWS-0057`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-wildcard-write",
        category: Category::Security,
        severity: Severity::Low,
        summary: "wildcard that stands for actions that change something",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// How many actions are spelt out at most.
const MOST_LISTED: usize = 12;

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(element) = &cx.statement.action else {
        return;
    };
    if !cx.statement.has_effect(Effect::Allow)
        || !cx.is_identity_policy()
        || cx.statement.resource.is_none()
        || cx.star_resource().is_some()
    {
        return;
    }
    for entry in &element.entries {
        if !entry.has_wildcard() || entry.covers_whole_service() || !entry.has_exact_service() {
            continue;
        }
        let Some(actions) = cx.expand(entry) else {
            return;
        };
        let writes: Vec<_> = actions
            .iter()
            .filter(|action| {
                action.access_level() == AccessLevel::Write && !is_told_elsewhere(**action)
            })
            .collect();
        if writes.is_empty() {
            continue;
        }
        let message = format!("`{}` allows {}", entry.as_str(), wording::list(writes));
        let draft = out
            .report(entry.text().span(), message)
            .help("list the actions that are needed");
        if actions.len() <= MOST_LISTED {
            let names: Vec<_> = actions
                .iter()
                .map(|action| format!("\"{action}\""))
                .collect();
            let mut list = names.join(", ");
            if element.span == entry.text().quoted_span() || element.span == entry.text().span() {
                list = format!("[{list}]");
            }
            let edit = edits::replace(entry.text().quoted_span(), list);
            draft.fix("list the actions", Safety::Unsafe, vec![edit]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent, statement};

    const TABLE: &str = r#""arn:aws:dynamodb:*:*:table/reports""#;

    fires!(
        end_of_a_name,
        allow(r#""dynamodb:*Item""#, TABLE),
        "dynamodb:*Item"
    );
    fires!(
        one_character,
        allow(r#"["dynamodb:?utItem", "dynamodb:Get*"]"#, TABLE),
        "dynamodb:?utItem"
    );
    silent!(reads, allow(r#""dynamodb:List*""#, TABLE));
    silent!(
        whole_service_is_another_rule,
        allow(r#""dynamodb:*""#, TABLE)
    );
    silent!(
        everywhere_is_another_rule,
        allow(r#""dynamodb:*Item""#, r#""*""#)
    );
    silent!(
        denied,
        statement(
            r#""Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "arn:aws:dynamodb:*:*:table/x""#
        )
    );

    #[test]
    fn the_fix_lists_the_actions() {
        let single = fixed(&super::RULE, &allow(r#""dynamodb:P?tItem""#, TABLE));
        assert_eq!(single, allow(r#"["dynamodb:PutItem"]"#, TABLE));
        let listed = fixed(
            &super::RULE,
            &allow(r#"["sqs:Get*", "dynamodb:P?tItem"]"#, TABLE),
        );
        assert_eq!(listed, allow(r#"["sqs:Get*", "dynamodb:PutItem"]"#, TABLE));
    }
}
