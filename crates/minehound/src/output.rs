//! Writes the report: all of it or nothing.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use tempfile::NamedTempFile;

use crate::locale;

/// Writes `bytes` to a file that appears only when it is whole, or to standard output.
pub(crate) fn write(bytes: &[u8], out: Option<&Path>) -> anyhow::Result<()> {
    match out {
        Some(path) => write_file(bytes, path)
            .with_context(|| format!("`{}`: {}", path.display(), locale::word("cannot-write"))),
        None => match io::stdout().lock().write_all(bytes).and_then(|()| io::stdout().flush()) {
            // Whoever reads us may stop early, as `head` does.
            Err(it) if it.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.with_context(|| locale::word("cannot-write")),
        },
    }
}

fn write_file(bytes: &[u8], path: &Path) -> io::Result<()> {
    // A device such as /dev/stdout or a pipe is written to, not replaced.
    if std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // The name of the temporary file would only confuse.
    let mut file = NamedTempFile::new_in(folder).map_err(|it| io::Error::from(it.kind()))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    readable_as_usual(file.as_file())?;
    file.persist(path).map_err(|it| it.error)?;
    Ok(())
}

/// Temporary files are private; a report is as readable as its owner's other files.
fn readable_as_usual(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o640))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        write(b"whole", Some(&path)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        let nowhere = folder.path().join("missing/report.html");
        let error = write(b"whole", Some(&nowhere)).unwrap_err().to_string();
        assert!(error.contains("report.html"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
