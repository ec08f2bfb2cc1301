//! Which rules run.

use super::{Category, RULES, Rule, nearest_rule, rule_by_id};

/// What a name in a selection stands for.
#[derive(Debug, Clone, Copy)]
pub enum Selector {
    /// `all`: every rule.
    All,
    /// The rules of a category, by its name.
    Category(Category),
    /// One rule, by its name.
    Rule(&'static Rule),
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Selector {}

/// How much a selector says about a rule; the more, the more it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    All,
    Category,
    Rule,
}

impl Selector {
    /// Reads `all`, the name of a category or of a rule. For any other text, a help that tells the way
    /// out.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        let category = Category::ALL.into_iter().find(|each| each.name() == text);
        if let Some(category) = category {
            return Ok(Self::Category(category));
        }
        rule_by_id(text).map(Self::Rule).ok_or_else(|| {
            let names: Vec<_> = Category::ALL.iter().map(|each| each.name()).collect();
            nearest_rule(text).map_or_else(
                || {
                    format!(
                        "`iamsim rule` lists the rules; `all` and the categories `{}` stand for many",
                        names.join("`, `")
                    )
                },
                |near| format!("did you mean `{}`?", near.id),
            )
        })
    }

    /// The name that was read.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Category(category) => category.name(),
            Self::Rule(rule) => rule.id,
        }
    }

    /// Whether it stands for a rule.
    pub fn selects(self, rule: &Rule) -> bool {
        self.precision(rule).is_some()
    }

    fn precision(self, rule: &Rule) -> Option<Precision> {
        match self {
            Self::All => Some(Precision::All),
            Self::Category(category) => (category == rule.category).then_some(Precision::Category),
            Self::Rule(own) => (own.id == rule.id).then_some(Precision::Rule),
        }
    }
}

/// Which rules run. What names a rule more precisely counts more; of equals, to ignore it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The rules that run, in place of those that are on by default.
    pub select: Option<Vec<Selector>>,
    /// Rules that run besides.
    pub extend_select: Vec<Selector>,
    /// Rules that do not run.
    pub ignore: Vec<Selector>,
}

impl Selection {
    /// The default, and some rules besides.
    pub fn with(rules: impl IntoIterator<Item = &'static Rule>) -> Self {
        Self {
            extend_select: rules.into_iter().map(Selector::Rule).collect(),
            ..Self::default()
        }
    }

    /// Whether a rule runs. A rule that speaks of a failure of iamsim itself always does.
    pub fn is_on(&self, rule: &Rule) -> bool {
        let best = |selectors: &[Selector]| {
            let precisions = selectors.iter().filter_map(|each| each.precision(rule));
            precisions.max()
        };
        let selected = match &self.select {
            Some(select) => best(select),
            None => rule.enabled.then_some(Precision::All),
        };
        let on = selected.max(best(&self.extend_select));
        on.is_some() && on > best(&self.ignore)
    }

    /// Whether one of the rules runs that a selector stands for.
    pub fn is_any_on(&self, selector: Selector) -> bool {
        let mut rules = RULES.iter().filter(|rule| selector.selects(rule));
        rules.any(|rule| self.is_on(rule))
    }
}

#[cfg(test)]
mod tests {
    use super::{Selection, Selector};
    use crate::lint::rule_by_id;

    fn selectors(texts: &[&str]) -> Vec<Selector> {
        texts
            .iter()
            .map(|text| Selector::parse(text).unwrap())
            .collect()
    }

    fn runs(select: Option<&[&str]>, extend: &[&str], ignore: &[&str], rule: &str) -> bool {
        let selection = Selection {
            select: select.map(selectors),
            extend_select: selectors(extend),
            ignore: selectors(ignore),
        };
        selection.is_on(rule_by_id(rule).unwrap())
    }

    #[test]
    fn without_a_selection_the_defaults_run() {
        assert!(runs(None, &[], &[], "unknown-action"));
        assert!(!runs(None, &[], &[], "style-sort"));
    }

    #[test]
    fn select_takes_the_place_of_the_defaults() {
        assert!(runs(Some(&["style"]), &[], &[], "style-sort"));
        assert!(!runs(Some(&["style"]), &[], &[], "unknown-action"));
        assert!(!runs(Some(&[]), &[], &[], "unknown-action"));
        assert!(runs(Some(&["all"]), &[], &[], "style-sort"));
    }

    #[test]
    fn the_more_precise_name_counts() {
        assert!(runs(None, &["style-sort"], &["style"], "style-sort"));
        assert!(!runs(None, &["style"], &["style-sort"], "style-sort"));
        assert!(!runs(None, &["style-sort"], &["style-sort"], "style-sort"));
        assert!(!runs(None, &[], &["all"], "unknown-action"));
        assert!(runs(
            Some(&["unknown-action"]),
            &[],
            &["all"],
            "unknown-action"
        ));
    }

    #[test]
    fn a_name_that_there_is_not_gets_the_nearest() {
        let help = Selector::parse("unknown-acton").unwrap_err();
        assert_eq!(help, "did you mean `unknown-action`?");
        let help = Selector::parse("something else entirely").unwrap_err();
        assert!(help.contains("privilege-escalation"), "{help}");
    }
}
