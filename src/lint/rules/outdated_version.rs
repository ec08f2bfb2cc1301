use super::missing_version::has_variables;
use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, edits::replace, rule},
    policy::{PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `2008-10-17` as `Version`. In service and resource control policies it is an error:
    /// AWS takes only `2012-10-17` there.
    ///
    /// The fix writes `2012-10-17`. It is safe only where no `${` stands in the document, since
    /// every such text becomes a variable.
    ///
    /// ## Why it matters
    /// The language of 2008 has no variables: `${aws:username}` is then the text itself, which
    /// names nothing that exists. Some services put this version into the policies that they make,
    /// so it is often there because nobody chose it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2008-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
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
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    /// - parliament: `OLD_VERSION`
    /// - iam-policy-validator: `outdated_version`
    /// - cfn-lint: `W2511`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "outdated-version",
        category: Category::Schema,
        severity: Severity::Low,
        summary: "`Version` of the language of 2008",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let Some(version) = &cx.policy.version_text else {
        return;
    };
    if version.as_str() != "2008-10-17" {
        return;
    }
    let is_refused = matches!(cx.policy_type(), PolicyType::Scp | PolicyType::Rcp);
    let variables = has_variables(cx.root);
    let message = if is_refused {
        format!(
            "{} must have the version `2012-10-17`, so AWS refuses this one",
            cx.policy_type().with_article()
        )
    } else if variables {
        "in the language of 2008 every `${` is plain text, no variable".to_owned()
    } else {
        "this is the language of 2008, which has no variables".to_owned()
    };
    let safety = if variables {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    let draft = out
        .report(version.span(), message)
        .help("write `2012-10-17`")
        .fix(
            "write `2012-10-17`",
            safety,
            vec![replace(version.content_span(), "2012-10-17")],
        );
    if is_refused {
        draft.severity(Severity::Error);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, severity, silent},
        source::{Safety, Severity},
    };

    const OLD: &str = r#"{"Version": "2008-10-17", "Statement": []}"#;

    fires!(old, OLD, "2008-10-17");
    fires!(
        escaped,
        r#"{"Version": "2008\u002d10-17", "Statement": []}"#,
        r"2008\u002d10-17"
    );
    silent!(new, r#"{"Version": "2012-10-17", "Statement": []}"#);
    silent!(none, r#"{"Statement": []}"#);
    silent!(unknown, r#"{"Version": "2009-10-17", "Statement": []}"#);

    #[test]
    fn the_fix_is_safe_unless_it_makes_variables() {
        assert_eq!(
            fixed(&super::RULE, OLD),
            r#"{"Version": "2012-10-17", "Statement": []}"#
        );
        let safety = |text: &str| finding(&super::RULE, text).fix.unwrap().safety;
        assert_eq!(safety(OLD), Safety::Safe);
        let with_variable = r#"{"Version": "2008-10-17", "Id": "${x}", "Statement": []}"#;
        assert_eq!(safety(with_variable), Safety::Unsafe);
    }

    #[test]
    fn organizations_take_only_the_new_one() {
        let policy = r#"{"Version": "2008-10-17", "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}"#;
        assert_eq!(severity(&super::RULE, policy), Severity::Error);
        assert_eq!(severity(&super::RULE, OLD), Severity::Low);
    }
}
