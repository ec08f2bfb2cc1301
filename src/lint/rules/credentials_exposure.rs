use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule, sensitive::Class},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of actions whose answer is a usable credential of something or somebody else:
    /// a password, a key, a token, on resources of any name. `ecr:GetAuthorizationToken` and
    /// `sts:GetSessionToken`, which other tools list, are not among them: what they return has only
    /// the rights that the caller has already.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// A credential goes on working elsewhere, by hand, out of sight of this policy. Whoever can fetch
    /// the password of every instance need not be allowed anything else.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:GetPasswordData",
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
    ///     "Action": "ec2:GetPasswordData",
    ///     "Resource": "arn:aws:ec2:eu-west-1:418272953104:instance/i-0a1b2c3d4e5f60718"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - parliament: `CREDENTIALS_EXPOSURE`
    /// - cloudsplaining: `CredentialsExposure`
    /// - iam-policy-validator: `CREDENTIAL_EXPOSURE`
    /// - checkov: `CKV_AWS_107`, `CKV_AWS_287`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "credentials-exposure",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "credentials of others can be had",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_class(
        Class::Credentials,
        out,
        "which returns credentials of others",
        "name what it is needed for, or remove it",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        passwords_of_any_instance,
        allow(r#""ec2:GetPasswordData""#, r#""*""#),
        "ec2:GetPasswordData"
    );
    fires!(
        keys_of_any_user_in_a_session,
        as Session,
        allow(r#""iam:CreateAccessKey""#, r#""arn:aws:iam::*:user/*""#),
        "iam:CreateAccessKey"
    );
    silent!(
        own_keys,
        allow(
            r#""iam:CreateAccessKey""#,
            r#""arn:aws:iam::*:user/${aws:username}""#
        )
    );
    silent!(
        tokens_without_further_rights,
        allow(r#""ecr:GetAuthorizationToken""#, r#""*""#)
    );
    silent!(
        takeover_is_another_rule,
        allow(r#""iam:CreateAccessKey""#, r#""*""#)
    );
    silent!(
        denied,
        statement(r#""Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*""#)
    );
}
