//! What every knowledge entry must satisfy, at build time for the shipped files and at run time for overlays.
//!
//! The build script includes this file as well.

use std::collections::BTreeMap;
use std::fmt;

use super::schema::{Day, Entry, Group, TableVisitor, Tables};

/// Suffixes below which strangers register names, and names of networks that carry everybody's traffic. None of them
/// may stand as a pool's own name. Short on purpose: those that lists of pools have been seen to contain, and their kin.
const SHARED_SUFFIXES: &[&str] = &[
    "ac.cn",
    "ac.in",
    "ac.uk",
    "akamaiedge.net",
    "akamaized.net",
    "amazonaws.com",
    "azureedge.net",
    "azurewebsites.net",
    "bitbucket.io",
    "blogspot.com",
    "clients.your-server.de",
    "cloudflare.com",
    "cloudflare.net",
    "cloudfront.net",
    "co.id",
    "co.in",
    "co.jp",
    "co.kr",
    "co.nz",
    "co.th",
    "co.uk",
    "co.za",
    "com.ar",
    "com.au",
    "com.br",
    "com.cn",
    "com.hk",
    "com.mx",
    "com.pk",
    "com.ru",
    "com.tr",
    "com.tw",
    "com.ua",
    "contaboserver.net",
    "ddns.net",
    "ddnsfree.com",
    "dscloud.me",
    "duckdns.org",
    "dynamic-dns.net",
    "dyndns.org",
    "dynu.net",
    "edu.cn",
    "fastly.net",
    "fly.dev",
    "freemyip.com",
    "github.com",
    "github.io",
    "gitlab.io",
    "gov.cn",
    "herokuapp.com",
    "hopto.org",
    "ipfs.io",
    "linode.com",
    "mine.bz",
    "mooo.com",
    "msk.ru",
    "mysrv.cloud",
    "myvnc.com",
    "net.cn",
    "netlify.app",
    "netlify.com",
    "no-ip.org",
    "now.sh",
    "onion.pet",
    "onrender.com",
    "org.cn",
    "org.uk",
    "ovh.net",
    "pages.dev",
    "pp.ua",
    "page.tl",
    "r2.dev",
    "railway.app",
    "serveo.net",
    "softether.net",
    "ssl-cdnweb.net",
    "surge.sh",
    "sytes.net",
    "trycloudflare.com",
    "us.to",
    "vercel.app",
    "web.app",
    "webhop.net",
    "wordpress.com",
    "workers.dev",
    "your-server.de",
    "zapto.org",
];

/// The first year a list of pools could have been written.
const FIRST_YEAR: u16 = 2009;

/// Something wrong with one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The table's name in TOML.
    pub table: &'static str,
    /// The entry's key, or the group's source.
    pub key: String,
    /// The words to look for in the file.
    pub needle: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` entry `{}`: {}", self.table, self.key, self.message)
    }
}

/// Finds the first problem in tables that came from one file or from all shipped files together.
///
/// # Errors
///
/// The problem.
pub(super) fn check(tables: &Tables) -> Result<(), Problem> {
    let mut checker = Checker::default();
    tables.walk(&mut checker)?;
    match tables.version.as_ref().filter(|it| !plausible(it.date)) {
        Some(version) => Err(Problem {
            table: "version",
            key: "date".to_owned(),
            needle: version.date.to_string(),
            message: "`date` is not a day; write one such as 2026-11-23".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Finds a group that says it was checked after the last day that can have been.
///
/// # Errors
///
/// The problem.
pub(super) fn check_days(tables: &Tables, newest: Day) -> Result<(), Problem> {
    struct Days(Day);

    impl TableVisitor for Days {
        type Error = Problem;

        fn visit<T: Entry>(
            &mut self,
            table: &'static str,
            groups: &[Group<T>],
        ) -> Result<(), Problem> {
            match groups.iter().find(|it| it.checked > self.0) {
                None => Ok(()),
                Some(group) => Err(Problem {
                    table,
                    key: group.source.clone(),
                    needle: group.checked.to_string(),
                    message: format!(
                        "`checked` = {} lies in the future; write the day it was last compared",
                        group.checked
                    ),
                }),
            }
        }
    }

    tables.walk(&mut Days(newest))
}

/// Finds a pool's coin that neither the file itself nor anything else describes.
///
/// # Errors
///
/// The problem.
pub(super) fn check_coins(tables: &Tables, known: impl Fn(&str) -> bool) -> Result<(), Problem> {
    let own = |coin: &str| {
        let mut coins = tables.coins.iter().flat_map(|it| &it.entries);
        coins.any(|it| it.symbol == coin)
    };
    for pool in tables.pools.iter().flat_map(|it| &it.entries) {
        if let Some(coin) = pool.coins.iter().find(|it| !own(it) && !known(it)) {
            return Err(Problem {
                table: "pools",
                key: pool.key(),
                needle: format!("\"{coin}\""),
                message: format!(
                    "coin `{coin}` is not known; write a symbol such as XMR, or describe it in `coins`"
                ),
            });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Checker {
    /// Name of a host -> who claims it. Claims of pools only: a family may live on a pool's name.
    claimed: BTreeMap<String, String>,
}

impl TableVisitor for Checker {
    type Error = Problem;

    fn visit<T: Entry>(&mut self, name: &'static str, groups: &[Group<T>]) -> Result<(), Problem> {
        let mut seen = BTreeMap::new();
        for group in groups {
            check_origin(name, group)?;
            for entry in &group.entries {
                let key = entry.key();
                let problem = |needle: &str, message: String| Problem {
                    table: name,
                    key: key.clone(),
                    needle: needle.to_owned(),
                    message,
                };
                entry.lint().map_err(|message| {
                    let needle = message.split('"').nth(1).unwrap_or(&key).to_owned();
                    problem(&needle, message)
                })?;
                if seen.insert(key.clone(), ()).is_some() {
                    let message = "stands twice; merge the two entries".to_owned();
                    return Err(problem(&key, message));
                }
                for host in entry.host_names() {
                    check_host_name(host).map_err(|message| problem(host, message))?;
                    if name != "pools" {
                        continue;
                    }
                    if let Some(other) = self.claimed.insert(host.to_owned(), key.clone()) {
                        let message = format!("`{host}` already belongs to `{other}`; drop one");
                        return Err(problem(host, message));
                    }
                }
            }
        }
        Ok(())
    }
}

fn check_origin<T>(table: &'static str, group: &Group<T>) -> Result<(), Problem> {
    let problem = |message: &str| Problem {
        table,
        key: group.source.clone(),
        needle: if group.source.is_empty() { "source".to_owned() } else { group.source.clone() },
        message: message.to_owned(),
    };
    if group.source.trim().len() < 8 {
        return Err(problem(
            "`source` is empty or too short; cite owner/repository@commit:path or a page",
        ));
    }
    if !plausible(group.checked) {
        return Err(problem("`checked` is not a day; write one such as 2026-11-23"));
    }
    if group.entries.is_empty() {
        return Err(problem("`entries` is empty; drop the group"));
    }
    Ok(())
}

fn plausible(day: Day) -> bool {
    day.year >= FIRST_YEAR && (1..=12).contains(&day.month) && (1..=31).contains(&day.day)
}

/// Refuses what is no host name of somebody's own: capitals, single labels, addresses, shared suffixes.
///
/// # Errors
///
/// What is wrong, in a sentence.
pub(super) fn check_host_name(host: &str) -> Result<(), String> {
    let labels: Vec<&str> = host.split('.').collect();
    let label = |it: &&str| {
        (1..=63).contains(&it.len())
            && !it.starts_with('-')
            && !it.ends_with('-')
            && it
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    if host.len() > 253 || labels.len() < 2 || !labels.iter().all(label) {
        return Err(format!(
            "`{host}` is not a lower-case host name; write it like `pool.example`"
        ));
    }
    if labels.last().is_none_or(|it| it.bytes().all(|b| b.is_ascii_digit())) {
        return Err(format!("`{host}` is an address; only names can be listed"));
    }
    if SHARED_SUFFIXES.contains(&host) {
        return Err(format!("`{host}` is shared by strangers; list the full name of the server"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, good: bool) {
        assert_eq!(check_host_name(host).is_ok(), good, "{host}");
    }

    #[test]
    fn a_pool_name_is_a_lower_case_name_of_its_own() {
        check("supportxmr.com", true);
        check("stratum_ltc.bw.com", true);
        check("foo.duckdns.org", true);
        for bad in [
            "duckdns.org",
            "com.cn",
            "co.uk",
            "mooo.com",
            "github.io",
            "com",
            "Pool.example",
            "a..b",
        ] {
            check(bad, false);
        }
        check("1.2.3.4", false);
        check("-a.example", false);
        check("", false);
    }
}
