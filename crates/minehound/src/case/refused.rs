//! Lines that no grammar understood, kept beside the case so that somebody can look at them.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::NamedTempFile;

/// So many bytes are kept of one log; the rest is counted.
const MAX_KEPT: u64 = 64 << 20;

/// The lines of one log that were refused.
pub(super) struct Refused {
    folder: PathBuf,
    file: Option<BufWriter<NamedTempFile>>,
    kept: u64,
    trouble: Option<std::io::Error>,
}

impl Refused {
    pub(super) fn new(case: &Path) -> Self {
        Self { folder: case.join("refused"), file: None, kept: 0, trouble: None }
    }

    /// Keeps a line with its number.
    pub(super) fn keep(&mut self, number: u64, text: &[u8]) {
        if self.kept < MAX_KEPT && self.trouble.is_none() {
            self.trouble = self.write(number, text).err();
        }
    }

    fn write(&mut self, number: u64, text: &[u8]) -> std::io::Result<()> {
        if self.file.is_none() {
            std::fs::create_dir_all(&self.folder)?;
            self.file = Some(BufWriter::new(NamedTempFile::new_in(&self.folder)?));
        }
        if let Some(file) = &mut self.file {
            write!(file, "{number}\t")?;
            file.write_all(text)?;
            file.write_all(b"\n")?;
            self.kept += text.len() as u64 + 12;
        }
        Ok(())
    }

    /// Puts the file in its place, if there is anything in it, and says where that is.
    pub(super) fn finish(self, sha256: &str) -> anyhow::Result<Option<PathBuf>> {
        let told = || self.folder.display().to_string();
        if let Some(trouble) = self.trouble {
            return Err(trouble).with_context(told);
        }
        let Some(file) = self.file else { return Ok(None) };
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error);
        let name = format!("{}.txt", sha256.get(..16).unwrap_or(sha256));
        let path = self.folder.join(name);
        file.with_context(told)?.persist(&path).map_err(|it| it.error).with_context(told)?;
        Ok(Some(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_lines_stand_beside_the_case_with_their_numbers() {
        let case = tempfile::tempdir().unwrap();
        let mut refused = Refused::new(case.path());
        refused.keep(3, b"what is this");
        refused.keep(9, b"");
        let path = refused.finish("0123456789abcdef0123").unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "3\twhat is this\n9\t\n");
        assert!(path.ends_with("refused/0123456789abcdef.txt"));
        assert_eq!(Refused::new(case.path()).finish("x").unwrap(), None);
    }
}
