use crate::{
    catalog::Action,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        edits, rule,
    },
    policy::{Effect, Piece, PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of actions on objects of S3 where the ARN has a `*` right behind a part of a bucket's
    /// name, with no slash before it: `arn:aws:s3:::prod*`. Where a `-`, `_` or `.` stands before the `*`, a family of buckets was
    /// most likely meant, and nothing is said.
    ///
    /// It is `medium`: some policies mean a family of buckets without such a mark.
    ///
    /// ## Why it matters
    /// A `*` goes on past slashes and names: the entry covers the objects of `prod`, and of `production`,
    /// `prod-backup` and every other bucket that starts so.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::prod*"
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
    ///     "Resource": "arn:aws:s3:::prod/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "s3-object-without-slash",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "objects allowed by the start of a bucket name",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || cx.statement.not_resource.is_some() {
        return;
    }
    let mut on_objects = None;
    arn_fields::each_resource(cx, |written| {
        if written.literal(Field::Service) != Some("s3")
            || written.literal(Field::Region) != Some("")
            || written.literal(Field::Account) != Some("")
        {
            return;
        }
        let resource = arn_fields::pattern(written.arn, Field::Resource);
        let [Piece::Literal(start), Piece::AnyText] = resource.pieces() else {
            return;
        };
        let is_family = start.ends_with(['-', '_', '.', '/']);
        if start.contains('/')
            || is_family
            || !*on_objects.get_or_insert_with(|| acts_on_objects(cx))
        {
            return;
        }
        let text = written.text.as_str();
        let meant = format!("{start}/*");
        let draft = out
            .report(
                written.text.span(),
                format!(
                    "`{text}` covers the objects of every bucket whose name starts with `{start}`"
                ),
            )
            .help(format!(
                "for the objects of one bucket write `arn:aws:s3:::{meant}`"
            ));
        if let Some(place) = written.place(Field::Resource) {
            draft.fix(
                format!("write `{meant}`"),
                Safety::Unsafe,
                vec![edits::replace(place, meant)],
            );
        }
    });
}

/// Whether a statement has an action on objects.
fn acts_on_objects(cx: &StatementCx<'_>) -> bool {
    let on_objects = |action: &Action| {
        action.service().prefix() == "s3"
            && action
                .resources()
                .any(|resource| resource.resource_type().name() == "object")
    };
    cx.listed_actions()
        .iter()
        .filter(|entry| !entry.has_exact_service() || entry.service().eq_ignore_ascii_case("s3"))
        .any(|entry| {
            cx.expand(entry)
                .is_some_and(|actions| actions.iter().any(on_objects))
        })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fires!(
        object,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::prod*""#),
        "arn:aws:s3:::prod*"
    );
    fires!(
        wildcards_in_the_action,
        allow(
            r#"["S3:*", "sqs:*"]"#,
            r#"["arn:aws:s3:::prod*", "arn:aws:s3:::prod/*"]"#
        ),
        "arn:aws:s3:::prod*"
    );
    silent!(
        family_of_buckets,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::prod-*", "arn:aws:s3:::*", "arn:aws:s3:::*prod*"]"#
        )
    );
    silent!(
        objects,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::prod/*", "arn:aws:s3:::prod/x*"]"#
        )
    );
    silent!(
        buckets,
        allow(r#"["s3:ListBucket", "sqs:*"]"#, r#""arn:aws:s3:::prod*""#)
    );
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::prod*"}}"#
    );

    #[test]
    fn the_fix_puts_the_slash() {
        assert_eq!(
            fixed(
                &super::RULE,
                &allow(r#""s3:GetObject""#, r#""arn:aws:s3:::prod*""#)
            ),
            allow(r#""s3:GetObject""#, r#""arn:aws:s3:::prod/*""#)
        );
    }
}
