//! The strings that a program which mines cannot do without.
//!
//! One word is not enough: wallets, nodes, browsers, virus scanners and this program know the words
//! of mining too. Either the salt of a RandomX build stands beside a pool scheme and an option that
//! only mining clients have; or a template for handing in a share stands beside a pool scheme.
//! Checked against: tevador/RandomX@v1.2.1:src/configuration.h (`RANDOMX_ARGON_SALT`),
//! xmrig/xmrig@v6.26.0:src/core/config/usage.h,
//! pooler/cpuminer@v2.5.1:cpu-miner.c (`mining.submit` template). Packed programs are not seen
//! through.

use std::collections::BTreeSet;
use std::io::Read;

use memchr::memmem::{Finder, find};

/// How much is searched at a time, in bytes.
const CHUNK: usize = 256 * 1024;
/// How far a marker may reach over the end of a chunk, in bytes.
const OVERLAP: usize = 256;
/// How far from the method name the fields of a share may stand, in bytes.
const NEAR: usize = 96;

/// The salts with another first letter, which is asked for apart: this program, which holds this
/// list, holds none of them.
const SALTS: [&[u8]; 4] = [b"-andomX\x03", b"-andomWOW\x01", b"-andomARQ\x01", b"-andomSFX\x01"];
const SCHEMES: [&[u8]; 3] = [b"stratum+tcp://", b"stratum+ssl://", b"stratum+tls://"];
const OPTIONS: [&[u8]; 4] =
    [b"cpu-max-threads-hint", b"donate-level", b"randomx-no-numa", b"donate-over-proxy"];
const SUBMIT: &[u8] = b"mining.submit";
const FIELD: &[u8] = b"\"%s\"";

/// What to look for, prepared.
pub(super) struct Markers {
    salts: Vec<Finder<'static>>,
    schemes: Vec<Finder<'static>>,
    options: Vec<Finder<'static>>,
    submit: Finder<'static>,
}

/// A kind of marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Marker {
    Salt,
    Scheme,
    Option,
    Template,
}

/// The kinds found so far.
#[derive(Default)]
struct Found(BTreeSet<Marker>);

impl Found {
    fn has(&self, marker: Marker) -> bool {
        self.0.contains(&marker)
    }

    fn is_miner(&self) -> bool {
        let computes = self.has(Marker::Salt) && self.has(Marker::Option);
        self.has(Marker::Scheme) && (self.has(Marker::Template) || computes)
    }

    /// Looks for a kind of marker unless it was found before.
    fn look(&mut self, marker: Marker, is_there: impl FnOnce() -> bool) {
        if !self.has(marker) && is_there() {
            self.0.insert(marker);
        }
    }
}

impl Markers {
    pub(super) fn new() -> Self {
        let finders = |words: &'static [&'static [u8]]| words.iter().map(Finder::new).collect();
        Self {
            salts: SALTS.iter().map(|it| Finder::new(it.get(1..).unwrap_or(it))).collect(),
            schemes: finders(&SCHEMES),
            options: finders(&OPTIONS),
            submit: Finder::new(SUBMIT),
        }
    }

    /// Whether the markers stand in what is read; `total` counts the bytes.
    pub(super) fn are_in(&self, mut from: impl Read, total: &mut u64) -> bool {
        let mut found = Found::default();
        let mut buffer = vec![0; CHUNK + OVERLAP];
        let mut kept = 0;
        loop {
            let Some(free) = buffer.get_mut(kept..) else { return false };
            let read = from.read(free).unwrap_or(0);
            if read == 0 {
                return found.is_miner();
            }
            *total = total.saturating_add(u64::try_from(read).unwrap_or(0));
            let filled = kept + read;
            let Some(bytes) = buffer.get(..filled) else { return false };
            self.search(bytes, &mut found);
            if found.is_miner() {
                return true;
            }
            kept = filled.min(OVERLAP);
            buffer.copy_within(filled - kept..filled, 0);
        }
    }

    fn search(&self, bytes: &[u8], found: &mut Found) {
        found.look(Marker::Scheme, || any(&self.schemes, bytes));
        found.look(Marker::Option, || any(&self.options, bytes));
        found.look(Marker::Salt, || self.salts.iter().any(|it| has_salt(it, bytes)));
        found.look(Marker::Template, || self.has_template(bytes));
    }

    /// Whether a share is put together with `printf`: `"%s"` stands near the name of the method.
    fn has_template(&self, bytes: &[u8]) -> bool {
        self.submit.find_iter(bytes).any(|at| {
            let around = at.saturating_sub(NEAR)..(at + SUBMIT.len() + NEAR).min(bytes.len());
            bytes.get(around).is_some_and(|it| find(it, FIELD).is_some())
        })
    }
}

fn any(finders: &[Finder<'_>], bytes: &[u8]) -> bool {
    finders.iter().any(|it| it.find(bytes).is_some())
}

fn has_salt(end: &Finder<'_>, bytes: &[u8]) -> bool {
    end.find_iter(bytes).any(|at| at.checked_sub(1).and_then(|it| bytes.get(it)) == Some(&b'R'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parts: &[&str], expected: bool) {
        let mut bytes = vec![0; 3 * CHUNK];
        for (place, part) in parts.iter().enumerate() {
            // Some markers lie across the end of a chunk.
            let at = (place + 1) * (CHUNK / 2) + OVERLAP - 4;
            bytes[at..at + part.len()].copy_from_slice(part.as_bytes());
        }
        assert_eq!(Markers::new().are_in(bytes.as_slice(), &mut 0), expected, "{parts:?}");
    }

    #[test]
    fn a_miner_holds_a_conjunction() {
        let salt = String::from_utf8([b"R", &SALTS[0][1..]].concat()).unwrap();
        check(&[&salt, "donate-level", "stratum+tcp://"], true);
        check(&["stratum+tcp://", "{\"method\": \"mining.submit\", \"params\": [\"%s\"]"], true);
    }

    #[test]
    fn wallets_pools_and_scanners_do_not() {
        let salt = String::from_utf8([b"R", &SALTS[0][1..]].concat()).unwrap();
        check(&[&salt, "donate-level"], false);
        check(&["donate-level", "stratum+tcp://", "mining.submit", "cryptonight"], false);
        check(&["{\"method\": \"mining.submit\", \"params\": [\"%s\"]"], false);
        check(&[&salt, "stratum+tcp://"], false);
    }

    #[test]
    fn this_program_is_not_taken_for_a_miner() {
        let own = std::fs::File::open("/proc/self/exe").unwrap();
        let mut bytes = Vec::new();
        own.take(256 << 20).read_to_end(&mut bytes).unwrap();
        let mut found = Found::default();
        Markers::new().search(&bytes, &mut found);
        assert!(found.has(Marker::Scheme) && found.has(Marker::Option), "it knows the words");
        assert!(!found.has(Marker::Salt), "and holds no salt");
    }
}
