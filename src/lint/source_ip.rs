//! The networks that `aws:SourceIp` is compared with.

use super::{TestCx, condition_value::Family, placeholders::is_unfilled};
use crate::{
    eval::network,
    policy::{ConditionValue, Effect},
};
use ipnet::IpNet;

/// Networks from which no request reaches AWS over the internet: private ones, those of carriers,
/// of links and of hosts themselves, the local ones of IPv6.
const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

/// Whether all addresses of a network are private.
pub(super) fn is_private(net: IpNet) -> bool {
    PRIVATE
        .iter()
        .filter_map(|text| network(text))
        .any(|private| private.contains(&net))
}

/// The values of a test of `aws:SourceIp` with their networks, `None` for those that are no
/// network or not known yet; nothing for other keys and operators.
pub(super) fn networks<'a>(
    cx: &TestCx<'a>,
) -> impl Iterator<Item = (&'a ConditionValue, Option<IpNet>)> {
    let own = Family::of(cx.test.operator.comparison) == Family::Address
        && cx.test.key.as_str().eq_ignore_ascii_case("aws:SourceIp");
    let values: &[ConditionValue] = if own { &cx.test.values } else { &[] };
    values.iter().map(|value| {
        let known = Some(value.text.as_str()).filter(|text| !is_unfilled(text));
        (value, known.and_then(network))
    })
}

/// The versions of IP of which the networks of a test are every address together, where none of them
/// is so alone: of IPv4, and of IPv6.
pub(super) fn joined(cx: &TestCx<'_>) -> [bool; 2] {
    let nets: Vec<_> = networks(cx).filter_map(|(_, net)| net).collect();
    let mut joined = [false; 2];
    if nets.len() < 2 {
        return joined;
    }
    let has_all = |nets: &[IpNet], is_v4: bool| {
        nets.iter()
            .any(|net| net.prefix_len() == 0 && matches!(net, IpNet::V4(_)) == is_v4)
    };
    let together = IpNet::aggregate(&nets);
    for (of, is_v4) in joined.iter_mut().zip([true, false]) {
        *of = has_all(&together, is_v4) && !has_all(&nets, is_v4);
    }
    joined
}

/// Whether a wider network lets more requests pass: an `Allow` that asks for an address, or a `Deny`
/// for all others.
pub(super) fn lets_in(cx: &TestCx<'_>) -> bool {
    let is_negated = cx.test.operator.comparison.is_negated();
    let statement = cx.statement.statement;
    statement.has_effect(Effect::Allow) && !is_negated
        || statement.has_effect(Effect::Deny) && is_negated
}
