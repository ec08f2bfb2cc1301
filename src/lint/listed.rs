//! The ARNs that a statement lists, seen with the resource types of the catalog.
//!
//! The service authorization reference is not complete: it lacks types that are new, types of some
//! actions, and the ARNs with which some `List` actions are asked for. So each answer here comes
//! with what AWS's own policies show to be open.

use super::StatementCx;
use crate::{
    catalog::{AccessLevel, Action, ActionResource, ArnShape, ResourceType, Service},
    policy::{Arn, ArnPattern, Case, Pattern, Piece, ResourcePattern, Wildcard},
};
use std::{cell::OnceCell, collections::BTreeMap};

/// Actions, and the service and the type of ARNs that AWS's own documents have for them.
///
/// - `cloudformation`:
///   <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html>
/// - `ssmmessages`:
///   <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html>
/// - `ec2`: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html>
/// - `logs`: the parameter `resourceArn` of
///   <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html>
/// - `sns`: the ARNs of platform applications and endpoints in
///   <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html>
/// - the others: statements of managed policies that have nothing else, among them those of Control Tower,
///   Elastic Disaster Recovery and EKS, `AWSServiceRoleForSMS`, `SageMakerStudioProjectUserRolePolicy`,
///   `AWSWAFFullAccess`, `CloudFrontFullAccess`, `AmazonRDSServiceRolePolicy` and `AWSMigrationHubSMSAccess`
const GAPS: [(&str, &str, &str); 22] = [
    (
        "applicationinsights:*",
        "applicationinsights",
        "application",
    ),
    ("cloudformation:*ChangeSet", "cloudformation", "transform"),
    ("cloudformation:*Type*", "cloudformation", "type"),
    ("cloudformation:CreateStackSet", "cloudformation", "type"),
    (
        "codeguru-security:ListFindings",
        "codeguru-security",
        "scans",
    ),
    ("connect:GetMetricDataV2", "connect-campaigns", "campaign"),
    ("datazone:*", "datazone", "domain"),
    ("drs:SendVolumeStatsForDrs", "drs", "recovery-instance"),
    ("ec2:*ResourcePolicy", "ec2", "security-group"),
    (
        "elasticloadbalancing:SetWebAcl",
        "elasticloadbalancing",
        "loadbalancer",
    ),
    ("kinesis:UpdateShardCount", "kinesis", "stream"),
    ("logs:*IndexPolic*", "logs", "log-group"),
    ("logs:*ResourcePolic*", "logs", "log-group"),
    ("mgh:*ApplicationState", "mgh", "progressUpdateStream"),
    ("pricingplanmanager:*", "pricingplanmanager", "subscription"),
    ("sagemaker-mlflow:AccessUI", "sagemaker", "mlflow-app"),
    (
        "sagemaker-mlflow:AccessUI",
        "sagemaker",
        "mlflow-tracking-server",
    ),
    ("sns:*Endpoint*", "sns", "app"),
    ("sns:*Endpoint*", "sns", "endpoint"),
    ("sns:*PlatformApplication*", "sns", "app"),
    ("ssm:DeregisterManagedInstance", "eks", "cluster"),
    ("ssmmessages:OpenDataChannel", "ssm", "session"),
];

/// How many comparisons of names a look at the form of an ARN is worth.
const FORMS: usize = 8;

/// The entries of `Resource`, all of them ARNs. Where there is no effort left to tell, every
/// question is answered with yes.
#[derive(Debug)]
pub(super) struct Listed<'a> {
    /// The entries and their ARNs, at least one.
    pub(super) arns: Vec<(&'a ResourcePattern, &'a ArnPattern)>,
    /// The ARNs made ready to be compared, once they were.
    shapes: Vec<OnceCell<ArnShape>>,
    cx: &'a StatementCx<'a>,
    /// The types that were asked about, and whether an ARN of the list can be of them.
    types: BTreeMap<ResourceType, bool>,
    /// The services that were asked about, and whether the list has all resources of a type.
    covered: BTreeMap<Service, bool>,
}

impl<'a> Listed<'a> {
    /// The ARNs of a statement; `None` where an entry is none, or there is no entry.
    pub(super) fn new(cx: &'a StatementCx<'a>) -> Option<Self> {
        let arns = cx.listed_arns();
        (!arns.is_empty()).then(|| Self::of(cx, arns))
    }

    /// Some of the ARNs of a statement, at least one.
    pub(super) fn of(
        cx: &'a StatementCx<'a>,
        arns: Vec<(&'a ResourcePattern, &'a ArnPattern)>,
    ) -> Self {
        Self {
            shapes: arns.iter().map(|_| OnceCell::new()).collect(),
            types: BTreeMap::new(),
            covered: BTreeMap::new(),
            arns,
            cx,
        }
    }

    /// Whether some ARN of the list is so, which takes a number of comparisons for each.
    fn any(&self, comparisons: usize, is_so: impl Fn(&ArnPattern) -> bool) -> bool {
        !self.cx.can_afford(self.arns.len() * comparisons)
            || self.arns.iter().any(|(_, arn)| is_so(arn))
    }

    /// Whether an ARN of the list can be of a type.
    pub(super) fn holds(&mut self, kind: ResourceType) -> bool {
        if let Some(holds) = self.types.get(&kind) {
            return *holds;
        }
        let ready = |(shape, (_, arn)): (&OnceCell<ArnShape>, &(_, &ArnPattern))| {
            kind.has_arn_in(shape.get_or_init(|| ArnShape::of(arn)))
        };
        let holds = !self.cx.can_afford(self.arns.len() * FORMS)
            || self.shapes.iter().zip(&self.arns).any(ready);
        self.types.insert(kind, holds);
        holds
    }

    /// Whether a call of one of the actions can have an ARN of the list as its resource, as far as can
    /// be told.
    pub(super) fn may_serve_any(&mut self, actions: &[Action]) -> bool {
        // The reference answers for most, and sooner than what makes up for its gaps.
        let listed = |listed: &mut Self, action: &Action| {
            let mut resources = action.resources();
            resources.any(|resource| listed.holds(resource.resource_type()))
        };
        actions.iter().any(|action| listed(self, action))
            || actions.iter().any(|action| self.may_serve(*action))
    }

    /// Whether a call of the action can have an ARN of the list as its resource, as far as can be
    /// told.
    pub(super) fn may_serve(&mut self, action: Action) -> bool {
        let types = action.service().resource_types().len();
        action
            .resources()
            .any(|resource| self.holds(resource.resource_type()))
            || self.holds_type_named_in(action)
            || self.fills_gap(action)
            || self.is_a_path_for(action)
            || self.any(types * FORMS, |arn| is_of_unknown_form(arn, action))
    }

    /// Whether the list has a resource of a type that the action's name tells: a `dataset` for
    /// `CreateDataSet`, and anything of the service for actions on tags. The reference leaves out
    /// some of these. Names of lists tell what is listed, not what is asked about.
    pub(super) fn holds_type_named_in(&mut self, action: Action) -> bool {
        let name = action.name().to_ascii_lowercase();
        if ["tagresource", "tagsforresource", "tags"]
            .iter()
            .any(|tags| name.contains(tags))
        {
            let prefix = action.service().prefix();
            let own = |arn: &ArnPattern| service_of(arn).is_none_or(|service| service == prefix);
            return self.any(1, own);
        }
        let lists = action.access_level() == AccessLevel::List || name.starts_with("list");
        // What a list is asked of stands behind `For`: `ListCandidatesForAutoMLJob`.
        let name = if lists {
            match name.split_once("for") {
                Some((_, asked)) => asked.to_owned(),
                None => return false,
            }
        } else {
            name
        };
        action.service().resource_types().any(|kind| {
            let letters = kind.name().chars().filter(char::is_ascii_alphanumeric);
            let own: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
            name.contains(&own) && self.holds(kind)
        })
    }

    /// Whether the list has a resource that the action is known to take although the reference does
    /// not say so.
    pub(super) fn fills_gap(&self, action: Action) -> bool {
        let name = action.full_name();
        let prefix = action.service().prefix();
        let mut gaps = GAPS.iter().filter(|(actions, ..)| {
            let (service, _) = actions.split_once(':').unwrap_or_default();
            service == prefix
        });
        gaps.any(|(actions, namespace, kind)| {
            Wildcard::new(actions, Case::Ignored).matches(&name)
                && self.any(1, |arn| {
                    let [.., resource] = arn.fields();
                    service_of(arn) == Some(namespace)
                        && label(literal_start(resource)) == Some(kind)
                })
        })
    }

    /// Whether the list has a path of API Gateway and the action is a verb on paths: the reference
    /// has only some of them.
    ///
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html>
    fn is_a_path_for(&self, action: Action) -> bool {
        let is_verb = action.service().prefix() == "apigateway";
        is_verb && self.any(1, |arn| service_of(arn) == Some("apigateway"))
    }

    /// Whether an ARN of the list has a path after its type: `role/service-role/*`.
    pub(super) fn has_paths(&self) -> bool {
        self.any(1, |arn| {
            let [.., resource] = arn.fields();
            literal_start(resource).matches('/').count() > 1
        })
    }

    /// Whether an ARN of the list ends in a `*`.
    pub(super) fn has_open_ends(&self) -> bool {
        self.any(1, |arn| {
            let [.., resource] = arn.fields();
            resource.pieces().last() == Some(&Piece::AnyText)
        })
    }

    /// Whether the list has all resources of some type of the service, such as `role/*` or `*`, or
    /// the one without a name, such as `role/` or `log-group::log-stream:`: some services ask for
    /// lists with that one.
    pub(super) fn covers_a_type(&mut self, service: Service) -> bool {
        if let Some(covers) = self.covered.get(&service) {
            return *covers;
        }
        let covers = self.find_type_covered(service);
        self.covered.insert(service, covers);
        covers
    }

    fn find_type_covered(&self, service: Service) -> bool {
        self.any(service.resource_types().len(), |arn| {
            let [.., resource] = arn.fields();
            let start = literal_start(resource);
            let open = matches!(
                resource.pieces(),
                [Piece::AnyText] | [Piece::Literal(_), Piece::AnyText]
            ) || is_everything(resource);
            let covers = |form| {
                let label = fixed_start(form);
                let no_name = || {
                    start
                        .strip_prefix(label)
                        .is_some_and(|name| name.starts_with(':'))
                };
                // Where the form starts with a name, what follows it tells the type: `/webacl/`.
                let behind_a_name = || {
                    let resource = Arn::parse(form).map_or("", |arn| arn.resource);
                    let after = resource.split_once('}').map_or("", |(_, after)| after);
                    let fixed = after.split("${").next().unwrap_or_default();
                    label.is_empty() && fixed.len() > 1 && start.ends_with(fixed)
                };
                open && label.starts_with(start)
                    || start == label
                    || no_name()
                    || open && behind_a_name()
            };
            let whole = start.is_empty() && open && service_of(arn) == Some(service.prefix());
            whole
                || service.resource_types().any(|kind| {
                    kind.namespaces()
                        .any(|own| service_of(arn).is_none_or(|service| service == own))
                        && kind.arn_templates().any(covers)
                })
        })
    }
}

/// Whether a pattern is nothing but stars, with slashes between them: `*/*`.
fn is_everything(pattern: &Pattern) -> bool {
    pattern.pieces().iter().all(|piece| match piece {
        Piece::AnyText => true,
        Piece::Literal(text) => text == "/",
        Piece::AnyCharacter | Piece::Variable(_) => false,
    })
}

/// Whether an ARN has a form that the catalog cannot judge for an action: one of a type that it
/// does not know, or of a namespace that the action's service has but the action does not.
fn is_of_unknown_form(arn: &ArnPattern, action: Action) -> bool {
    let Some(namespace) = service_of(arn) else {
        return false;
    };
    let [.., resource] = arn.fields();
    let own = |kind: ResourceType| kind.namespaces().any(|each| each == namespace);
    let known = || action.service().resource_types().filter(|kind| own(*kind));
    if !action
        .resources()
        .any(|resource| own(resource.resource_type()))
    {
        return namespace == action.service().prefix() || known().next().is_some();
    }
    // A type without a first word of its own takes any word for a name: buckets, queues, topics.
    let starts_with_name = |form| fixed_start(form).is_empty();
    let nameless = action
        .resources()
        .map(ActionResource::resource_type)
        .filter(|kind| own(*kind))
        .any(|kind| kind.arn_templates().any(starts_with_name));
    if nameless {
        return false;
    }
    // `agent-instance*` tells its type as `agent-instance/*` would.
    let start = literal_start(resource);
    let whole = matches!(resource.pieces(), [Piece::Literal(_), Piece::AnyText]);
    let Some(label) = label(start).or_else(|| whole.then_some(start)) else {
        return false;
    };
    known().all(|kind| {
        kind.arn_templates()
            .all(|form| self::label(fixed_start(form)) != Some(label))
    }) && known().all(|kind| !kind.has_arn_matching(arn))
}

/// The service that an ARN names, where it is written out.
fn service_of(arn: &ArnPattern) -> Option<&str> {
    let [_, service, ..] = arn.fields();
    service.as_literal()
}

/// What the resource part of an ARN template starts with, before the first name.
pub(super) fn fixed_start(template: &'static str) -> &'static str {
    let resource = Arn::parse(template).map_or("", |arn| arn.resource);
    resource.split("${").next().unwrap_or_default()
}

/// The text before the first wildcard or variable.
pub(super) fn literal_start(pattern: &Pattern) -> &str {
    match pattern.pieces().first() {
        Some(Piece::Literal(text)) => text,
        Some(Piece::AnyText | Piece::AnyCharacter | Piece::Variable(_)) | None => "",
    }
}

/// The word before the first `/` or `:`, which most ARNs have to tell their type.
fn label(resource: &str) -> Option<&str> {
    let end = resource.find(['/', ':'])?;
    resource.get(..end).filter(|label| !label.is_empty())
}
