//! Writes the report: all of it or nothing.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use tempfile::NamedTempFile;

use crate::locale;

/// Text is handed to the system in pieces of so many bytes.
const BUFFER: usize = 1 << 17;

/// Writes `bytes` to a file that appears only when it is whole, or to standard output.
pub(crate) fn write(bytes: &[u8], out: Option<&Path>) -> anyhow::Result<()> {
    stream(out, |it| it.write_all(bytes))
}

/// The same with a report that need not be held as a whole.
pub(crate) fn stream<E>(
    out: Option<&Path>,
    report: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> anyhow::Result<()>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match out {
        Some(path) => write_file(path, report).with_context(|| {
            format!("`{}`{}{}", path.display(), locale::colon(), locale::word("cannot-write"))
        }),
        None => match pour(io::stdout().lock(), report) {
            // Whoever reads us may stop early, as `head` does.
            Err(it) if is_broken_pipe(&it) => Ok(()),
            other => other.with_context(|| locale::word("cannot-write")),
        },
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
}

fn write_file<E>(
    path: &Path,
    report: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> anyhow::Result<()>
where
    E: std::error::Error + Send + Sync + 'static,
{
    // A device such as /dev/stdout or a pipe is written to, not replaced.
    if std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return pour(std::fs::OpenOptions::new().write(true).open(path)?, report);
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // The name of the temporary file would only confuse.
    let mut file = NamedTempFile::new_in(folder).map_err(|it| io::Error::from(it.kind()))?;
    pour(file.as_file_mut(), report)?;
    file.as_file().sync_all()?;
    readable_as_usual(file.as_file())?;
    file.persist(path).map_err(|it| it.error)?;
    Ok(())
}

/// Has the report written; what the system refused is the error, in its own words.
fn pour<E>(
    out: impl Write,
    report: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> anyhow::Result<()>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let mut refused = None;
    let mut out = BufWriter::with_capacity(BUFFER, Outlet { out, refused: &mut refused });
    let written = report(&mut out).map_err(anyhow::Error::new);
    let written = written.and_then(|()| Ok(out.flush()?));
    // What is still held after an error must not follow it.
    drop(out.into_parts());
    match refused {
        Some(error) => Err(error.into()),
        None => written,
    }
}

/// Remembers the first error of what it writes to, which formats wrap in their own.
struct Outlet<'e, W> {
    out: W,
    refused: &'e mut Option<io::Error>,
}

impl<W> Outlet<'_, W> {
    fn note<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.refused.get_or_insert(error);
            }
            kind.into()
        })
    }
}

impl<W: Write> Write for Outlet<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        self.note(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.note(done)
    }
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
        let whole = |out: &mut dyn Write| out.write_all(b"whole");
        stream(Some(&path), whole).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        let nowhere = folder.path().join("missing/report.html");
        let error = stream(Some(&nowhere), whole).unwrap_err().to_string();
        assert!(error.contains("report.html"), "{error}");
        let half = |out: &mut dyn Write| {
            out.write_all(&vec![b'x'; 2 * BUFFER])?;
            Err(io::Error::other("no more"))
        };
        stream(Some(&folder.path().join("half.html")), half).unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_words_of_the_system_are_kept() {
        let wrapped = |out: &mut dyn Write| {
            out.write_all(&vec![b'x'; 2 * BUFFER]).map_err(|_| io::Error::other("wrapped"))
        };
        let full = Path::new("/dev/full");
        if full.exists() {
            let error = stream(Some(full), wrapped).unwrap_err();
            let error = error.downcast_ref::<io::Error>().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }
}
