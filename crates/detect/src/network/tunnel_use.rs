//! # Tunnel in use
//!
//! A machine kept a tunnel open whose inside could not be read: SSH, `WireGuard`, `OpenVPN`, `IPsec` or
//! L2TP. It is listed per machine and other end, with whether the site's description approves it. A
//! tunnel hides mining as it hides everything else, and nearly all tunnels carry work: this is the
//! inventory that an inspection asks for, and never a suspicion.
//!
//! Source: the first payload of the connection (RFC 4253, the `WireGuard` paper, the `OpenVPN`
//! wire protocol, RFC 7296 and 3948, RFC 2661). Tunnels that show nothing of themselves, such as
//! shadowsocks, are not recognised; connections under a minute are not listed.
//!
//! ## False positives
//!
//! An interactive SSH session is listed as well as a forwarded port.
//!
//! ## Response
//!
//! Compare with the register of approved tunnels (`vpn` in `--site`). For the others ask for the
//! purpose; give block times (`--blocks`) to have them tested for mining.

use std::collections::BTreeMap;

use minehound_model::{
    Approved, ApprovedUse, Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Observation,
    QuietFlow, Sign,
};

use crate::detector::evidence;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct TunnelUse;

const APPROVED: (Sign, Nature) = (Sign("tunnel-approved"), Nature::Context);
const IN_USE: (Sign, Nature) = (Sign("tunnel-in-use"), Nature::Context);

/// What is a tunnel rather than an encrypted conversation.
const TUNNELS: &[&str] = &["ssh", "wireguard", "openvpn", "ipsec", "l2tp"];

/// Whether a flow is a tunnel that shows itself.
pub(super) fn is_tunnel(flow: &QuietFlow) -> bool {
    flow.wrap.as_deref().is_some_and(|it| TUNNELS.contains(&it))
}

static META: Meta = Meta {
    id: DetectorId("MH-NET-013"),
    name: "tunnel-use",
    dimension: Dimension::Network,
    items: &["NET-7"],
    techniques: &["T1572"],
    since: "0.2.0",
    needs: &[FactKind::QuietFlow],
    needs_any: &[],
    signs: &[APPROVED, IN_USE],
    source: include_str!("tunnel_use.rs"),
    chinese: include_str!("tunnel_use.zh.md"),
};

impl Detector for TunnelUse {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let approved = dossier
            .facts::<ApprovedUse>()
            .any(|(_, it)| it.what == Approved::Vpn && !it.note.trim().is_empty());
        let kind = if approved { APPROVED } else { IN_USE };
        let mut tunnels = BTreeMap::<_, Vec<(&Observation, &QuietFlow)>>::new();
        for (seen, flow) in dossier.facts::<Box<QuietFlow>>() {
            let Some(wrap) = flow.wrap.as_deref().filter(|it| TUNNELS.contains(it)) else {
                continue;
            };
            tunnels.entry((wrap, flow.server.ip())).or_default().push((seen, flow.as_ref()));
        }
        let finding = |((wrap, server), flows): ((&str, _), Vec<(&Observation, &QuietFlow)>)| {
            let (first, flow) = *flows.first()?;
            let hours: f64 = flows.iter().map(|it| it.0.span.seconds()).sum::<f64>() / 3_600.0;
            let bytes: u64 = flows.iter().map(|it| it.1.bytes_up + it.1.bytes_down).sum();
            let places = flows.iter().map(|it| &it.0.provenance);
            let finding = META.finding_at(kind, first, evidence(&first.provenance, places));
            let server: std::net::IpAddr = server;
            Some(
                finding
                    .with("client", Arg::Text(flow.client.ip().to_string()))
                    .with("server", Arg::Text(format!("{server} ({})", flow.server.port())))
                    .with("wrap", Arg::Text(wrap.to_owned()))
                    .with("hours", Arg::Number((hours * 100.0).round() / 100.0))
                    .with("connections", Arg::Count(flows.len() as u64))
                    .with("kilobytes", Arg::Count(bytes / 1_000)),
            )
        };
        tunnels.into_iter().filter_map(finding).collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "two connections of one tunnel are one line",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            [[quiet_flow]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
        "#,
        expect: Expect::Found(&[IN_USE.0]),
    },
    Example {
        title: "a tunnel that the site approves",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:22"
            transport = "tcp"
            wrap = "ssh"
            [[approved_use]]
            what = "vpn"
            note = "tunnel to the branch office"
        "#,
        expect: Expect::Found(&[APPROVED.0]),
    },
    Example {
        title: "an encrypted conversation is no tunnel",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "no quiet flow in a day", given: "quiet_flow = []", expect: Expect::Silent },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
