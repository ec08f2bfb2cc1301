//! Tests over the whole data: every line of `data/` is found again by lookup.

use super::*;
use std::collections::BTreeSet;

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $name))
    };
}

const CATALOG: Catalog = Catalog(());

/// The fields of each line but the first.
fn facts<const FIELDS: usize>(text: &str) -> Vec<[&str; FIELDS]> {
    text.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<_> = line.split(" | ").collect();
            fields.try_into().unwrap_or_else(|_| panic!("{line}"))
        })
        .collect()
}

fn listed<Item: ToString>(items: impl IntoIterator<Item = Item>, separator: &str) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() {
        "-".to_owned()
    } else {
        items.join(separator)
    }
}

fn key_names(keys: impl Iterator<Item = ServiceConditionKey>) -> String {
    listed(keys.map(ServiceConditionKey::key), ", ")
}

#[test]
fn services_are_found_again() {
    let facts = facts(data!("services.txt"));
    assert_eq!(CATALOG.counts().services, facts.len());
    for [prefix, name] in facts {
        let service = CATALOG.service(&prefix.to_ascii_uppercase()).unwrap();
        assert_eq!((service.prefix(), service.name()), (prefix, name));
    }
}

#[test]
fn actions_are_found_again() {
    let facts = facts(data!("actions.txt"));
    assert_eq!(CATALOG.counts().actions, facts.len());
    for ([name, level, types, keys], number) in facts.into_iter().zip(0..) {
        let action = CATALOG.action(&name.to_ascii_uppercase()).unwrap();
        assert_eq!(action.full_name(), name);
        assert_eq!(
            action.access_level().as_str().replace(" m", "M"),
            level,
            "{name}"
        );
        let found = listed(
            action.resources().map(|resource| {
                let star = if resource.required() { "*" } else { "" };
                format!("{}{star}", resource.resource_type().name())
            }),
            ", ",
        );
        assert_eq!(found, types, "{name}");
        assert_eq!(key_names(action.condition_keys()), keys, "{name}");
        assert_eq!(action.id().index(), number);
        assert_eq!(CATALOG.action_by_id(action.id()), Some(action));
    }
}

#[test]
fn keys_of_actions_with_a_resource_type_are_found_again() {
    let facts: Vec<[_; 3]> = facts(data!("action-resource-keys.txt"));
    let with_keys = |action: Action| {
        action
            .resources()
            .filter(|resource| resource.condition_keys().len() > 0)
            .count()
    };
    assert_eq!(CATALOG.actions().map(with_keys).sum::<usize>(), facts.len());
    for [action, kind, keys] in facts {
        let resource = CATALOG
            .action(action)
            .unwrap()
            .resources()
            .find(|resource| resource.resource_type().name() == kind)
            .unwrap();
        assert_eq!(
            key_names(resource.condition_keys()),
            keys,
            "{action} on {kind}"
        );
    }
}

#[test]
fn resource_types_are_found_again() {
    let facts = facts(data!("resource-types.txt"));
    assert_eq!(CATALOG.counts().resource_types, facts.len());
    for [prefix, name, templates, keys] in facts {
        let service = CATALOG.service(prefix).unwrap();
        let kind = service.resource_type(&name.to_ascii_uppercase()).unwrap();
        assert_eq!((kind.name(), kind.service()), (name, service));
        assert_eq!(listed(kind.arn_templates(), ", "), templates);
        assert!(
            kind.arn_template().starts_with("arn:${Partition}:"),
            "{prefix} {name}"
        );
        assert_eq!(key_names(kind.condition_keys()), keys, "{prefix} {name}");
    }
}

#[test]
fn condition_keys_are_found_again() {
    let facts: Vec<[_; 4]> = facts(data!("condition-keys.txt"));
    let distinct: BTreeSet<_> = facts
        .iter()
        .map(|[_, key, ..]| key.to_lowercase())
        .collect();
    assert_eq!(CATALOG.counts().condition_keys, distinct.len());
    for [prefix, name, value_type, multiplicity] in &facts {
        let key = CATALOG.condition_key(&name.to_ascii_uppercase()).unwrap();
        assert_eq!(key.key(), *name);
        // A key has the type that its own service gives it.
        let owner = name.split(':').next().unwrap();
        let is_its = |fact: &[&str; 4]| fact[0] == owner && fact[1] == *name;
        if *prefix == owner || !facts.iter().any(is_its) {
            assert_eq!(
                key.value_type().as_str().to_lowercase(),
                value_type.to_lowercase()
            );
            assert_eq!(
                key.multivalued(),
                *multiplicity == "multivalued",
                "{prefix} {name}"
            );
        }
    }
    for service in CATALOG.services() {
        let own = facts
            .iter()
            .filter(|[prefix, ..]| *prefix == service.prefix());
        let names = listed(own.map(|[_, name, ..]| name), ", ");
        assert_eq!(key_names(service.condition_keys()), names);
    }
}

#[test]
fn global_condition_keys_are_found_again() {
    let facts: Vec<[_; 4]> = facts(data!("global-condition-keys.txt"));
    assert_eq!(CATALOG.counts().global_condition_keys, facts.len());
    for [name, value_types, multiplicity, availability] in facts {
        let key = CATALOG
            .global_condition_key(&name.to_ascii_uppercase())
            .unwrap();
        assert_eq!(key.key(), name);
        let found = listed(key.value_types(), ", ").to_lowercase();
        assert_eq!(found, value_types.to_lowercase(), "{name}");
        assert_eq!(key.multivalued(), multiplicity == "multivalued", "{name}");
        assert_eq!(key.always_present(), availability == "always", "{name}");
    }
}

#[test]
fn event_sources_are_found_again() {
    for [source, prefix] in facts(data!("event-sources.txt")) {
        assert_eq!(CATALOG.prefix_of_event_source(source), prefix);
        assert_ne!(source.split('.').next(), Some(prefix), "not needed");
        assert!(CATALOG.service(prefix).is_some(), "{prefix}");
    }
}

#[test]
fn event_actions_are_found_again_and_exist() {
    for [event, actions] in facts(data!("event-actions.txt")) {
        let found = CATALOG
            .actions_of_api_name(&event.to_ascii_uppercase())
            .unwrap();
        let separator = if found.depend_on_request() {
            " or "
        } else {
            ", "
        };
        assert_eq!(listed(found.actions(), separator), actions);
        for action in found.actions() {
            assert_eq!(CATALOG.action(action).unwrap().full_name(), action);
        }
        // Were there an action of the event's own name, which of the two would be meant?
        assert_eq!(CATALOG.action(event), None);
    }
}

#[test]
fn api_calls_are_found_again_and_exist() {
    let facts: Vec<[_; 3]> = facts(data!("api-calls.txt"));
    let operations: BTreeSet<_> = facts.iter().map(|[name, ..]| *name).collect();
    assert_eq!(CATALOG.counts().operations, operations.len());
    for [name, wanted, details] in &facts {
        let (prefix, operation) = name.split_once(':').unwrap();
        let operation = CATALOG
            .operation(prefix, &operation.to_ascii_uppercase())
            .unwrap();
        assert_eq!(
            format!("{}:{}", operation.prefix(), operation.name()),
            *name
        );
        let written = |asked: OperationAction| {
            let mut details = Vec::new();
            details.extend(asked.when().map(|path| format!("when {path}")));
            details.extend(asked.unless().map(|path| format!("unless {path}")));
            details.extend(asked.arn_override().map(|arn| format!("arn={arn}")));
            details.extend(
                asked
                    .arns()
                    .map(|(kind, template)| format!("@{kind}={template}")),
            );
            details.extend(
                asked
                    .variables()
                    .map(|(name, template)| format!("{name}={template}")),
            );
            (asked.action(), listed(details, "; "))
        };
        let wanted = (*wanted, (*details).to_owned());
        assert!(
            operation.actions().any(|asked| written(asked) == wanted),
            "{name} {wanted:?}"
        );
    }
}

#[test]
fn resources_of_api_calls_fit_their_actions() {
    for [operation, name, _] in facts(data!("api-calls.txt")) {
        let action = CATALOG.action(name).unwrap();
        let (prefix, operation) = operation.split_once(':').unwrap();
        for asked in CATALOG.operation(prefix, operation).unwrap().actions() {
            if asked.action() != name {
                continue;
            }
            for (variable, _) in asked.variables() {
                let placeholder = format!("${{{variable}}}");
                let fits = |resource: ActionResource| {
                    resource
                        .resource_type()
                        .arn_templates()
                        .any(|arn| arn.contains(&placeholder))
                };
                assert!(
                    action.resources().any(fits),
                    "{operation}: {name} has no {variable}"
                );
            }
            for (kind, _) in asked.arns() {
                let fits = |resource: ActionResource| resource.resource_type().name() == kind;
                assert!(
                    action.resources().any(fits),
                    "{operation}: {name} has no {kind}"
                );
            }
        }
    }
}

#[test]
fn rest_paths_are_found_again() {
    for [name, version, verb, path] in facts(data!("rest-paths.txt")) {
        let call = CATALOG
            .rest_calls(&name.to_ascii_uppercase())
            .find(|call| call.version().to_string() == version)
            .unwrap();
        assert_eq!((call.name(), call.verb(), call.path()), (name, verb, path));
    }
}

#[test]
fn calls_without_permission_are_found_again() {
    for [action] in facts(data!("no-permission.txt")) {
        assert!(CATALOG.needs_no_permission(&action.to_ascii_uppercase()));
    }
    assert!(!CATALOG.needs_no_permission("sts:AssumeRole"));
}

#[test]
fn services_under_resource_control_policies_are_found_again() {
    for [prefix] in facts(data!("rcp-services.txt")) {
        assert!(CATALOG.has_resource_control_policies(&prefix.to_ascii_uppercase()));
    }
    assert!(!CATALOG.has_resource_control_policies("ec2"));
}

#[test]
fn the_source_is_named() {
    let [package, version, date, _] = facts::<4>(data!("source.txt"))[0];
    assert_eq!(CATALOG.source(), format!("{package} {version}"));
    assert_eq!(CATALOG.date(), date);
}

#[test]
fn unknown_names_are_not_found() {
    for name in [
        "",
        ":",
        "s3",
        "s3:",
        "s3:GetObjec",
        "s3:GetObject ",
        "s4:GetObject",
        "s3:*",
    ] {
        assert_eq!(CATALOG.action(name), None, "{name}");
    }
    assert_eq!(CATALOG.service(""), None);
    assert_eq!(
        CATALOG.service("s3").unwrap().resource_type("buckets"),
        None
    );
    assert_eq!(CATALOG.condition_key("s3:prefixes"), None);
    assert_eq!(CATALOG.global_condition_key("aws:SourceIP4"), None);
    assert_eq!(CATALOG.actions_of_event("s3", "GetObject"), None);
    assert_eq!(CATALOG.operation("s3", "NoSuchCall"), None);
    assert_eq!(CATALOG.rest_call("NoSuchCall"), None);
    assert_eq!(
        CATALOG.prefix_of_event_source("no-such.amazonaws.com"),
        "no-such"
    );
    assert_eq!(CATALOG.prefix_of_event_source("s3"), "s3");
}

#[test]
fn an_action_knows_its_resources_and_keys() {
    let action = CATALOG.action("S3:getobject").unwrap();
    assert_eq!(action.to_string(), "s3:GetObject");
    assert_eq!(action.access_level(), AccessLevel::Read);
    assert!(action.has_resource_types());
    let templates: Vec<_> = action
        .resources()
        .map(|resource| resource.resource_type().arn_template())
        .collect();
    assert!(templates.contains(&"arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
    let takes = |key| action.takes_condition_key(CATALOG.condition_key(key).unwrap());
    assert!(takes("s3:ExistingObjectTag/team"));
    assert!(!takes("s3:prefix"));
    assert!(
        !CATALOG
            .action("s3:ListAllMyBuckets")
            .unwrap()
            .has_resource_types()
    );
}

#[test]
fn a_concrete_key_finds_its_template() {
    for (key, template) in [
        (
            "s3:existingobjecttag/team",
            "s3:ExistingObjectTag/${TagKey}",
        ),
        (
            "s3:ExistingObjectTag/<key>",
            "s3:ExistingObjectTag/${TagKey}",
        ),
        (
            "kms:EncryptionContext:App",
            "kms:EncryptionContext:${EncryptionContextKey}",
        ),
        (
            "secretsmanager:ResourceTag/a",
            "secretsmanager:ResourceTag/${TagKey}",
        ),
        (
            "elasticloadbalancing:ResourceTag/a",
            "elasticloadbalancing:ResourceTag/${TagKey}",
        ),
        (
            "events:Metadata/a/Matcher",
            "events:Metadata/${MetadataKey}/Matcher",
        ),
        ("events:Metadata/a", "events:Metadata/${MetadataKey}"),
    ] {
        let found = CATALOG.condition_key(key).unwrap();
        assert_eq!(found.key(), template);
        assert!(found.covers(key));
    }
    let tag = CATALOG.global_condition_key("AWS:resourcetag/a/b").unwrap();
    assert_eq!(tag.key(), "aws:ResourceTag/${TagKey}");
    assert_eq!(CATALOG.global_condition_key("aws:ResourceTag/"), None);
}

#[test]
fn global_keys_have_the_types_of_the_user_guide() {
    let key = |name| CATALOG.global_condition_key(name).unwrap();
    assert!(key("aws:CalledVia").multivalued());
    assert!(!key("aws:CalledViaFirst").multivalued());
    assert_eq!(key("aws:SourceIp").value_type(), ValueType::IpAddress);
    assert!(key("aws:SecureTransport").always_present());
    assert!(!key("aws:MultiFactorAuthPresent").always_present());
    let types: Vec<_> = key("aws:EpochTime").value_types().collect();
    assert_eq!(types, [ValueType::Date, ValueType::Numeric]);
}

#[test]
fn patterns_find_what_a_scan_finds() {
    for pattern in [
        "*",
        "*:*",
        "s3:*",
        "S3:get*",
        "s3:Get?bject*",
        "s3:*Object",
        "s?:G*",
        "ec2:*Tags",
        "iam:*",
        "*:ListTagsForResource",
        "s3*:Get*",
        "s3:GetObject",
        "s3:getobject",
        "s3:**",
        "s3:?*t",
        "kms:ReEncrypt*",
        "nope:*",
        "s3:Nope*",
        "vpc-lattice:associatevia*",
    ] {
        let scanned: Vec<_> = CATALOG
            .actions()
            .filter(|action| Wildcard::new(pattern, Case::Ignored).matches(&action.full_name()))
            .collect();
        assert_eq!(CATALOG.actions_matching(pattern), scanned, "{pattern}");
    }
    for malformed in ["", "s3", "s3*", "GetObject", "**"] {
        assert_eq!(CATALOG.actions_matching(malformed), [], "{malformed}");
    }
}

#[test]
fn the_nearest_name_is_near() {
    let action = |name: &str| {
        let (prefix, name) = name.split_once(':').unwrap();
        let service = CATALOG.service(prefix).unwrap();
        CATALOG.nearest_action(service, name).map(Action::full_name)
    };
    for (wrong, right) in [
        ("s3:GetObjct", "s3:GetObject"),
        ("s3:getobjects", "s3:GetObject"),
        ("s3:ListBuckets", "s3:ListBucket"),
        ("ec2:DescribeInstance", "ec2:DescribeInstances"),
        ("iam:PassRoles", "iam:PassRole"),
    ] {
        assert_eq!(action(wrong).as_deref(), Some(right));
    }
    assert_eq!(action("s3:Frobnicate"), None);
    let service = |prefix| CATALOG.nearest_service(prefix).map(Service::prefix);
    assert_eq!(service("dynamdb"), Some("dynamodb"));
    assert_eq!(service("lamda"), Some("lambda"));
    assert_eq!(service("frobnicator"), None);
}

#[test]
fn api_names_that_are_no_actions_are_explained() {
    let actions = |name| {
        CATALOG
            .actions_of_api_name(name)
            .unwrap()
            .actions()
            .collect::<Vec<_>>()
    };
    assert_eq!(actions("s3:HeadObject"), ["s3:GetObject"]);
    assert_eq!(actions("s3:CopyObject"), ["s3:PutObject", "s3:GetObject"]);
    assert!(actions("s3:PreflightRequest").is_empty());
    let depend = |name| {
        CATALOG
            .actions_of_api_name(name)
            .unwrap()
            .depend_on_request()
    };
    assert!(depend("dynamodb:ExecuteStatement"));
    assert!(!depend("kms:ReEncrypt"));
    assert_eq!(CATALOG.actions_of_api_name("HeadObject"), None);
}

#[test]
fn an_operation_names_the_role_that_it_passes() {
    let operation = CATALOG.operation("lambda", "createfunction").unwrap();
    let asked: Vec<_> = operation.actions().collect();
    assert_eq!(asked[0].action(), "iam:PassRole");
    assert_eq!(asked[0].arn_override(), Some("${Role}"));
    assert_eq!(asked[1].action(), "lambda:CreateFunction");
    assert_eq!(
        asked[1].variables().collect::<Vec<_>>(),
        [("FunctionName", "${FunctionName}")]
    );
    assert_eq!((asked[1].when(), asked[1].arn_override()), (None, None));
}

#[test]
fn a_rest_call_is_a_verb_on_a_path() {
    let call = CATALOG.rest_call("GetRestApis").unwrap();
    assert_eq!(
        (call.verb(), call.path(), call.version()),
        ("GET", "/restapis", 1)
    );
    let both: Vec<_> = CATALOG
        .rest_calls("GetDeployment")
        .map(RestCall::version)
        .collect();
    assert_eq!(both, [1, 2]);
    assert_eq!(CATALOG.rest_call("CreateApi").unwrap().path(), "/apis");
}

#[test]
fn a_dot_in_an_event_source_ends_the_prefix() {
    assert_eq!(
        CATALOG.prefix_of_event_source("Monitoring.amazonaws.com"),
        "cloudwatch"
    );
    assert_eq!(
        CATALOG.prefix_of_event_source("lambda.amazonaws.com"),
        "lambda"
    );
}

#[test]
fn data_lines_are_sorted_and_distinct() {
    let key = |line: &'static str| {
        let mut fields = line.splitn(3, " | ");
        let name = fields.next().unwrap();
        let (prefix, name) = name.split_once(':').unwrap_or((name, ""));
        let second = fields.next().unwrap_or_default();
        let rest = fields.next().unwrap_or_default();
        (
            prefix,
            name.to_ascii_lowercase(),
            second.to_ascii_lowercase(),
            rest,
        )
    };
    for text in [
        data!("action-resource-keys.txt"),
        data!("actions.txt"),
        data!("api-calls.txt"),
        data!("condition-keys.txt"),
        data!("event-actions.txt"),
        data!("event-sources.txt"),
        data!("global-condition-keys.txt"),
        data!("no-permission.txt"),
        data!("rcp-services.txt"),
        data!("resource-types.txt"),
        data!("services.txt"),
    ] {
        let keys: Vec<_> = text.lines().skip(1).map(key).collect();
        for pair in keys.windows(2) {
            assert!(pair[0] < pair[1], "{:?} before {:?}", pair[0], pair[1]);
        }
    }
}
