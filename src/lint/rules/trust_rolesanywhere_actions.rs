use crate::{
    lint::{
        Category, Check, DocumentCx, Findings, Rule, StatementCx,
        edits::replace,
        federation::{BY_KEY, allows},
        rule,
        service_principals::short_name,
        wording,
    },
    policy::{PolicyType, PolicyTypes, PrincipalEntry, PrincipalKind},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a trust policy that lets `rolesanywhere.amazonaws.com` assume the role, and does not
    /// allow it all of `sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity`. Despite its
    /// name it does the same for EKS Pod Identity, as `medium`: `pods.eks.amazonaws.com` needs
    /// `sts:TagSession` too.
    ///
    /// ## Why it matters
    /// IAM Roles Anywhere puts the fields of the certificate into the tags and the source
    /// identity of each session. Without the right to do so, no session ever begins. EKS Pod
    /// Identity puts the cluster, the namespace and the service account into tags, other than where
    /// an association has them disabled.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "rolesanywhere.amazonaws.com"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/a"}}
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
    ///     "Principal": {"Service": "rolesanywhere.amazonaws.com"},
    ///     "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    ///     "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/a"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// - Access Analyzer: `MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-rolesanywhere-actions",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "role for Roles Anywhere or EKS Pod Identity lacks an action",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// A service whose sessions carry more than keys.
struct Needs {
    /// The service principal without its ending.
    service: &'static str,
    name: &'static str,
    actions: &'static [&'static str],
    severity: Severity,
}

const TAG: &str = "sts:TagSession";

const SERVICES: [Needs; 2] = [
    Needs {
        service: "rolesanywhere",
        name: "Roles Anywhere",
        actions: &[BY_KEY, TAG, "sts:SetSourceIdentity"],
        severity: Severity::Error,
    },
    // An association can do without tags.
    Needs {
        service: "pods.eks",
        name: "EKS Pod Identity",
        actions: &[BY_KEY, TAG],
        severity: Severity::Medium,
    },
];

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    for needs in &SERVICES {
        check_service(cx, needs, out);
    }
}

fn check_service(cx: &DocumentCx<'_>, needs: &Needs, out: &mut Findings<'_>) {
    let is_it = |entry: &&PrincipalEntry| {
        entry.kind == PrincipalKind::Service
            && short_name(entry.text.as_str()).as_deref() == Some(needs.service)
    };
    let names_it = |cx: &StatementCx<'_>| cx.named_principals().iter().any(|entry| is_it(&entry));
    let statements: Vec<_> = cx.statements().filter(names_it).collect();
    let Some(first) = statements.iter().find(|each| allows(each, BY_KEY)) else {
        return;
    };
    let is_allowed = |action: &str| statements.iter().any(|each| allows(each, action));
    let missing: Vec<_> = needs
        .actions
        .iter()
        .copied()
        .filter(|action| !is_allowed(action))
        .collect();
    let Some(element) = &first.statement.action else {
        return;
    };
    if missing.is_empty() || !element.unfilled.is_empty() || element.unread > 0 {
        return;
    }
    let entry = first.named_principals().iter().find(is_it);
    let draft = out
        .report(
            element.span,
            format!(
                "without {} no session of {} begins",
                wording::list(&missing),
                needs.name
            ),
        )
        .severity(needs.severity)
        .help(format!("add {}", wording::list(&missing)));
    let draft = match entry {
        Some(entry) => draft.label(entry.text.span(), "sets them on every session"),
        None => draft,
    };
    let Some(last) = element.entries.last() else {
        return;
    };
    let quoted: Vec<_> = missing
        .iter()
        .map(|action| format!("\"{action}\""))
        .collect();
    let added = format!(", {}", quoted.join(", "));
    let last = last.text().quoted_span();
    let written = cx.source.slice(last);
    let replacement = if element.span == last {
        format!("[{written}{added}]")
    } else {
        format!("{written}{added}")
    };
    draft.fix("add them", Safety::Unsafe, vec![replace(last, replacement)]);
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, statement};

    fn assumed_by(service: &str, action: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": {action}"#
        ))
    }

    const IT: &str = "rolesanywhere.amazonaws.com";

    fires!(
        aa_missing_action_for_roles_anywhere,
        assumed_by(IT, r#""sts:AssumeRole""#),
        r#""sts:AssumeRole""#
    );
    fires!(
        one_of_three,
        assumed_by(
            "rolesanywhere.eu-west-1.amazonaws.com",
            r#"["sts:AssumeRole", "sts:Tag*"]"#
        ),
        r#"["sts:AssumeRole", "sts:Tag*"]"#
    );
    fires!(
        pods_without_tags,
        assumed_by("pods.eks.amazonaws.com", r#""sts:AssumeRole""#),
        r#""sts:AssumeRole""#
    );
    silent!(
        pods_with_tags,
        assumed_by(
            "pods.eks.amazonaws.com",
            r#"["sts:AssumeRole", "sts:TagSession"]"#
        )
    );
    silent!(
        all,
        assumed_by(
            IT,
            r#"["sts:SetSourceIdentity", "sts:TagSession", "sts:AssumeRole"]"#
        )
    );
    silent!(wildcard, assumed_by(IT, r#""sts:*""#));
    silent!(
        another_service,
        assumed_by("ec2.amazonaws.com", r#""sts:AssumeRole""#)
    );
    silent!(
        in_another_statement,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:TagSession", "sts:SetSourceIdentity"]}]}"#
    );

    #[test]
    fn the_fix_adds_what_is_missing() {
        let text = fixed(&super::RULE, &assumed_by(IT, r#""sts:AssumeRole""#));
        assert!(
            text.contains(r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#),
            "{text}"
        );
        let text = fixed(
            &super::RULE,
            &assumed_by(IT, r#"["sts:AssumeRole", "sts:TagSession"]"#),
        );
        assert!(
            text.contains(r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#),
            "{text}"
        );
    }

    #[test]
    fn only_what_is_missing_is_named() {
        let found = finding(
            &super::RULE,
            &assumed_by(IT, r#"["sts:AssumeRole", "sts:TagSession"]"#),
        );
        assert_eq!(
            found.message,
            "without `sts:SetSourceIdentity` no session of Roles Anywhere begins"
        );
    }
}
