//! Which entries of a statement a request matches: all of them, not only the first.

use super::{
    CompiledPolicy, Layer, Request, Truth,
    compile::{Actions, CompiledStatement, Resources},
    statement::resource_matches,
    view::RequestView,
};

/// An entry that a request matches, or may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchedEntry {
    /// Its place in the element. Actions that a template engine is to fill in come after all others.
    pub place: usize,
    /// Whether it matches for sure, or only with facts that are not known.
    pub surely: bool,
}

/// The entries of a statement that a request matches, or may match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchedEntries {
    /// Those of `Action`. `NotAction` is one entry, which stands for all that it leaves.
    pub actions: Vec<MatchedEntry>,
    /// Those of `Resource`. `NotResource` is one entry, which stands for all that it leaves.
    pub resources: Vec<MatchedEntry>,
}

impl CompiledPolicy {
    /// The entries of a statement of a policy of this layer that a request matches, or may match; none
    /// where the policy has no such statement. Principals and conditions are not looked at.
    pub fn matched_entries(
        &self,
        layer: Layer,
        statement: usize,
        request: &Request,
    ) -> MatchedEntries {
        let Some(statement) = self.statements.get(statement) else {
            return MatchedEntries::default();
        };
        let view = RequestView::new(request, layer, &Truth::False);
        MatchedEntries {
            actions: statement.matched_actions(&view),
            resources: statement.matched_resources(&view),
        }
    }
}

impl CompiledStatement {
    fn matched_actions(&self, view: &RequestView<'_>) -> Vec<MatchedEntry> {
        let Some(Actions {
            negated,
            patterns,
            unfilled,
        }) = &self.actions
        else {
            return Vec::new();
        };
        let action = &view.request.action;
        let written = patterns
            .iter()
            .map(|pattern| pattern.matches_folded(action.folded()).into());
        let to_fill_in = unfilled.iter().map(|each| {
            if each.open.matches(action.as_str()) {
                Truth::Depends(each.tokens.clone())
            } else {
                Truth::False
            }
        });
        matched(written.chain(to_fill_in), *negated)
    }

    fn matched_resources(&self, view: &RequestView<'_>) -> Vec<MatchedEntry> {
        let Some(Resources { negated, patterns }) = &self.resources else {
            return Vec::new();
        };
        let truths = patterns
            .iter()
            .map(|pattern| resource_matches(pattern, view));
        matched(truths, *negated)
    }
}

/// The entries that match, or may; of a negated element, the one that stands for what it leaves.
fn matched(truths: impl Iterator<Item = Truth>, negated: bool) -> Vec<MatchedEntry> {
    let entry = |(place, truth): (usize, Truth)| {
        (!truth.is_false()).then(|| MatchedEntry {
            place,
            surely: truth.is_true(),
        })
    };
    if negated {
        return entry((0, !Truth::any(truths))).into_iter().collect();
    }
    truths.enumerate().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        eval::{Context, Principal, Target},
        policy::{ActionName, lower},
        source::Source,
        syntax::parse,
    };

    fn matched_by(statement: &str, action: &str, resource: Target) -> (Vec<String>, Vec<String>) {
        let text =
            format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{statement}}}}}"#);
        let source = Source::new("test", text.into_bytes());
        let policy = lower(&parse(&source).root).policy.unwrap();
        let request = Request::new(
            Principal::parse("arn:aws:iam::123456789012:user/ana").unwrap(),
            ActionName::new(action),
            resource,
            Context::partial(),
        );
        let found = CompiledPolicy::new(&policy).matched_entries(Layer::Identity, 0, &request);
        let words = |entries: &[MatchedEntry]| {
            let word = |entry: &MatchedEntry| {
                format!("{}{}", entry.place, if entry.surely { "" } else { "?" })
            };
            entries.iter().map(word).collect()
        };
        (words(&found.actions), words(&found.resources))
    }

    #[test]
    fn every_entry_that_matches_is_told_and_not_only_the_first() {
        let statement = r#""Action":["s3:Put*","s3:Get*","s3:GetObject","*"],
            "Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*","arn:aws:s3:::a/1"]"#;
        let found = matched_by(
            statement,
            "s3:GetObject",
            Target::Arn("arn:aws:s3:::a/1".to_owned()),
        );
        assert_eq!(found.0, ["1", "2", "3"]);
        assert_eq!(found.1, ["0", "2"]);
    }

    #[test]
    fn what_is_not_known_of_a_resource_leaves_entries_open() {
        let statement = r#""Action":"iam:GetRole",
            "Resource":["arn:aws:iam::1:role/*","arn:aws:iam::1:role/app/*","arn:aws:iam::1:user/*"]"#;
        let like = Target::Like("arn:aws:iam::1:role/*web".to_owned());
        assert_eq!(matched_by(statement, "iam:GetRole", like).1, ["0", "1?"]);
        let unknown = matched_by(statement, "iam:GetRole", Target::Unknown).1;
        assert_eq!(unknown, ["0?", "1?", "2?"]);
    }

    #[test]
    fn one_entry_stands_for_all_that_a_negated_element_leaves() {
        let statement = r#""NotAction":["iam:*","sts:*"],"NotResource":["arn:aws:s3:::a/*"]"#;
        let object = |bucket: &str| Target::Arn(format!("arn:aws:s3:::{bucket}/1"));
        assert_eq!(
            matched_by(statement, "s3:GetObject", object("b")),
            (vec!["0".to_owned()], vec!["0".to_owned()])
        );
        assert_eq!(
            matched_by(statement, "iam:GetUser", object("a")),
            (vec![], vec![])
        );
    }
}
