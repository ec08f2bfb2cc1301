use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule},
    policy::PolicyTypes,
    source::{Edit, Safety, Severity, Span},
    syntax::{Kind, Value},
};

rule! {
    /// ## What it does
    /// Flags a policy without `Version`.
    ///
    /// ## Why it matters
    /// Without it the language of 2008 holds. That one has no variables: `${aws:username}` is then
    /// the text itself, which names nothing that exists. Its author meant the newer one nearly
    /// always.
    ///
    /// The fix adds `2012-10-17`. It is safe only where no `${` stands in the document, since every
    /// such text becomes a variable.
    ///
    /// ## Fires
    /// ```json
    /// {
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
    /// - Access Analyzer: `MISSING_VERSION`
    /// - parliament: `NO_VERSION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-version",
        category: Category::Schema,
        severity: Severity::Low,
        summary: "policy without `Version`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

const VERSION: &str = r#""Version": "2012-10-17""#;

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let members = cx.root.as_object().unwrap_or_default();
    // A version of a wrong type or in wrong letters is there, and another rule's.
    if members
        .iter()
        .any(|member| member.key.as_str().eq_ignore_ascii_case("Version"))
    {
        return;
    }
    let open = Span::new(cx.policy.span.start, cx.policy.span.start + 1);
    let draft = out
        .report(
            open,
            "the policy has no `Version`, so the language of 2008 holds",
        )
        .help(format!("add `{VERSION}`"));
    let Some(first) = members.first() else { return };
    let first = first.key.quoted_span().start;
    // What separates the brace from the first key will do between the two keys.
    let gap = cx.source.slice(Span::new(open.end, first));
    let gap = if gap.trim().is_empty() && !gap.is_empty() {
        gap
    } else {
        " "
    };
    let edit = Edit {
        span: Span::new(first, first),
        replacement: format!("{VERSION},{gap}"),
    };
    let safety = if has_variables(cx.root) {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    draft.fix(format!("add `{VERSION}`"), safety, vec![edit]);
}

/// Whether some text would become a variable.
fn has_variables(root: &Value<'_>) -> bool {
    root.descendants().any(|value| match &value.kind {
        Kind::String(text) => text.as_str().contains("${"),
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::Array(_)
        | Kind::Object(_)
        | Kind::Unreadable => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, finding, fires, fixed, silent},
        source::Safety,
    };

    const WITHOUT: &str = "{\n    \"Statement\": []\n}";

    fires!(missing, WITHOUT, "{");
    fires!(after_blanks, " \n{\"Id\": \"x\", \"Statement\": []}", "{");
    silent!(present, allow(r#""s3:GetObject""#, r#""*""#));
    silent!(old, r#"{"Version": "2008-10-17", "Statement": []}"#);
    silent!(of_a_wrong_type, r#"{"Version": 2012, "Statement": []}"#);
    silent!(
        in_wrong_letters,
        r#"{"version": "2012-10-17", "Statement": []}"#
    );
    silent!(no_policy, r#"{"Resources": {}}"#);

    #[test]
    fn the_fix_keeps_the_layout() {
        let expected = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": []\n}";
        assert_eq!(fixed(&super::RULE, WITHOUT), expected);
        let expected = r#"{"Version": "2012-10-17", "Statement": []}"#;
        assert_eq!(fixed(&super::RULE, r#"{"Statement": []}"#), expected);
    }

    #[test]
    fn the_fix_is_safe_unless_it_makes_variables() {
        let safety = |text: &str| finding(&super::RULE, text).fix.unwrap().safety;
        assert_eq!(safety(WITHOUT), Safety::Safe);
        assert_eq!(
            safety(r#"{"Statement": [], "Id": "\u0024{x}"}"#),
            Safety::Unsafe
        );
    }
}
