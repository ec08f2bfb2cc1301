use crate::{
    catalog::Service,
    lint::{Category, Check, Findings, Rule, StatementCx, rule, wording},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an entry with wildcards, of `Action` or `NotAction`, that covers no action at all.
    ///
    /// ## Why it matters
    /// IAM takes the document all the same, and the entry does nothing: the access that it was
    /// written for is missing, or denied by nobody. Often the verb is one that other services use.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:Describe*",
    ///     "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"
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
    ///     "Action": "sqs:Get*",
    ///     "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    /// - parliament: `UNKNOWN_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-wildcard-matches-nothing",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action with wildcards that covers no action",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// The most verbs that the help lists.
const MOST_VERBS: usize = 16;

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions().filter(|entry| entry.has_wildcard()) {
        let service = cx.catalog.service(entry.service());
        // A prefix that does not exist is another rule's.
        if (entry.has_exact_service() && service.is_none())
            || cx.expand(entry).is_none_or(|actions| !actions.is_empty())
        {
            continue;
        }
        let draft = out.report(
            entry.text().span(),
            format!("`{}` covers no action", entry.as_str()),
        );
        match service {
            Some(service) => draft.help(help(service)),
            None => draft.help("no service has an action of such a name"),
        };
    }
}

fn help(service: Service) -> String {
    let mut verbs: Vec<&str> = service
        .actions()
        .map(|action| verb(action.name()))
        .collect();
    verbs.dedup();
    let (name, prefix) = (service.name(), service.prefix());
    if (1..=MOST_VERBS).contains(&verbs.len()) {
        format!(
            "the actions of {name} start with {}",
            wording::list_all(verbs)
        )
    } else {
        format!("`iamsim expand '{prefix}:*'` lists the actions of {name}")
    }
}

/// The first word of a name: `Get` of `GetObject`.
fn verb(name: &str) -> &str {
    let end = name
        .char_indices()
        .skip(1)
        .find(|(_, character)| !character.is_ascii_lowercase());
    end.and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, help, silent};

    fires!(
        verb_of_other_services,
        allow(r#"["sqs:Describe*", "sqs:Get*"]"#, r#""*""#),
        "sqs:Describe*",
    );
    fires!(
        question_marks,
        allow(r#""s3:GetObjec?t""#, r#""*""#),
        "s3:GetObjec?t"
    );
    fires!(
        wildcard_in_the_service,
        allow(r#""s?:Frobnicate*""#, r#""*""#),
        "s?:Frobnicate*"
    );
    fires!(
        in_not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "iam:Gett*", "Resource": "*"}}"#,
        "iam:Gett*",
    );
    silent!(letter_case, allow(r#""SQS:get*""#, r#""*""#));
    silent!(
        everything,
        allow(r#"["*", "**", "*:*", "s3:*", "*:Get*"]"#, r#""*""#)
    );
    silent!(
        unknown_services_are_another_rule,
        allow(r#""s4:Get*""#, r#""*""#)
    );
    silent!(
        unknown_actions_are_another_rule,
        allow(r#""s3:Gett""#, r#""*""#)
    );

    #[test]
    fn the_help_lists_the_verbs_that_there_are() {
        let sqs = help(&super::RULE, &allow(r#""sqs:Describe*""#, r#""*""#));
        assert!(
            sqs.starts_with("the actions of Amazon SQS start with `Add`"),
            "{sqs}"
        );
        assert!(sqs.contains("`Get`, `List`"), "{sqs}");
        let ec2 = help(&super::RULE, &allow(r#""ec2:Fnord*""#, r#""*""#));
        assert_eq!(
            ec2,
            "`iamsim expand 'ec2:*'` lists the actions of Amazon EC2"
        );
    }
}
