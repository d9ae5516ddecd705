//! What pools, wallets and algorithms look like in settings.

use crate::wallet::{Checksum, find_in_login};

/// Beginnings of URL schemes that only miners use; a `+` and a transport may follow.
///
/// xmrig/xmrig:src/base/net/stratum/Url.cpp; ethereum-mining/ethminer:docs/POOL_EXAMPLES_ETH.md;
/// NebuTech/NBMiner:readme; bzminer's example configurations.
const SCHEMES: [&str; 16] = [
    "stratum",
    "stratums",
    "stratumss",
    "stratum1",
    "stratum2",
    "stratum3",
    "ethproxy",
    "ethnh",
    "ethstratum",
    "ethstratum2",
    "nicehash",
    "nhstratum",
    "zecstratum",
    "daemon",
    "xnsub",
    "stratum-v2",
];
/// Transports after a scheme's `+`.
const TRANSPORTS: [&str; 12] =
    ["tcp", "tcps", "ssl", "tls", "tls12", "tls13", "ws", "wss", "udp", "http", "https", "tcp4"];
/// Schemes of which miners use some too, as other programs do.
const COMMON_SCHEMES: [&str; 6] = ["tcp", "ssl", "tls", "http", "https", "tcps"];

/// Names of algorithms that are computed for coins alone.
///
/// xmrig/xmrig:doc/ALGORITHMS.md, Lolliedieb/lolMiner-releases, trexminer/T-Rex and
/// doktor83/SRBMiner-Multi (lists of algorithms), JayDDee/cpuminer-opt:algo-gate-api.h.
const ALGORITHMS: [&str; 60] = [
    "allium",
    "argon2/chukwa",
    "argon2/chukwav2",
    "argon2/ninja",
    "argon2/wrkz",
    "argon2d250",
    "argon2d500",
    "astrobwt",
    "autolykos",
    "autolykos2",
    "beam-iii",
    "beamhash",
    "beamhashii",
    "beamhashiii",
    "blake3-alephium",
    "blake3_alephium",
    "c29ae",
    "cryptonight",
    "cuckaroo29",
    "cuckatoo31",
    "cuckatoo32",
    "daggerhashimoto",
    "dynexsolve",
    "equihash",
    "etchash",
    "ethash",
    "ethashb3",
    "evrprogpow",
    "firopow",
    "fishhash",
    "ghostrider",
    "heavyhash",
    "karlsenhash",
    "kawpow",
    "kheavyhash",
    "lyra2rev2",
    "lyra2rev3",
    "lyra2v2",
    "lyra2v3",
    "lyra2z",
    "lyra2z330",
    "meowpow",
    "neoscrypt",
    "nexapow",
    "octopus",
    "power2b",
    "progpow",
    "progpowz",
    "pyrinhash",
    "randomarq",
    "randomx",
    "rinhash",
    "verushash",
    "x16r",
    "x16rv2",
    "x16s",
    "x17",
    "xelishash",
    "zelhash",
    "zhash",
];
/// Families whose members are written after a slash or an underscore.
const ALGORITHM_FAMILIES: [&str; 13] = [
    "rx",
    "cn",
    "cn-lite",
    "cn-heavy",
    "cn-pico",
    "cn-gpu",
    "randomx",
    "cryptonight",
    "progpow",
    "equihash",
    "yespower",
    "yescrypt",
    "equi",
];

/// Where a pool is, as settings name it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// The address without a login.
    pub(super) url: String,
    /// A login written into it, without its password.
    pub(super) login: Option<&'a str>,
    /// Whether only miners write it so.
    pub(super) stratum: bool,
}

/// Reads `scheme://login:password@host:port/path`; all but the host may be missing, yet without a
/// miner's scheme there must be a port.
pub(super) fn address(text: &str) -> Option<Address<'_>> {
    if text.len() > 1024 {
        return None;
    }
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(s, rest)| (Some(s), rest));
    let stratum = match scheme {
        Some(scheme) if miners_scheme(scheme) => true,
        Some(scheme) if COMMON_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) => false,
        Some(_) => return None,
        None => false,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (login, place) =
        authority.rsplit_once('@').map_or((None, authority), |(l, place)| (Some(l), place));
    let (host, port) =
        place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let port_fits = match port {
        Some(port) => port.parse::<u16>().is_ok_and(|port| port > 0),
        None => stratum,
    };
    // Only a miner's scheme vouches for a path: `http://host:port/metrics` is anybody's.
    if !host_fits(host, stratum) || !port_fits || !(stratum || matches!(path, "" | "/")) {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let prefix = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let login = login.map(|login| login.split_once(':').map_or(login, |(user, _)| user));
    Some(Address { url: super::shorten(&format!("{prefix}{place}{path}")), login, stratum })
}

fn miners_scheme(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    let (first, transport) =
        scheme.split_once('+').map_or((scheme.as_str(), None), |(first, t)| (first, Some(t)));
    // `daemon://` alone is anybody's.
    SCHEMES.contains(&first)
        && transport.map_or(first != "daemon", |transport| TRANSPORTS.contains(&transport))
}

/// A name or an address in digits. Without a miner's scheme a name needs a dot or to be
/// `localhost`, else `a:1` would do.
fn host_fits(host: &str, stratum: bool) -> bool {
    if let Some(literal) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return literal.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let letters = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let labels = host.split('.').all(|label| (1..=63).contains(&label.len()));
    letters && labels && host.len() <= 253 && (stratum || host.contains('.') || host == "localhost")
}

/// Whether a login contains an address that verification does not refuse.
pub(super) fn names_wallet(login: &str) -> bool {
    find_in_login(login).iter().any(|wallet| wallet.checksum != Checksum::Invalid)
}

/// Whether the algorithm is computed for coins alone.
pub(super) fn miners_algorithm(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let family = name.split(['/', '_']).next().unwrap_or_default();
    ALGORITHMS.contains(&name.as_str())
        || family.len() < name.len() && ALGORITHM_FAMILIES.contains(&family)
}
