use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, edits, members, rule},
    policy::PolicyTypes,
    source::{Safety, Severity},
    syntax::Member,
};

rule! {
    /// ## What it does
    /// Flags a statement whose elements are not in the order in which AWS writes them: `Sid`,
    /// `Effect`, `Principal`, `Action`, `Resource`, `Condition`, each with its `Not...` form at the
    /// same place. Off by default: a house rule.
    ///
    /// ## Why it matters
    /// Whoever reads many policies looks for who, what and where at the same place in each.
    ///
    /// The fix puts the elements in order.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs",
    ///     "Effect": "Allow"
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
    ///     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "style-element-order",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "elements of a statement out of order",
        types: PolicyTypes::ALL,
        enabled: false,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// The elements in order.
const ORDER: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

fn place(member: &Member<'_>) -> Option<usize> {
    let name = member.key.as_str();
    ORDER.iter().position(|each| *each == name)
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    for statement in members::statements(cx.root) {
        // A key that is none is another rule's, and has no place.
        let places: Option<Vec<_>> = statement.iter().map(place).collect();
        let Some(places) = places else { continue };
        let mut neighbours = statement
            .iter()
            .zip(places.iter().zip(places.iter().skip(1)));
        let Some((before, _)) = neighbours.find(|(_, (own, next))| own > next) else {
            continue;
        };
        let mut sorted: Vec<_> = statement.iter().collect();
        sorted.sort_by_key(|member| place(member));
        let names: Vec<_> = sorted.iter().map(|member| member.key.as_str()).collect();
        let draft = out
            .report(
                before.key.span(),
                format!(
                    "`{}` stands before an element that comes first",
                    before.key.as_str()
                ),
            )
            .help(format!("write {} in this order", names.join(", ")));
        let edits = statement.iter().zip(sorted).filter_map(|(old, new)| {
            let (place, new) = (members::whole(old), members::whole(new));
            (place != new).then(|| edits::replace(place, cx.source.slice(new)))
        });
        draft.fix("put the elements in order", Safety::Safe, edits.collect());
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    const MIXED: &str =
        r#""Action": ["s3:GetObject"], "Effect": "Allow", "Resource": "*", "Sid": "A""#;

    fires!(effect_last, statement(MIXED), "Action");
    fires!(
        not_forms,
        statement(r#""Effect": "Deny", "NotResource": "*", "NotAction": "s3:*""#),
        "NotResource"
    );
    silent!(
        in_order,
        statement(
            r#""Sid": "A", "Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*", "Resource": "*", "Condition": {}"#
        )
    );
    silent!(
        an_unknown_element,
        statement(r#""Resource": "*", "Effekt": "Deny", "NotAction": "s3:*""#)
    );

    #[test]
    fn the_fix_sorts() {
        let expected =
            r#""Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*""#;
        assert_eq!(fixed(&super::RULE, &statement(MIXED)), statement(expected));
    }
}
