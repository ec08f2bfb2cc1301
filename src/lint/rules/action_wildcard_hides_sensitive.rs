use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule,
        sensitive::{is_credentials, looks_like_reading},
        wording,
    },
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an entry of an `Allow` whose name starts like that of a reading action, such as
    /// `ec2:Get*`, and that stands for actions whose answer is a credential.
    ///
    /// ## Why it matters
    /// `ec2:Get*` is written to look at instances. It also returns the administrator password of every
    /// Windows instance.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:Get*",
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
    ///     "Action": "ec2:Describe*",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-wildcard-hides-sensitive",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "wildcard that looks like reading hands out credentials",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || !cx.is_identity_policy() {
        return;
    }
    for entry in cx
        .listed_actions()
        .iter()
        .filter(|entry| looks_like_reading(entry))
    {
        let Some(actions) = cx.expand(entry) else {
            return;
        };
        let hidden: Vec<_> = actions
            .iter()
            .copied()
            .filter(|action| {
                is_credentials(*action) && cx.document.held().allows_somewhere(*action)
            })
            .collect();
        if hidden.is_empty() {
            continue;
        }
        let names = wording::list(&hidden);
        out.report(
            entry.text().span(),
            format!(
                "`{}` allows {names}, which returns credentials",
                entry.as_str()
            ),
        )
        .help("list the actions that are needed");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(get, allow(r#""ec2:Get*""#, r#""*""#), "ec2:Get*");
    fires!(
        letter_case,
        allow(r#"["s3:Get*", "Redshift:get*"]"#, r#""*""#),
        "Redshift:get*"
    );
    silent!(by_name, allow(r#""ec2:GetPasswordData""#, r#""*""#));
    silent!(
        harmless,
        allow(r#"["ec2:Describe*", "ec2:GetC*"]"#, r#""*""#)
    );
    silent!(
        taken_away,
        statement(
            r#""Effect": "Allow", "Action": "ec2:Get*", "Resource": "*"}, {"Effect": "Deny", "Action": "ec2:GetPasswordData", "Resource": "*""#
        )
    );
}
