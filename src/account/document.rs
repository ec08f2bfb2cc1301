//! One policy document, and what it can hang on.

use crate::{
    eval::{CompiledPolicy, Layer},
    lint::{Unusable, read_usable},
    policy::{ConditionKey, Pattern, Policy, ResourceForm, ResourcePattern, Statement, Version},
    source::Source,
};
use std::{collections::BTreeSet, sync::Arc};

/// One policy document.
#[derive(Debug, Clone)]
pub struct Document {
    /// What reports call it: the name of its file, `role/deploy: inline Deploy`, or the ARN of the
    /// managed policy.
    pub name: String,
    /// Its text.
    pub source: Source,
    /// The policy.
    pub policy: Policy,
    /// The same, made ready.
    pub compiled: Arc<CompiledPolicy>,
    /// The layer that it belongs to.
    pub layer: Layer,
    /// Its ARN, where it is a managed policy.
    pub arn: Option<String>,
}

/// The place of a document in [`super::Holdings::documents`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub(super) usize);

impl DocumentId {
    /// The place, from 0.
    pub fn place(self) -> usize {
        self.0
    }
}

impl Document {
    /// Takes a policy that was read.
    pub fn new(name: impl Into<String>, source: Source, policy: Policy, layer: Layer) -> Self {
        Self {
            name: name.into(),
            source,
            compiled: Arc::new(CompiledPolicy::new(&policy)),
            policy,
            layer,
            arn: None,
        }
    }

    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// Where no request can be judged by it: a part of it is wrong, or it names principals where
    /// policies of its layer do not.
    pub fn read(name: impl Into<String>, source: Source, layer: Layer) -> Result<Self, Unusable> {
        let policy = read_usable(&source, layer)?;
        Ok(Self::new(name, source, policy, layer))
    }

    /// The same as a managed policy.
    #[must_use]
    pub fn with_arn(mut self, arn: Option<String>) -> Self {
        self.arn = arn;
        self
    }

    /// The condition keys that it tests or uses as policy variables.
    pub(super) fn condition_keys(&self) -> BTreeSet<ConditionKey> {
        let version = self.policy.version;
        let statements = self.policy.statements.iter();
        statements.flat_map(|each| keys_of(each, version)).collect()
    }
}

fn keys_of(statement: &Statement, version: Version) -> BTreeSet<ConditionKey> {
    let mut keys = BTreeSet::new();
    for element in [&statement.resource, &statement.not_resource] {
        let entries = element.iter().flat_map(|element| &element.entries);
        for entry in entries {
            keys.extend(variables_of_resource(entry, version));
        }
    }
    let tests = statement.condition.iter().flat_map(|each| &each.tests);
    for test in tests {
        keys.insert(ConditionKey::new(test.key.as_str()));
        for value in &test.values {
            keys.extend(variables(&value.text, version));
        }
    }
    keys
}

fn variables_of_resource(entry: &ResourcePattern, version: Version) -> Vec<ConditionKey> {
    match &entry.form {
        ResourceForm::Star => Vec::new(),
        ResourceForm::Arn(pattern) => {
            let variables = pattern.fields().iter().flat_map(Pattern::variables);
            variables.map(|variable| variable.key.clone()).collect()
        }
        ResourceForm::Opaque => variables(entry.text.as_str(), version),
    }
}

/// The keys of the variables in a text; none in one that cannot be taken apart, which is compared as it
/// is.
fn variables(text: &str, version: Version) -> Vec<ConditionKey> {
    let pattern = Pattern::parse(text, version);
    let pattern = pattern.unwrap_or_else(|_| Pattern::literal(text));
    let variables = pattern.variables();
    variables.map(|variable| variable.key.clone()).collect()
}
