//! The names of rules as arguments: shells complete them.

use crate::lint::{Category, RESERVED, RULES, Selector};
use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, StringValueParser, TypedValueParser},
};
use std::ffi::OsStr;

/// A parser of values, and what shells offer for them. Other values are up to the parser.
#[derive(Debug, Clone)]
pub(super) struct Offered<P> {
    parser: P,
    names: fn() -> Vec<PossibleValue>,
}

/// Reads what a selection of rules is made of.
pub(super) fn selector() -> Offered<impl TypedValueParser<Value = Selector>> {
    Offered {
        parser: |text: &str| Selector::parse(text),
        names: || {
            let categories = Category::ALL.into_iter().map(Category::name);
            let many = ["all"].into_iter().chain(categories);
            many.map(PossibleValue::new).chain(rules()).collect()
        },
    }
}

/// Takes any text for the name of a rule.
pub(super) fn rule_name() -> Offered<StringValueParser> {
    Offered {
        parser: StringValueParser::new(),
        names: || {
            let reserved = RESERVED.iter().map(|each| PossibleValue::new(each.id));
            rules().chain(reserved).collect()
        },
    }
}

fn rules() -> impl Iterator<Item = PossibleValue> {
    let rules = RULES.iter();
    rules.map(|rule| PossibleValue::new(rule.id).help(rule.summary))
}

impl<P: TypedValueParser> TypedValueParser for Offered<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, Error> {
        self.parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter()))
    }
}
