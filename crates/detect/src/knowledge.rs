//! What the detectors know: pools, programs, devices, coins, the table's rows. Data, not code.
//!
//! The build script checks `knowledge/*.toml` and packs them; [`Knowledge::built_in`] unpacks them, and an overlay in
//! the same TOML adds to them or replaces entries by key.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

mod blocks;
mod check;
mod devices;
mod pools;
mod programs;
pub mod schema;
mod share_work;
#[cfg(test)]
mod tests;

pub use devices::DeviceMatch;
pub use pools::PoolMatch;
pub use programs::{NameMatch, ProgramMatch};
use schema::{Coin, Entry, Group, Tables};

/// Packed tables, written by the build script.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.postcard"));

/// An overlay larger than this is refused before it is parsed.
const OVERLAY_LIMIT_BYTES: usize = 16 << 20;

/// An entry with the group it stands in, which holds its source, date and whether it expired.
#[derive(Debug)]
pub struct Known<'a, T> {
    /// The entry.
    pub entry: &'a T,
    /// Its group.
    pub group: &'a Group<T>,
}

// Derived `Clone` and `Copy` would ask the same of `T`.
impl<T> Clone for Known<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Known<'_, T> {}

/// Where an entry stands: group and place in the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    group: usize,
    entry: usize,
}

/// The contents of the knowledge files with the look-ups that detectors need.
#[derive(Debug)]
pub struct Knowledge {
    tables: Tables,
    packed_sha256: [u8; 32],
    overlays: Vec<[u8; 32]>,
    names: HashMap<String, pools::Claim>,
    miners: HashMap<String, (Place, NameMatch)>,
    masquerades: HashMap<String, Place>,
    coins: HashMap<String, Place>,
    algorithms: HashMap<String, Place>,
    /// When blocks arrived, per coin, in milliseconds since 1970.
    blocks: BTreeMap<String, Vec<i64>>,
    /// What a share costs, by `host:port` of the server.
    share_works: BTreeMap<String, share_work::ShareWork>,
}

/// Why knowledge could not be used.
#[derive(Debug, Error)]
pub enum KnowledgeError {
    /// The packed tables cannot be read: the program is damaged.
    #[error("the built-in knowledge is damaged; install the program again")]
    Damaged(#[from] postcard::Error),
    /// An overlay is no TOML or does not follow the schema.
    #[error(
        "knowledge file `{file}`, line {line}: {message}; `minehound example knowledge` prints one that is right"
    )]
    Invalid {
        /// The file's name as given.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The key and what is wrong with it.
        message: String,
    },
    /// An overlay is too large.
    #[error("knowledge file `{file}` is larger than {OVERLAY_LIMIT_BYTES} bytes; split it")]
    TooLarge {
        /// The file's name as given.
        file: String,
    },
}

impl Knowledge {
    /// What is shipped with the program.
    ///
    /// # Errors
    ///
    /// [`KnowledgeError::Damaged`], which a test rules out for an undamaged program.
    pub fn built_in() -> Result<Self, KnowledgeError> {
        let tables: Tables = postcard::from_bytes(PACKED)?;
        let mut knowledge = Self {
            tables,
            packed_sha256: Sha256::digest(PACKED).into(),
            overlays: Vec::new(),
            names: HashMap::new(),
            miners: HashMap::new(),
            masquerades: HashMap::new(),
            coins: HashMap::new(),
            algorithms: HashMap::new(),
            blocks: BTreeMap::new(),
            share_works: BTreeMap::new(),
        };
        knowledge.index();
        Ok(knowledge)
    }

    /// Adds a site's or a superior's own file. Entries whose key exists already replace the shipped ones.
    ///
    /// # Errors
    ///
    /// Names the file, the line and the key; the knowledge is then unchanged.
    pub fn overlay(&mut self, file: &str, text: &str) -> Result<(), KnowledgeError> {
        self.lay(file, text, None)
    }

    /// The same with the last day that can have been: a file that was checked after it is refused.
    ///
    /// # Errors
    ///
    /// As [`Knowledge::overlay`].
    pub fn overlay_until(
        &mut self,
        file: &str,
        text: &str,
        newest: schema::Day,
    ) -> Result<(), KnowledgeError> {
        self.lay(file, text, Some(newest))
    }

    fn lay(
        &mut self,
        file: &str,
        text: &str,
        newest: Option<schema::Day>,
    ) -> Result<(), KnowledgeError> {
        if text.len() > OVERLAY_LIMIT_BYTES {
            return Err(KnowledgeError::TooLarge { file: file.to_owned() });
        }
        let invalid = |line: usize, message: String| KnowledgeError::Invalid {
            file: file.to_owned(),
            line,
            message,
        };
        let added: Tables = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |it| it.start);
            let message = error.message().trim().replace('\n', ", ");
            let named = key_before(text, start).map(|key| format!("`{key}`: {message}"));
            invalid(line_at(text, start), named.unwrap_or(message))
        })?;
        let wrong =
            |problem: check::Problem| invalid(line_of(text, &problem.needle), problem.to_string());
        check::check(&added).map_err(wrong)?;
        newest.map_or(Ok(()), |it| check::check_days(&added, it)).map_err(wrong)?;
        let known = |coin: &str| self.coin(coin).is_some() || self.pools_name(coin);
        check::check_coins(&added, known).map_err(wrong)?;
        self.tables.absorb(added);
        self.overlays.push(Sha256::digest(text.as_bytes()).into());
        self.index();
        Ok(())
    }

    /// The edition of the shipped files, `YYYY-MM-DD`, with `+N` for N overlays.
    #[must_use]
    pub fn version(&self) -> String {
        let edition = self.tables.version.as_ref();
        let edition = edition.map_or_else(|| "0000-00-00".to_owned(), |it| it.date.to_string());
        match self.overlays.len() {
            0 => edition,
            overlays => format!("{edition}+{overlays}"),
        }
    }

    /// SHA-256 in hexadecimal over the packed tables' digest and those of the overlays in their order.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut sha256 = Sha256::new();
        sha256.update(self.packed_sha256);
        for overlay in &self.overlays {
            sha256.update(overlay);
        }
        hex(&sha256.finalize())
    }

    /// All tables, for listings and for detectors that read one whole.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// A coin by symbol, name or alias in any case.
    #[must_use]
    pub fn coin(&self, name: &str) -> Option<Known<'_, Coin>> {
        known(&self.tables.coins, *self.coins.get(&name.trim().to_lowercase())?)
    }

    /// Whether a shipped pool names this coin; some are of no further interest.
    fn pools_name(&self, coin: &str) -> bool {
        let pools = self.tables.pools.iter().flat_map(|it| &it.entries);
        pools.flat_map(|it| &it.coins).any(|it| it == coin)
    }

    fn index(&mut self) {
        self.names = pools::claims(&self.tables.pools);
        self.miners = programs::miner_names(&self.tables.miners);
        self.masquerades = by_name(&self.tables.masquerades, |it| vec![it.name.clone()]);
        self.coins = by_name(&self.tables.coins, |it| {
            let names = [&it.symbol, &it.en, &it.zh].into_iter().chain(&it.aliases);
            names.map(|name| name.to_lowercase()).collect()
        });
        self.algorithms = by_name(&self.tables.algorithms, |it| {
            let names = std::iter::once(&it.name).chain(&it.aliases);
            names.map(|name| devices::algorithm_key(name)).collect()
        });
    }
}

/// Where each name stands; an earlier entry keeps a name that a later one claims too.
fn by_name<T: Entry>(
    groups: &[Group<T>],
    names: impl Fn(&T) -> Vec<String>,
) -> HashMap<String, Place> {
    let mut index = HashMap::new();
    for (place, entry) in places(groups) {
        for name in names(entry) {
            index.entry(name).or_insert(place);
        }
    }
    index
}

fn places<T>(groups: &[Group<T>]) -> impl Iterator<Item = (Place, &T)> {
    groups.iter().enumerate().flat_map(|(group, it)| {
        it.entries.iter().enumerate().map(move |(entry, it)| (Place { group, entry }, it))
    })
}

fn known<T>(groups: &[Group<T>], place: Place) -> Option<Known<'_, T>> {
    let group = groups.get(place.group)?;
    Some(Known { entry: group.entries.get(place.entry)?, group })
}

fn find<T>(groups: &[Group<T>], mut wanted: impl FnMut(&T) -> bool) -> Option<Known<'_, T>> {
    groups.iter().find_map(|group| {
        group.entries.iter().find(|it| wanted(it)).map(|entry| Known { entry, group })
    })
}

/// Two lower-case hexadecimal digits per byte.
fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or_default();
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 0x0f)]).collect()
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|it| *it == b'\n').count() + 1
}

/// The key of the value that starts at `offset`; none where a key or a table starts there.
fn key_before(text: &str, offset: usize) -> Option<&str> {
    let assignment = text.get(..offset)?.trim_end().strip_suffix('=')?.trim_end();
    assignment.rsplit(['\n', '{', ',']).next().map(str::trim).filter(|it| !it.is_empty())
}

/// The line with the last mention of what a problem is about: of two duplicates, the second is the one to drop.
fn line_of(text: &str, needle: &str) -> usize {
    let lower = text.to_lowercase();
    lower.rfind(&needle.to_lowercase()).map_or(1, |offset| line_at(&lower, offset))
}
