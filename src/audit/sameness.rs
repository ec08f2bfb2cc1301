//! Which events are alike: those that no policy can tell apart, the time and the ids of each aside.

use super::Instant;
use crate::{
    account::Holdings,
    eval::{Layer, Principal},
    policy::starts_with_ignoring_case,
    trail::{Member, Members, UserIdentity},
};
use std::collections::HashMap;
use xxhash_rust::xxh3::{Xxh3, xxh3_128_with_seed};

/// Members that are never the same in two events, or say nothing of the call.
const NEVER: [Member; 8] = [
    Member::EventTime,
    Member::EventId,
    Member::SharedEventId,
    Member::RequestId,
    Member::EventVersion,
    Member::ApiVersion,
    Member::Addendum,
    Member::UserIdentity,
];

/// Members of which only condition keys about the connection are made.
const OF_CONNECTION: [Member; 6] = [
    Member::SourceIpAddress,
    Member::UserAgent,
    Member::TlsDetails,
    Member::VpcEndpointId,
    Member::AdditionalEventData,
    Member::SessionCredentialFromConsole,
];

/// The keys about the connection and the path of a request, by what they start with: a test holds that
/// no other hangs on these members.
const CONNECTION_KEYS: [&str; 16] = [
    "aws:CalledVia",
    "aws:PrincipalServiceName",
    "aws:SecureTransport",
    "aws:Source",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrg",
    "kms:ViaService",
    "s3:authType",
    "s3:signature",
    "s3:TlsVersion",
    "s3:x-amz-",
    "aws:referer",
    "aws:Ec2InstanceSource",
];

/// The keys that tell the sessions of a role apart, or hang on when they began.
const SESSION_KEYS: [&str; 8] = [
    "aws:userid",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthAge",
    "aws:SourceIdentity",
    "aws:FederatedProvider",
    "aws:PrincipalTag/",
    "aws:Ec2InstanceSource",
    "ec2:SourceInstanceARN",
];

/// The keys that hang on when a call was made.
const TIME_KEYS: [&str; 4] = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthAge",
    "s3:signatureAge",
];

/// What the policies can tell apart.
#[derive(Debug, Clone)]
pub(super) struct Sameness {
    /// Drawn anew for each run, so that nobody can make two events that are taken for one.
    seed: u64,
    members: Vec<Member>,
    tells_sessions: bool,
    tells_times: bool,
}

impl Sameness {
    pub(super) fn of(holdings: &Holdings) -> Self {
        let asks = |starts: &[&str]| {
            let mut keys = holdings.condition_keys().iter();
            keys.any(|key| {
                starts
                    .iter()
                    .any(|start| starts_with_ignoring_case(key.as_str(), start))
            })
        };
        let tells_connections = asks(&CONNECTION_KEYS);
        let members = Member::ALL.iter().copied().filter(|member| {
            !NEVER.contains(member)
                && *member != Member::ResponseElements
                && (tells_connections || !OF_CONNECTION.contains(member))
        });
        Self {
            seed: random(),
            members: members.collect(),
            tells_sessions: asks(&SESSION_KEYS) || names_sessions(holdings),
            tells_times: asks(&TIME_KEYS),
        }
    }

    /// What is the same in events that are alike, as far as it can be said without what came back.
    pub(super) fn key(&self, identity: u128, members: Members<'_>, time: Option<Instant>) -> u128 {
        let mut hash = Xxh3::with_seed(self.seed);
        hash.update(&identity.to_le_bytes());
        if self.tells_times {
            hash.update(&time.map_or(0, |time| time.0).to_le_bytes());
        }
        // A sign-in tells what came of it nowhere else.
        let kind = members.get(Member::EventType).unwrap_or_default();
        let more: &[Member] = if kind == "\"AwsConsoleSignIn\"" || kind.is_empty() {
            &[Member::ResponseElements, Member::AdditionalEventData]
        } else {
            &[]
        };
        for (place, member) in (0_u8..).zip(self.members.iter().chain(more)) {
            if let Some(raw) = members.get(*member) {
                hash.update(&[place]);
                hash.update(&raw.len().to_le_bytes());
                hash.update(raw.as_bytes());
            }
        }
        hash.digest128()
    }

    /// The same with what came back.
    pub(super) fn with_response(&self, key: u128, members: Members<'_>) -> u128 {
        let response = members.get(Member::ResponseElements).unwrap_or_default();
        key.rotate_left(1) ^ xxh3_128_with_seed(response.as_bytes(), self.seed)
    }

    /// A caller without its session, where no policy can tell.
    pub(super) fn principal(&self, principal: Principal) -> Principal {
        if self.tells_sessions {
            return principal;
        }
        let Principal::AssumedRole {
            arn,
            account,
            role_name,
            role_arn,
        } = principal
        else {
            return principal;
        };
        if let Some(arn) = role_arn {
            return Principal::Role { arn, account };
        }
        let end = arn.rfind('/').map_or(arn.len(), |slash| slash + 1);
        let start = arn.get(..end).unwrap_or(&arn);
        Principal::AssumedRole {
            arn: format!("{start}-"),
            account,
            role_name,
            role_arn: None,
        }
    }

    /// Whether a policy can tell sessions of a role apart.
    pub(super) fn tells_sessions(&self) -> bool {
        self.tells_sessions
    }
}

/// Whether a policy that names principals may name a session.
fn names_sessions(holdings: &Holdings) -> bool {
    let mut naming = holdings
        .documents()
        .iter()
        .filter(|document| document.layer.may_name_principals() || document.layer == Layer::Scp);
    // An escape may hide the word.
    naming.any(|document| {
        let text = document.source.text();
        text.contains(":sts:") || text.contains('\\')
    })
}

/// What callers are alike, by the texts that name them.
#[derive(Debug, Default)]
pub(super) struct Identities {
    known: HashMap<u128, u128>,
}

/// How many texts of callers are remembered; then they are looked at again.
const MAX_TEXTS: usize = 50_000;

impl Identities {
    /// What is the same for callers that no policy can tell apart, from the JSON text of `userIdentity`.
    pub(super) fn sameness(&mut self, raw: Option<&str>, sameness: &Sameness) -> u128 {
        let raw = raw.unwrap_or_default();
        let key = xxh3_128_with_seed(raw.as_bytes(), sameness.seed);
        if sameness.tells_sessions() {
            return key;
        }
        if let Some(same) = self.known.get(&key) {
            return *same;
        }
        if self.known.len() >= MAX_TEXTS {
            self.known.clear();
        }
        let same = match serde_json::from_str::<UserIdentity<'_>>(raw) {
            Ok(identity) => xxh3_128_with_seed(same_of(&identity).as_bytes(), sameness.seed),
            Err(_) => key,
        };
        self.known.insert(key, same);
        same
    }
}

/// A text that is the same for callers that are alike: all that is read of a caller, but for the ids of a
/// session and when it began.
fn same_of(identity: &UserIdentity<'_>) -> String {
    let session = &identity.session_context;
    let is_session = identity.kind.as_deref() == Some("AssumedRole");
    let arn = identity.arn.as_deref().unwrap_or_default();
    let role = arn.rfind('/').filter(|_| is_session);
    let principal_id = identity.principal_id.as_deref().filter(|_| !is_session);
    let key = identity.access_key_id.as_deref();
    let texts = [
        identity.kind.as_deref(),
        role.and_then(|end| arn.get(..end)).or(Some(arn)),
        principal_id,
        key.and_then(|key| key.get(..4)),
        identity.account_id.as_deref(),
        identity.user_name.as_deref(),
        identity.invoked_by.as_deref(),
        identity.identity_provider.as_deref(),
        identity.on_behalf_of.user_id.as_deref(),
        identity.on_behalf_of.identity_store_arn.as_deref(),
        session.session_issuer.kind.as_deref(),
        session.session_issuer.arn.as_deref(),
        session.session_issuer.account_id.as_deref(),
        session.session_issuer.user_name.as_deref(),
        session.web_id_federation_data.federated_provider.as_deref(),
        session.source_identity.as_deref(),
        session.ec2_role_delivery.as_deref(),
    ];
    let mut same = format!(
        "{:?} {}",
        session.attributes.mfa_authenticated,
        session.attributes.creation_date.is_some()
    );
    for text in texts {
        // With its length, so that no two lists of texts are one.
        match text {
            Some(text) => same += &format!(" {}:{text}", text.len()),
            None => same.push_str(" -"),
        }
    }
    same
}

/// A number that nobody can foresee.
fn random() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::hash::RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::{Decided, Event, Interpretation, interpret};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    /// Recorded events of many kinds.
    fn events() -> Vec<Value> {
        let lines = [
            include_str!("../../tests/fixtures/events/messages-worker.jsonl"),
            include_str!("../../tests/fixtures/account/events.jsonl"),
        ];
        let lines = lines.iter().flat_map(|text| text.lines());
        let mut events: Vec<Value> = lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let records = include_str!("../../tests/fixtures/events/records.json");
        let records: Value = serde_json::from_str(records).unwrap();
        events.extend(records["Records"].as_array().unwrap().iter().cloned());
        events
    }

    fn interpreted(event: &Value) -> Interpretation {
        interpret(&Event::parse(&event.to_string()).unwrap())
    }

    /// The requests in words: without the keys that start in some way.
    fn told(interpretation: &Interpretation, without: &[&str]) -> Vec<String> {
        let Decided::Call(call) = &interpretation.decision else {
            return Vec::new();
        };
        let told = call.requests.iter().map(|each| {
            let request = &each.request;
            let keys = request.context.iter().filter(|(key, _, _)| {
                !without
                    .iter()
                    .any(|start| starts_with_ignoring_case(key.as_str(), start))
            });
            let keys: BTreeMap<_, _> = keys
                .map(|(key, fact, _)| (key.as_str().to_owned(), format!("{fact:?}")))
                .collect();
            format!("{} {:?} {keys:?}", request.action, request.resource)
        });
        told.collect()
    }

    /// Changes a member of each event, and expects no other keys to change than those that start so.
    fn holds(member: &str, values: &[Value], starts: &[&str]) {
        let mut seen = 0;
        for event in events() {
            let before = interpreted(&event);
            for value in values {
                let mut changed = event.clone();
                changed[member] = value.clone();
                let after = interpreted(&changed);
                assert_eq!(
                    told(&before, starts),
                    told(&after, starts),
                    "{member} = {value} in {event}"
                );
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn members_about_the_connection_make_no_other_keys() {
        let names: BTreeMap<&str, Vec<Value>> = BTreeMap::from([
            (
                "sourceIPAddress",
                vec![
                    json!("192.0.2.7"),
                    json!("10.0.0.7"),
                    json!("athena.amazonaws.com"),
                ],
            ),
            (
                "userAgent",
                vec![json!("x"), json!("AWS Internal"), Value::Null],
            ),
            (
                "tlsDetails",
                vec![json!({"tlsVersion": "TLSv1.2"}), Value::Null],
            ),
            ("vpcEndpointId", vec![json!("vpce-1"), Value::Null]),
            (
                "additionalEventData",
                vec![json!({"SignatureVersion": "SigV2", "AuthenticationMethod": "QueryString"})],
            ),
            (
                "sessionCredentialFromConsole",
                vec![json!("true"), Value::Null],
            ),
        ]);
        assert_eq!(names.len(), OF_CONNECTION.len());
        for member in OF_CONNECTION {
            holds(member.name(), &names[member.name()], &CONNECTION_KEYS);
        }
    }

    #[test]
    fn the_time_makes_no_other_keys() {
        holds("eventTime", &[json!("2027-01-01T00:00:00Z")], &TIME_KEYS);
    }

    #[test]
    fn ids_make_no_keys() {
        for member in NEVER
            .iter()
            .filter(|member| !matches!(member, Member::EventTime | Member::UserIdentity))
        {
            holds(member.name(), &[json!("x"), Value::Null], &[]);
        }
    }

    #[test]
    fn sessions_that_no_policy_can_tell_apart_are_one_caller() {
        let same = Sameness::of(&Holdings::new());
        let mut identities = Identities::default();
        let mut of = |session: &str, key: &str, began: &str, mfa: &str| {
            let text = json!({
                "type": "AssumedRole",
                "principalId": format!("AROAEXAMPLE:{session}"),
                "arn": format!("arn:aws:sts::111122223333:assumed-role/web/{session}"),
                "accountId": "111122223333",
                "accessKeyId": key,
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/web"},
                    "attributes": {"creationDate": began, "mfaAuthenticated": mfa},
                },
            })
            .to_string();
            identities.sameness(Some(&text), &same)
        };
        let one = of("i-1", "ASIAONE", "2026-01-01T00:00:00Z", "false");
        let two = of("i-2", "ASIATWO", "2026-01-02T00:00:00Z", "false");
        let with_mfa = of("i-2", "ASIATWO", "2026-01-02T00:00:00Z", "true");
        assert_eq!(one, two);
        assert_ne!(two, with_mfa);
    }

    #[test]
    fn users_whose_names_are_in_their_ids_are_not_one() {
        let same = Sameness::of(&Holdings::new());
        let mut identities = Identities::default();
        let mut of = |name: &str| {
            let text = json!({
                "type": "IAMUser",
                "principalId": format!("AIDA{name}"),
                "arn": format!("arn:aws:iam::111122223333:user/{name}"),
                "accountId": "111122223333",
                "accessKeyId": format!("AKIA{name}"),
                "userName": name,
            });
            identities.sameness(Some(&text.to_string()), &same)
        };
        assert_ne!(of("bob"), of("eve"));
    }

    #[test]
    fn session_members_make_no_other_keys() {
        for event in events() {
            let mut changed = event.clone();
            let identity = &mut changed["userIdentity"];
            if identity["type"] != "AssumedRole" {
                continue;
            }
            let arn = identity["arn"].as_str().unwrap();
            let (start, _) = arn.rsplit_once('/').unwrap();
            identity["arn"] = json!(format!("{start}/other-session"));
            identity["principalId"] = json!("AROAEXAMPLE:other-session");
            identity["accessKeyId"] = json!("ASIAOTHER");
            if identity["sessionContext"]["attributes"]["creationDate"].is_string() {
                identity["sessionContext"]["attributes"]["creationDate"] =
                    json!("2020-01-01T00:00:00Z");
            }
            assert_eq!(
                told(&interpreted(&event), &SESSION_KEYS),
                told(&interpreted(&changed), &SESSION_KEYS),
                "{event}"
            );
        }
    }
}
