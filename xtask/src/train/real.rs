//! Captures of others as examples, by source.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::examples::{Examples, Reader};

/// The quiet flows of all captures without mining whose source is named; each source is read as a
/// whole.
pub(crate) fn read(network: &Path, sources: &[String]) -> anyhow::Result<Examples> {
    let (reader, began) = (Reader::new()?, Instant::now());
    let mut all = Examples::default();
    for source in sources {
        let captures = of_source(&network.join("negative"), source)?;
        for it in reader.read(&captures) {
            let mut example = it.example();
            example.group.clone_from(source);
            all.all.push(example);
        }
    }
    all.took_s = began.elapsed().as_secs_f64();
    Ok(all)
}

/// The captures of a source, in order of name; none where the folder is not there.
fn of_source(folder: &Path, source: &str) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
        if name.is_some_and(|it| it.split("__").next() == Some(source)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
