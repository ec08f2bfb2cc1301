use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{BY_KEY, allows},
        rule,
        service_principals::row,
    },
    policy::{PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to a service that runs code of the customer: EC2, ECS tasks, EKS and its
    /// pods, Lambda. It is off, since that is what most such roles are for.
    ///
    /// ## Why it matters
    /// Whoever can run code there has the permissions of the role, and whoever may pass the role
    /// and start such code gains them. It helps to list these roles when looking for ways up.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "ec2.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
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
    ///     "Principal": {"Service": "cloudtrail.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    /// - cloudsplaining: `AssumableByComputeService`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-compute-service",
        category: Category::Security,
        severity: Severity::Hint,
        summary: "role that code on EC2, ECS, EKS or Lambda gets",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: false,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !allows(cx, BY_KEY) {
        return;
    }
    for entry in cx.named_principals() {
        let text = entry.text.as_str();
        if entry.kind == PrincipalKind::Service
            && row(text).and_then(|row| row.get(2)) == Some(&"compute")
        {
            out.report(
                entry.text.span(),
                format!("code that runs on `{text}` gets the permissions of the role"),
            )
            .help("give the role no more than that code needs");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fn assumed_by(service: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": {service}}}, "Action": "sts:AssumeRole""#
        ))
    }

    fires!(
        instance,
        assumed_by(r#""ec2.amazonaws.com""#),
        "ec2.amazonaws.com"
    );
    fires!(
        in_china_and_in_a_list,
        assumed_by(r#"["events.amazonaws.com", "ec2.amazonaws.com.cn", "pods.eks.amazonaws.com"]"#),
        "ec2.amazonaws.com.cn",
        "pods.eks.amazonaws.com"
    );
    silent!(
        service_that_runs_its_own_code,
        assumed_by(r#""config.amazonaws.com""#)
    );
    silent!(
        deny,
        statement(
            r#""Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole""#
        )
    );
}
