//! The variables in texts of a policy.

use super::StatementCx;
use crate::{
    policy::{Pattern, Variable, Version},
    syntax::Text,
};

/// The variables of a text, read in the language that has them; none of what a template engine is
/// to fill in.
pub(super) fn in_text(text: &str) -> Vec<Variable> {
    if !text.contains("${") {
        return Vec::new();
    }
    let Ok(pattern) = Pattern::parse(text, Version::V2012) else {
        return Vec::new();
    };
    let variables = pattern.variables();
    variables
        .filter(|variable| !variable.is_template_token())
        .cloned()
        .collect()
}

impl StatementCx<'_> {
    /// The texts in which AWS replaces variables: those of resources and the values of conditions.
    pub(super) fn texts_with_variables(&self) -> impl Iterator<Item = &Text<'static>> {
        let resources = self.resources().map(|entry| &entry.text);
        let values = self.tests().iter().flat_map(|test| &test.values);
        resources.chain(values.filter_map(|value| value.string.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn variables_are_told_from_templates_and_escapes() {
        let keys = |text: &str| -> Vec<_> {
            let variables = in_text(text).into_iter();
            variables.map(|variable| variable.key.to_string()).collect()
        };
        assert_eq!(
            keys("a/${aws:username}/${var.x}/${AWS::AccountId}/${*}/{{ x }}/${s3:prefix, 'x'}"),
            ["aws:username", "s3:prefix"]
        );
        assert!(keys("${aws:username").is_empty());
        assert!(keys("plain").is_empty());
    }
}
