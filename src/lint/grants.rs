//! What a principal holds, decided by the engine.
//!
//! A request of which little is known is put to the policies: a right is held where some facts lead to
//! `allowed`. So statements count together, `Deny` takes away what it takes away, and the policies that
//! were given as those of the same principal count as well.

use super::{
    DocumentCx, StatementCx,
    limits::{self, Limit, Of},
    reach::stands_for,
};
use crate::{
    catalog::Action,
    eval::{
        CompiledPolicy, Context, Decision, Fact, Layer, Origin, Principal, Request, Setting,
        Target, Verdict, decide,
    },
    policy::{
        ActionName, ActionPattern, Case, ConditionTest, Effect, Pattern, Policy, PolicyType,
        ResourceForm, ResourcePattern, Statement, Wildcard,
    },
};
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

/// What the `Deny` statements of a policy name.
#[derive(Debug, Default)]
pub(super) struct Denials {
    actions: BTreeSet<Action>,
    wildcards: Vec<ActionPattern>,
    /// Whether there is more than is worth to be looked at one by one.
    many: bool,
}

/// How many different wildcards of `Deny` statements are looked at one by one.
const MOST_WILDCARDS: usize = 64;

impl Denials {
    fn of(cx: &DocumentCx<'_>) -> Self {
        let mut denials = Self::default();
        for statement in cx
            .statements()
            .filter(|statement| statement.statement.has_effect(Effect::Deny))
        {
            if statement.statement.action.is_none() {
                denials.many = true;
            }
            for entry in statement.listed_actions() {
                if !entry.has_wildcard() {
                    denials.actions.extend(statement.action_of(entry));
                } else if denials.wildcards.len() < MOST_WILDCARDS {
                    denials.wildcards.push(entry.clone());
                } else {
                    denials.many = true;
                }
            }
        }
        denials
    }

    /// Whether one of them may be about an action.
    fn may_name(&self, action: Action) -> bool {
        self.many || self.actions.contains(&action) || {
            let name = action.full_name();
            let mut wildcards = self.wildcards.iter();
            wildcards.any(|entry| stands_for(entry, &name))
        }
    }
}

/// A policy and the type that it is judged as.
pub(super) type Typed<'a> = (PolicyType, &'a Policy);

/// A name that nobody gives to a resource: what a policy allows on it, it allows on any.
pub(super) const ANY_NAME: &str = "qzxv7kjw";

/// An account that no policy names.
const CALLER: &str = "arn:aws:sts::987654321098:assumed-role/qzxv7kjw/qzxv7kjw";

/// How many decisions one document is worth. The sets of the largest policies take some hundred.
const MOST_DECISIONS: usize = 2_000;

/// What some policies allow.
pub(super) struct Grants {
    setting: Setting,
    /// The partition that its resources are in.
    partition: String,
    known: RefCell<BTreeMap<(Action, Option<&'static str>), bool>>,
    /// The actions that are allowed on something, and those that are not.
    somewhere: RefCell<BTreeMap<Action, bool>>,
    left: Cell<usize>,
}

impl std::fmt::Debug for Grants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grants").finish_non_exhaustive()
    }
}

impl Grants {
    /// All that the policies of a principal may allow.
    pub(super) fn held(policies: &[Typed<'_>]) -> Self {
        Self::of(policies, |policy| Cow::Borrowed(policy))
    }

    /// What they allow where no condition limits it much, and not by variables in resources.
    pub(super) fn unlimited(policies: &[Typed<'_>]) -> Self {
        Self::of(policies, |policy| Cow::Owned(without_limits(policy)))
    }

    fn of(policies: &[Typed<'_>], prepare: impl Fn(&Policy) -> Cow<'_, Policy>) -> Self {
        let mut setting = Setting::new();
        let (mut identity, mut boundary, mut session) = (Vec::new(), Vec::new(), Vec::new());
        let partition = partition_of(policies);
        let mut levels = Vec::new();
        for (policy_type, policy) in policies {
            let compiled = CompiledPolicy::new(&prepare(policy));
            match policy_type {
                PolicyType::Identity => identity.push(compiled),
                PolicyType::Boundary => boundary.push(compiled),
                PolicyType::Session => session.push(compiled),
                PolicyType::Scp => levels.push([compiled]),
                // They say nothing of what a principal holds on its own.
                PolicyType::Resource
                | PolicyType::Trust
                | PolicyType::Rcp
                | PolicyType::Endpoint => {}
            }
        }
        setting.supply(Layer::Identity, identity);
        for (layer, policies) in [(Layer::Boundary, boundary), (Layer::Session, session)] {
            if !policies.is_empty() {
                setting.supply(layer, policies);
            }
        }
        if !levels.is_empty() {
            setting.supply_levels(Layer::Scp, levels);
        }
        Self {
            setting,
            partition,
            known: RefCell::default(),
            somewhere: RefCell::default(),
            left: Cell::new(MOST_DECISIONS),
        }
    }

    /// Whether some facts lead to `allowed` for the action on a resource that no policy names. The
    /// service is the one that a role is passed to.
    pub(super) fn allows_on_any(&self, action: Action, passed_to: Option<&'static str>) -> bool {
        let key = (action, passed_to);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let allows = targets_of_any_name(action, &self.partition)
            .into_iter()
            .any(|target| self.allows(action, target, passed_to));
        self.known.borrow_mut().insert(key, allows);
        allows
    }

    /// Whether some facts lead to `allowed` for the action on some resource.
    pub(super) fn allows_somewhere(&self, action: Action) -> bool {
        if let Some(known) = self.somewhere.borrow().get(&action) {
            return *known;
        }
        let allows = self.allows(action, Target::Unknown, None);
        self.somewhere.borrow_mut().insert(action, allows);
        allows
    }

    /// Whether some facts lead to `allowed` for the action on a target.
    pub(super) fn allows(
        &self,
        action: Action,
        target: Target,
        passed_to: Option<&'static str>,
    ) -> bool {
        let Some(left) = self.left.get().checked_sub(1) else {
            return false;
        };
        self.left.set(left);
        let Ok(principal) = Principal::parse(CALLER) else {
            return false;
        };
        let mut context = Context::partial();
        if let Some(service) = passed_to {
            let fact = Fact::Values(vec![service.to_owned()]);
            context.set("iam:PassedToService", fact, Origin::Given);
        }
        let request = Request::new(
            principal,
            ActionName::new(action.full_name()),
            target,
            context,
        );
        may_be_allowed(&decide(&self.setting, &request))
    }
}

/// Whether it is sure that some facts lead to `allowed`.
pub(super) fn may_be_allowed(decision: &Decision) -> bool {
    decision.verdict == Verdict::Allowed
        || decision.possible.contains(&Verdict::Allowed)
            && decision.residual.as_ref().is_none_or(|residual| {
                residual.exact
                    || residual
                        .outcomes
                        .iter()
                        .any(|outcome| outcome.verdict == Verdict::Allowed)
            })
}

/// Resources of each type that the action works on, none of which a policy names; `*` for an action
/// without any.
fn targets_of_any_name(action: Action, partition: &str) -> Vec<Target> {
    let mut targets: Vec<_> = templates(action)
        .map(|template| Target::Like(arn_of_any_name(template, partition)))
        .collect();
    if targets.is_empty() {
        targets.push(Target::Star);
    }
    targets
}

/// The forms of the ARNs that an action works on.
fn templates(action: Action) -> impl Iterator<Item = &'static str> {
    // The reference gives roles of services the form of all roles.
    const SERVICE_LINKED: &str =
        "arn:${Partition}:iam::${Account}:role/aws-service-role/${Service}.amazonaws.com/${Role}";
    let linked = (action.full_name() == "iam:CreateServiceLinkedRole").then_some(SERVICE_LINKED);
    action
        .resources()
        .flat_map(|resource| resource.resource_type().arn_templates())
        .chain(linked)
}

/// The partition that the resources of some policies name first; that of most regions where they name
/// none.
fn partition_of(policies: &[Typed<'_>]) -> String {
    let statements = policies.iter().flat_map(|(_, policy)| &policy.statements);
    let mut named = statements
        .flat_map(|each| each.resource.iter().chain(&each.not_resource))
        .flat_map(|element| &element.entries)
        .filter_map(|entry| match &entry.form {
            ResourceForm::Arn(arn) => {
                let [partition, ..] = arn.fields();
                partition.as_literal()
            }
            ResourceForm::Star | ResourceForm::Opaque => None,
        });
    named.next().unwrap_or("aws").to_owned()
}

/// An ARN of a template in any region and account, with a name that nobody gives.
fn arn_of_any_name(template: &str, partition: &str) -> String {
    let mut arn = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        arn.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        arn.push_str(match name {
            "Partition" => partition,
            "Region" | "Account" => "*",
            _ => ANY_NAME,
        });
        rest = after;
    }
    arn.push_str(rest);
    arn
}

/// The policy without what limits: of `Allow`, the statements that no condition limits much; of `Deny`,
/// those that surely apply, and those whose exceptions are a limit of their own.
fn without_limits(policy: &Policy) -> Policy {
    let statements = policy.statements.iter().filter_map(|statement| {
        if statement.has_effect(Effect::Deny) {
            let limited = limits::of_absence(statement, Of::Calls) == Limit::Strong;
            return limited.then(|| Statement {
                condition: None,
                ..statement.clone()
            });
        }
        if is_limited(statement) {
            return None;
        }
        let mut statement = statement.clone();
        if let Some(resource) = &mut statement.resource {
            resource.entries.retain(|entry| !has_variables(entry));
        }
        Some(statement)
    });
    Policy {
        statements: statements.collect(),
        span: policy.span,
        version: policy.version,
        version_text: None,
        names_principals: policy.names_principals,
        id: None,
    }
}

/// Whether the condition of a statement limits what is called. To which service a role is passed is a
/// fact of the request that is asked about.
fn is_limited(statement: &Statement) -> bool {
    let passed = |test: &ConditionTest| {
        test.key
            .as_str()
            .eq_ignore_ascii_case("iam:PassedToService")
    };
    let tests = statement
        .condition
        .iter()
        .flat_map(|condition| &condition.tests);
    limits::of_tests(tests.filter(|test| !passed(test)), Of::Calls) == Limit::Strong
}

impl StatementCx<'_> {
    /// Whether the statement allows an action on resources of any name, and no condition limits that,
    /// but for the service that a role is passed to.
    pub(super) fn is_stated(&self, action: Action) -> bool {
        self.statement.has_effect(Effect::Allow)
            && self.through(action).is_some()
            && !is_limited(self.statement)
            && reaches_any_name(self.statement, action)
    }
}

/// Whether a resource has a variable in it, or what a template engine is to fill in.
pub(super) fn has_variables(entry: &ResourcePattern) -> bool {
    match &entry.form {
        ResourceForm::Star => false,
        ResourceForm::Opaque => true,
        ResourceForm::Arn(arn) => arn
            .fields()
            .iter()
            .any(|field| field.variables().next().is_some()),
    }
}

/// Whether the statement is about resources of a type whatever their names: `*`, all but some, or a
/// pattern without a name in it.
pub(super) fn reaches_any_name(statement: &Statement, action: Action) -> bool {
    if statement.not_resource.is_some() {
        return true;
    }
    statement.resource.iter().any(|element| {
        element
            .entries
            .iter()
            .any(|entry| is_of_any_name(entry, action))
    })
}

/// Whether an entry of `Resource` stands for resources that the action works on, whatever their names.
pub(super) fn is_of_any_name(entry: &ResourcePattern, action: Action) -> bool {
    match &entry.form {
        ResourceForm::Star => true,
        ResourceForm::Opaque => false,
        ResourceForm::Arn(arn) => {
            if has_variables(entry) {
                return false;
            }
            let [.., own] = arn.fields();
            templates(action).any(|template| {
                let any = arn_of_any_name(template, "aws");
                let mut fields = any.splitn(6, ':').skip(2);
                let service = fields.next().unwrap_or_default();
                let name = fields.nth(2).unwrap_or_default();
                let [_, own_service, ..] = arn.fields();
                matches(own_service, service) && matches(own, name)
            })
        }
    }
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    Wildcard::with_variables_open(pattern, Case::Sensitive).matches(text)
}

impl DocumentCx<'_> {
    /// This policy and the others of the same principal.
    fn policies(&self) -> Vec<Typed<'_>> {
        let others = self
            .companions
            .iter()
            .map(|other| (other.policy_type, &other.policy));
        // What a session policy keeps back is judged by itself where the policies that it limits are
        // not there.
        let alone = self.policy_type() == PolicyType::Session
            && others
                .clone()
                .all(|(policy_type, _)| policy_type != PolicyType::Identity);
        let policy_type = if alone {
            PolicyType::Identity
        } else {
            self.policy_type()
        };
        let own = (policy_type, self.policy);
        std::iter::once(own).chain(others).collect()
    }

    /// All that the principal may be allowed.
    pub(super) fn held(&self) -> &Grants {
        self.held.get_or_init(|| Grants::held(&self.policies()))
    }

    /// What the principal is allowed without a limit that counts.
    pub(super) fn unlimited(&self) -> &Grants {
        self.unlimited
            .get_or_init(|| Grants::unlimited(&self.policies()))
    }

    fn denials(&self) -> &Denials {
        self.denials.get_or_init(|| Denials::of(self))
    }

    /// Whether something may take away what a statement of the document allows.
    pub(super) fn takes_away(&self) -> bool {
        let mut statements = self.policy.statements.iter();
        !self.companions.is_empty()
            || statements.any(|statement| statement.has_effect(Effect::Deny))
    }

    /// Whether nothing takes an action away from the principal altogether.
    pub(super) fn is_left(&self, action: Action) -> bool {
        self.companions.is_empty() && !self.denials().may_name(action)
            || self.held().allows_on_any(action, None)
            || self.held().allows_somewhere(action)
    }

    /// Whether nothing takes an action away from the principal on all ARNs of a pattern.
    pub(super) fn is_left_on(&self, action: Action, arns: &str) -> bool {
        self.companions.is_empty() && !self.denials().may_name(action)
            || self
                .held()
                .allows(action, Target::Like(arns.to_owned()), None)
    }

    /// Whether the principal is allowed an action on any resource, without a limit that counts, given
    /// that some statement says so: whether nothing takes it away.
    pub(super) fn is_unlimited(&self, action: Action) -> bool {
        if self.companions.is_empty() && !self.denials().may_name(action) {
            return true;
        }
        self.unlimited().allows_on_any(action, None)
    }
}
