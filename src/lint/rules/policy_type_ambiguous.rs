use crate::{
    lint::{Category, Check, DocumentCx, Findings, Ground, Rule, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a policy whose type had to be guessed where the document fits another one as well, and
    /// a type that was given though the document looks like another. A word for a type in the name
    /// of the file settles it, except `endpoint` and `boundary`, which are in many other names.
    ///
    /// Where a given type makes some part of the policy wrong, such as principals in that of an
    /// identity, the rule of that part tells, and this one is silent.
    ///
    /// ## Why it matters
    /// Most rules hold for some types only. Judged as the wrong one, a policy passes that AWS
    /// refuses, or is blamed for what is right.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types>
    /// - iam-policy-validator: `policy_type_hint`, `policy_size_type_ambiguous`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "policy-type-ambiguous",
        category: Category::Schema,
        severity: Severity::Hint,
        summary: "policy that may be of another type than it is judged as",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// The words for types that names have for other reasons as well: of an endpoint of `SageMaker`, of
/// a policy that lets roles be made under a boundary.
const COMMON_WORDS: [&str; 4] = ["boundaries", "boundary", "endpoint", "endpoints"];

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let of = cx.type_of_policy;
    let judged = of.policy_type;
    match (&of.ground, of.other) {
        (Ground::Given, _) => {
            if judged == PolicyType::Resource
                && PolicyType::of_shape(cx.policy) == PolicyType::Trust
            {
                let why = "it names who may assume a role, and no resource";
                report(cx, PolicyType::Trust, why, out);
            }
        }
        (Ground::Name(word), Some(_)) if !COMMON_WORDS.contains(&word.as_str()) => {}
        (Ground::Name(_) | Ground::Document(_), Some(other)) => {
            let message = format!(
                "judged as {}, as {}; it may be {} as well",
                judged.with_article(),
                of.ground.text(),
                other.with_article()
            );
            out.report(cx.start(), message).help(format!(
                "say what it is: `--policy-type {judged}` or `--policy-type {other}`"
            ));
        }
        (Ground::Name(_) | Ground::Document(_), None) => {}
    }
}

/// Reports a type that was given and another that the document looks like.
fn report(cx: &DocumentCx<'_>, looks: PolicyType, why: &str, out: &mut Findings<'_>) {
    let given = cx.policy_type();
    let message = format!(
        "judged as {}, as that was given, but it looks like {}: {why}",
        given.with_article(),
        looks.with_article()
    );
    out.report(cx.start(), message)
        .help(format!("if it is one, give `--policy-type {looks}`"));
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            Options, check,
            testing::{fires, help, silent, statement},
        },
        source::Source,
    };

    const DENY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}"#;

    /// Whether the rule finds something in a file of that name.
    fn is_found(name: &str, text: &str) -> bool {
        let source = Source::new(name, text.as_bytes().to_vec());
        let found = check(&source, &Options::default()).findings;
        found.iter().any(|each| each.rule == super::RULE.rule_id())
    }

    fires!(resource_control_or_resource, DENY, "{");
    fires!(
        service_control_or_identity,
        statement(
            r#""Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*""#
        ),
        "{"
    );
    fires!(
        trust_given_as_resource,
        as Resource,
        statement(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#),
        "{"
    );
    silent!(given, as Rcp, DENY);
    silent!(
        identity,
        statement(r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#)
    );
    silent!(
        principals_in_the_policy_of_an_identity,
        as Identity,
        DENY
    );

    #[test]
    fn names_settle_it_unless_the_word_is_a_common_one() {
        assert!(is_found("policy.json", DENY));
        assert!(!is_found("rcp/secure-transport.json", DENY));
        let identity = statement(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#);
        assert!(!is_found("scp.json", &identity));
        assert!(is_found("create-role-with-boundary.json", &identity));
        assert!(!is_found("boundaryless.json", &identity));
    }

    #[test]
    fn the_help_names_both_types() {
        assert_eq!(
            help(&super::RULE, DENY),
            "say what it is: `--policy-type rcp` or `--policy-type resource`"
        );
    }
}
