//! Lines of a log by their numbers, for whoever wants to see what a step rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use minehound_logs::{Lines, Split};

use crate::source::{Sealing, open_regular};
use crate::unpack::unpack;

/// The longest quotation, in bytes; what is left out is marked.
const MAX_QUOTED: usize = 4 << 10;

/// The lines with these numbers, if the file is the one with this SHA-256; none where it is another
/// by now.
///
/// # Errors
///
/// Returns what the system says where the file cannot be read.
pub fn quoted(
    path: &Path,
    sha256: &str,
    wanted: &BTreeSet<u64>,
) -> io::Result<Option<BTreeMap<u64, String>>> {
    let sealing = Sealing::new(open_regular(path)?);
    let position = sealing.position();
    let (mut unpacked, _) = unpack(sealing, position)?;
    let mut lines = Lines::new(&mut unpacked);
    let mut found = BTreeMap::new();
    let last = wanted.last().copied().unwrap_or_default();
    while let Some(line) = lines.next_line()? {
        if line.number > last {
            break;
        }
        if let (Split::Text(text), true) = (line.what, wanted.contains(&line.number)) {
            let mut quoted =
                String::from_utf8_lossy(text.get(..MAX_QUOTED).unwrap_or(text)).into_owned();
            if text.len() > MAX_QUOTED {
                quoted.push('…');
            }
            found.insert(line.number, quoted);
        }
    }
    drop(lines);
    let seal = unpacked.into_inner().finish()?;
    Ok((seal.sha256 == sha256).then_some(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256;

    #[test]
    fn lines_are_quoted_from_the_file_that_was_read_and_from_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fw.log");
        let text = format!("one\ntwo\nthree {}\nfour\n", "x".repeat(MAX_QUOTED));
        std::fs::write(&path, &text).unwrap();
        let digest = sha256(text.as_bytes());
        let found = quoted(&path, &digest, &BTreeSet::from([2, 3, 9])).unwrap().unwrap();
        assert_eq!(found[&2], "two");
        assert!(found[&3].ends_with('…') && found.len() == 2);
        std::fs::write(&path, text.replace("two", "2")).unwrap();
        assert_eq!(quoted(&path, &digest, &BTreeSet::from([2])).unwrap(), None);
    }
}
