//! The text of a case to a setting and its requests.

use super::{
    form::{CaseForm, OneOrMore, PoliciesForm, RequestForm},
    request::{self, Completeness, RequestError, RequestText, UnknownName, unknown_fact},
};
use crate::{
    catalog::Catalog,
    eval::{
        CallDecision, CompiledPolicy, Layer, Request, Setting, Verdict, decide_call, fault_of_value,
    },
    lint::{Checked, Unusable, policy_type_of, read as read_policy, usable},
    policy::{ConditionKey, Policy},
    source::{Finding, Source, Span, load::LoadError},
};
use miette::Diagnostic;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A policy of a case.
#[derive(Debug, Clone)]
pub struct CasePolicy {
    /// Its layer.
    pub layer: Layer,
    /// Its level in the organisation, from 0.
    pub level: usize,
    /// Its text.
    pub source: Source,
    /// The policy.
    pub policy: Policy,
}

/// The policies of a case, read and made ready.
#[derive(Debug, Clone)]
pub struct CaseSetting {
    /// The policies, in the order of [`Setting::policies`].
    pub policies: Vec<CasePolicy>,
    /// The setting.
    pub setting: Setting,
    /// What of the policies can never match, with its place.
    pub warnings: Vec<String>,
}

/// One request of a case, and what it is judged by.
#[derive(Debug, Clone)]
pub struct CaseRequest {
    /// The request.
    pub request: Request,
    /// The policies.
    pub setting: Arc<CaseSetting>,
}

/// Decides the requests of a call.
pub fn decide_all(requests: &[CaseRequest]) -> CallDecision {
    let pairs: Vec<_> = requests
        .iter()
        .map(|one| (&one.setting.setting, &one.request))
        .collect();
    decide_call(&pairs)
}

/// A case that was read.
#[derive(Debug)]
pub struct Case {
    /// Its id, as it was written.
    pub id: Option<serde_json::Value>,
    /// The requests of the call; each of them must be allowed.
    pub requests: Vec<CaseRequest>,
    /// The verdict that it should come to.
    pub expected: Option<Verdict>,
    /// All that a verdict that depends should be able to be.
    pub possible: Option<BTreeSet<Verdict>>,
}

/// What is wrong with a case.
#[derive(Debug)]
pub enum CaseError {
    /// It is not JSON, or not of the form of a case.
    Form(serde_json::Error),
    /// Something of it cannot be used.
    Member {
        /// The member.
        member: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A policy has errors.
    Policy(Box<WrongPolicy>),
    /// A policy of a kind that names no principals names some.
    Principals {
        /// The place of the policy, such as `identity policy 1`.
        place: String,
        /// Its text.
        source: Box<Source>,
        /// The element.
        span: Span,
    },
    /// The file of a policy cannot be read.
    File {
        /// The place of the policy, such as `identity policy 1`.
        place: String,
        /// What keeps it from that.
        error: LoadError,
    },
    /// The request cannot be used.
    Request(RequestError),
}

/// A policy that cannot be used.
#[derive(Debug)]
pub struct WrongPolicy {
    /// The place of the policy, such as `identity policy 1`.
    pub place: String,
    /// Its text.
    pub source: Source,
    /// What is wrong with it: all errors.
    pub findings: Vec<Finding>,
}

impl From<RequestError> for CaseError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl CaseError {
    /// It in one line.
    pub fn message(&self) -> String {
        match self {
            Self::Form(error) => error.to_string(),
            Self::Member { member, problem } => format!("`{member}` {problem}"),
            Self::Policy(wrong) => {
                let first = wrong.findings.first();
                let message = first.map_or("is no policy", |finding| finding.message.as_str());
                let start = first.map_or(0, |finding| finding.span.start);
                let at = wrong.source.position(start);
                let place = placed(&wrong.place, &wrong.source);
                format!("{place}:{}:{}: {message}", at.line, at.column)
            }
            Self::Principals {
                place,
                source,
                span,
            } => {
                let at = source.position(span.start);
                let place = placed(place, source);
                let (line, column) = (at.line, at.column);
                format!("{place}:{line}:{column}: such a policy names no principals")
            }
            Self::File { place, error } => format!("{place}: {error}"),
            Self::Request(error) => error.to_string(),
        }
    }

    /// The way out, where one can be told.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Request(error) => Diagnostic::help(error).map(|help| help.to_string()),
            Self::Policy(wrong) => wrong.findings.first()?.help.clone(),
            Self::Form(_) | Self::Member { .. } | Self::Principals { .. } | Self::File { .. } => {
                None
            }
        }
    }
}

/// The place of a policy and its file; a policy that is written out has its place for a name.
fn placed(place: &str, source: &Source) -> String {
    if source.name() == place {
        place.to_owned()
    } else {
        format!("{place}: {}", source.name())
    }
}

/// How policies that are named by path are read.
pub type PolicyFiles<'f> = &'f dyn Fn(&str) -> Result<Source, LoadError>;

/// Reads cases.
pub struct CaseReader<'f> {
    files: Option<PolicyFiles<'f>>,
    completeness: Completeness,
    /// The policies of the case before, with their text: cases that follow each other often share them.
    last: Option<(Box<str>, Arc<CaseSetting>)>,
}

impl std::fmt::Debug for CaseReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseReader")
            .field("completeness", &self.completeness)
            .finish_non_exhaustive()
    }
}

impl<'f> CaseReader<'f> {
    /// Reads cases whose policies are written out in them; a path is an error.
    pub fn new(completeness: Completeness) -> Self {
        Self {
            files: None,
            completeness,
            last: None,
        }
    }

    /// Reads cases whose policies may be in files.
    pub fn with_files(files: PolicyFiles<'f>, completeness: Completeness) -> Self {
        Self {
            files: Some(files),
            ..Self::new(completeness)
        }
    }

    /// Reads one case.
    ///
    /// # Errors
    ///
    /// Where the text is no case, and where any of its policies, or its request, cannot be used.
    pub fn case(&mut self, json: &str) -> Result<Case, CaseError> {
        let form: CaseForm<'_> = serde_json::from_str(json).map_err(CaseError::Form)?;
        let setting = match form.policies {
            Some(raw) => self.setting_of_text(raw.get())?,
            None => Arc::new(self.setting(&PoliciesForm::default())?),
        };
        let requests = self.requests(&setting, &form.request)?;
        let verdict = |name: &String| {
            Verdict::named(name).ok_or_else(|| CaseError::Member {
                member: "expected".to_owned(),
                problem: format!(
                    "is `{name}`, which is none of `allowed`, `explicitDeny`, `implicitDeny` and \
                     `depends`"
                ),
            })
        };
        let possible = form.possible.as_ref();
        let possible = possible.map(|names| names.iter().map(verdict).collect());
        Ok(Case {
            id: form.id,
            requests,
            expected: form.expected.as_ref().map(verdict).transpose()?,
            possible: possible.transpose()?,
        })
    }

    fn setting_of_text(&mut self, text: &str) -> Result<Arc<CaseSetting>, CaseError> {
        if let Some((known, setting)) = &self.last
            && **known == *text
        {
            return Ok(Arc::clone(setting));
        }
        let setting = Arc::new(self.setting(&policies_form(text)?)?);
        self.last = Some((text.into(), Arc::clone(&setting)));
        Ok(setting)
    }

    /// Reads the policies of a case.
    ///
    /// # Errors
    ///
    /// Where one of them cannot be used: none is ever left out.
    pub fn policies_of(&self, form: &CaseForm<'_>) -> Result<CaseSetting, CaseError> {
        match form.policies {
            Some(raw) => self.setting(&policies_form(raw.get())?),
            None => Ok(CaseSetting::new()),
        }
    }

    /// Reads policies by layer.
    ///
    /// # Errors
    ///
    /// Where one of them cannot be used: none is ever left out.
    pub fn setting(&self, form: &PoliciesForm<'_>) -> Result<CaseSetting, CaseError> {
        let layers = [
            (Layer::Rcp, "rcps", form.rcps),
            (Layer::Scp, "scps", form.scps),
            (Layer::VpcEndpoint, "vpce", form.vpce),
            (Layer::Resource, "resource", form.resource),
            (Layer::Identity, "identity", form.identity),
            (Layer::Boundary, "boundary", form.boundary),
            (Layer::Session, "session", form.session),
        ];
        let mut whole = CaseSetting::new();
        for (layer, member, raw) in layers {
            let Some(raw) = raw else { continue };
            let levels = levels(layer, member, raw)?;
            whole.supply(layer, levels, |place, raw| self.policy(layer, place, raw))?;
        }
        Ok(whole)
    }

    /// Reads one policy.
    fn policy(
        &self,
        layer: Layer,
        place: &str,
        raw: &RawValue,
    ) -> Result<(Source, Policy), CaseError> {
        let text = raw.get().trim();
        let source = if text.starts_with('"') {
            let text: String = serde_json::from_str(text).map_err(CaseError::Form)?;
            if text.trim_start().starts_with('{') {
                Source::new(place, text.into_bytes())
            } else {
                let Some(files) = self.files else {
                    return Err(CaseError::Member {
                        member: place.to_owned(),
                        problem: "is a path; here policies are written out".to_owned(),
                    });
                };
                files(&text).map_err(|error| CaseError::File {
                    place: place.to_owned(),
                    error,
                })?
            }
        } else {
            Source::new(place, text.as_bytes().to_vec())
        };
        if self.completeness == Completeness::WholeWithVariables {
            return sound_but_for_what_never_matches(layer, place, source);
        }
        sound(layer, place, source)
    }

    /// Reads the requests of a call.
    ///
    /// # Errors
    ///
    /// Where principal, action, resource, context or accounts cannot be used.
    pub fn requests(
        &self,
        setting: &Arc<CaseSetting>,
        form: &RequestForm<'_>,
    ) -> Result<Vec<CaseRequest>, CaseError> {
        let mut unknown = Vec::new();
        let mut unknown_layers = Vec::new();
        for name in form.unknown.iter().flatten() {
            match unknown_fact(name)? {
                UnknownName::Key(key) => unknown.push(key),
                UnknownName::Layer(layer) => unknown_layers.push(layer),
            }
        }
        let management = form.management_account.as_deref();
        let management = management.map(request::account).transpose()?;
        let setting = if unknown_layers.is_empty() && management.is_none() {
            Arc::clone(setting)
        } else {
            let mut own = CaseSetting::clone(setting);
            own.setting.management_account = management;
            for layer in unknown_layers {
                if own.setting.has_policies(layer) {
                    return Err(CaseError::Member {
                        member: "unknown".to_owned(),
                        problem: format!("names the {}, which are given", layer.title()),
                    });
                }
                own.setting.set_unknown(layer);
            }
            Arc::new(own)
        };
        let missing = |member| RequestError::Missing { member };
        let principal = form.principal.as_deref();
        let principal = principal.ok_or_else(|| missing("principal"))?;
        let context = given_context(&BTreeMap::new(), form.context.as_ref())?;
        let mut requests = Vec::new();
        let mut add = |action: &OneOrMore,
                       resource: &OneOrMore,
                       account: Option<&str>,
                       given: &BTreeMap<ConditionKey, Vec<String>>,
                       setting: &Arc<CaseSetting>|
         -> Result<(), CaseError> {
            for action in action.texts() {
                for resource in resource.texts() {
                    let text = RequestText {
                        principal,
                        action,
                        resource,
                        resource_account: account,
                        canonical_user: form.canonical_user.as_deref(),
                    };
                    let context = request::context(given.clone(), &unknown)?;
                    requests.push(CaseRequest {
                        request: text.read(context, self.completeness)?,
                        setting: Arc::clone(setting),
                    });
                }
            }
            Ok(())
        };
        let action = form.action.as_ref().ok_or_else(|| missing("action"))?;
        let resource = form.resource.as_ref().ok_or_else(|| missing("resource"))?;
        let account = form.resource_account.as_deref();
        add(action, resource, account, &context, &setting)?;
        for also in form.also.iter().flatten() {
            let given = given_context(&context, also.context.as_ref())?;
            let own = match also.resource_policy {
                Some(raw) => Arc::new(self.with_resource_policy(&setting, raw)?),
                None => Arc::clone(&setting),
            };
            let account = also.resource_account.as_deref();
            add(&also.action, &also.resource, account, &given, &own)?;
        }
        if requests.is_empty() {
            return Err(missing("resource").into());
        }
        Ok(requests)
    }

    /// The same policies, with another resource's.
    fn with_resource_policy(
        &self,
        setting: &CaseSetting,
        raw: &RawValue,
    ) -> Result<CaseSetting, CaseError> {
        let mut own = setting.clone();
        let levels = levels(Layer::Resource, "resourcePolicy", raw)?;
        own.supply(Layer::Resource, levels, |place, raw| {
            self.policy(Layer::Resource, place, raw)
        })?;
        Ok(own)
    }
}

impl CaseSetting {
    /// No policies; nothing is supplied.
    pub fn new() -> Self {
        Self {
            policies: Vec::new(),
            setting: Setting::new(),
            warnings: Vec::new(),
        }
    }

    /// Gives all policies of a layer, level by level, in place of those that it had.
    ///
    /// # Errors
    ///
    /// Those of `read`, which is told the place of each policy in words.
    pub fn supply<T, E>(
        &mut self,
        layer: Layer,
        levels: Vec<Vec<T>>,
        mut read: impl FnMut(&str, T) -> Result<(Source, Policy), E>,
    ) -> Result<(), E> {
        self.policies.retain(|policy| policy.layer != layer);
        let mut compiled: Vec<Vec<CompiledPolicy>> = Vec::with_capacity(levels.len());
        for (level, own) in levels.into_iter().enumerate() {
            let mut of_level = Vec::with_capacity(own.len());
            for (number, one) in own.into_iter().enumerate() {
                let (source, policy) = read(&place(layer, level, number), one)?;
                self.warnings.extend(warnings(&source, &policy));
                of_level.push(CompiledPolicy::new(&policy));
                self.policies.push(CasePolicy {
                    layer,
                    level,
                    source,
                    policy,
                });
            }
            compiled.push(of_level);
        }
        self.policies.sort_by_key(|policy| policy.layer);
        self.setting.supply_levels(layer, compiled);
        Ok(())
    }
}

impl Default for CaseSetting {
    fn default() -> Self {
        Self::new()
    }
}

impl Case {
    /// What should be known of the case: actions that the catalog does not know, and what of the
    /// policies can never match.
    pub fn warnings(&self) -> Vec<String> {
        let catalog = Catalog::embedded();
        let mut warnings = BTreeSet::new();
        for CaseRequest { request, setting } in &self.requests {
            let action = request.action.as_str();
            if catalog.action(action).is_none() {
                warnings.insert(format!("the catalog has no action `{action}`"));
            }
            warnings.extend(setting.warnings.iter().cloned());
        }
        warnings.into_iter().collect()
    }
}

fn policies_form(text: &str) -> Result<PoliciesForm<'_>, CaseError> {
    let form: Result<Option<PoliciesForm<'_>>, _> = serde_json::from_str(text);
    form.map(Option::unwrap_or_default)
        .map_err(|error| CaseError::Member {
            member: "policies".to_owned(),
            problem: format!("is not as it should be: {error}"),
        })
}

/// Reads a policy for a layer, whole.
///
/// # Errors
///
/// Where its text has errors, or it names principals that policies of the layer do not name.
pub fn sound(layer: Layer, place: &str, source: Source) -> Result<(Source, Policy), CaseError> {
    let checked = read_policy(&source, policy_type_of(layer));
    usable_at(layer, place, source, checked)
}

/// As [`sound`], but an ARN that lacks fields is taken for one that matches nothing, and an operator that
/// AWS does not have for one that never holds: cases say what comes of them.
fn sound_but_for_what_never_matches(
    layer: Layer,
    place: &str,
    source: Source,
) -> Result<(Source, Policy), CaseError> {
    let mut checked = read_policy(&source, policy_type_of(layer));
    checked.findings.retain(|finding| {
        !["arn-missing-field", "unknown-condition-operator"].contains(&finding.rule.as_str())
    });
    usable_at(layer, place, source, checked)
}

/// The policy that was read, unless no request can be judged by it.
fn usable_at(
    layer: Layer,
    place: &str,
    source: Source,
    checked: Checked,
) -> Result<(Source, Policy), CaseError> {
    match usable(checked, layer) {
        Ok(policy) => Ok((source, policy)),
        Err(Unusable::NamesPrincipals(span)) => Err(CaseError::Principals {
            place: place.to_owned(),
            source: Box::new(source),
            span,
        }),
        Err(Unusable::Wrong(findings)) => Err(CaseError::Policy(Box::new(WrongPolicy {
            place: place.to_owned(),
            source,
            findings,
        }))),
    }
}

/// What of a policy can never match: operators that AWS does not have, ARNs without all their fields,
/// values that are not of the type that is compared.
fn warnings(source: &Source, policy: &Policy) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut warn = |span: Span, text: &str, fault: &str| {
        let at = source.position(span.start);
        let (name, line, column) = (source.name(), at.line, at.column);
        warnings.push(format!(
            "{name}:{line}:{column}: `{text}` {fault}, so it never matches"
        ));
    };
    for statement in &policy.statements {
        let elements = [&statement.resource, &statement.not_resource];
        for element in elements.into_iter().flatten() {
            if element.unread > 0 {
                warn(element.key_span, "Resource", "has an entry that is no ARN");
            }
        }
        let Some(condition) = &statement.condition else {
            continue;
        };
        for operator in &condition.unknown_operators {
            warn(operator.span(), operator.as_str(), "is no operator of AWS");
        }
        for test in &condition.tests {
            for value in &test.values {
                if let Some(fault) = fault_of_value(test.operator.comparison, &value.text) {
                    warn(value.span, &value.text, fault);
                }
            }
        }
    }
    warnings
}

/// The place of a policy in words.
fn place(layer: Layer, level: usize, number: usize) -> String {
    let number = number + 1;
    match layer {
        Layer::Identity => format!("identity policy {number}"),
        Layer::Resource => format!("resource policy {number}"),
        Layer::Boundary => format!("permissions boundary {number}"),
        Layer::Session => format!("session policy {number}"),
        Layer::VpcEndpoint => format!("VPC endpoint policy {number}"),
        Layer::Scp => format!("service control policy {number} of level {}", level + 1),
        Layer::Rcp => format!("resource control policy {number} of level {}", level + 1),
    }
}

/// The policies that a member of a case has, by level.
fn levels<'r>(
    layer: Layer,
    member: &str,
    raw: &'r RawValue,
) -> Result<Vec<Vec<&'r RawValue>>, CaseError> {
    let wrong = |_| CaseError::Member {
        member: member.to_owned(),
        problem: if layer.has_levels() {
            "is a list of levels, each a list of policies".to_owned()
        } else {
            "is a policy or a list of policies".to_owned()
        },
    };
    let list = |raw: &'r RawValue| -> Result<Vec<&'r RawValue>, CaseError> {
        match raw.get().trim_start().as_bytes().first() {
            Some(b'[') => serde_json::from_str(raw.get()).map_err(wrong),
            Some(b'n') => Ok(Vec::new()),
            _ => Ok(vec![raw]),
        }
    };
    let policies = list(raw)?;
    if layer.has_levels() {
        policies.into_iter().map(list).collect()
    } else {
        Ok(vec![policies])
    }
}

/// The context of a request: that of the call, with what is written for this request in its place.
fn given_context(
    base: &BTreeMap<ConditionKey, Vec<String>>,
    form: Option<&BTreeMap<String, super::form::ContextValue>>,
) -> Result<BTreeMap<ConditionKey, Vec<String>>, CaseError> {
    let mut given = base.clone();
    let mut own = BTreeSet::new();
    for (key, values) in form.into_iter().flatten() {
        let key = request::condition_key(key)?;
        if !own.insert(key.clone()) {
            return Err(CaseError::Member {
                member: "context".to_owned(),
                problem: format!("has `{key}` twice; letter case does not tell keys apart"),
            });
        }
        given.insert(key, values.texts());
    }
    Ok(given)
}
