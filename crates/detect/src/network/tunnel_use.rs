//! # Tunnel in use
//!
//! A machine kept a tunnel open whose inside could not be read (SSH, `WireGuard`, `OpenVPN`, `IPsec` or
//! L2TP), had connections led on by a proxy (SOCKS 4 and 5, HTTP CONNECT), or spoke to what greets as
//! Tor's relays are greeted. Each is listed per machine and other end: approved in the register, by whom
//! and until when; with an approval that does not cover the time; or not in the register. Where no
//! register was given, that is said. A tunnel hides mining as it hides everything else, and nearly
//! all tunnels carry work: this is the inventory that an inspection asks for, and never a suspicion.
//!
//! Source: the first payload of the connection (RFC 4253, the `WireGuard` paper, the `OpenVPN`
//! wire protocol, RFC 7296 and 3948, RFC 2661, RFC 1928, RFC 9110 section 9.3.6); for Tor a TLS
//! hello that offers no protocol and names `www.`, random letters and digits, `.com`, which nobody
//! looked up (`tor_tls_new` in Tor). A proxy counts where it agreed to lead on. Tunnels that show
//! nothing of themselves, such as shadowsocks or Tor's disguises (obfs4, Snowflake), are not recognised; tunnels
//! open for less than a minute are not listed.
//!
//! ## False positives
//!
//! An interactive SSH session is listed as well as a forwarded port. A program without ALPN at a
//! site whose name looks random and was looked up before the capture began is taken for Tor.
//!
//! ## Response
//!
//! Compare with the register of approved tunnels (`tunnel` in `--declare`, `vpn` in `--site`). For
//! the others ask for the purpose; give block times (`--blocks`) to have them tested for mining.

use std::collections::BTreeMap;
use std::net::IpAddr;

use minehound_model::{
    Approved, ApprovedUse, Arg, DetectorId, Dimension, Dossier, FactKind, Finding, Nature,
    Observation, ProxyUse, QuietFlow, RegisteredTunnel, Sign,
};

use crate::detector::{evidence, with_names, with_text};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct TunnelUse;

const APPROVED: (Sign, Nature) = (Sign("tunnel-approved"), Nature::Context);
const ENDED: (Sign, Nature) = (Sign("tunnel-approval-ended"), Nature::Context);
const NOT_APPROVED: (Sign, Nature) = (Sign("tunnel-not-approved"), Nature::Context);
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
    techniques: &["T1572", "T1090"],
    since: "0.2.0",
    needs: &[FactKind::QuietFlow, FactKind::ProxyUse],
    needs_any: &[],
    signs: &[APPROVED, ENDED, NOT_APPROVED, IN_USE],
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
        let mut uses = BTreeMap::<(&str, IpAddr), Vec<Seen<'_>>>::new();
        for (at, flow) in dossier.facts::<Box<QuietFlow>>() {
            if let Some(wrap) = flow.wrap.as_deref().filter(|it| TUNNELS.contains(it)) {
                uses.entry((wrap, flow.server.ip())).or_default().push(Seen::tunnel(at, flow));
            }
        }
        for (at, it) in dossier.facts::<ProxyUse>() {
            uses.entry((&it.protocol, it.server.ip())).or_default().push(Seen::proxy(at, it));
        }
        let findings = uses.iter().filter_map(|((wrap, server), seen)| {
            let register = Register::on(dossier, wrap, *server, seen.len());
            finding(wrap, *server, seen, &register)
        });
        findings.collect::<Vec<_>>().into()
    }
}

/// One observation of a tunnel or proxy.
struct Seen<'a> {
    at: &'a Observation,
    client: IpAddr,
    port: u16,
    seconds: f64,
    connections: u64,
    bytes: u64,
    targets: &'a [String],
}

impl<'a> Seen<'a> {
    fn tunnel(at: &'a Observation, flow: &QuietFlow) -> Self {
        Self {
            at,
            client: flow.client.ip(),
            port: flow.server.port(),
            seconds: at.span.seconds(),
            connections: 1,
            bytes: flow.bytes_up + flow.bytes_down,
            targets: &[],
        }
    }

    fn proxy(at: &'a Observation, it: &'a ProxyUse) -> Self {
        Self {
            at,
            client: it.client,
            port: it.server.port(),
            seconds: it.open_s,
            connections: it.connections,
            bytes: it.bytes,
            targets: &it.targets,
        }
    }
}

/// What the register says of a use.
struct Register<'a> {
    kind: (Sign, Nature),
    /// The entry, and where it stands.
    entry: Option<(&'a Observation, &'a RegisteredTunnel)>,
    /// The note of the site on its host.
    note: Option<(&'a Observation, &'a str)>,
}

impl<'a> Register<'a> {
    /// A use is approved where the register speaks of every observation of it, `seen` in number.
    fn on(dossier: &'a Dossier, protocol: &str, server: IpAddr, seen: usize) -> Self {
        let entries = dossier.facts::<RegisteredTunnel>();
        let of_it = |it: &RegisteredTunnel| (it.protocol.as_str(), it.server) == (protocol, server);
        let entries: Vec<_> = entries.filter(|(_, it)| of_it(it)).collect();
        let mut notes = dossier.facts::<ApprovedUse>();
        let note = notes.find(|(_, it)| it.what == Approved::Vpn && !it.note.trim().is_empty());
        let note = note.map(|(at, it)| (at, it.note.as_str()));
        let outside = entries.iter().find(|(_, it)| !it.in_force);
        let (kind, entry) = match (outside, entries.first()) {
            (None, Some(first)) if entries.len() >= seen => (APPROVED, Some(*first)),
            _ if note.is_some() => (APPROVED, None),
            (Some(it), _) => (ENDED, Some(*it)),
            _ if dossier.coverage.has(FactKind::RegisteredTunnel) => (NOT_APPROVED, None),
            _ => (IN_USE, None),
        };
        Self { kind, entry, note: note.filter(|_| entry.is_none()) }
    }
}

fn finding(
    wrap: &str,
    server: IpAddr,
    seen: &[Seen<'_>],
    register: &Register<'_>,
) -> Option<Finding> {
    let first = seen.first()?;
    let hours = seen.iter().map(|it| it.seconds).sum::<f64>() / 3_600.0;
    let connections = seen.iter().map(|it| it.connections).sum();
    let bytes: u64 = seen.iter().map(|it| it.bytes).sum();
    let said = register.entry.map(|it| it.0).or(register.note.map(|it| it.0));
    let places = said.into_iter().chain(seen.iter().map(|it| it.at)).map(|it| &it.provenance);
    let finding = META
        .finding_at(register.kind, first.at, evidence(&first.at.provenance, places))
        .with("client", Arg::Text(first.client.to_string()))
        .with("server", Arg::Text(format!("{server} ({})", first.port)))
        .with("wrap", Arg::Text(wrap.to_owned()))
        .with("hours", Arg::Number((hours * 100.0).round() / 100.0))
        .with("connections", Arg::Count(connections))
        .with("kilobytes", Arg::Count(bytes / 1_000));
    let finding = with_names(finding, "targets", seen.iter().flat_map(|it| it.targets).cloned());
    let purpose = register.note.map(|it| it.1);
    let purpose = register.entry.map(|it| it.1.purpose.as_str()).or(purpose);
    let finding = with_text(finding, "purpose", purpose);
    let finding =
        with_text(finding, "approver", register.entry.and_then(|it| it.1.approver.clone()));
    Some(with_text(finding, "expiry", register.entry.and_then(|it| it.1.expiry.clone())))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "two connections of one tunnel are one line, and a proxy is another",
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
            [[proxy_use]]
            client = "10.0.0.5"
            server = "192.0.2.8:1080"
            protocol = "socks5"
            connections = 12
            targets = ["host.example:443"]
        "#,
        expect: Expect::Found(&[IN_USE.0, IN_USE.0]),
    },
    Example {
        title: "of four proxies the register approves one, and one until it ended; Tor stands nowhere in it",
        given: r#"
            quiet_flow = []
            [[proxy_use]]
            client = "10.0.0.5"
            server = "192.0.2.7:3128"
            protocol = "http-connect"
            connections = 3
            targets = ["host.example:443"]
            [[proxy_use]]
            client = "10.0.0.5"
            server = "192.0.2.8:1080"
            protocol = "socks4"
            connections = 12
            targets = ["host.example:22"]
            [[proxy_use]]
            client = "10.0.0.5"
            server = "192.0.2.8:1080"
            protocol = "socks5"
            connections = 12
            targets = ["host.example:443"]
            [[proxy_use]]
            client = "10.0.0.5"
            server = "192.0.2.9:443"
            protocol = "tor"
            connections = 1
            [[registered_tunnel]]
            server = "192.0.2.7"
            protocol = "http-connect"
            purpose = "branch office"
            approver = "IT"
            expiry = "2026-12-31"
            in_force = true
            [[registered_tunnel]]
            server = "192.0.2.8"
            protocol = "socks4"
            purpose = "a test"
            approver = "IT"
            expiry = "2025-12-31"
            in_force = false
        "#,
        expect: Expect::Found(&[APPROVED.0, ENDED.0, NOT_APPROVED.0, NOT_APPROVED.0]),
    },
    Example {
        title: "a tunnel that the site approves",
        given: r#"
            proxy_use = []
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
            proxy_use = []
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "no tunnel in a day",
        given: "quiet_flow = []\nproxy_use = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
