//! Which resources a call acts on.
//!
//! In this order: what a refusal names, what the event records as its resources, what the calls
//! that matter most are known to write, what the catalog says that the parameters are, and any ARN
//! in the parameters that has the right form. Where all fail, the resource is known in part or not
//! at all, and says so.

mod ec2;
mod fit;
mod named;
mod template;

use serde_json::value::RawValue;
use std::cell::Cell;

use crate::{
    catalog::{AccessLevel, ActionResource, Catalog, OperationAction, ResourceType},
    eval::{Principal, Target},
    policy::{Case, Wildcard},
};

use super::{
    Event,
    action::{Asked, Part, rest_value, without_date},
    denial::Denial,
    parameters::{Extent, Parameters},
};
use fit::{Fit, fit};
use template::{Filled, Halves, Known};
pub(super) use template::{Home, partition};

/// The calls that give an IAM resource its name and path.
const IAM_CREATIONS: [&str; 7] = [
    "CreateGroup",
    "CreateInstanceProfile",
    "CreatePolicy",
    "CreateRole",
    "CreateUser",
    "CreateVirtualMFADevice",
    "UploadServerCertificate",
];

/// What IAM's messages call its resources, and what their ARNs do.
const KINDS_IN_WORDS: [(&str, &str); 5] = [
    ("user", "user"),
    ("role", "role"),
    ("group", "group"),
    ("policy", "policy"),
    ("instance profile", "instance-profile"),
];

/// Where the resource of a request comes from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum ResourceSource {
    /// The message of the refusal names it.
    Message,
    /// The event lists it.
    Recorded,
    /// The parameters name it.
    Parameters,
    /// The catalog says which parameters make it up.
    Template,
    /// The call is about the caller.
    Caller,
    /// The action works on no resource that a policy can name.
    NoResourceTypes,
    /// Nothing tells.
    Unknown,
}

impl ResourceSource {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Recorded => "recorded",
            Self::Parameters => "parameters",
            Self::Template => "template",
            Self::Caller => "caller",
            Self::NoResourceTypes => "no-resource-types",
            Self::Unknown => "unknown",
        }
    }
}

/// A resource and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) target: Target,
    pub(super) source: ResourceSource,
}

/// Finds the resources of one event's requests.
#[derive(Debug)]
pub(super) struct Resolver<'e> {
    pub(super) catalog: Catalog,
    pub(super) event: &'e Event<'e>,
    pub(super) parameters: &'e Parameters,
    /// What came back, read like the parameters.
    /// Set where the response is looked at.
    pub(super) response_read: &'e Cell<bool>,
    pub(super) principal: &'e Principal,
    pub(super) home: Home,
    pub(super) prefix: &'e str,
    pub(super) denial: Option<&'e Denial>,
}

impl Resolver<'_> {
    /// The resources of one action, at least one: each must be allowed.
    pub(super) fn resources(&self, asked: &Asked, main: &[Found]) -> Vec<Found> {
        if let Some(found) = self.in_message(asked) {
            return vec![found];
        }
        let mut found = match asked.part {
            Part::PassRole(template) => self.passed_role(template),
            // Creating a key is asked for on `*`, tagging it on the key.
            Part::Beside(_) if asked.action.has_resource_types() && main.iter().all(is_star) => {
                self.of_action(asked)
            }
            Part::Beside(of) if !main.is_empty() => main
                .iter()
                .filter(|one| match &one.target {
                    Target::Arn(arn) | Target::Like(arn) => arn.contains(of),
                    Target::Star | Target::Unknown => true,
                })
                .cloned()
                .collect(),
            Part::Rest(call) => vec![self.rest_path(call.path())],
            Part::Main | Part::CopySource | Part::Beside(_) | Part::TagOnCreate => {
                self.of_action(asked)
            }
        };
        for one in &mut found {
            self.narrow(one);
        }
        found.sort_by(|left, right| left.target.cmp(&right.target));
        found.dedup_by(|left, right| left.target == right.target);
        found
    }

    fn event_name(&self) -> &str {
        without_date(self.event.event_name.as_deref().unwrap_or_default())
    }

    fn in_message(&self, asked: &Asked) -> Option<Found> {
        let denial = self.denial?;
        let named = denial.action.as_ref()?;
        if !named
            .as_str()
            .eq_ignore_ascii_case(&asked.action.full_name())
        {
            return None;
        }
        // For an action that takes no resource, services make up an ARN for the message, such as
        // that of no queue at all; AWS documents that only `*` matches such an action.
        if !asked.action.has_resource_types() {
            return None;
        }
        let target = match denial.resource_arn() {
            Some("*") => Target::Star,
            // Stars in it are what the service asked for: `instance/*` before there is one.
            Some(arn) => Target::Arn(arn.to_owned()),
            None => self.named_in_words(asked, denial.resource.as_deref()?)?,
        };
        Some(Found {
            target,
            source: ResourceSource::Message,
        })
    }

    /// The resource that IAM writes as `user ana`, `role deploy`.
    fn named_in_words(&self, asked: &Asked, words: &str) -> Option<Target> {
        if asked.action.service().prefix() != "iam" {
            return None;
        }
        let (kind, name) = KINDS_IN_WORDS.iter().find_map(|(words_of_kind, kind)| {
            let name = words.strip_prefix(words_of_kind)?.strip_prefix(' ')?;
            Some((kind, name))
        })?;
        if name.is_empty() || name.contains([' ', '*', '?', ':']) {
            return None;
        }
        let name = self.with_path(name);
        let arn = self.iam_arn(&format!("{kind}/{}", name.text));
        Some(Filled { text: arn, ..name }.target())
    }

    fn of_action(&self, asked: &Asked) -> Vec<Found> {
        if !asked.action.has_resource_types() {
            return vec![Found {
                target: Target::Star,
                source: ResourceSource::NoResourceTypes,
            }];
        }
        // The event lists what the main action acts on. Of two keys, nothing says which is which.
        let is_elsewhere = matches!(asked.part, Part::CopySource | Part::TagOnCreate);
        let is_unclear =
            asked.action.name().starts_with("ReEncrypt") && self.event.resources.len() > 1;
        let recorded = if is_elsewhere || is_unclear {
            Vec::new()
        } else {
            self.recorded(asked)
        };
        // Of several tables, the parameters tell which is written and which read.
        let of_several = self.prefix == "dynamodb" && recorded.len() > 1;
        if !recorded.is_empty() && !of_several {
            return found(recorded, ResourceSource::Recorded);
        }
        if let Some((targets, source)) = self.named(asked) {
            return found(targets, source);
        }
        if !recorded.is_empty() {
            return found(recorded, ResourceSource::Recorded);
        }
        let (templated, open) = self.templated(asked);
        if !templated.is_empty() {
            return found(templated, ResourceSource::Template);
        }
        let inside = self.arns_in_parameters(asked);
        if !inside.is_empty() {
            return found(inside, ResourceSource::Parameters);
        }
        vec![Found {
            target: open.unwrap_or(Target::Unknown),
            source: ResourceSource::Unknown,
        }]
    }

    /// The resources that the event lists, of the types that the action works on.
    fn recorded(&self, asked: &Asked) -> Vec<Target> {
        let arns = self
            .event
            .resources
            .iter()
            .filter_map(|one| one.arn.as_deref());
        let fitting = best_fits(asked, arns);
        if !fitting.is_empty() {
            return fitting;
        }
        let prefixes = self
            .event
            .resources
            .iter()
            .filter_map(|one| one.arn_prefix.as_deref());
        prefixes
            .filter(|prefix| best_fit(asked, &format!("{prefix}x")) > Fit::No)
            .map(|prefix| Target::Like(format!("{prefix}*")))
            .collect()
    }

    fn arns_in_parameters(&self, asked: &Asked) -> Vec<Target> {
        let texts = self.parameters.all_texts();
        best_fits(
            asked,
            texts
                .iter()
                .map(String::as_str)
                .filter(|text| text.starts_with("arn:")),
        )
    }

    /// The resources that the catalog's templates make, and the one they would make if more of the
    /// parameters were known.
    fn templated(&self, asked: &Asked) -> (Vec<Target>, Option<Target>) {
        let full = asked.action.full_name();
        let operation = self.catalog.operation(self.prefix, self.event_name());
        let described: Vec<OperationAction> = operation
            .into_iter()
            .flat_map(crate::catalog::Operation::actions)
            .filter(|one| one.action().eq_ignore_ascii_case(&full))
            .filter(|one| one.when().is_none_or(|path| self.parameters.has(path)))
            .filter(|one| one.unless().is_none_or(|path| !self.parameters.has(path)))
            .collect();
        let mut made = Vec::new();
        for one in &described {
            for (kind, template) in one.arns() {
                let arns = self
                    .home
                    .fill_paths(template, self.parameters)
                    .unwrap_or_default();
                made.extend(
                    arns.into_iter()
                        .filter_map(|arn| self.whole_arn(asked, kind, arn)),
                );
            }
            if let Some(template) = one.arn_override()
                && let Some(arns) = self.home.fill_paths(template, self.parameters)
            {
                let arns = arns
                    .into_iter()
                    .filter(|arn| best_fit(asked, &arn.text) > Fit::No);
                made.extend(arns.map(Filled::target));
            }
        }
        let mut missing = Vec::new();
        let mut only_one_of = Vec::new();
        for resource in asked.action.resources() {
            let kind = resource.resource_type();
            if variables(kind.arn_template()).is_empty() && !resource.required() {
                only_one_of.extend(self.home.fill(kind.arn_template(), |_| None));
                continue;
            }
            match self.by_variables(kind, resource.required(), &described) {
                Ok(targets) => made.extend(targets),
                Err(open) => missing.push((resource, open)),
            }
        }
        // An account has one such resource: that is meant where the call names no other.
        if made.is_empty() && only_one_of.len() == 1 && self.parameters.extent() == Extent::All {
            made.extend(only_one_of.into_iter().flatten().map(Filled::target));
        }
        if !made.is_empty() {
            // IAM is asked for each type that the action requires, those too that the event does
            // not name.
            let is_made = |resource: &ActionResource| {
                let kind = resource.resource_type();
                made.iter().any(|target| match target {
                    Target::Arn(arn) | Target::Like(arn) => kind.has_arn(arn),
                    Target::Star | Target::Unknown => false,
                })
            };
            let others: Vec<_> = missing
                .into_iter()
                .filter(|(resource, _)| resource.required() && !is_made(resource))
                .map(|(_, open)| open)
                .collect();
            made.extend(others);
            return (made, None);
        }
        let (required, optional): (Vec<_>, Vec<_>) = missing
            .into_iter()
            .partition(|(resource, _)| resource.required());
        // A call that lists is asked for all of the type: `db:*`. Of other actions that need none
        // of their resources IAM may be asked for `*` as well.
        let lists = matches!(
            asked.action.access_level(),
            AccessLevel::List | AccessLevel::Read
        );
        let open = match (required.as_slice(), optional.as_slice()) {
            ([(_, only)], _) => Some(only.clone()),
            ([], [(_, only)]) if lists => Some(only.clone()),
            _ => None,
        };
        (made, open)
    }

    /// What a parameter that takes a whole ARN holds; some take the bare name as well.
    fn whole_arn(&self, asked: &Asked, kind: &str, arn: Filled) -> Option<Target> {
        let resource = asked
            .action
            .resources()
            .find(|one| one.resource_type().name() == kind)?;
        let mut templates = resource.resource_type().arn_templates();
        if arn.text.starts_with("arn:") {
            let fits = templates.any(|template| fit(&arn.text, template) > Fit::No);
            return fits.then(|| arn.target());
        }
        // A bare name can be put into a template that has a single name.
        let template = templates.next()?;
        let is_name = !arn.text.contains([':', '*']) && variables(template).len() == 1;
        if !is_name {
            return None;
        }
        let filled = self.home.fill(template, |_| Some(vec![arn.clone()]))?;
        filled.into_iter().next().map(Filled::target)
    }

    /// The ARNs of one resource type, by the variables of its template; `Err` with the ARN known in
    /// part where a variable is open.
    fn by_variables(
        &self,
        kind: ResourceType,
        required: bool,
        described: &[OperationAction],
    ) -> Result<Vec<Target>, Target> {
        let template = kind.arn_template();
        let mut open = false;
        let halves = Halves::of_one_parameter(template, described);
        let filled = self.home.fill(template, |variable| {
            let mut values = self.variable(variable, described);
            if let Some(halves) = halves {
                values = values
                    .iter()
                    .filter_map(|value| halves.part(variable, value))
                    .collect();
            }
            if values.is_empty() {
                open = true;
                return Some(vec![Filled {
                    text: "*".to_owned(),
                    known: Known::Part,
                }]);
            }
            Some(values)
        });
        let filled = filled.unwrap_or_default();
        if !open {
            let arns = filled.into_iter().map(|one| whole_or(one, template));
            return Ok(arns.map(Filled::target).collect());
        }
        let first = filled.into_iter().next();
        let text = first.map_or_else(|| "*".to_owned(), |one| one.text);
        // EC2 asks for `type/*` before the new resource has an id, and means the star.
        if required && self.creates_in_ec2() {
            return Ok(vec![Target::Arn(text)]);
        }
        Err(Target::Like(text))
    }

    /// The values of one variable of an ARN template.
    fn variable(&self, variable: &str, described: &[OperationAction]) -> Vec<Filled> {
        let mut values = Vec::new();
        for one in described {
            for (_, template) in one.variables().filter(|(name, _)| *name == variable) {
                values.extend(
                    self.home
                        .fill_paths(template, self.parameters)
                        .unwrap_or_default(),
                );
            }
        }
        if values.is_empty() {
            let plain = variable
                .trim_end_matches("WithPath")
                .trim_end_matches("WithoutLeadingSlash");
            let texts = template::lookup(self.parameters, plain);
            values.extend(texts.into_iter().map(|text| Filled {
                text,
                known: Known::All,
            }));
        }
        for value in &mut values {
            if variable == "ParameterNameWithoutLeadingSlash" && !value.text.starts_with("arn:") {
                value.text = value.text.trim_start_matches('/').to_owned();
            }
            if variable.ends_with("WithPath") && !value.text.starts_with("arn:") {
                *value = Filled {
                    known: if value.known == Known::Part {
                        Known::Part
                    } else {
                        self.with_path(&value.text).known
                    },
                    text: self.with_path(&value.text).text,
                };
            }
        }
        values
    }

    /// The name of an IAM resource with its path, which only its creation tells.
    fn with_path(&self, name: &str) -> Filled {
        let name = name.trim_start_matches('/');
        if name.contains('/') {
            return Filled {
                text: name.to_owned(),
                known: Known::All,
            };
        }
        if !IAM_CREATIONS.contains(&self.event_name()) {
            return Filled {
                text: format!("*{name}"),
                known: Known::Part,
            };
        }
        let path = self.parameters.text("path").unwrap_or_default();
        Filled {
            text: format!("{}{name}", path.trim_start_matches('/')),
            known: Known::All,
        }
    }

    /// Whether the call makes a new EC2 resource, which has no id when IAM is asked.
    fn creates_in_ec2(&self) -> bool {
        let starts = [
            "Create",
            "Allocate",
            "Register",
            "Copy",
            "Import",
            "Request",
            "Provision",
        ];
        self.prefix == "ec2"
            && starts
                .iter()
                .any(|start| self.event_name().starts_with(start))
    }

    fn rest_path(&self, path: &str) -> Found {
        let mut text = String::new();
        let mut known = Known::All;
        for (index, part) in path.split('{').enumerate() {
            let (name, literal) = if index == 0 {
                (None, part)
            } else {
                part.split_once('}')
                    .map_or((None, part), |(name, rest)| (Some(name), rest))
            };
            match name.map(|name| rest_value(self.parameters, name)) {
                Some(Some(value)) => text.push_str(&value),
                Some(None) => {
                    text.push('*');
                    known = Known::Part;
                }
                None => {}
            }
            text.push_str(literal);
        }
        let region = self.home.region.as_deref().unwrap_or("*");
        let arn = format!("arn:{}:apigateway:{region}::{text}", self.home.partition);
        Found {
            target: Filled { text: arn, known }.target(),
            source: ResourceSource::Template,
        }
    }

    /// The role that is handed on.
    fn passed_role(&self, template: Option<&str>) -> Vec<Found> {
        let values = template
            .and_then(|template| self.home.fill_paths(template, self.parameters))
            .unwrap_or_default();
        let roles: Vec<Target> = values
            .into_iter()
            .filter_map(|value| {
                let name = match value.text.split_once(":role/") {
                    // The map writes a role's name where the path is not known.
                    Some((_, name)) if template.is_some_and(|one| one.contains(":role/${")) => name,
                    Some(_) => return Some(value.target()),
                    None if value.text.contains(':') => return None,
                    None => value.text.as_str(),
                };
                let role = self.with_path(name.trim_start_matches('/'));
                Some(
                    Filled {
                        text: self.iam_arn(&format!("role/{}", role.text)),
                        ..role
                    }
                    .target(),
                )
            })
            .collect();
        if roles.is_empty() {
            let any = Target::Like(self.iam_arn("role/*"));
            return vec![Found {
                target: any,
                source: ResourceSource::Unknown,
            }];
        }
        found(roles, ResourceSource::Parameters)
    }

    pub(super) fn iam_arn(&self, resource: &str) -> String {
        let account = self.home.account.as_deref().unwrap_or("*");
        format!("arn:{}:iam::{account}:{resource}", self.home.partition)
    }

    /// Replaces an ARN known in part by the whole one, where the caller or the answer has it.
    fn narrow(&self, found: &mut Found) {
        let Target::Like(pattern) = &found.target else {
            return;
        };
        let is_whole = |arn: &str| {
            // Names are unique in an account, whatever their path.
            !pattern.ends_with("/*")
                && !pattern.ends_with('*')
                && Wildcard::new(pattern, Case::Sensitive).matches(arn)
        };
        let own = if let Principal::AssumedRole { role_arn, .. } = self.principal {
            role_arn.as_deref()
        } else if let Principal::User { arn, .. } = self.principal {
            Some(arn.as_str())
        } else {
            None
        };
        // The start of the name is exact: `*ana` must not become `user/diana`.
        let same_name = |arn: &str| {
            arn.rsplit('/').next() == pattern.rsplit(['/', '*']).next()
                || !pattern.contains(":iam:")
        };
        if let Some(own) = own.filter(|own| is_whole(own) && same_name(own)) {
            found.target = Target::Arn(own.to_owned());
            return;
        }
        if self.event_name().starts_with("Create") {
            return;
        }
        self.response_read.set(true);
        let response = self.event.response_elements.map(RawValue::get);
        let mut answers = Parameters::read(response, Extent::Some).all_texts();
        answers.retain(|text| text.starts_with("arn:") && is_whole(text) && same_name(text));
        answers.sort_unstable();
        answers.dedup();
        if let [only] = answers.as_slice() {
            *found = Found {
                target: Target::Arn(only.clone()),
                source: ResourceSource::Recorded,
            };
        }
    }
}

fn found(targets: Vec<Target>, source: ResourceSource) -> Vec<Found> {
    targets
        .into_iter()
        .map(|target| Found { target, source })
        .collect()
}

/// How well an ARN fits one of the types that an action works on.
fn best_fit(asked: &Asked, arn: &str) -> Fit {
    asked
        .action
        .resources()
        .flat_map(|resource| resource.resource_type().arn_templates())
        .map(|template| fit(arn, template))
        .max()
        .unwrap_or(Fit::No)
}

fn is_star(found: &Found) -> bool {
    found.target == Target::Star
}

/// Those ARNs that fit best. Of one type all do, though a name has a slash and another has none.
fn best_fits<'arn, I: Iterator<Item = &'arn str>>(asked: &Asked, arns: I) -> Vec<Target> {
    let is_of_one_type = asked.action.resources().len() == 1;
    let fits: Vec<(Fit, &str)> = arns.map(|arn| (best_fit(asked, arn), arn)).collect();
    let best = fits.iter().map(|(fit, _)| *fit).max().unwrap_or(Fit::No);
    let wanted = |fit: Fit| fit > Fit::No && (fit == best || is_of_one_type);
    let wanted = fits.into_iter().filter(|(fit, _)| wanted(*fit));
    wanted.map(|(_, arn)| Target::Arn(arn.to_owned())).collect()
}

/// The names of the variables of a template that are not in every ARN.
fn variables(template: &str) -> Vec<&str> {
    template
        .split("${")
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .filter(|name| !["Partition", "Region", "Account"].contains(name))
        .collect()
}

/// A parameter that takes a name may hold the ARN: then the template holds an ARN in an ARN.
fn whole_or(filled: Filled, template: &str) -> Filled {
    let start = filled
        .text
        .get(1..)
        .and_then(|rest| rest.find("arn:aws"))
        .map(|at| at + 1);
    match start.and_then(|start| filled.text.get(start..)) {
        Some(inner) if fit(inner, template) > Fit::No => Filled {
            text: inner.to_owned(),
            known: Known::All,
        },
        _ => filled,
    }
}
