//! The resources of EC2 calls, which are named by ids and launched from much.

use crate::{
    eval::Target,
    trail::action::{Asked, Part},
};

use super::{
    Resolver,
    template::{Filled, Known},
};

impl Resolver<'_> {
    pub(super) fn ec2(&self, asked: &Asked) -> Option<Vec<Target>> {
        match (asked.part, asked.action.name()) {
            (Part::TagOnCreate, _) => Some(self.new_tagged()),
            (_, "RunInstances") => Some(self.launched()),
            (_, "RegisterImage") => {
                let snapshots = self.parameters.texts("blockDeviceMapping.ebs.snapshotId");
                let snapshots = snapshots.iter().map(|id| self.ec2_of_type("snapshot", id));
                let image = self.ec2_of_type("image", "*");
                Some([image].into_iter().chain(snapshots).collect())
            }
            (_, "CreateTags" | "DeleteTags") => {
                let ids = self.parameters.texts("resourcesSet.resourceId");
                let ids = ids.into_iter().chain(self.parameters.texts("resources"));
                Some(ids.map(|id| self.ec2_by_id(&id)).collect())
            }
            (_, "CreateFlowLogs") => {
                let kind = match self.text("resourceType")?.as_str() {
                    "VPC" => "vpc",
                    "Subnet" => "subnet",
                    "NetworkInterface" => "network-interface",
                    "TransitGateway" => "transit-gateway",
                    "TransitGatewayAttachment" => "transit-gateway-attachment",
                    _ => return None,
                };
                let ids = self.parameters.texts("resourceId");
                let ids = if ids.is_empty() {
                    self.parameters.texts("resourceIds")
                } else {
                    ids
                };
                let watched = ids.iter().map(|id| self.ec2_of_type(kind, id));
                Some(
                    watched
                        .chain([self.ec2_of_type("vpc-flow-log", "*")])
                        .collect(),
                )
            }
            _ => None,
        }
    }

    /// An EC2 resource by its type; a star as id is the one that is about to be created.
    fn ec2_of_type(&self, kind: &str, id: &str) -> Target {
        let template = self
            .catalog
            .service("ec2")
            .and_then(|service| service.resource_type(kind))
            .map_or("", |kind| kind.arn_template());
        let value = Filled {
            text: id.to_owned(),
            known: Known::All,
        };
        self.home
            .fill(template, |_| Some(vec![value.clone()]))
            .and_then(|filled| filled.into_iter().next())
            .filter(|filled| !filled.text.is_empty())
            .map_or(Target::Unknown, Filled::target)
    }

    /// An EC2 resource by its id, whose first letters tell its type.
    fn ec2_by_id(&self, id: &str) -> Target {
        let start = id.rsplit_once('-').map_or("", |(start, _)| start);
        match EC2_IDS.iter().find(|(prefix, _)| *prefix == start) {
            Some((_, kind)) => self.ec2_of_type(kind, id),
            None => Target::Like(self.home.arn("ec2", &format!("*/{id}")).text),
        }
    }

    fn new_tagged(&self) -> Vec<Target> {
        let parameters = self.parameters;
        let kinds = [
            "tagSpecificationSet",
            "tagSpecification",
            "tagSpecifications",
        ]
        .iter()
        .flat_map(|name| parameters.texts(&format!("{name}.resourceType")));
        kinds.map(|kind| self.ec2_of_type(&kind, "*")).collect()
    }

    /// What a launch acts on; each must be allowed.
    ///
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances>
    fn launched(&self) -> Vec<Target> {
        let texts = |path: &str| self.parameters.texts(path);
        let given = |kind: &str, paths: &[&str]| -> Vec<Target> {
            let ids: Vec<String> = paths.iter().flat_map(|path| texts(path)).collect();
            ids.iter().map(|id| self.ec2_of_type(kind, id)).collect()
        };
        // What a launch template holds is not in the event.
        let has_template = self.parameters.has("launchTemplate");
        let or_open = |targets: Vec<Target>, kind: &str| -> Vec<Target> {
            if !targets.is_empty() {
                return targets;
            }
            let any = self.ec2_of_type(kind, "*");
            vec![if let Target::Arn(any) = any {
                Target::Like(any)
            } else {
                any
            }]
        };
        let interfaces = given(
            "network-interface",
            &["networkInterfaceSet.networkInterfaceId"],
        );
        // An interface that exists already brings its own subnet and groups.
        let brings_network = !interfaces.is_empty();
        let mut targets = vec![self.ec2_of_type("instance", "*")];
        targets.extend(or_open(
            given("image", &["instancesSet.imageId", "imageId"]),
            "image",
        ));
        let subnets = given("subnet", &["subnetId", "networkInterfaceSet.subnetId"]);
        let groups = given(
            "security-group",
            &["groupSet.groupId", "networkInterfaceSet.groupSet.groupId"],
        );
        if !brings_network {
            targets.extend(or_open(subnets, "subnet"));
            targets.extend(or_open(groups, "security-group"));
            targets.push(self.ec2_of_type("network-interface", "*"));
        }
        targets.extend(interfaces);
        targets.push(self.ec2_of_type("volume", "*"));
        targets.extend(given("key-pair", &["instancesSet.keyName", "keyName"]));
        targets.extend(given("snapshot", &["blockDeviceMapping.ebs.snapshotId"]));
        if has_template {
            let ids = given("launch-template", &["launchTemplate.launchTemplateId"]);
            targets.extend(or_open(ids, "launch-template"));
        }
        targets
    }
}

/// What EC2 ids start with, and the type of their resource.
const EC2_IDS: [(&str, &str); 34] = [
    ("acl", "network-acl"),
    ("ami", "image"),
    ("cgw", "customer-gateway"),
    ("cr", "capacity-reservation"),
    ("dopt", "dhcp-options"),
    ("eigw", "egress-only-internet-gateway"),
    ("eipalloc", "elastic-ip"),
    ("eni", "network-interface"),
    ("fl", "vpc-flow-log"),
    ("fleet", "fleet"),
    ("h", "dedicated-host"),
    ("i", "instance"),
    ("igw", "internet-gateway"),
    ("key", "key-pair"),
    ("lt", "launch-template"),
    ("nat", "natgateway"),
    ("pcx", "vpc-peering-connection"),
    ("pl", "prefix-list"),
    ("rtb", "route-table"),
    ("sg", "security-group"),
    ("sgr", "security-group-rule"),
    ("sir", "spot-instances-request"),
    ("sfr", "spot-fleet-request"),
    ("snap", "snapshot"),
    ("subnet", "subnet"),
    ("tgw", "transit-gateway"),
    ("tgw-attach", "transit-gateway-attachment"),
    ("tgw-rtb", "transit-gateway-route-table"),
    ("vgw", "vpn-gateway"),
    ("vol", "volume"),
    ("vpc", "vpc"),
    ("vpce", "vpc-endpoint"),
    ("vpce-svc", "vpc-endpoint-service"),
    ("vpn", "vpn-connection"),
];
