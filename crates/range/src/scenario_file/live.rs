//! Live scenarios: who is played over real sockets, and through which software.

use super::miners::Miners;
use super::problem::{Allowed, Problem};
use super::reader::{self, Reader};
use super::words::{SNI, TLS};
use super::{Network, Span};
use crate::carrier::{Sni, TlsVersion};
use std::net::Ipv4Addr;

/// No run is longer than a day.
const LONGEST_S: f64 = 86_400.0;
/// As many groups as there are addresses prepared for.
const MOST_GROUPS: usize = 40;

/// Real software between the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Software {
    /// None: the two ends talk over TCP.
    Nothing,
    /// `openssl s_client` at the miner, stunnel before the pool.
    SClient,
    /// stunnel at both ends.
    Stunnel,
    /// `OpenSSH` with a forwarded port (`-L`).
    Ssh,
    /// `OpenSSH` as a SOCKS proxy (`-D`).
    SshSocks,
    /// wireguard-go at both ends.
    WireGuard,
    /// `OpenVPN` over UDP with certificates and tls-crypt.
    OpenVpnUdp,
    /// The same over TCP.
    OpenVpnTcp,
    /// `OpenVPN` over UDP with a static key.
    OpenVpnStatic,
    /// shadowsocks-libev with an AEAD cipher.
    Shadowsocks,
}

impl Software {
    /// By name.
    pub const WORDS: [(&'static str, Self); 10] = [
        ("none", Self::Nothing),
        ("s-client", Self::SClient),
        ("stunnel", Self::Stunnel),
        ("ssh", Self::Ssh),
        ("ssh-socks", Self::SshSocks),
        ("wireguard", Self::WireGuard),
        ("openvpn-udp", Self::OpenVpnUdp),
        ("openvpn-tcp", Self::OpenVpnTcp),
        ("openvpn-static", Self::OpenVpnStatic),
        ("shadowsocks", Self::Shadowsocks),
    ];

    /// The name in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(name, _)| name)
    }

    /// What the truth calls the tunnel; `None` where it is none.
    #[must_use]
    pub fn tunnel(self) -> Option<&'static str> {
        match self {
            Self::Nothing | Self::SClient | Self::Stunnel => None,
            Self::Ssh | Self::SshSocks => Some("ssh"),
            Self::OpenVpnUdp | Self::OpenVpnStatic => Some("openvpn-udp"),
            Self::WireGuard | Self::OpenVpnTcp | Self::Shadowsocks => Some(self.name()),
        }
    }

    /// Whether it puts TLS around one connection.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::SClient | Self::Stunnel)
    }

    /// Whether all connections inside are one flow outside.
    #[must_use]
    pub fn joins(self) -> bool {
        self.tunnel().is_some() && self != Self::Shadowsocks
    }

    fn usual_port(self) -> u16 {
        match self {
            Self::Nothing => 3333,
            Self::SClient | Self::Stunnel => 443,
            Self::Ssh | Self::SshSocks => 22,
            Self::WireGuard => 51_820,
            Self::OpenVpnUdp | Self::OpenVpnTcp | Self::OpenVpnStatic => 1194,
            Self::Shadowsocks => 8388,
        }
    }

    /// Signs of life that it usually sends, seconds; infinite for none.
    fn usual_keepalive(self) -> f64 {
        match self {
            Self::Ssh | Self::SshSocks => 60.0,
            Self::WireGuard => 25.0,
            Self::OpenVpnUdp | Self::OpenVpnTcp | Self::OpenVpnStatic => 10.0,
            _ => f64::INFINITY,
        }
    }
}

/// The software of a group and how it is set up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Through {
    /// Which.
    pub software: Software,
    /// The port on the outer link.
    pub port: u16,
    /// Other packets a second in the same tunnel, both directions together.
    pub background: f64,
    /// Seconds between signs of life, infinite for none.
    pub keepalive: f64,
    /// For TLS: the only version that is spoken.
    pub tls: TlsVersion,
    /// For TLS: the name in the hello.
    pub sni: Sni,
}

/// What a group does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Mines.
    Mine(Box<Miners>),
    /// Asks and answers at chance times, as many packets a second as the background says.
    Traffic,
    /// Chromium looks at local pages over TLS.
    Browse,
}

/// One host with what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveGroup {
    /// What it does.
    pub deed: Deed,
    /// Through what.
    pub through: Through,
}

/// A checked live scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// The name.
    pub name: String,
    /// One line for people, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// How long it lasts.
    pub seconds: f64,
    /// The way from one end to the other, milliseconds.
    pub delay_ms: f64,
    /// It takes up to so much longer, milliseconds.
    pub jitter_ms: f64,
    /// Who is there.
    pub groups: Vec<LiveGroup>,
}

/// Whether a text says of itself that it is a live scenario.
#[must_use]
pub fn is_live(text: &str) -> bool {
    reader::is_kind(text, "live")
}

impl Live {
    /// Reads a live scenario; `file` is the name that problems are told with.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, with its line, key and what is allowed there.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let table = reader::parse(file, text)?;
        let top = Reader::new(file, text, String::new(), table.get_ref(), 0);
        let name = top.text("name")?.unwrap_or_else(|| "unnamed".to_owned());
        let kinds = || Allowed::OneOf(vec!["live".to_owned()]);
        top.need("kind", top.word("kind", &[("live", ())])?, kinds)?;
        let (zh, en) = super::title(&top)?;
        let mut live = Self {
            name,
            zh,
            en,
            seconds: top.duration("duration", 5.0, LONGEST_S)?.unwrap_or(60.0),
            delay_ms: top.number("delay_ms", 0.0, 2_000.0)?.unwrap_or(15.0),
            jitter_ms: top.number("jitter_ms", 0.0, 1_000.0)?.unwrap_or(2.0),
            groups: Vec::new(),
        };
        for part in top.tables("miner")? {
            live.groups.push(miner(&part)?);
            part.finish()?;
        }
        for part in top.tables("innocent")? {
            live.groups.push(innocent(&part)?);
            part.finish()?;
        }
        top.finish()?;
        if live.groups.is_empty() || live.groups.len() > MOST_GROUPS {
            let found = format!("{} groups", live.groups.len());
            return Err(top.wrong("miner", &found, Allowed::Integer(1, MOST_GROUPS as u64)));
        }
        Ok(live)
    }

    /// The network of the hosts: all of them are in one namespace.
    #[must_use]
    pub fn network(&self) -> Network {
        let rtt_ms = Span::is((self.delay_ms * 2.0).max(0.1));
        Network {
            line: None,
            name: "inside".to_owned(),
            base: Ipv4Addr::new(192, 168, 7, 0),
            prefix: 24,
            rtt_ms,
        }
    }
}

fn miner(part: &Reader<'_>) -> Result<LiveGroup, Problem> {
    let group = Miners::read(part, &["inside"])?;
    let through = through(part, group.pool.port, true)?;
    let not_here = |key: &'static str| {
        Err(part.wrong_as_written(key, Allowed::Beside(vec!["kind = \"generated\"".to_owned()])))
    };
    if group.tunnel.is_some() {
        return not_here("tunnel");
    }
    if group.proxy {
        return not_here("proxy");
    }
    if group.count > 1 {
        return not_here("count");
    }
    Ok(LiveGroup { deed: Deed::Mine(Box::new(group)), through })
}

fn innocent(part: &Reader<'_>) -> Result<LiveGroup, Problem> {
    const KINDS: [(&str, bool); 2] = [("traffic", false), ("chromium", true)];
    let allowed = || Allowed::OneOf(KINDS.map(|it| it.0.to_owned()).to_vec());
    let browses = part.need("kind", part.word("kind", &KINDS)?, allowed)?;
    let through = through(part, Software::Nothing.usual_port(), false)?;
    if browses && through.software != Software::Stunnel {
        let only = Allowed::OneOf(vec!["{ kind = \"stunnel\" }".to_owned()]);
        return Err(part.wrong_as_written("through", only));
    }
    Ok(LiveGroup { deed: if browses { Deed::Browse } else { Deed::Traffic }, through })
}

/// `direct` is the port without software.
fn through(part: &Reader<'_>, direct: u16, mines: bool) -> Result<Through, Problem> {
    let Some(table) = part.table("through")? else {
        return Ok(usual(Software::Nothing, direct, mines));
    };
    let words = Software::WORDS;
    let allowed = || Allowed::OneOf(words.map(|it| it.0.to_owned()).to_vec());
    let software = table.need("kind", table.word("kind", &words)?, allowed)?;
    let usual = usual(software, direct, mines);
    let outer = table.integer("port", 1, 65_535)?.and_then(|it| u16::try_from(it).ok());
    let background = table.number("background", 0.0, 1_000.0)?;
    let (tls, sni) = (table.word("tls", &TLS)?, table.word("sni", &SNI)?);
    let carrying = |wanted: fn(Software) -> bool| {
        let fitting = words.iter().filter(|(_, it)| wanted(*it)).map(|(word, _)| *word);
        Allowed::beside("kind", fitting)
    };
    if (tls.is_some() || sni.is_some()) && !software.is_tls() {
        let key = if tls.is_some() { "tls" } else { "sni" };
        return Err(table.wrong_as_written(key, carrying(Software::is_tls)));
    }
    if mines && background.is_some_and(|it| it > 0.0) && software.tunnel().is_none() {
        return Err(table.wrong_as_written("background", carrying(|it| it.tunnel().is_some())));
    }
    let through = Through {
        port: outer.unwrap_or(usual.port),
        background: background.unwrap_or(usual.background),
        keepalive: table.number_or_never("keepalive", 1.0, 3_600.0)?.unwrap_or(usual.keepalive),
        tls: tls.unwrap_or(usual.tls),
        sni: sni.unwrap_or(usual.sni),
        ..usual
    };
    table.finish()?;
    Ok(through)
}

fn usual(software: Software, direct: u16, mines: bool) -> Through {
    Through {
        software,
        port: if software == Software::Nothing { direct } else { software.usual_port() },
        background: if mines { 0.0 } else { 0.5 },
        keepalive: software.usual_keepalive(),
        tls: TlsVersion::V13,
        sni: Sni::Host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, words: &[&str]) {
        let told = Live::parse("x.toml", &format!("kind = \"live\"\n{text}")).unwrap_err();
        let told = told.to_string();
        for word in words {
            assert!(told.contains(word), "{told}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_what_is_allowed() {
        refused(
            "[[miner]]\ndialect = \"cryptonote\"\nthrough = { kind = \"ipsec\" }",
            &["line 4", "wireguard"],
        );
        refused(
            "[[miner]]\ndialect = \"cryptonote\"\nthrough = { kind = \"stunnel\", background = 2 }",
            &["miner.through.background", "kind = \"ssh\""],
        );
        refused("[[miner]]\ndialect = \"cryptonote\"\ncount = 3", &["miner.count"]);
        refused("[[innocent]]\nkind = \"chromium\"", &["innocent.through", "stunnel"]);
        refused("duration = \"8d\"\n[[innocent]]\nkind = \"traffic\"", &["duration", "86400"]);
        refused("", &["0 groups"]);
    }

    #[test]
    fn a_miner_needs_no_more_than_its_dialect() {
        let text = "kind = \"live\"\n[[miner]]\ndialect = \"stratum-v1\"\n";
        assert!(is_live(text));
        let live = Live::parse("x.toml", text).unwrap();
        assert!((live.seconds - 60.0).abs() < f64::EPSILON);
        assert_eq!(live.groups[0].through.software, Software::Nothing);
    }

    #[test]
    fn live_scenarios_that_come_with_the_program_can_be_read_and_generated_ones_are_not_live() {
        for (name, text) in super::super::SHIPPED_LIVE {
            let live = Live::parse(name, text).unwrap();
            assert!(
                live.name == name && is_live(text) && !live.en.is_empty() && !live.zh.is_empty()
            );
        }
        assert!(super::super::SHIPPED.iter().all(|(_, text)| !is_live(text)));
    }
}
