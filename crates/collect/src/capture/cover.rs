//! Who had connections led on by proxies, or through what looks like Tor.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use minehound_model::ProxyUse;
use minehound_wire::Stamp;
use minehound_wire::flow::{Contact, Flow, Transport};
use minehound_wire::session::Carrier;
use minehound_wire::tls::Hello;

/// Most live connections, and most uses kept.
const MAX_KEPT: usize = 100_000;
/// Most targets kept of one use.
const MAX_TARGETS: usize = 8;
/// What Tor's links are called here.
const TOR: &str = "tor";

/// Uses of proxies in one capture.
#[derive(Default)]
pub(super) struct Cover {
    /// Connections that a proxy led on: which kind, and to whom.
    proxied: HashMap<Flow, (Carrier, Box<str>)>,
    /// Connections that greet as Tor does, and the name in the greeting.
    links: HashMap<Flow, Box<str>>,
    uses: BTreeMap<(IpAddr, SocketAddr, &'static str), Account>,
}

struct Account {
    first: Stamp,
    last: Stamp,
    connections: u64,
    bytes: u64,
    open_ns: i64,
    targets: BTreeSet<Box<str>>,
    /// The names in greetings; a name that was looked up is a real one.
    greeted: BTreeSet<Box<str>>,
}

impl Cover {
    /// A proxy led on.
    pub(super) fn proxied(&mut self, flow: &Flow, proxy: Carrier, target: &str) {
        if self.proxied.len() < MAX_KEPT {
            self.proxied.insert(*flow, (proxy, target.into()));
        }
    }

    /// A TLS client introduced itself to the other end itself.
    pub(super) fn hello(&mut self, flow: &Flow, hello: &Hello) {
        let name = hello.server_name.as_deref().filter(|it| is_tors(it));
        if let Some(name) = name.filter(|_| hello.alpn.is_empty() && !hello.has_ech)
            && self.links.len() < MAX_KEPT
        {
            self.links.insert(*flow, name.into());
        }
    }

    /// A connection has ended.
    pub(super) fn ended(&mut self, flow: &Flow, contact: &Contact) {
        if self.proxied.is_empty() && self.links.is_empty() || flow.transport != Transport::Tcp {
            return;
        }
        if let Some((proxy, target)) = self.proxied.remove(flow) {
            let name = match proxy {
                Carrier::Socks4 => "socks4",
                Carrier::Socks5 => "socks5",
                _ => "http-connect",
            };
            if let Some(it) = self.account(flow, contact, name)
                && it.targets.len() < MAX_TARGETS
            {
                it.targets.insert(target);
            }
        } else if let Some(name) = self.links.remove(flow)
            && let Some(it) = self.account(flow, contact, TOR)
            && it.greeted.len() < MAX_TARGETS
        {
            it.greeted.insert(name);
        }
    }

    fn account(
        &mut self,
        flow: &Flow,
        contact: &Contact,
        protocol: &'static str,
    ) -> Option<&mut Account> {
        let key = (flow.opener.ip(), flow.answerer, protocol);
        if self.uses.len() >= MAX_KEPT && !self.uses.contains_key(&key) {
            return None;
        }
        let it = self.uses.entry(key).or_insert_with(|| Account {
            first: flow.since,
            last: contact.last,
            connections: 0,
            bytes: 0,
            open_ns: 0,
            targets: BTreeSet::new(),
            greeted: BTreeSet::new(),
        });
        it.first = it.first.min(flow.since);
        it.last = it.last.max(contact.last);
        it.connections += 1;
        it.bytes = it.bytes.saturating_add(contact.sent.saturating_add(contact.received));
        let open_ns = contact.last.time_ns.saturating_sub(flow.since.time_ns).max(0);
        it.open_ns = it.open_ns.saturating_add(open_ns);
        Some(it)
    }

    /// What it comes to. `named` says whether an answer in the capture gave an address that name:
    /// the names that Tor greets with are made up and nobody looks them up.
    pub(super) fn facts(
        self,
        named: impl Fn(IpAddr, &str) -> bool,
    ) -> impl Iterator<Item = (Stamp, Stamp, ProxyUse)> {
        self.uses.into_iter().filter_map(move |((client, server, protocol), it)| {
            if it.greeted.iter().any(|name| named(server.ip(), name)) {
                return None;
            }
            #[expect(clippy::cast_precision_loss, reason = "a time of a capture")]
            let open_s = it.open_ns as f64 / 1e9;
            let fact = ProxyUse {
                client,
                server,
                protocol: protocol.to_owned(),
                connections: it.connections,
                bytes: it.bytes,
                open_s,
                targets: it.targets.into_iter().map(Into::into).collect(),
            };
            Some((it.first, it.last, fact))
        })
    }
}

/// Whether a name is like those that Tor's links greet with: `www.`, 4 to 25 random letters and
/// digits of base 32, `.com` (`tor_tls_new` in its `tortls_openssl.c`). One without any digit may
/// be a word.
fn is_tors(name: &str) -> bool {
    let middle = name.strip_prefix("www.").and_then(|it| it.strip_suffix(".com"));
    let Some(middle) = middle.filter(|it| (4..=25).contains(&it.len())) else { return false };
    let of_base_32 = |it: u8| it.is_ascii_lowercase() || (b'2'..=b'7').contains(&it);
    middle.bytes().all(of_base_32) && middle.bytes().any(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(port: u16) -> Flow {
        Flow {
            opener: SocketAddr::from(([10, 0, 0, 5], port)),
            answerer: SocketAddr::from(([192, 0, 2, 7], 443)),
            transport: Transport::Tcp,
            since: Stamp { time_ns: 1_000_000_000, frame: 1 },
        }
    }

    fn contact(last_s: i64) -> Contact {
        Contact {
            last: Stamp { time_ns: last_s * 1_000_000_000, frame: 9 },
            frames: 9,
            frames_sent: 4,
            sent: 100,
            received: 900,
            from_start: true,
            answered: true,
        }
    }

    fn hello(name: &str, alpn: &[&str]) -> Hello {
        Hello {
            server_name: Some(name.to_owned()),
            alpn: alpn.iter().map(|it| (*it).to_owned()).collect(),
            ..Hello::default()
        }
    }

    #[test]
    fn connections_of_one_client_by_one_proxy_are_one_use() {
        let mut cover = Cover::default();
        for (port, target) in [(1, "b.example:22"), (2, "a.example:443"), (3, "a.example:443")] {
            cover.proxied(&flow(port), Carrier::Socks5, target);
            cover.ended(&flow(port), &contact(61));
        }
        cover.ended(&flow(4), &contact(61));
        let all: Vec<_> = cover.facts(|_, _| false).map(|it| it.2).collect();
        let [it] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((it.protocol.as_str(), it.connections, it.bytes), ("socks5", 3, 3_000));
        assert_eq!(it.targets, ["a.example:443", "b.example:22"]);
        assert!((it.open_s - 180.0).abs() < 1e-6);
    }

    #[test]
    fn tor_greets_with_a_name_that_nobody_looked_up() {
        let tor = "www.q4zj2mxv7k.com";
        let count = |name: &str, alpn: &[&str], named: bool| {
            let mut cover = Cover::default();
            cover.hello(&flow(1), &hello(name, alpn));
            cover.ended(&flow(1), &contact(2));
            cover.facts(|_, it| named && it == name).count()
        };
        assert_eq!(count(tor, &[], false), 1);
        assert_eq!(count(tor, &[], true), 0);
        assert_eq!(count(tor, &["h2"], false), 0);
        for other in ["www.example.com", "www.x2.com", "q4zj2mxv7k.com", "www.q4zj-2mxv.com"] {
            assert_eq!(count(other, &[], false), 0, "{other}");
        }
    }
}
