//! Host names and ports of pools.

use std::collections::HashMap;

use super::schema::{Entry, Group, Node, Pool, PoolKind, Port, PortUse};
use super::{Knowledge, Known, Place, known, places};

/// Ports on which a pool's bare domain serves its web pages.
const WEB_PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// A pool recognised by a host name.
#[derive(Debug, Clone, Copy)]
pub struct PoolMatch<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// Its group: source, date, note.
    pub group: &'a Group<Pool>,
    /// Whether the name is listed as it stands; otherwise it lies below a listed one.
    pub exact: bool,
    /// Whether the name is one that miners connect to; otherwise a visit to a web page is as likely.
    pub stratum_host: bool,
    /// Whether the entry describes the past: the name may have found a new owner.
    pub expired: bool,
}

/// Who claims a host name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    place: Place,
    mining_server: bool,
}

/// Words in the first labels of host names that stand for mining servers.
const SERVER_WORDS: &[&str] = &[
    "stratum",
    "stratums",
    "pool",
    "pools",
    "mine",
    "mining",
    "miner",
    "proxy",
    "ss",
    "gulf",
    "connect",
    "tcp",
    "ssl",
    "tls",
    "auto",
    "donate",
    "fee",
    "rx",
    "randomx",
    "ethash",
    "etchash",
    "kawpow",
    "autolykos",
    "kheavyhash",
    "equihash",
    "scrypt",
    "sha256",
    "cryptonight",
    "daggerhashimoto",
    "solo",
    "monero",
    "zephyr",
    "ravencoin",
    "kaspa",
    "ergo",
    "zcash",
    "daili",
];

/// Words in the first labels of host names that stand for web pages.
const WEB_WORDS: &[&str] = &[
    "www",
    "web",
    "api",
    "app",
    "apps",
    "account",
    "accounts",
    "auth",
    "blog",
    "cdn",
    "dash",
    "dashboard",
    "dl",
    "doc",
    "docs",
    "download",
    "downloads",
    "explorer",
    "faq",
    "forum",
    "help",
    "img",
    "images",
    "login",
    "mail",
    "m",
    "news",
    "ns1",
    "ns2",
    "shop",
    "smtp",
    "static",
    "stats",
    "status",
    "store",
    "support",
    "test",
    "wiki",
];

impl Knowledge {
    /// The pool that `host` belongs to, by whole labels: `supportxmr.com` is found for `pool.supportxmr.com`, never for
    /// `notsupportxmr.com`. Case and a final dot do not matter. The longest listed name wins.
    #[must_use]
    pub fn pool_for_host(&self, host: &str) -> Option<PoolMatch<'_>> {
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.len() > 253 {
            return None;
        }
        let host = host.to_ascii_lowercase();
        let mut suffix = host.as_str();
        loop {
            if let Some(claim) = self.names.get(suffix) {
                let Known { entry: pool, group } = known(&self.tables.pools, claim.place)?;
                let below = host.strip_suffix(suffix)?.trim_end_matches('.');
                let serves_miners = !matches!(
                    pool.kind,
                    PoolKind::WebOnly | PoolKind::FarmManager | PoolKind::NodeService
                );
                let named_so = !pool.mixed_use && self.names_a_server(below);
                return Some(PoolMatch {
                    pool,
                    group,
                    exact: below.is_empty(),
                    stratum_host: serves_miners && (claim.mining_server || named_so),
                    expired: group.expired,
                });
            }
            suffix = suffix.split_once('.')?.1;
        }
    }

    /// Whether the labels below a pool's domain name a mining server: `xmr-eu1`, `stratum`, `us2.etc`.
    fn names_a_server(&self, below: &str) -> bool {
        let mut words = below.split(['.', '-', '_']).filter(|it| !it.is_empty());
        if words.clone().any(|it| WEB_WORDS.contains(&it)) {
            return false;
        }
        words.any(|word| {
            let stem = word.trim_end_matches(|it: char| it.is_ascii_digit());
            SERVER_WORDS.contains(&word)
                || SERVER_WORDS.contains(&stem)
                || (!stem.is_empty() && self.coin(stem).is_some())
        })
    }

    /// What is known of a port; several entries when it has several uses.
    pub fn port(&self, number: u16) -> impl Iterator<Item = Known<'_, Port>> {
        self.tables.ports.iter().flat_map(move |group| {
            let of_number = group.entries.iter().filter(move |it| it.number == number);
            of_number.map(move |entry| Known { entry, group })
        })
    }

    /// Whether a port is one that pools like and ordinary programs seldom use. Circumstance at most.
    #[must_use]
    pub fn pool_port(&self, number: u16) -> bool {
        let stratum = |it: &Port| matches!(it.usage, PortUse::Stratum | PortUse::StratumTls);
        self.port(number).any(|it| stratum(it.entry) && !it.entry.common && !it.entry.udp)
    }

    /// Whether a port is one on which a pool's bare domain serves its web pages.
    #[must_use]
    pub fn is_web_port(number: u16) -> bool {
        WEB_PORTS.contains(&number)
    }

    /// Whether a port speaks for mining where a name of this pool is known: one of its own or one that pools
    /// like, and none that serves web pages.
    #[must_use]
    pub fn mining_port(&self, pool: &PoolMatch<'_>, number: u16) -> bool {
        !Self::is_web_port(number) && (pool.pool.ports.contains(&number) || self.pool_port(number))
    }

    /// The ports that pools like and ordinary programs seldom use, for the collectors' interest.
    pub fn pool_ports(&self) -> impl Iterator<Item = u16> {
        let all = self.tables.ports.iter().flat_map(|group| &group.entries);
        all.map(|it| it.number).filter(|it| self.pool_port(*it))
    }

    /// The coin network whose nodes use a port.
    #[must_use]
    pub fn node_on_port(&self, number: u16) -> Option<Known<'_, Node>> {
        super::find(&self.tables.nodes, |it| it.ports.iter().any(|port| port.port == number))
    }

    /// Every host name and domain suffix of a pool, for the collectors' interest. In the order of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.pools.iter().flat_map(|group| group.entries.iter().flat_map(Entry::host_names))
    }
}

/// Who claims each name. A later group's claim wins, so that an overlay can take a name over.
pub(super) fn claims(groups: &[Group<Pool>]) -> HashMap<String, Claim> {
    let mut claims = HashMap::new();
    for (place, pool) in places(groups) {
        for name in &pool.domains {
            claims.insert(name.clone(), Claim { place, mining_server: false });
        }
        for name in &pool.hosts {
            claims.insert(name.clone(), Claim { place, mining_server: true });
        }
    }
    claims
}
