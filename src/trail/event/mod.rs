//! One recorded event, borrowed from its text.
//!
//! Every member is optional and unknown ones are ignored, whatever `eventVersion` says: files are
//! edited, filtered and cut before they get here. A member of a wrong type is taken as its text
//! where it has one and as missing where not, rather than costing the event.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

mod lenient;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use lenient::{flag, list, object, text};

/// A text that an event holds.
pub type Text<'a> = Option<Cow<'a, str>>;

/// One record of CloudTrail.
#[expect(
    clippy::struct_field_names,
    reason = "the members are named as in the record"
)]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    /// The version of the record format, `1.11`.
    #[serde(borrow, deserialize_with = "text")]
    pub event_version: Text<'a>,
    /// Who called.
    #[serde(borrow, deserialize_with = "object")]
    pub user_identity: UserIdentity<'a>,
    /// When the call was completed.
    #[serde(borrow, deserialize_with = "text")]
    pub event_time: Text<'a>,
    /// The endpoint that was called, `s3.amazonaws.com`.
    #[serde(borrow, deserialize_with = "text")]
    pub event_source: Text<'a>,
    /// The call, `GetObject`.
    #[serde(borrow, deserialize_with = "text")]
    pub event_name: Text<'a>,
    /// The region of the endpoint.
    #[serde(borrow, deserialize_with = "text")]
    pub aws_region: Text<'a>,
    /// The caller's address, or the name of a service.
    #[serde(rename = "sourceIPAddress", borrow, deserialize_with = "text")]
    pub source_ip_address: Text<'a>,
    /// The caller's software.
    #[serde(borrow, deserialize_with = "text")]
    pub user_agent: Text<'a>,
    /// The error that the caller got.
    #[serde(borrow, deserialize_with = "text")]
    pub error_code: Text<'a>,
    /// Its message.
    #[serde(borrow, deserialize_with = "text")]
    pub error_message: Text<'a>,
    /// What was sent.
    #[serde(borrow)]
    pub request_parameters: Option<&'a RawValue>,
    /// What came back.
    #[serde(borrow)]
    pub response_elements: Option<&'a RawValue>,
    /// What the service adds of its own.
    #[serde(borrow)]
    pub additional_event_data: Option<&'a RawValue>,
    /// The id that the service gave the call.
    #[serde(rename = "requestID", borrow, deserialize_with = "text")]
    pub request_id: Text<'a>,
    /// The id of this record.
    #[serde(rename = "eventID", borrow, deserialize_with = "text")]
    pub event_id: Text<'a>,
    /// Whether the call only reads.
    #[serde(deserialize_with = "flag")]
    pub read_only: Option<bool>,
    /// What was acted on, as the service tells.
    #[serde(borrow, deserialize_with = "list")]
    pub resources: Vec<Resource<'a>>,
    /// What kind of record this is, `AwsApiCall`.
    #[serde(borrow, deserialize_with = "text")]
    pub event_type: Text<'a>,
    /// `Management`, `Data`, `Insight` or `NetworkActivity`.
    #[serde(borrow, deserialize_with = "text")]
    pub event_category: Text<'a>,
    /// Whether it is a management event.
    #[serde(deserialize_with = "flag")]
    pub management_event: Option<bool>,
    /// The account whose trail this is.
    #[serde(borrow, deserialize_with = "text")]
    pub recipient_account_id: Text<'a>,
    /// Shared by the records of one call in several accounts.
    #[serde(rename = "sharedEventID", borrow, deserialize_with = "text")]
    pub shared_event_id: Text<'a>,
    /// The VPC endpoint that the call went through.
    #[serde(borrow, deserialize_with = "text")]
    pub vpc_endpoint_id: Text<'a>,
    /// Whether the credentials are those of a console session.
    #[serde(deserialize_with = "flag")]
    pub session_credential_from_console: Option<bool>,
    /// The connection's encryption.
    #[serde(borrow, deserialize_with = "object")]
    pub tls_details: TlsDetails<'a>,
    /// Condition keys and tags, in the enriched events of CloudTrail Lake and trails since 1.11.
    #[serde(borrow, deserialize_with = "object")]
    pub event_context: EventContext<'a>,
    /// Whether this is a part of the event: rows of a table lack members that the event may have.
    /// `CloudTrail` itself marks single members so.
    #[serde(deserialize_with = "flag")]
    pub omitted: Option<bool>,
}

/// Who called.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserIdentity<'a> {
    /// `IAMUser`, `AssumedRole`, `Root`, `AWSService`, ...
    #[serde(rename = "type", borrow, deserialize_with = "text")]
    pub kind: Text<'a>,
    /// The unique id, `AROA...:session`.
    #[serde(borrow, deserialize_with = "text")]
    pub principal_id: Text<'a>,
    /// The ARN of the user or session.
    #[serde(borrow, deserialize_with = "text")]
    pub arn: Text<'a>,
    /// The account of the caller.
    #[serde(borrow, deserialize_with = "text")]
    pub account_id: Text<'a>,
    /// The access key.
    #[serde(borrow, deserialize_with = "text")]
    pub access_key_id: Text<'a>,
    /// The friendly name.
    #[serde(borrow, deserialize_with = "text")]
    pub user_name: Text<'a>,
    /// The service that called for the principal.
    #[serde(borrow, deserialize_with = "text")]
    pub invoked_by: Text<'a>,
    /// The session, for temporary credentials.
    #[serde(borrow, deserialize_with = "object")]
    pub session_context: SessionContext<'a>,
    /// The Identity Center user for whom the call was made.
    #[serde(borrow, deserialize_with = "object")]
    pub on_behalf_of: OnBehalfOf<'a>,
    /// The identity provider of a federated caller.
    #[serde(borrow, deserialize_with = "text")]
    pub identity_provider: Text<'a>,
}

/// A session of temporary credentials.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionContext<'a> {
    /// Whose credentials they are: the role of a role session.
    #[serde(borrow, deserialize_with = "object")]
    pub session_issuer: SessionIssuer<'a>,
    /// The web identity that the session is for.
    #[serde(borrow, deserialize_with = "object")]
    pub web_id_federation_data: WebIdFederation<'a>,
    /// When it began, and whether with MFA.
    #[serde(borrow, deserialize_with = "object")]
    pub attributes: SessionAttributes<'a>,
    /// The source identity that was set when the role was assumed.
    #[serde(borrow, deserialize_with = "text")]
    pub source_identity: Text<'a>,
    /// The version of the instance metadata service that handed the credentials out.
    #[serde(borrow, deserialize_with = "text")]
    pub ec2_role_delivery: Text<'a>,
}

/// Whose credentials a session has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionIssuer<'a> {
    /// `Role`, `IAMUser` or `Root`.
    #[serde(rename = "type", borrow, deserialize_with = "text")]
    pub kind: Text<'a>,
    /// The ARN of the role or user.
    #[serde(borrow, deserialize_with = "text")]
    pub arn: Text<'a>,
    /// Its account.
    #[serde(borrow, deserialize_with = "text")]
    pub account_id: Text<'a>,
    /// Its friendly name.
    #[serde(borrow, deserialize_with = "text")]
    pub user_name: Text<'a>,
}

/// The web identity of a session.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebIdFederation<'a> {
    /// The provider, a name or the ARN of an OIDC provider.
    #[serde(borrow, deserialize_with = "text")]
    pub federated_provider: Text<'a>,
}

/// When and how a session began.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionAttributes<'a> {
    /// When the credentials were issued.
    #[serde(borrow, deserialize_with = "text")]
    pub creation_date: Text<'a>,
    /// Whether they were issued with MFA; AWS writes the flag as a string.
    #[serde(deserialize_with = "flag")]
    pub mfa_authenticated: Option<bool>,
}

/// The Identity Center user for whom a call was made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OnBehalfOf<'a> {
    /// The user's id.
    #[serde(borrow, deserialize_with = "text")]
    pub user_id: Text<'a>,
    /// The store that the user is in.
    #[serde(borrow, deserialize_with = "text")]
    pub identity_store_arn: Text<'a>,
}

/// A resource that an event names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resource<'a> {
    /// Its ARN; services write the member as `ARN` or `arn`.
    #[serde(rename = "ARN", alias = "arn", borrow, deserialize_with = "text")]
    pub arn: Text<'a>,
    /// What the ARNs of several resources start with.
    #[serde(rename = "ARNPrefix", borrow, deserialize_with = "text")]
    pub arn_prefix: Text<'a>,
    /// The account that owns it.
    #[serde(borrow, deserialize_with = "text")]
    pub account_id: Text<'a>,
    /// `AWS::S3::Object`, ...
    #[serde(rename = "type", borrow, deserialize_with = "text")]
    pub kind: Text<'a>,
}

/// The encryption of a connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsDetails<'a> {
    /// `TLSv1.3`.
    #[serde(borrow, deserialize_with = "text")]
    pub tls_version: Text<'a>,
    /// The host that the caller named.
    #[serde(borrow, deserialize_with = "text")]
    pub client_provided_host_header: Text<'a>,
}

/// What enriched events add.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventContext<'a> {
    /// Condition keys and their values.
    #[serde(borrow)]
    pub request_context: Option<&'a RawValue>,
    /// Tags of the resources and of the principal.
    #[serde(borrow)]
    pub tag_context: Option<&'a RawValue>,
}

/// A text that is JSON, but no event.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("the event cannot be parsed: {}", without_position(.source))]
#[diagnostic(help("the record is damaged or was edited by hand; fetch the file again"))]
pub struct EventError {
    #[source]
    source: serde_json::Error,
}

/// What is wrong, without a line and a column: those are of the text without its white space.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

impl<'a> Event<'a> {
    /// Whether a member that is not there may have been recorded all the same.
    pub fn is_partial(&self) -> bool {
        self.omitted == Some(true)
    }

    /// Parses the JSON text of one event.
    pub fn parse(json: &'a str) -> Result<Self, EventError> {
        serde_json::from_str(json).map_err(|source| EventError { source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_borrows_its_texts() {
        let json = r#"{"eventName":"GetObject","userIdentity":{"type":"IAMUser"},"new":[1]}"#;
        let event = Event::parse(json).unwrap();
        assert!(matches!(event.event_name, Some(Cow::Borrowed("GetObject"))));
        assert_eq!(event.user_identity.kind.as_deref(), Some("IAMUser"));
        assert_eq!(event.event_id, None);
    }

    #[test]
    fn wrong_types_cost_no_event() {
        let json = r#"{"eventVersion":1.08,"eventName":["x"],"userIdentity":"ana",
            "resources":{"ARN":"a"},"readOnly":"TRUE","tlsDetails":null,"errorCode":null,
            "requestParameters":null,"eventContext":7}"#;
        let event = Event::parse(json).unwrap();
        assert_eq!(event.event_version.as_deref(), Some("1.08"));
        assert_eq!(event.event_name, None);
        assert_eq!(event.user_identity.kind, None);
        assert!(event.resources.is_empty());
        assert_eq!(event.read_only, Some(true));
        assert_eq!(event.error_code, None);
        assert!(event.request_parameters.is_none());
    }

    #[test]
    fn mfa_is_read_as_a_string_or_a_flag_in_any_case() {
        for (written, flag) in [
            ("\"true\"", Some(true)),
            ("\"False\"", Some(false)),
            ("true", Some(true)),
            ("7", None),
        ] {
            let json = format!(
                r#"{{"userIdentity":{{"sessionContext":{{"attributes":{{"mfaAuthenticated":{written}}}}}}}}}"#
            );
            let event = Event::parse(&json).unwrap();
            assert_eq!(
                event
                    .user_identity
                    .session_context
                    .attributes
                    .mfa_authenticated,
                flag,
                "{written}"
            );
        }
    }

    #[test]
    fn every_spelling_of_a_resource_is_read() {
        let json =
            r#"{"resources":[{"ARN":"a","accountId":"1"},{"arn":"b"},{"ARNPrefix":"c/"},3]}"#;
        let event = Event::parse(json).unwrap();
        let arns: Vec<_> = event
            .resources
            .iter()
            .map(|one| one.arn.as_deref())
            .collect();
        assert_eq!(arns, [Some("a"), Some("b"), None]);
        assert_eq!(event.resources[2].arn_prefix.as_deref(), Some("c/"));
    }

    #[test]
    fn an_event_that_is_no_object_is_an_error() {
        assert!(Event::parse("7").is_err());
        assert!(Event::parse(r#"{"eventName":01}"#).is_err());
    }
}
