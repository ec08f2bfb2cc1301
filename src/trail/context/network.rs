//! The keys about where a request comes from and how it is carried.

use std::net::IpAddr;

use crate::eval::Context;

use super::{Facts, Path, set, set_absent};

/// CloudTrail cuts user agents here.
const USER_AGENT_LIMIT: usize = 1000;

pub(super) fn add(facts: &Facts<'_>, context: &mut Context) {
    set_addresses(facts, context);
    if let Some(agent) = facts.event.user_agent.as_deref() {
        let agent = agent
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(agent);
        // A service's name in place of the agent is not what IAM saw.
        let is_callers = !agent.is_empty()
            && agent != "AWS Internal"
            && !agent.ends_with(".amazonaws.com")
            && facts.path == Path::Direct;
        if is_callers && agent.len() < USER_AGENT_LIMIT {
            set(context, "aws:UserAgent", agent);
        }
    }
    // Without details the connection may be either: older records have none.
    if facts.event.tls_details.tls_version.is_some() {
        super::set_flag(context, "aws:SecureTransport", true);
    }
}

fn set_addresses(facts: &Facts<'_>, context: &mut Context) {
    // Services that call for a principal bring the endpoint that they use themselves.
    if facts.path != Path::Direct {
        return;
    }
    let address = facts
        .event
        .source_ip_address
        .as_deref()
        .and_then(|text| text.trim().parse::<IpAddr>().ok());
    // The console and services reach other services through endpoints of their own.
    let agent = facts.event.user_agent.as_deref().unwrap_or_default();
    let is_console = facts.event.session_credential_from_console == Some(true)
        || agent.contains("aws-internal/");
    match (facts.event.vpc_endpoint_id.as_deref(), address) {
        // The endpoint is one of the console's own; what IAM sees of it is not documented.
        (Some(_), _) if is_console => {}
        (Some(endpoint), address) => {
            set(context, "aws:SourceVpce", endpoint);
            set_absent(context, &["aws:SourceIp"]);
            if let Some(address) = address {
                set(context, "aws:VpcSourceIp", address.to_string());
            }
        }
        (None, Some(address)) => {
            set(context, "aws:SourceIp", address.to_string());
            // A private address without an endpoint tells of a path that is not recorded, and a part
            // of an event may lack the endpoint.
            if is_public(address) && !facts.event.is_partial() {
                set_absent(
                    context,
                    &["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"],
                );
            }
        }
        // The name of a service or a dash.
        (None, None) => {}
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_carrier_grade = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || is_carrier_grade)
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
    }
}
