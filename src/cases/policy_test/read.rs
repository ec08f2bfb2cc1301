//! The tree of a file to its tests.

use super::{
    check::check,
    form::{TestForm, schema},
    tree::{Kind, Node, Notation},
};
use crate::{
    cases::{
        CaseError, CaseReader, CaseRequest, CaseSetting, Completeness, PolicyFiles, RequestError,
        form::RequestForm, sound,
    },
    eval::Layer,
    policy::Policy,
    source::{Source, Span},
};
use miette::Diagnostic as _;
use std::{collections::BTreeSet, sync::Arc};

/// The members of `policies` and the layers that they are.
const LAYERS: [(Layer, &str); 7] = [
    (Layer::Rcp, "rcps"),
    (Layer::Scp, "scps"),
    (Layer::VpcEndpoint, "vpce"),
    (Layer::Resource, "resource"),
    (Layer::Identity, "identity"),
    (Layer::Boundary, "boundary"),
    (Layer::Session, "session"),
];

/// A test of policies.
#[derive(Debug)]
pub struct PolicyTest {
    /// What it is called.
    pub name: String,
    /// Where its name stands in the file.
    pub span: Span,
    /// The requests of the call.
    pub requests: Vec<CaseRequest>,
    /// What should come of it.
    pub(super) expectation: Expectation,
}

/// What should come of a call, in all its parts.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) expect: super::Expected,
    pub(super) possible: Option<Vec<super::Certain>>,
    pub(super) limited_by: Option<Vec<Layer>>,
    pub(super) statements: Vec<String>,
}

/// Something that is wrong with a file of tests.
#[derive(Debug)]
pub struct TestFault {
    /// The test that it is about, where it is about one.
    pub test: Option<String>,
    /// Where it is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The error of a policy behind it.
    pub policy: Option<CaseError>,
}

/// Reads the tests of a file. Policies that it names by path come from `files`.
///
/// # Errors
///
/// All that is wrong with it: a file with errors has no tests, as none of it may be misread.
pub fn read(
    source: &Source,
    notation: Notation,
    files: PolicyFiles<'_>,
) -> Result<Vec<PolicyTest>, Vec<TestFault>> {
    let root = Node::parse(source, notation).map_err(|faults| {
        let faults = faults.into_iter();
        faults
            .map(|(span, message, help)| TestFault::new(span, message, help))
            .collect::<Vec<_>>()
    })?;
    let tests = root.get("tests").and_then(Node::items).unwrap_or_default();
    let differences = check(&root, &schema());
    if !differences.is_empty() {
        let fault = |difference: super::check::Difference| {
            let test = tests.iter().find(|test| test.holds(difference.span));
            TestFault {
                test: test.and_then(name_of),
                ..TestFault::new(difference.span, difference.message, difference.help)
            }
        };
        return Err(differences.into_iter().map(fault).collect());
    }
    let reader = FileReader {
        source,
        notation,
        files,
        cases: CaseReader::with_files(files, Completeness::Whole),
        request: root.get("request"),
    };
    reader.tests(&root, tests)
}

fn name_of(test: &Node) -> Option<String> {
    test.get("name").and_then(Node::text).map(str::to_owned)
}

impl TestFault {
    fn new(span: Span, message: String, help: impl Into<String>) -> Self {
        Self {
            test: None,
            span,
            message,
            help: help.into(),
            policy: None,
        }
    }
}

struct FileReader<'r> {
    source: &'r Source,
    notation: Notation,
    files: PolicyFiles<'r>,
    cases: CaseReader<'r>,
    /// The request that the tests have in common.
    request: Option<&'r Node>,
}

impl FileReader<'_> {
    fn tests(&self, root: &Node, tests: &[Node]) -> Result<Vec<PolicyTest>, Vec<TestFault>> {
        let mut faults = Vec::new();
        if tests.is_empty() {
            let span = root.get("tests").map_or(root.span, |tests| tests.span);
            let help = "a file without tests would always pass";
            faults.push(TestFault::new(span, "there are no tests".to_owned(), help));
        }
        let mut common = CaseSetting::new();
        if let Some(policies) = root.get("policies") {
            self.supply(&mut common, policies, &mut faults);
        }
        let common = Arc::new(common);
        let base = self.request.map(Node::json);
        let base = base.as_deref().map(serde_json::from_str);
        let base: RequestForm<'_> = match base.transpose() {
            Ok(base) => base.unwrap_or_default(),
            Err(error) => {
                let span = self.request.map_or(root.span, |request| request.span);
                faults.push(malformed(span, &error));
                RequestForm::default()
            }
        };
        let mut names = BTreeSet::new();
        let mut read = Vec::new();
        for node in tests {
            let mut own = Vec::new();
            let test = self.test(node, &common, &base, &mut own);
            if let Some(test) = test {
                if !names.insert(test.name.clone()) {
                    let message = "another test of this file has the same name".to_owned();
                    let help = "give each test a name of its own, so that reports tell them apart";
                    own.push(TestFault::new(test.span, message, help));
                }
                read.push(test);
            }
            faults.extend(own.into_iter().map(|fault| TestFault {
                test: name_of(node),
                ..fault
            }));
        }
        if faults.is_empty() {
            Ok(read)
        } else {
            Err(faults)
        }
    }

    fn test(
        &self,
        node: &Node,
        common: &Arc<CaseSetting>,
        base: &RequestForm<'_>,
        faults: &mut Vec<TestFault>,
    ) -> Option<PolicyTest> {
        let json = node.json();
        let form: TestForm<'_> = match serde_json::from_str(&json) {
            Ok(form) => form,
            Err(error) => {
                faults.push(malformed(node.span, &error));
                return None;
            }
        };
        let span = node.get("name").map_or(node.span, |name| name.span);
        if form.name.trim().is_empty() {
            let help = "say what the policies should do, such as `reads its own queue`";
            faults.push(TestFault::new(span, "the name is empty".to_owned(), help));
        }
        let statements = form.statements.unwrap_or_default();
        if form.expect == super::Expected::ImplicitDeny && !statements.is_empty() {
            let span = node.get("statements").map_or(span, |node| node.span);
            let message = "no statement decides where nothing allows a call".to_owned();
            let help = "leave out `statements`; `limitedBy` says which layers do not allow it";
            faults.push(TestFault::new(span, message, help));
        }
        let mut setting = Arc::clone(common);
        if let Some(policies) = node.get("policies") {
            self.supply(Arc::make_mut(&mut setting), policies, faults);
        }
        let request = form.request.unwrap_or_default().over(base);
        let requests = match self.cases.requests(&setting, &request) {
            Ok(requests) => requests,
            Err(error) => {
                faults.push(self.wrong_request(node, error));
                return None;
            }
        };
        Some(PolicyTest {
            name: form.name,
            span,
            requests,
            expectation: Expectation {
                expect: form.expect,
                possible: form.possible,
                limited_by: form.limited_by,
                statements,
            },
        })
    }

    /// Gives a setting the policies of each layer that is named.
    fn supply(&self, setting: &mut CaseSetting, policies: &Node, faults: &mut Vec<TestFault>) {
        for (layer, member) in LAYERS {
            let Some(node) = policies.get(member) else {
                continue;
            };
            let levels = if layer.has_levels() {
                list(node).into_iter().map(list).collect()
            } else {
                vec![list(node)]
            };
            let supplied = setting.supply(layer, levels, |place, node| {
                self.policy(layer, place, node)
                    .map_err(|error| (node.span, place.to_owned(), error))
            });
            if let Err((span, place, error)) = supplied {
                faults.push(wrong_policy(span, &place, error));
            }
        }
    }

    fn policy(
        &self,
        layer: Layer,
        place: &str,
        node: &Node,
    ) -> Result<(Source, Policy), CaseError> {
        let source = match &node.kind {
            Kind::Text(text) if text.trim_start().starts_with('{') => {
                let written = self.source.slice(node.span);
                match written.find(text.as_str()) {
                    Some(at) => {
                        let start = node.span.start + at;
                        self.part(Span::new(start, start + text.len()))
                    }
                    // It has escapes, so that its places are not those of the file.
                    None => self.apart(place, text),
                }
            }
            Kind::Text(path) => (self.files)(path).map_err(|error| CaseError::File {
                place: place.to_owned(),
                error,
            })?,
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::List(_) | Kind::Object(_) => {
                match self.notation {
                    Notation::Json => self.part(node.span),
                    Notation::Toml => self.apart(place, &node.json()),
                }
            }
        };
        sound(layer, place, source)
    }

    /// A part of the file, each line and column of which is that in the file.
    fn part(&self, span: Span) -> Source {
        let before = self.source.slice(Span::new(0, span.start));
        let blank = |letter: char| match letter {
            '\n' | '\r' | '\t' => letter,
            _ => ' ',
        };
        let mut text: String = before.chars().map(blank).collect();
        text += self.source.slice(span);
        Source::new(self.source.name(), text.into_bytes())
    }

    /// A policy with places of its own.
    fn apart(&self, place: &str, text: &str) -> Source {
        let name = format!("{place} in {}", self.source.name());
        Source::new(name, text.as_bytes().to_vec())
    }

    /// What is wrong with a request, at the member that it is about: that of the test, else that of the
    /// file.
    fn wrong_request(&self, test: &Node, error: CaseError) -> TestFault {
        let name = test.get("name").map_or(test.span, |name| name.span);
        let requests = [test.get("request"), self.request];
        let at = |member: &str| {
            let mut found = requests.iter().flatten().filter_map(|own| own.get(member));
            found.next().map_or(name, |node| node.span)
        };
        match error {
            CaseError::Request(error) => {
                let member = match &error {
                    RequestError::Principal(_) => "principal",
                    RequestError::Action { .. } => "action",
                    RequestError::Resource { .. } => "resource",
                    RequestError::Account { account } => {
                        let is_it = |node: &Node| node.text() == Some(account.as_str());
                        let mut own = requests.iter().flatten();
                        let managing =
                            own.any(|own| own.get("managementAccount").is_some_and(is_it));
                        if managing {
                            "managementAccount"
                        } else {
                            "resourceAccount"
                        }
                    }
                    RequestError::CanonicalUser { .. } => "canonicalUser",
                    RequestError::ContextForm { .. } | RequestError::ConditionKey { .. } => {
                        "context"
                    }
                    RequestError::Unknown { .. } | RequestError::Contradiction { .. } => "unknown",
                    RequestError::Missing { .. } => "",
                };
                let help = error.help().map(|help| help.to_string());
                TestFault::new(at(member), error.to_string(), help.unwrap_or_default())
            }
            CaseError::Member { member, problem } => TestFault::new(
                at(&member),
                format!("`{member}` {problem}"),
                "docs/test.md has the form of a request",
            ),
            CaseError::Form(error) => malformed(name, &error),
            error @ (CaseError::Policy(_)
            | CaseError::Principals { .. }
            | CaseError::File { .. }) => wrong_policy(at("also"), "the policy", error),
        }
    }
}

/// One or a list, and none for `null`.
fn list(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::List(items) => items.iter().collect(),
        Kind::Null => Vec::new(),
        Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) | Kind::Object(_) => vec![node],
    }
}

fn wrong_policy(span: Span, place: &str, error: CaseError) -> TestFault {
    let (message, help) = match &error {
        CaseError::File { error, .. } => (
            format!("{place} cannot be read: {error}"),
            "paths start in the folder of the test file",
        ),
        CaseError::Principals { .. } => (
            format!("{place} names principals, and such a policy does not"),
            "policies of resources are `resource`, those of VPC endpoints `vpce`, resource control \
             policies `rcps`",
        ),
        CaseError::Policy(_)
        | CaseError::Form(_)
        | CaseError::Member { .. }
        | CaseError::Request(_) => (
            format!("{place} cannot be used"),
            "nothing is judged without it: mend what is wrong with it",
        ),
    };
    TestFault {
        policy: Some(error),
        ..TestFault::new(span, message, help)
    }
}

/// What the schema let through, and serde does not take.
fn malformed(span: Span, error: &serde_json::Error) -> TestFault {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    TestFault::new(
        span,
        message.to_owned(),
        "docs/test.md has the form of a test file",
    )
}
