//! Configuration files in JSON, and in the JSON with comments that miners accept.

use serde_json::{Map, Value};

use super::{
    Family, MAX_CONFIG, MAX_POOLS, MinerConfig, Payee, Pool, Server, Signs, shapes, shorten,
};

type Object = Map<String, Value>;

/// Settings that only miners have, at the top of a file or in the sections named.
///
/// xmrig/xmrig:src/config.json, xmrig/xmrig-proxy:src/config.json,
/// fireice-uk/xmr-stak:xmrstak/pools.tpl, ckolivas/cgminer:README, trexminer/T-Rex:README.
const TOP: [&str; 19] = [
    "api-bind-http",
    "bitmain-fan-ctrl",
    "bitmain-freq",
    "bitmain-options",
    "bitmain-voltage",
    "cpu-max-threads-hint",
    "donate-level",
    "donate-over-proxy",
    "ethash-mode",
    "exit-on-cuda-error",
    "gpu-engine",
    "gpu-memclock",
    "gpu-powertune",
    "pool_list",
    "randomx",
    "rig-id",
    "thread-concurrency",
    "xintensity",
    "zil_only",
];
const CPU: [&str; 6] =
    ["argon2-impl", "huge-pages", "huge-pages-jit", "hw-aes", "max-threads-hint", "memory-pool"];
const POOL: [&str; 9] = [
    "nicehash",
    "pool_weight",
    "rig-id",
    "rig_id",
    "self-select",
    "submit-to-origin",
    "tls-fingerprint",
    "tls_fingerprint",
    "use_nicehash",
];
const URL_KEYS: [&str; 5] = ["url", "pool_address", "pool", "host", "server"];
const USER_KEYS: [&str; 4] = ["user", "wallet_address", "wallet", "username"];
const ALGORITHM_KEYS: [&str; 5] = ["algo", "algorithm", "coin", "currency", "algorithms"];

/// Reads a miner's configuration; `None` is any other file.
#[must_use]
pub fn json(text: &[u8]) -> Option<MinerConfig> {
    if text.len() > MAX_CONFIG || memchr::memchr(b'"', text).is_none() {
        return None;
    }
    let value = serde_json::from_slice(text).ok().or_else(|| lenient(text))?;
    let Value::Object(top) = value else { return None };
    let (family, sections) = sections(&top);
    // One server at the top is so common a shape that only in a list it stands for a pool.
    let place = if family == Family::Flat { Server::Any } else { Server::Pool };
    let mut signs = Signs::default();
    let mut settings: Vec<&'static str> =
        TOP.into_iter().filter(|key| top.contains_key(*key)).collect();
    if let Some(Value::Object(cpu)) = top.get("cpu") {
        settings.extend(CPU.into_iter().filter(|key| cpu.contains_key(*key)));
    }
    let mut pools = Vec::new();
    for section in sections.into_iter().take(MAX_POOLS) {
        settings.extend(POOL.into_iter().filter(|key| section.contains_key(*key)));
        pools.extend(pool(section, &top, place, &mut signs));
    }
    settings.sort_unstable();
    settings.dedup();
    signs.exclusive = settings.len();
    signs.algorithm |= text_of(&top, &ALGORITHM_KEYS).is_some_and(shapes::miners_algorithm);
    let paid = pools.iter().any(|pool| pool.user.is_some());
    let strength = signs.weigh().filter(|_| paid || settings.len() > 2)?;
    Some(MinerConfig { family, pools, settings, strength })
}

/// The sections that describe a pool each, and whose format has them there.
fn sections(top: &Object) -> (Family, Vec<&Object>) {
    let lists = [
        ("pools", Family::PoolList),
        ("pool_list", Family::XmrStak),
        ("pool_configs", Family::BzMiner),
    ];
    for (key, family) in lists {
        if let Some(Value::Array(list)) = top.get(key) {
            let xmrig = ["randomx", "cpu", "donate-level"].iter().any(|key| top.contains_key(*key));
            let proxy = top.contains_key("bind") && top.contains_key("mode");
            let family = match family {
                Family::PoolList if proxy => Family::XmrigProxy,
                Family::PoolList if xmrig => Family::Xmrig,
                other => other,
            };
            return (family, list.iter().filter_map(Value::as_object).collect());
        }
    }
    let profiles: Vec<&Object> = top
        .values()
        .filter_map(|profile| profile.get("POOLS")?.as_array())
        .flatten()
        .filter_map(Value::as_object)
        .collect();
    if profiles.is_empty() { (Family::Flat, vec![top]) } else { (Family::LolMiner, profiles) }
}

fn pool(section: &Object, top: &Object, place: Server, signs: &mut Signs) -> Option<Pool> {
    let written = text_of(section, &URL_KEYS)?;
    let port = section.get("port").or_else(|| section.get("PORT"));
    let with_port = match port {
        Some(Value::Number(port)) => format!("{written}:{port}"),
        Some(Value::String(port)) => format!("{written}:{port}"),
        _ => written.to_owned(),
    };
    let address = shapes::address(written).or_else(|| shapes::address(&with_port))?;
    let user = text_of(section, &USER_KEYS).or(address.login).filter(|user| !user.is_empty());
    let algorithm = text_of(section, &ALGORITHM_KEYS).or_else(|| text_of(top, &ALGORITHM_KEYS));
    signs.server = signs.server.max(if address.stratum { Server::Stratum } else { place });
    if user.is_some_and(shapes::names_wallet) {
        signs.payee = Payee::Wallet;
    }
    signs.algorithm |= algorithm.is_some_and(shapes::miners_algorithm);
    let (user, algorithm) = (user.map(shorten), algorithm.map(shorten));
    Some(Pool { url: address.url, user, algorithm })
}

/// The first text under any of the keys, in lower case or capitals; of a list, its first text.
fn text_of<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| {
        let value = object.get(*key).or_else(|| object.get(&key.to_ascii_uppercase()))?;
        value.as_str().or_else(|| value.as_array()?.first()?.as_str())
    })
}

/// Comments, commas before a closing bracket and missing outer braces, as XMRig and xmr-stak let
/// pass.
fn lenient(text: &[u8]) -> Option<Value> {
    let mut kept: Vec<u8> = Vec::with_capacity(text.len() + 2);
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after.first()) {
            (b'"', _) => {
                let end = end_of_string(after);
                kept.push(b'"');
                kept.extend(after.get(..end)?);
                after.get(end..)?
            }
            (b'/', Some(b'/')) | (b'#', _) => {
                let line = memchr::memchr(b'\n', after).unwrap_or(after.len());
                after.get(line..)?
            }
            (b'/', Some(b'*')) => {
                let end = memchr::memmem::find(after, b"*/").map_or(after.len(), |at| at + 2);
                after.get(end..)?
            }
            (b'}' | b']', _) => {
                while kept.last().is_some_and(|last| last.is_ascii_whitespace() || *last == b',') {
                    kept.pop();
                }
                kept.push(*byte);
                after
            }
            _ => {
                kept.push(*byte);
                after
            }
        };
    }
    let inner = kept.trim_ascii();
    if inner.starts_with(b"\"") {
        let inner = inner.strip_suffix(b",").unwrap_or(inner);
        return serde_json::from_slice(&[b"{", inner, b"}"].concat()).ok();
    }
    serde_json::from_slice(inner).ok()
}

/// The length of a string's rest, its closing quote included.
fn end_of_string(text: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
