//! Policies of all layers, and requests of all kinds of callers, at random; and ways in which what is
//! unknown of them may turn out.

use iamsim::{
    catalog::{Catalog, ServiceConditionKey, ValueType},
    eval::{
        CompiledPolicy, Context, Decision, Fact, Layer, Origin, Outcome, Principal, Request,
        Setting, Supply, Target, Unknown, UnknownPolicies, Value as Completed, decide,
        derive_context,
    },
    policy::{AccountId, ActionName, ConditionKey, lower},
    source::Source,
    syntax::parse,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt};

/// The caller's account, and another.
pub(super) const OWN: &str = "111111111111";
pub(super) const OTHER: &str = "222222222222";

/// A condition key, how it is tested, and what its values may be.
struct Key {
    name: &'static str,
    operators: &'static [&'static str],
    /// The values of tests.
    values: &'static [&'static str],
    /// Values of requests beside those of the tests.
    universe: &'static [&'static str],
}

const STRING: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
];
const SETS: &[&str] = &[
    "ForAllValues:StringEquals",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringLike",
    "ForAnyValue:StringLike",
    "ForAllValues:StringNotEquals",
    "ForAnyValue:StringNotEquals",
    "ForAllValues:StringNotLike",
    "ForAnyValue:StringNotLike",
];
const NUMERIC: &[&str] = &[
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE: &[&str] = &[
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
];

const KEYS: [Key; 15] = [
    Key {
        name: "aws:PrincipalTag/team",
        operators: STRING,
        values: &[
            "blue",
            "b*",
            "*e",
            "?lue",
            "BLUE",
            "green",
            "*",
            "${aws:PrincipalTag/dept}",
            "${aws:PrincipalTag/dept}-x",
        ],
        universe: &["Blue", "b", "be", "bluex", "xblue", "dev", "dev-x", "", "*"],
    },
    Key {
        name: "aws:PrincipalTag/dept",
        operators: STRING,
        values: &["dev", "d*", "blue", "${aws:PrincipalTag/team}", "*"],
        universe: &["d", "xdev", "green", ""],
    },
    Key {
        name: "aws:TagKeys",
        operators: SETS,
        values: &["team", "t*", "cost", "*t", "${aws:PrincipalTag/team}"],
        universe: &["tx", "costs", "blue", "xt", "t"],
    },
    Key {
        name: "aws:SourceIp",
        operators: &["IpAddress", "NotIpAddress"],
        values: &[
            "10.0.0.0/8",
            "10.1.0.0/16",
            "192.0.2.7",
            "2001:db8::/32",
            "0.0.0.0/0",
            "::/0",
            "255.0.0.0/8",
        ],
        universe: &[
            "9.255.255.255",
            "10.0.0.0",
            "10.1.2.3",
            "10.2.0.0",
            "11.0.0.0",
            "192.0.2.8",
            "2001:db8::1",
            "2001:db9::",
            "::1",
            "255.255.255.255",
        ],
    },
    Key {
        name: "aws:CurrentTime",
        operators: DATE,
        values: &[
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:01Z",
            "2026-06-01",
            "1767225600",
        ],
        universe: &[
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:00.5Z",
            "2026-03-01T00:00:00Z",
            "2026-06-01T00:00:00Z",
            "2030-01-01T00:00:00Z",
        ],
    },
    Key {
        name: "aws:EpochTime",
        operators: &[
            "DateLessThan",
            "DateGreaterThanEquals",
            "NumericLessThan",
            "NumericGreaterThanEquals",
            "NumericEquals",
        ],
        values: &["1767225600", "1780000000"],
        universe: &[
            "1767225599",
            "1767225601",
            "1770000000",
            "1780000001",
            "1790000000",
        ],
    },
    Key {
        name: "s3:max-keys",
        operators: NUMERIC,
        values: &["10", "100", "10.5", "-1", "1e2"],
        universe: &["9", "11", "10.2", "50", "101", "0", "-2", "100.0"],
    },
    Key {
        name: "aws:MultiFactorAuthAge",
        operators: NUMERIC,
        values: &["300", "3600"],
        universe: &["0", "299", "301", "3599", "3601"],
    },
    Key {
        name: "aws:MultiFactorAuthPresent",
        operators: &["Bool"],
        values: &["true", "false"],
        universe: &[],
    },
    Key {
        name: "aws:PrincipalArn",
        operators: &[
            "ArnLike",
            "ArnNotLike",
            "ArnEquals",
            "StringLike",
            "StringNotLike",
            "StringEquals",
        ],
        values: &[
            "arn:aws:iam::111111111111:role/*",
            "arn:aws:iam::111111111111:role/ops/*",
            "arn:aws:iam::111111111111:role/web",
            "arn:aws:iam::*:user/ana",
            "arn:aws:iam::111111111111:user/${aws:username}",
            "*",
        ],
        universe: &[
            "arn:aws:iam::111111111111:role/ops/web",
            "arn:aws:iam::222222222222:user/ana",
            "arn:aws:iam::111111111111:user/bob",
            "arn:aws:iam::222222222222:role/web",
        ],
    },
    Key {
        name: "aws:userid",
        operators: STRING,
        values: &[
            "AIDAAAAAAAAAAAAAAAAA",
            "AROAAAAAAAAAAAAAAAAA:*",
            "*:i-1",
            "AIDA*",
        ],
        universe: &[
            "AROAAAAAAAAAAAAAAAAA:i-1",
            "AROAAAAAAAAAAAAAAAAA:x",
            "AROABBBBBBBBBBBBBBBB:i-1",
            "AIDABBBBBBBBBBBBBBBB",
        ],
    },
    Key {
        name: "aws:PrincipalOrgPaths",
        operators: SETS,
        values: &["o-1/r-1/*", "o-1/r-1/ou-1/", "o-*"],
        universe: &["o-1/r-1/", "o-1/r-1/ou-2/", "o-2/r-1/"],
    },
    Key {
        name: "aws:SourceVpce",
        operators: STRING,
        values: &["vpce-1", "vpce-*", "${aws:PrincipalTag/team}"],
        universe: &["vpce-2", "vpce-", "blue"],
    },
    // A key that the catalog does not know may be of any type and have several values.
    Key {
        name: "custom:thing",
        operators: &[
            "StringEquals",
            "StringLike",
            "StringNotLike",
            "ForAllValues:StringLike",
            "ForAnyValue:StringNotEquals",
            "NumericLessThan",
            "NumericEquals",
            "BinaryEquals",
            "Bool",
        ],
        values: &["10", "1*", "AAEC", "true", "0"],
        universe: &["", "x", "11", "1", "9", "AAED", "false", "TRUE"],
    },
    Key {
        name: "aws:ResourceAccount",
        operators: STRING,
        values: &["111111111111", "222222222222", "${aws:PrincipalAccount}"],
        universe: &["333333333333"],
    },
];

/// The places of those keys that policy variables of resources stand for.
const VARIABLES: [usize; 2] = [0, 1];
const USER_ID: usize = 10;

/// Who calls: a principal, and what else is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) principal: &'static str,
    /// The ARN of its role, or of the user that its session is of.
    of: Option<&'static str>,
}

const CALLERS: [Caller; 13] = {
    const fn caller(principal: &'static str, of: Option<&'static str>) -> Caller {
        Caller { principal, of }
    }
    [
        caller("arn:aws:iam::111111111111:user/ana", None),
        caller("arn:aws:iam::111111111111:role/web", None),
        caller(
            "arn:aws:sts::111111111111:assumed-role/web/i-1",
            Some("arn:aws:iam::111111111111:role/ops/web"),
        ),
        caller("arn:aws:sts::111111111111:assumed-role/web/i-1", None),
        caller("arn:aws:iam::111111111111:root", None),
        caller("arn:aws:sts::111111111111:federated-user/bob", None),
        caller(
            "arn:aws:sts::111111111111:federated-user/bob",
            Some("arn:aws:iam::111111111111:user/ana"),
        ),
        caller("lambda.amazonaws.com", None),
        caller("accounts.google.com", None),
        caller("anonymous", None),
        caller(CANONICAL, None),
        caller("arn:aws:iam::222222222222:user/ana", None),
        caller("arn:aws:iam::222222222222:root", None),
    ]
};

const CANONICAL: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

/// What is asked for: an action, a resource, and its account where the ARN lacks it.
type Ask = (&'static str, &'static str, Option<&'static str>);

/// Stars stand for what is not known; those before the resource part are none that could make the
/// owner of the resource another.
const ASKS: [Ask; 14] = [
    ("s3:GetObject", "arn:aws:s3:::reports/blue/a", None),
    ("s3:GetObject", "arn:aws:s3:::reports/blue/a", Some(OWN)),
    ("s3:GetObject", "arn:aws:s3:::reports/dev/a", Some(OTHER)),
    ("s3:GetObject", "arn:aws:s3:::reports/*/a", Some(OWN)),
    ("s3:GetObject", "arn:aws:s3:::rep*", None),
    ("s3:ListAllMyBuckets", "*", None),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:111111111111:q",
        None,
    ),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:222222222222:q",
        None,
    ),
    ("sqs:SendMessage", "arn:aws:sqs:*:111111111111:q*", None),
    (
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:111111111111:key/k",
        None,
    ),
    (
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:222222222222:key/*",
        None,
    ),
    ("sts:AssumeRole", "arn:aws:iam::111111111111:role/web", None),
    ("s3:PutBucketPolicy", "arn:aws:s3:::reports", Some(OWN)),
    // No layer but those of the caller and the resource reaches it.
    (
        "glacier:GetDataRetrievalPolicy",
        "arn:aws:glacier:us-east-1:111111111111:vaults/v",
        None,
    ),
];

const ACTIONS: [&str; 8] = [
    "s3:GetObject",
    "s3:Get*",
    "s3:*",
    "S3:getobject",
    "sqs:SendMessage",
    "sqs:Send?essage",
    "*",
    "kms:*",
];

const RESOURCES: [&str; 10] = [
    "*",
    "arn:aws:s3:::reports/*",
    "arn:aws:s3:::reports/blue/?",
    "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::reports/${aws:PrincipalTag/dept, 'blue'}/a",
    "arn:aws:s3:::*/${aws:PrincipalTag/team}${aws:PrincipalTag/dept}/a",
    "arn:aws:sqs:*:*:q",
    "arn:aws:sqs:us-*:111111111111:*",
    "arn:aws:*:*:222222222222:*",
    "arn:aws:s3:::reports/*/a",
];

fn principals() -> Vec<Value> {
    let user = "arn:aws:iam::111111111111:user/ana";
    let role = "arn:aws:iam::111111111111:role/web";
    let role_with_path = "arn:aws:iam::111111111111:role/ops/web";
    let session = "arn:aws:sts::111111111111:assumed-role/web/i-1";
    let other_session = "arn:aws:sts::111111111111:assumed-role/web/i-2";
    let session_of_other = "arn:aws:sts::111111111111:assumed-role/api/i-1";
    vec![
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": [OWN]}),
        json!({"AWS": ["arn:aws:iam::111111111111:root", OTHER]}),
        json!({"AWS": [user]}),
        json!({"AWS": [role]}),
        json!({"AWS": [role_with_path, user]}),
        json!({"AWS": [session]}),
        json!({"AWS": [session_of_other, other_session]}),
        json!({"AWS": ["arn:aws:sts::111111111111:federated-user/bob"]}),
        json!({"AWS": ["AIDAAAAAAAAAAAAAAAAA"]}),
        json!({"AWS": ["AROAAAAAAAAAAAAAAAAA", OTHER]}),
        json!({"Service": ["lambda.amazonaws.com"]}),
        json!({"Federated": ["accounts.google.com"], "AWS": [OTHER]}),
        json!({"CanonicalUser": [CANONICAL]}),
        json!({"AWS": [OWN, user]}),
        json!({"AWS": [OWN, role, role_with_path, session]}),
        json!({"AWS": [OWN, role, session_of_other, other_session]}),
        json!({"AWS": ["arn:aws:iam::222222222222:user/ana", OTHER, user]}),
    ]
}

/// A test of a condition: of one of the keys that the world looks at.
#[derive(Debug, Clone)]
pub(super) struct Test {
    slot: usize,
    operator: Index,
    values: Vec<Index>,
    if_exists: bool,
    null: Option<bool>,
}

/// A statement of any layer; what its layer has no use for is left out.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "elements have two forms")]
pub(super) struct Statement {
    pub(super) allow: bool,
    principal: usize,
    not_principal: bool,
    actions: Vec<&'static str>,
    not_action: bool,
    resources: Vec<String>,
    not_resource: bool,
    tests: Vec<Test>,
    /// Whether its lists are written from the end.
    reversed: bool,
    /// Whether its actions are in upper case.
    shouted: bool,
}

pub(super) type Policy = Vec<Statement>;

/// What is supplied of a layer: policies by level.
#[derive(Debug, Clone)]
pub(super) enum Supplied {
    Not,
    Unknown,
    Given(Vec<Vec<Policy>>),
}

/// What is known of a key.
#[derive(Debug, Clone)]
enum Known {
    /// What follows from the request, else nothing.
    Derived,
    Unknown,
    Absent,
    Values(Vec<Index>),
}

/// Policies, and a request that they judge.
#[derive(Clone)]
pub(super) struct World {
    /// The keys that conditions look at.
    keys: [usize; 3],
    pub(super) layers: BTreeMap<Layer, Supplied>,
    caller: usize,
    ask: usize,
    known: Vec<Known>,
    has_management_account: bool,
    /// What the accounts are called.
    pub(super) accounts: [(&'static str, &'static str); 2],
}

fn test() -> impl Strategy<Value = Test> {
    (
        0..3_usize,
        any::<Index>(),
        vec(any::<Index>(), 1..3),
        prop::bool::weighted(0.2),
        proptest::option::weighted(0.12, any::<bool>()),
    )
        .prop_map(|(slot, operator, values, if_exists, null)| Test {
            slot,
            operator,
            values,
            if_exists,
            null,
        })
}

pub(super) fn statement() -> impl Strategy<Value = Statement> {
    let few = |max| vec(test(), 0..max);
    (
        prop::bool::weighted(0.6),
        (0..principals().len(), prop::bool::weighted(0.2)),
        (
            prop_oneof![
                1 => Just(vec!["*"]),
                2 => vec(proptest::sample::select(ACTIONS.to_vec()), 1..3),
            ],
            prop::bool::weighted(0.1),
        ),
        (
            prop_oneof![
                2 => Just(vec!["*".to_owned()]),
                3 => vec(proptest::sample::select(RESOURCES.to_vec()).prop_map(str::to_owned), 1..3),
            ],
            prop::bool::weighted(0.1),
        ),
        prop_oneof![1 => few(1), 3 => few(4)],
    )
        .prop_map(
            |(allow, (principal, not_principal), actions, resources, tests)| Statement {
                allow,
                principal,
                not_principal,
                actions: actions.0,
                not_action: actions.1,
                resources: resources.0,
                not_resource: resources.1,
                tests,
                reversed: false,
                shouted: false,
            },
        )
}

/// Allows everything to everyone.
fn open_statement() -> Statement {
    Statement {
        allow: true,
        principal: 0,
        not_principal: false,
        actions: vec!["*"],
        not_action: false,
        resources: vec!["*".to_owned()],
        not_resource: false,
        tests: Vec::new(),
        reversed: false,
        shouted: false,
    }
}

/// A policy that more often than not begins with a statement that allows everything, since else hardly
/// anything would ever be allowed by many layers.
fn policy(open: f64) -> impl Strategy<Value = Policy> {
    (prop::bool::weighted(open), vec(statement(), 0..4)).prop_map(|(is_open, mut statements)| {
        if is_open {
            statements.insert(0, open_statement());
        }
        statements
    })
}

fn supplied(layer: Layer) -> BoxedStrategy<Supplied> {
    let given = |levels, policies: std::ops::Range<usize>, open| {
        vec(vec(policy(open), policies), levels).prop_map(Supplied::Given)
    };
    match layer {
        Layer::Identity => prop_oneof![
            6 => given(1..2, 0..3, 0.2),
            1 => Just(Supplied::Not),
            1 => Just(Supplied::Unknown),
        ]
        .boxed(),
        Layer::Resource => prop_oneof![
            5 => given(1..2, 0..2, 0.1),
            2 => Just(Supplied::Not),
            1 => Just(Supplied::Unknown),
        ]
        .boxed(),
        Layer::Boundary | Layer::Session | Layer::VpcEndpoint => prop_oneof![
            4 => Just(Supplied::Not),
            2 => given(1..2, 0..3, 0.7),
            1 => Just(Supplied::Unknown),
        ]
        .boxed(),
        Layer::Scp | Layer::Rcp => prop_oneof![
            4 => Just(Supplied::Not),
            2 => given(0..3, 1..3, 0.8),
            1 => Just(Supplied::Unknown),
        ]
        .boxed(),
    }
}

fn known() -> impl Strategy<Value = Known> {
    prop_oneof![
        4 => Just(Known::Unknown),
        1 => Just(Known::Derived),
        1 => Just(Known::Absent),
        2 => vec(any::<Index>(), 1..3).prop_map(Known::Values),
    ]
}

pub(super) fn world() -> impl Strategy<Value = World> {
    let layers: Vec<_> = Layer::ALL.into_iter().map(supplied).collect();
    // Two slots of one key make tests that hang together.
    let keys = prop_oneof![
        Just(0..KEYS.len()).prop_flat_map(|all| (all.clone(), all).prop_map(|(a, b)| [a, a, b])),
        Just(0..KEYS.len())
            .prop_flat_map(|all| (all.clone(), all.clone(), all).prop_map(|(a, b, c)| [a, b, c])),
    ];
    (
        keys,
        layers,
        prop_oneof![1 => 0..4_usize, 1 => 0..CALLERS.len()],
        0..ASKS.len(),
        vec(known(), KEYS.len()),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(keys, layers, caller, ask, known, management)| World {
            keys,
            layers: Layer::ALL.into_iter().zip(layers).collect(),
            caller,
            ask,
            known,
            has_management_account: management,
            accounts: [(OWN, OWN), (OTHER, OTHER)],
        })
}

/// Choices at random, as many as are asked for.
#[derive(Debug, Clone)]
pub(super) struct Choices(Vec<u32>);

impl Choices {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        vec(any::<u32>(), 8..24).prop_map(Self)
    }

    /// A number below `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0.rotate_left(1);
        // Each number serves many times; what is left of it serves the next time.
        let number = self.0[0];
        self.0[0] = number.rotate_right(7) ^ 0x9e37_79b9;
        usize::try_from(number).unwrap() % count.max(1)
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

impl Statement {
    /// The statement as its layer has it.
    fn json(&self, world: &World, layer: Layer) -> Value {
        let name = |plain: &str, negated: bool| {
            if negated {
                format!("Not{plain}")
            } else {
                plain.to_owned()
            }
        };
        let ordered = |mut list: Vec<Value>| {
            if self.reversed {
                list.reverse();
            }
            Value::from(list)
        };
        let list = |texts: Vec<Value>| ordered(texts);
        let mut json = json!({"Effect": if self.allow { "Allow" } else { "Deny" }});
        let action = |action: &&str| {
            if self.shouted {
                json!(action.to_ascii_uppercase())
            } else {
                json!(action)
            }
        };
        let actions = self.actions.iter().map(action).collect();
        json[name("Action", self.not_action)] = list(actions);
        let resources = self.resources.iter().map(|each| json!(each)).collect();
        json[name("Resource", self.not_resource)] = list(resources);
        if layer.may_name_principals() {
            let mut principal = principals().swap_remove(self.principal);
            if let Value::Object(kinds) = &mut principal {
                for texts in kinds.values_mut() {
                    if let Value::Array(own) = texts {
                        *texts = list(std::mem::take(own));
                    }
                }
            }
            json[name("Principal", self.not_principal)] = principal;
        }
        let mut condition = serde_json::Map::new();
        for test in &self.tests {
            let key = &KEYS[world.keys[test.slot]];
            let mut operator = (*test.operator.get(key.operators)).to_owned();
            let values = if let Some(null) = test.null {
                "Null".clone_into(&mut operator);
                vec![json!(null.to_string())]
            } else {
                if test.if_exists {
                    operator.push_str("IfExists");
                }
                test.values
                    .iter()
                    .map(|value| json!(value.get(key.values)))
                    .collect()
            };
            // Of two tests with one operator and key the last stands.
            let own = condition.entry(operator).or_insert_with(|| json!({}));
            own[key.name] = list(values);
        }
        if !condition.is_empty() {
            json["Condition"] = condition.into();
        }
        json
    }

    /// The same with its lists in the other order.
    pub(super) fn reversed(mut self) -> Self {
        self.reversed = !self.reversed;
        self
    }

    /// The same with its actions in upper case.
    pub(super) fn shouted(mut self) -> Self {
        self.shouted = true;
        self
    }

    /// The same, matching all that it matched and more.
    pub(super) fn widened(mut self, choices: &mut Choices) -> Self {
        match choices.below(3) {
            0 if !self.not_action => self.actions = vec!["*"],
            1 if !self.not_principal => self.principal = 0,
            2 if !self.not_resource => {
                let place = choices.below(self.resources.len());
                let own = &mut self.resources[place];
                // What follows some place after the fifth colon, and no part of a variable, becomes `*`.
                let fifth = own.match_indices(':').nth(4).map(|(at, _)| at + 1);
                let mut cuts: Vec<_> = (fifth.unwrap_or(0)..=own.len()).collect();
                cuts.retain(|at| {
                    let before = &own[..*at];
                    before.matches("${").count() == before.matches('}').count()
                        && !before.ends_with('$')
                });
                own.truncate(choices.of(&cuts));
                own.push('*');
            }
            _ => self.tests.clear(),
        }
        self
    }
}

/// A policy of such statements, ready.
pub(super) fn compiled(statements: &[Value]) -> CompiledPolicy {
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    compiled_text(&policy.to_string())
}

fn compiled_text(policy: &str) -> CompiledPolicy {
    let source = Source::new("test.json", policy.as_bytes().to_vec());
    CompiledPolicy::new(&lower(&parse(&source).root).policy.unwrap())
}

/// As a case is written, as far as one can be, so that what fails can be read and kept.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (layer, supplied) in &self.layers {
            match supplied {
                Supplied::Not => {}
                Supplied::Unknown => writeln!(f, "{}: unknown", layer.name())?,
                Supplied::Given(levels) => {
                    for (level, policy) in
                        levels.iter().enumerate().flat_map(|(level, policies)| {
                            policies.iter().map(move |policy| (level, policy))
                        })
                    {
                        writeln!(f, "{} {level}:", layer.name())?;
                        for statement in policy {
                            writeln!(f, "  {}", statement.json(self, *layer))?;
                        }
                    }
                    writeln!(f, "{} has {} levels", layer.name(), levels.len())?;
                }
            }
        }
        let request = self.request();
        let (action, account) = (&request.action, &request.resource_account);
        writeln!(f, "{:?}", request.principal)?;
        writeln!(f, "{action} on {:?} of {account:?}", request.resource)?;
        for (key, fact, _) in request.context.iter() {
            if self.keys.iter().any(|own| key.as_str() == KEYS[*own].name)
                || VARIABLES.iter().any(|own| key.as_str() == KEYS[*own].name)
            {
                writeln!(f, "{key}: {fact:?}")?;
            }
        }
        if self.has_management_account {
            writeln!(f, "{OWN} is the management account")?;
        }
        Ok(())
    }
}

impl World {
    /// A text with the accounts as they are called here.
    fn called(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (own, name) in self.accounts {
            text = text.replace(own, name);
        }
        text
    }

    /// The policies, for changes.
    pub(super) fn policies_mut(&mut self) -> Vec<(Layer, &mut Policy)> {
        let layers = self.layers.iter_mut();
        let policies = layers.flat_map(|(layer, supplied)| {
            let levels = match supplied {
                Supplied::Given(levels) => levels.as_mut_slice(),
                Supplied::Not | Supplied::Unknown => &mut [],
            };
            levels.iter_mut().flatten().map(|policy| (*layer, policy))
        });
        policies.collect()
    }

    pub(super) fn setting(&self) -> Setting {
        let mut setting = Setting::new();
        for (layer, supplied) in &self.layers {
            match supplied {
                Supplied::Not => {}
                Supplied::Unknown => setting.set_unknown(*layer),
                Supplied::Given(levels) => {
                    let policy = |policy: &Policy| {
                        let own: Vec<_> = policy.iter().map(|s| s.json(self, *layer)).collect();
                        let text = json!({"Version": "2012-10-17", "Statement": own}).to_string();
                        compiled_text(&self.called(&text))
                    };
                    let levels = levels.iter().map(|level| level.iter().map(policy));
                    setting.supply_levels(*layer, levels);
                }
            }
        }
        if self.has_management_account {
            setting.management_account = AccountId::parse(&self.called(OWN));
        }
        setting
    }

    pub(super) fn caller(&self) -> Caller {
        CALLERS[self.caller]
    }

    pub(super) fn request(&self) -> Request {
        let mut context = Context::complete();
        for (place, (key, known)) in KEYS.iter().zip(&self.known).enumerate() {
            let fact = match known {
                Known::Derived if VARIABLES.contains(&place) => Fact::Unknown,
                // Every request has a user id; where it is not told, it is not absent.
                Known::Derived | Known::Absent if place == USER_ID => Fact::Unknown,
                Known::Derived => continue,
                Known::Unknown => Fact::Unknown,
                Known::Absent => Fact::Absent,
                Known::Values(values) => {
                    let all = universe(key);
                    let mut values: Vec<_> = values
                        .iter()
                        .map(|at| self.called(at.get::<String>(&all)))
                        .collect();
                    if !kind(key.name).multivalued {
                        values.truncate(1);
                    }
                    Fact::Values(values)
                }
            };
            context.set(key.name, fact, Origin::Given);
        }
        let caller = self.caller();
        let mut principal = Principal::parse(&self.called(caller.principal)).unwrap();
        if let Principal::FederatedUser { user_arn, .. } = &mut principal {
            *user_arn = caller.of.map(|arn| self.called(arn));
        }
        let principal = principal.with_role_arn(caller.of.map(|arn| self.called(arn)));
        let (action, resource, account) = ASKS[self.ask];
        let resource = self.called(resource);
        let target = match resource.as_str() {
            "*" => Target::Star,
            text if text.contains('*') => Target::Like(resource),
            _ => Target::Arn(resource),
        };
        let mut request = Request::new(principal, ActionName::new(action), target, context);
        request.resource_account = account.and_then(|own| AccountId::parse(&self.called(own)));
        derive_context(&mut request);
        request
    }

    pub(super) fn decide(&self) -> Decision {
        decide(&self.setting(), &self.request())
    }
}

/// What the catalog knows of a key.
pub(super) struct Kind {
    pub(super) multivalued: bool,
    pub(super) always_present: bool,
    pub(super) value_type: ValueType,
}

pub(super) fn kind(key: &str) -> Kind {
    let catalog = Catalog::embedded();
    match catalog.global_condition_key(key) {
        Some(global) => Kind {
            multivalued: global.multivalued(),
            always_present: global.always_present(),
            value_type: global.value_type(),
        },
        None => {
            let known = catalog.condition_key(key);
            Kind {
                multivalued: known.is_none_or(ServiceConditionKey::multivalued),
                always_present: false,
                value_type: known.map_or(ValueType::String, ServiceConditionKey::value_type),
            }
        }
    }
}

/// Values that a key may have: those of its tests, such as their wildcards match, and others.
fn universe(key: &Key) -> Vec<String> {
    let is_text = matches!(
        kind(key.name).value_type,
        ValueType::String | ValueType::Arn
    );
    let mut all: Vec<String> = key.universe.iter().map(|&value| value.to_owned()).collect();
    for value in key.values {
        if value.contains("${") || value.contains('/') && !is_text {
            continue;
        }
        all.push((*value).to_owned());
        if value.contains(['*', '?']) {
            all.extend(["", "x"].map(|stand_in| value.replace(['*', '?'], stand_in)));
        }
    }
    if kind(key.name).value_type == ValueType::Arn {
        all.retain(|value| value.starts_with("arn:"));
    }
    all
}

/// Gives all that is unknown of a world some value.
pub(super) fn completed(world: &World, choices: &mut Choices) -> (Setting, Request) {
    let (mut setting, mut request) = (world.setting(), world.request());
    if let Target::Like(text) = &request.resource {
        let mut arn = String::new();
        for (place, piece) in text.split('*').enumerate() {
            if place > 0 {
                let texts = ["", "x", "blue", "dev", "orts/blue/a", "eu-west-1", "orts/x"];
                arn.push_str(choices.of(&texts));
            }
            arn.push_str(piece);
        }
        request.resource = Target::Arn(arn);
    }
    let open: Vec<_> = request
        .context
        .iter()
        .filter(|(_, fact, _)| matches!(fact, Fact::Unknown | Fact::Like(_)))
        .map(|(key, fact, _)| (key.clone(), fact.clone()))
        .collect();
    for (key, fact) in open {
        if let Some(fact) = completed_key(world, &key, &fact, choices) {
            request.context.set(key, fact, Origin::Given);
        }
    }
    if let Principal::FederatedUser { user_arn, .. } = &mut request.principal {
        let users = [
            "arn:aws:iam::111111111111:user/ana",
            "arn:aws:iam::111111111111:user/x",
        ];
        user_arn.get_or_insert_with(|| world.called(choices.of(&users)));
    }
    if let Principal::Role { arn, account } = &request.principal {
        let role = arn.clone();
        let name = role.rsplit('/').next().unwrap();
        let session = choices.of(&["i-1", "i-2", "x"]);
        let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session}");
        let session = Principal::parse(&arn).unwrap();
        request.principal = session.with_role_arn(Some(role));
    }
    if request.canonical_user.is_none() {
        let other = "0".repeat(64);
        request.canonical_user = Some(choices.of(&[CANONICAL, &other]).to_owned());
    }
    let needed = world.decide().unknown();
    for layer in Layer::ALL {
        let supply = setting.supply_of(layer);
        // One that nobody supplied is left aside, but where a request cannot do without it.
        let is_open = match supply {
            Supply::Given => false,
            Supply::NotSupplied => needed.contains(&Unknown::Layer(layer)),
            Supply::Unknown => true,
        };
        if is_open {
            let said = choices.of(&[
                (true, true, false),
                (true, false, true),
                (true, false, false),
                (false, false, false),
            ]);
            complete_layer(&mut setting, &request, layer, said);
        }
    }
    (setting, request)
}

fn completed_key(
    world: &World,
    name: &ConditionKey,
    fact: &Fact,
    choices: &mut Choices,
) -> Option<Fact> {
    let values = |text: &str| Some(Fact::Values(vec![world.called(text)]));
    let key = KEYS.iter().find(|key| ConditionKey::new(key.name) == *name);
    if let Fact::Like(patterns) = fact
        && patterns.as_slice() != ["*"]
    {
        let texts = [
            "arn:aws:iam::111111111111:role/web",
            "arn:aws:iam::111111111111:role/ops/web",
        ];
        return values(choices.of(&texts));
    }
    let Some(key) = key else {
        return match name.as_str() {
            "aws:TokenIssueTime" => values("2026-01-01T00:00:00Z"),
            "aws:MultiFactorAuthPresent" => values("true"),
            _ => Some(Fact::Absent),
        };
    };
    let kind = kind(key.name);
    let may_lack = !kind.always_present && *fact == Fact::Unknown;
    if may_lack && choices.below(4) == 0 {
        return Some(Fact::Absent);
    }
    let all = universe(key);
    let count = if kind.multivalued {
        1 + choices.below(3)
    } else {
        1
    };
    let list: Vec<_> = (0..count)
        .map(|_| world.called(&choices.of(&all)))
        .collect();
    Some(Fact::Values(list))
}

/// Gives a layer policies that say so: whether there are any, whether they allow, whether they deny.
fn complete_layer(
    setting: &mut Setting,
    request: &Request,
    layer: Layer,
    (exist, allow, deny): (bool, bool, bool),
) {
    // Who supplies no policy of the resource does not mean one that gives what the caller's own policies
    // do not.
    let account = request.principal.account();
    let principal = match account.filter(|_| setting.supply_of(layer) == Supply::NotSupplied) {
        Some(account) if layer == Layer::Resource && allow => json!({"AWS": account.as_str()}),
        _ => json!("*"),
    };
    if !exist {
        setting.supply_levels(layer, Vec::<Vec<CompiledPolicy>>::new());
        return;
    }
    let statement = |effect: &str, action: &str| {
        let mut own = json!({"Effect": effect, "Action": action, "Resource": "*"});
        if layer.may_name_principals() {
            own["Principal"] = principal.clone();
        }
        own
    };
    let mut statements = Vec::new();
    if allow {
        statements.push(statement("Allow", "*"));
    }
    if deny {
        statements.push(statement("Deny", "*"));
    }
    if statements.is_empty() {
        statements.push(statement("Allow", "ec2:DescribeVpcs"));
    }
    setting.supply(layer, [compiled(&statements)]);
}

/// The setting and request of a world with the example of an outcome put in; `None` where the example
/// does not tell what to put in.
pub(super) fn with_example(world: &World, outcome: &Outcome) -> Option<(Setting, Request)> {
    let (mut setting, mut request) = (world.setting(), world.request());
    for (unknown, value) in &outcome.example {
        match (unknown, value) {
            (_, Completed::Anything) => return None,
            (Unknown::Key(key), Completed::Absent) => {
                request
                    .context
                    .set(key.clone(), Fact::Absent, Origin::Given);
            }
            (Unknown::Key(key), Completed::Values(values)) => {
                let fact = Fact::Values(values.clone());
                request.context.set(key.clone(), fact, Origin::Given);
            }
            (Unknown::Resource, Completed::Text(arn)) => {
                request.resource = Target::Arn(arn.clone());
            }
            (Unknown::CanonicalUser, Completed::Text(id)) => {
                request.canonical_user = Some(id.clone());
            }
            (Unknown::UniqueId, Completed::Text(id)) => {
                let fact = Fact::Values(vec![id.clone()]);
                request.context.set("aws:userid", fact, Origin::Given);
            }
            (Unknown::Session, Completed::Text(arn)) => {
                let Principal::Role { arn: role, .. } = &request.principal else {
                    panic!("{} has no session", request.principal);
                };
                let session = Principal::parse(arn).unwrap();
                assert!(
                    is_session_of(&session, role),
                    "{arn} is no session of {role}"
                );
                request.principal = session.with_role_arn(Some(role.clone()));
            }
            (Unknown::FederatingUser, Completed::Text(arn)) => {
                let Principal::FederatedUser {
                    user_arn, account, ..
                } = &mut request.principal
                else {
                    panic!("{} is of no user", request.principal);
                };
                assert!(arn.contains(account.as_str()), "{arn} is not of {account}");
                *user_arn = Some(arn.clone());
            }
            (Unknown::Layer(layer), Completed::Layer(said)) => {
                let UnknownPolicies { exist, allow, deny } = *said;
                complete_layer(&mut setting, &request, *layer, (exist, allow, deny));
            }
            other => panic!("{other:?} is no example"),
        }
    }
    Some((setting, request))
}

fn is_session_of(session: &Principal, role: &str) -> bool {
    matches!(
        session,
        Principal::AssumedRole { role_name, account, .. }
            if role.rsplit('/').next() == Some(role_name) && role.contains(account.as_str())
    )
}
