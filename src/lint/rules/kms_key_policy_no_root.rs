use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule},
    policy::{
        ActionPattern, Case, Effect, PolicyType, PolicyTypes, ResourceForm, Statement, Wildcard,
    },
    source::{Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags a key policy that allows nobody `kms:PutKeyPolicy`: neither the account, as the policy
    /// that KMS writes itself does, nor some administrator.
    ///
    /// A policy counts as one of a key where all its actions are of `kms`, all its resources are `*`,
    /// and it names principals.
    ///
    /// ## Why it matters
    /// For a key the policies of identities count only where the key policy lets the account decide.
    /// Without that and without an administrator nobody can change the policy again, or delete the key.
    /// KMS refuses such a policy unless it is told to bypass the check, and afterwards only AWS Support
    /// can help.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
    ///     "Action": ["kms:Encrypt", "kms:Decrypt"],
    ///     "Resource": "*"
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
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    ///     "Action": "kms:*",
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
    ///     "Action": ["kms:Encrypt", "kms:Decrypt"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    /// - <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "kms-key-policy-no-root",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "key policy that nobody may change",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let statements = &cx.policy.statements;
    if statements.is_empty() || !statements.iter().all(is_of_key) {
        return;
    }
    let mut allows = statements
        .iter()
        .filter(|each| each.has_effect(Effect::Allow))
        .peekable();
    // A policy for everyone may be that of a VPC endpoint.
    if allows.peek().is_none() || statements.iter().any(Statement::names_everyone) {
        return;
    }
    let changes = |entry: &ActionPattern| {
        Wildcard::new(entry.as_str(), Case::Ignored).matches("kms:PutKeyPolicy")
    };
    let gives = |statement: &Statement| {
        let mut entries = statement.action.iter().flat_map(|element| &element.entries);
        entries.any(changes)
    };
    if allows.any(gives) {
        return;
    }
    let start = cx.policy.span.start;
    out.report(
        Span::new(start, start + 1),
        "nobody is allowed `kms:PutKeyPolicy`, so the key cannot be managed any more",
    )
    .help("allow the root of the account `kms:*`, or an administrator `kms:PutKeyPolicy`");
}

/// Whether a statement is one of a key policy, and could be read whole.
fn is_of_key(statement: &Statement) -> bool {
    let actions = statement.action.as_ref().is_some_and(|element| {
        let kms = |entry: &ActionPattern| entry.service().eq_ignore_ascii_case("kms");
        element.is_whole() && !element.entries.is_empty() && element.entries.iter().all(kms)
    });
    let resources = statement.resource.as_ref().is_some_and(|element| {
        let mut entries = element.entries.iter();
        element.is_whole() && entries.all(|entry| entry.form == ResourceForm::Star)
    });
    actions && resources && statement.effect.is_some() && statement.principal.is_some()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fn key_policy(principal: &str, action: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:role/app"}}, "Action": "kms:Decrypt", "Resource": "*"}}, {{"Effect": "Allow", "Principal": {principal}, "Action": {action}, "Resource": "*"}}]}}"#
        )
    }

    const ROOT: &str = r#"{"AWS": "arn:aws:iam::111122223333:root"}"#;

    fires!(
        the_root_may_only_look,
        key_policy(ROOT, r#"["kms:Describe*", "KMS:List*"]"#),
        "{"
    );
    fires!(
        a_service_and_a_role,
        key_policy(r#"{"Service": "logs.amazonaws.com"}"#, r#""kms:Encrypt*""#),
        "{"
    );
    silent!(the_policy_that_kms_writes, key_policy(ROOT, r#""kms:*""#));
    silent!(
        an_administrator,
        key_policy(
            r#"{"AWS": "arn:aws:iam::111122223333:role/admin"}"#,
            r#"["kms:Put*", "kms:Describe*"]"#
        )
    );
    silent!(for_everyone, key_policy(r#""*""#, r#""kms:Encrypt""#));
    silent!(
        an_action_of_a_template,
        key_policy(ROOT, r#""kms:${action}""#)
    );
    silent!(other_services_too, key_policy(ROOT, r#""s3:GetObject""#));
}
