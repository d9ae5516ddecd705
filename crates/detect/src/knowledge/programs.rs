//! Names of programs.

use std::collections::{BTreeSet, HashMap};

use super::schema::{Family, Group, Masquerade, MasqueradeKind, Miner, NotMining, SecurityAgent};
use super::{Knowledge, Known, Place, find, known, places};

/// How a name led to a mining program, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameMatch {
    /// The program's own name.
    Exact,
    /// Another name of the program that no other program bears.
    Alias,
    /// One letter added, lost, swapped for another or exchanged with its neighbour.
    NearMiss,
    /// A name the program ships under that many programs bear (`miner`).
    Generic,
}

/// A mining program recognised by name.
#[derive(Debug, Clone, Copy)]
pub struct ProgramMatch<'a> {
    /// The program.
    pub miner: &'a Miner,
    /// Its group: source, date, note.
    pub group: &'a Group<Miner>,
    /// How the name led to it.
    pub by: NameMatch,
}

/// Shorter names are too close to ordinary words for near misses.
const NEAR_MISS_MIN_CHARS: usize = 6;

impl Knowledge {
    /// The mining program that a process or file name stands for. `name` is a base name; case and `.exe` do not matter.
    #[must_use]
    pub fn miner_named(&self, name: &str) -> Option<ProgramMatch<'_>> {
        let name = bare(name);
        let (place, by) = match self.miners.get(&name) {
            Some(hit) => *hit,
            None => (self.nearly_named(&name)?, NameMatch::NearMiss),
        };
        let Known { entry: miner, group } = known(&self.tables.miners, place)?;
        Some(ProgramMatch { miner, group, by })
    }

    /// The mining program that a file on a disk is called after, with or without a version, and
    /// whether the name says so: names that many files bear do not. Near misses are not looked for:
    /// disks are full of names.
    #[must_use]
    pub fn miner_file(&self, name: &str) -> Option<(ProgramMatch<'_>, bool)> {
        let name = bare(name);
        let versionless = name.rsplit_once('-').filter(|(_, version)| {
            version.trim_start_matches('v').starts_with(|it: char| it.is_ascii_digit())
        });
        let names = [Some(name.as_str()), versionless.map(|it| it.0)];
        let found = names.into_iter().flatten().find(|it| self.miners.contains_key(*it))?;
        let program = self.miner_named(found).filter(|it| it.by != NameMatch::Generic)?;
        let shared = program.miner.shared_names.iter().any(|it| it == found);
        Some((program, !shared))
    }

    /// The names of the files of mining programs, lower case, without `.exe`; names that many
    /// programs bear are not among them.
    #[must_use]
    pub fn miner_file_names(&self) -> BTreeSet<String> {
        let own = self.miners.iter().filter(|(_, (_, by))| *by != NameMatch::Generic);
        own.map(|it| it.0.clone()).collect()
    }

    /// The first program in the files' order, so that the answer does not hang on the map's.
    fn nearly_named(&self, name: &str) -> Option<Place> {
        if name.chars().count() < NEAR_MISS_MIN_CHARS || self.is_ordinary(name) {
            return None;
        }
        let near = |it: &str| it.chars().count() >= NEAR_MISS_MIN_CHARS && one_edit_apart(name, it);
        places(&self.tables.miners)
            .find(|(_, miner)| near(&bare(&miner.name)) || miner.aliases.iter().any(|it| near(it)))
            .map(|(place, _)| place)
    }

    fn is_ordinary(&self, name: &str) -> bool {
        self.not_mining_program(name).is_some()
    }

    /// The mining program that sends such an agent string to pools.
    #[must_use]
    pub fn miner_by_agent(&self, agent: &str) -> Option<Known<'_, Miner>> {
        let agent = agent.trim().to_lowercase();
        let begins = |it: &String| !it.is_empty() && agent.starts_with(&it.to_lowercase());
        find(&self.tables.miners, |it| it.agents.iter().any(begins))
    }

    /// The hiding name that equals a process name. Genuine names of the system that malware borrows unchanged are not
    /// among them: see [`Self::borrowed_name`].
    #[must_use]
    pub fn masquerade(&self, name: &str) -> Option<Known<'_, Masquerade>> {
        self.hiding_name(name).filter(|it| it.entry.kind != MasqueradeKind::Borrowed)
    }

    /// The genuine name (`bash`, `cron`) that malware has borrowed unchanged. Context at most: nearly every process that
    /// bears it is genuine.
    #[must_use]
    pub fn borrowed_name(&self, name: &str) -> Option<Known<'_, Masquerade>> {
        self.hiding_name(name).filter(|it| it.entry.kind == MasqueradeKind::Borrowed)
    }

    fn hiding_name(&self, name: &str) -> Option<Known<'_, Masquerade>> {
        known(&self.tables.masquerades, *self.masquerades.get(name)?)
    }

    /// The malware family that leaves `path`; a listed folder stands for everything below it.
    #[must_use]
    pub fn family_by_path(&self, path: &str) -> Option<Known<'_, Family>> {
        let at = |listed: &String| {
            path.strip_prefix(listed.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        find(&self.tables.families, |it| it.paths.iter().any(at))
    }

    /// The innocent program of that process name.
    #[must_use]
    pub fn not_mining_program(&self, name: &str) -> Option<Known<'_, NotMining>> {
        let name = bare(name);
        find(&self.tables.not_mining, |it| it.programs.iter().any(|program| bare(program) == name))
    }

    /// The innocent program whose JSON-RPC has that method.
    #[must_use]
    pub fn not_mining_method(&self, method: &str) -> Option<Known<'_, NotMining>> {
        let fits = |listed: &String| {
            if listed.ends_with(['.', '/', '_']) {
                method.starts_with(listed)
            } else {
                method == listed
            }
        };
        find(&self.tables.not_mining, |it| it.methods.iter().any(fits))
    }

    /// The security agent of that process, unit or service name.
    #[must_use]
    pub fn security_agent(&self, name: &str) -> Option<Known<'_, SecurityAgent>> {
        let is = |it: &String| it.eq_ignore_ascii_case(name);
        find(&self.tables.security_agents, |it| {
            it.processes.iter().any(is) || it.services.iter().any(is)
        })
    }
}

/// The best match for each name, strongest first, earlier entries first.
pub(super) fn miner_names(groups: &[Group<Miner>]) -> HashMap<String, (Place, NameMatch)> {
    let mut names: HashMap<String, (Place, NameMatch)> = HashMap::new();
    let mut claim = |name: String, place: Place, by: NameMatch| {
        let held = names.entry(name).or_insert((place, by));
        if by < held.1 {
            *held = (place, by);
        }
    };
    for (place, miner) in places(groups) {
        claim(bare(&miner.name), place, NameMatch::Exact);
        for alias in &miner.aliases {
            claim(alias.clone(), place, NameMatch::Alias);
        }
        for generic in &miner.generic_names {
            claim(generic.clone(), place, NameMatch::Generic);
        }
    }
    names
}

fn bare(name: &str) -> String {
    let name = name.trim().to_lowercase();
    name.strip_suffix(".exe").map_or_else(|| name.clone(), str::to_owned)
}

/// Whether two words differ by one letter added, lost, replaced, or by two neighbours exchanged.
fn one_edit_apart(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 || a == b {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let short_rest = short.get(same..).unwrap_or_default();
    let long_rest = long.get(same..).unwrap_or_default();
    if short.len() < long.len() {
        return short_rest == long_rest.get(1..).unwrap_or_default();
    }
    let swapped = match (short_rest, long_rest) {
        ([a, b, short @ ..], [c, d, long @ ..]) => a == d && b == c && short == long,
        _ => false,
    };
    swapped || short_rest.get(1..) == long_rest.get(1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, near: bool) {
        assert_eq!(one_edit_apart(a, b), near, "{a} {b}");
        assert_eq!(one_edit_apart(b, a), near, "{b} {a}");
    }

    #[test]
    fn one_edit_is_one_letter_or_one_exchange() {
        check("ethminer", "ethmine", true);
        check("ethminer", "ethminr", true);
        check("ethminer", "ethniner", true);
        check("ethminer", "etmhiner", true);
        check("ethminer", "ethminer", false);
        check("ethminer", "etminr", false);
        check("", "a", true);
        check("ab", "cd", false);
    }
}
