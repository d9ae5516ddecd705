//! A package: parts in a zip archive, with bounds on what is unpacked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::SheetsError;
use crate::error::Unsuitable;

/// The largest package, in bytes.
const MAX_BYTES: u64 = 1 << 30;
/// The most parts of it.
const MAX_PARTS: usize = 10_000;
/// The most bytes that a part which is streamed unpacks to: a full sheet of 16 columns has about one
/// GiB.
pub(crate) const MAX_STREAMED: u64 = 4 << 30;
/// The most bytes that a part which is held unpacks to.
pub(crate) const MAX_HELD: u64 = 512 << 20;

/// An open package.
pub(crate) struct Package {
    pub(crate) zip: ZipArchive<BufReader<File>>,
    /// Parts by their names in lower case: office programs do not tell cases apart.
    names: BTreeMap<String, usize>,
}

impl Package {
    pub(crate) fn open(path: &Path) -> Result<Self, SheetsError> {
        let file = File::open(path).map_err(SheetsError::io(path))?;
        let bytes = file.metadata().map_err(SheetsError::io(path))?.len();
        if bytes > MAX_BYTES {
            return Err(SheetsError::TooLarge("1 GiB"));
        }
        count_parts(&file).map_err(SheetsError::io(path))?.then_some(()).ok_or(TOO_MANY)?;
        let file = File::open(path).map_err(SheetsError::io(path))?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|it| refused("zip", it))?;
        let mut package = Self { zip, names: BTreeMap::new() };
        package.list()?;
        Ok(package)
    }

    fn list(&mut self) -> Result<(), SheetsError> {
        for place in 0..self.zip.len() {
            let part = self.zip.by_index_raw(place).map_err(|it| refused("zip", it))?;
            if part.size() > MAX_STREAMED {
                return Err(SheetsError::TooLarge("4 GiB"));
            }
            let name = part.name().map_err(|it| refused("zip", it))?;
            let name = normal(&name);
            if self.names.insert(name.clone(), place).is_some() {
                return Err(SheetsError::damaged(&name, "stands twice"));
            }
        }
        Ok(())
    }

    /// Where a part stands.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.names.get(&normal(name)).copied()
    }

    /// A part, unpacked up to what it says about itself, which is at most `limit`.
    pub(crate) fn part(
        &mut self,
        name: &str,
        limit: u64,
    ) -> Result<Option<impl Read + '_>, SheetsError> {
        let Some(place) = self.place(name) else { return Ok(None) };
        let part = self.zip.by_index(place).map_err(|it| refused(name, it))?;
        if part.size() > limit {
            return Err(SheetsError::TooLarge(if limit == MAX_HELD { "512 MiB" } else { "4 GiB" }));
        }
        let announced = part.size();
        Ok(Some(part.take(announced)))
    }

    /// The same for a part that must be there.
    pub(crate) fn needed(&mut self, name: &str, limit: u64) -> Result<impl Read + '_, SheetsError> {
        let found = self.part(name, limit)?;
        found.ok_or_else(|| SheetsError::damaged(name, "is missing"))
    }
}

const TOO_MANY: SheetsError = SheetsError::TooLarge("10,000 parts");

/// A name as parts are looked up.
fn normal(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// Whether the directory of the archive lists few enough parts: each has an entry that begins with
/// the same four bytes, and all entries are held once the archive is open.
fn count_parts(file: &File) -> std::io::Result<bool> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    let (mut input, mut held, mut count) = (BufReader::new(file), Vec::new(), 0);
    loop {
        let read = (&mut input).take(1 << 20).read_to_end(&mut held)?;
        count += memmem::find_iter(&held, ENTRY).count();
        if read == 0 || count > MAX_PARTS {
            return Ok(count <= MAX_PARTS);
        }
        // An entry may begin at the end of this piece; a whole one is not counted twice.
        held.drain(..held.len().saturating_sub(ENTRY.len() - 1));
    }
}

/// What the archive says.
pub(crate) fn refused(part: &str, error: ZipError) -> SheetsError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            SheetsError::Unsuitable(Unsuitable::Password)
        }
        other => SheetsError::damaged(part, other.to_string()),
    }
}
