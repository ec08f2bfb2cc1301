use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, arn_fields, rule},
    policy::{ArnPattern, Effect, Pattern, Piece, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an ARN with nothing but wildcards behind its partition, such as `arn:aws:*:*:*:*`, in an `Allow`.
    ///
    /// ## Why it matters
    /// It grants the actions on every resource that has an ARN, and looks narrower than `*`. Tools and people that
    /// search for `*` miss it. It is not quite the same: actions that take no ARN are not granted.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:*:*:*:*"
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - parliament: `RESOURCE_EFFECTIVELY_STAR`
    /// - iam-policy-validator: `overly_permissive`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-effectively-star",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "ARN that matches every resource",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || cx.statement.not_resource.is_some() {
        return;
    }
    arn_fields::each_resource(cx, |written| {
        if is_everything(written.arn) {
            let text = written.text.as_str();
            out.report(
                written.text.span(),
                format!("`{text}` matches every resource that has an ARN"),
            )
            .help("list the ARNs that are needed; where all are meant, say so with `*`");
        }
    });
}

/// Whether an ARN has nothing but wildcards behind its partition.
pub(in crate::lint) fn is_everything(arn: &ArnPattern) -> bool {
    let is_open = |pattern: &Pattern| {
        pattern.pieces().contains(&Piece::AnyText)
            && pattern.pieces().iter().all(|piece| match piece {
                Piece::AnyText => true,
                // The resource as well may be written in parts: `*/*` leaves out much.
                Piece::Literal(_) | Piece::AnyCharacter | Piece::Variable(_) => false,
            })
    };
    let [_, rest @ ..] = arn.fields();
    rest.iter().all(is_open)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        each_field,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:*:*:*:*:*", "arn:aws:s3:::b"]"#
        ),
        "arn:*:*:*:*:*"
    );
    fires!(
        star_for_the_rest,
        allow(r#""s3:GetObject""#, r#""arn:aws:*""#),
        "arn:aws:*"
    );
    fires!(
        several_stars,
        allow(r#""s3:GetObject""#, r#""arn:aws:**:*:*:**""#),
        "arn:aws:**:*:*:**"
    );
    silent!(star, allow(r#""s3:GetObject""#, r#""*""#));
    silent!(
        a_service_an_account_or_a_name,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::*", "arn:aws:*:*:123456789012:*", "arn:aws:*:*:*:*/x", "arn:aws:*:::*"]"#
        )
    );
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:*:*:*:*"}}"#
    );
    silent!(
        not_resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:*:*:*:*"}}"#
    );
}
