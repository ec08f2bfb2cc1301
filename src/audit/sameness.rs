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
    pub(super) fn key(&self, identity: u32, members: Members<'_>, time: Option<Instant>) -> u128 {
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

/// The callers that were seen, each with a number: two that no policy can tell apart have the same.
#[derive(Debug, Default)]
pub(super) struct Identities {
    by_text: HashMap<u128, u32>,
    by_sameness: HashMap<String, u32>,
}

/// How many texts of callers are remembered; then they are looked at again.
const MAX_TEXTS: usize = 100_000;

impl Identities {
    /// The number of a caller, from the JSON text of `userIdentity`.
    pub(super) fn number(&mut self, raw: Option<&str>, sameness: &Sameness) -> u32 {
        let raw = raw.unwrap_or_default();
        let key = xxh3_128_with_seed(raw.as_bytes(), sameness.seed);
        if let Some(number) = self.by_text.get(&key) {
            return *number;
        }
        if self.by_text.len() >= MAX_TEXTS {
            self.by_text.clear();
        }
        let same = same_of(raw, sameness);
        let next = u32::try_from(self.by_sameness.len()).unwrap_or(u32::MAX);
        let number = *self.by_sameness.entry(same).or_insert(next);
        self.by_text.insert(key, number);
        number
    }
}

/// A text that is the same for callers that are alike.
fn same_of(raw: &str, sameness: &Sameness) -> String {
    if sameness.tells_sessions() {
        return raw.to_owned();
    }
    let Ok(identity) = serde_json::from_str::<UserIdentity<'_>>(raw) else {
        return raw.to_owned();
    };
    let session = &identity.session_context;
    if identity.kind.as_deref() != Some("AssumedRole") {
        // Those have no sessions that differ in anything but when they began.
        let began = session.attributes.creation_date.as_deref();
        let key = identity.access_key_id.as_deref();
        let mut same = raw.to_owned();
        if let Some(began) = began.filter(|began| !began.is_empty()) {
            same = same.replace(began, "-");
        }
        if let Some((kind, rest)) = key.and_then(|key| key.split_at_checked(4))
            && !rest.is_empty()
        {
            same = same.replace(rest, &format!("{kind}-"));
        }
        return same;
    }
    let texts = [
        &identity.kind,
        &identity.account_id,
        &identity.user_name,
        &identity.invoked_by,
        &session.session_issuer.kind,
        &session.session_issuer.arn,
        &session.session_issuer.account_id,
        &session.session_issuer.user_name,
        &identity.on_behalf_of.identity_store_arn,
        &identity.identity_provider,
        &session.ec2_role_delivery,
    ];
    let arn = identity.arn.as_deref().unwrap_or_default();
    let role = arn.rfind('/').and_then(|end| arn.get(..end)).unwrap_or(arn);
    let mut same = format!(
        "{role}\0{:?}\0{}\0{}",
        session.attributes.mfa_authenticated,
        session.attributes.creation_date.is_some(),
        identity
            .access_key_id
            .as_deref()
            .and_then(|key| key.get(..4))
            .unwrap_or_default(),
    );
    for text in texts {
        same.push('\0');
        same.push_str(text.as_deref().unwrap_or_default());
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
        let mut number = |session: &str, key: &str, began: &str, mfa: &str| {
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
            identities.number(Some(&text), &same)
        };
        let one = number("i-1", "ASIAONE", "2026-01-01T00:00:00Z", "false");
        let two = number("i-2", "ASIATWO", "2026-01-02T00:00:00Z", "false");
        let with_mfa = number("i-2", "ASIATWO", "2026-01-02T00:00:00Z", "true");
        assert_eq!(one, two);
        assert_ne!(two, with_mfa);
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
