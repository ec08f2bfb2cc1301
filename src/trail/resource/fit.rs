//! Whether an ARN has the form of a resource type.

/// How well an ARN fits an ARN template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Not at all.
    No,
    /// Only if a variable stands for text with slashes or colons, as paths and keys do.
    Loose,
    /// With a plain name in each variable.
    Strict,
}

/// Compares an ARN with a template such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
pub(super) fn fit(arn: &str, template: &str) -> Fit {
    let pieces = pieces(template);
    if !matches(&pieces, arn) {
        return Fit::No;
    }
    let count = |text: &str, wanted: char| text.matches(wanted).count();
    let literals: String = pieces.concat();
    let is_strict = ['/', ':']
        .iter()
        .all(|mark| count(arn, *mark) == count(&literals, *mark));
    // No bucket has a slash in its name: that would be an object.
    if is_strict {
        Fit::Strict
    } else if template.ends_with(":::${BucketName}") {
        Fit::No
    } else {
        Fit::Loose
    }
}

/// The literal pieces between the variables of a template, one more than it has variables.
fn pieces(template: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        pieces.push(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pieces.push(rest);
    pieces.iter().flat_map(|piece| piece.split('*')).collect()
}

/// Whether a text is the pieces in order with something between each two of them.
fn matches(pieces: &[&str], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|only| *only == text);
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    for piece in middle {
        match rest.find(piece) {
            Some(start) => rest = rest.get(start + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.strip_suffix(last).is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_fit_their_templates() {
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        let role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        for (arn, template, expected) in [
            ("arn:aws:s3:::b/k", object, Fit::Strict),
            ("arn:aws:s3:::b/k/l", object, Fit::Loose),
            ("arn:aws:s3:::b", object, Fit::No),
            ("arn:aws:s3:::b/k", bucket, Fit::No),
            ("arn:aws:s3:::b", bucket, Fit::Strict),
            ("arn:aws:iam::123456789012:role/a", role, Fit::Strict),
            ("arn:aws:iam::123456789012:role/p/a", role, Fit::Loose),
            ("arn:aws:iam::123456789012:role/", role, Fit::No),
            ("arn:aws:iam::123456789012:user/a", role, Fit::No),
            ("", role, Fit::No),
        ] {
            assert_eq!(fit(arn, template), expected, "{arn} {template}");
        }
    }
}
