//! Lists of clues in a case: what was sent, what each line says, what was answered.
//!
//! What a clue and an answer look like is not known here: both are JSON of whoever put them in. Later
//! answers stand beside earlier ones.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use minehound_model::Span;
use rusqlite::{OptionalExtension, params};

use crate::{Case, StoreError};

/// A list that somebody sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClueList {
    /// Its number in the case.
    pub id: i64,
    /// The digest of its file.
    pub sha256: String,
    /// Who sent it.
    pub sender: String,
    /// The name that its file had.
    pub name: String,
    /// What was made of it, as JSON.
    pub told: String,
}

/// A clue of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredClue {
    /// Its number in the case, in the order in which clues came.
    pub id: i64,
    /// The list that it stands in.
    pub list: i64,
    /// What it has in common with others that say the same.
    pub key: String,
    /// What it says, as JSON.
    pub told: String,
}

/// A cell that was filled in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WrittenCell {
    /// The sheet, counted from zero.
    pub sheet: usize,
    /// The row, counted from one.
    pub row: u32,
    /// The column, counted from zero.
    pub column: u32,
    /// What was written.
    pub text: String,
}

/// Something of interest that a log says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Whom it is about.
    pub address: String,
    /// When, by the log's own clock.
    pub span: Span,
    /// What, as JSON.
    pub told: String,
}

impl Case {
    fn lists_folder(&self) -> PathBuf {
        self.folder().join("lists")
    }

    /// Where the file of a list is kept as it was sent.
    #[must_use]
    pub fn file_of(&self, list: &ClueList) -> PathBuf {
        let ending = Path::new(&list.name).extension().map(|it| it.to_string_lossy().into_owned());
        let ending =
            ending.filter(|it| it.len() <= 8 && it.bytes().all(|it| it.is_ascii_alphanumeric()));
        let name = ending.map_or(list.sha256.clone(), |it| format!("{}.{it}", list.sha256));
        self.lists_folder().join(name)
    }

    /// Puts a list into the case, wholly or not at all: a copy of its file, and its clues as key
    /// and JSON. Gives the number of the list, and of its first clue.
    ///
    /// # Errors
    ///
    /// Returns what the system or the database says; the case is then as it was.
    pub fn take_list(
        &mut self,
        file: &Path,
        list: &ClueList,
        clues: &[(String, String)],
    ) -> Result<i64, StoreError> {
        let (folder, kept) = (self.lists_folder(), self.file_of(list));
        fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
        copy(file, &kept).map_err(StoreError::io(&kept))?;
        self.change(|change| {
            change.execute(
                "INSERT INTO list (sha256, sender, file, told) VALUES (?1, ?2, ?3, ?4)",
                params![list.sha256, list.sender, list.name, list.told],
            )?;
            let id = change.last_insert_rowid();
            let mut insert =
                change.prepare("INSERT INTO clue (list, key, told) VALUES (?1, ?2, ?3)")?;
            for (key, told) in clues {
                insert.execute(params![id, key, told])?;
            }
            Ok(id)
        })
    }

    /// The lists in the order in which they came.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn lists(&self) -> Result<Vec<ClueList>, StoreError> {
        self.ask("SELECT id, sha256, sender, file, told FROM list ORDER BY id", [], |row| {
            Ok(ClueList {
                id: row.get(0)?,
                sha256: row.get(1)?,
                sender: row.get(2)?,
                name: row.get(3)?,
                told: row.get(4)?,
            })
        })
    }

    /// The clues of a list, or of all, in the order in which they came.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn clues(&self, list: Option<i64>) -> Result<Vec<StoredClue>, StoreError> {
        let query =
            "SELECT id, list, key, told FROM clue WHERE ?1 IS NULL OR list = ?1 ORDER BY id";
        self.ask(query, params![list], |row| {
            Ok(StoredClue {
                id: row.get(0)?,
                list: row.get(1)?,
                key: row.get(2)?,
                told: row.get(3)?,
            })
        })
    }

    /// Adds answers to clues: number of the clue and JSON.
    ///
    /// # Errors
    ///
    /// Returns what the database says; then none was added.
    pub fn add_answers(&mut self, answers: &[(i64, String)]) -> Result<(), StoreError> {
        self.change(|change| {
            let mut insert = change.prepare("INSERT INTO answer (clue, told) VALUES (?1, ?2)")?;
            for (clue, told) in answers {
                insert.execute(params![clue, told])?;
            }
            Ok(())
        })
    }

    /// The latest answer to each clue.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn answers(&self) -> Result<BTreeMap<i64, String>, StoreError> {
        let query = "SELECT clue, told FROM answer ORDER BY id";
        Ok(self.ask(query, [], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
    }

    /// What the columns of a sender's layout were said to mean last.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn layout(&self, sender: &str, layout: &str) -> Result<Option<String>, StoreError> {
        let query = "SELECT told FROM layout WHERE sender = ?1 AND layout = ?2 ORDER BY id DESC";
        let read = self.database().query_row(query, params![sender, layout], |row| row.get(0));
        read.optional().map_err(StoreError::database(self.path()))
    }

    /// Remembers what the columns of a sender's layout mean.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn remember_layout(
        &mut self,
        sender: &str,
        layout: &str,
        told: &str,
    ) -> Result<(), StoreError> {
        let query = "INSERT INTO layout (sender, layout, told) VALUES (?1, ?2, ?3)";
        self.change(|change| change.execute(query, params![sender, layout, told]).map(|_| ()))
    }

    /// What was written into a list last, by sheet, row and column.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn written(&self, list: i64) -> Result<BTreeMap<(usize, u32, u32), String>, StoreError> {
        let query = "SELECT sheet, row, col, text FROM written WHERE list = ?1 ORDER BY id";
        let rows = self.ask(query, params![list], |row| {
            Ok(((row.get::<_, u32>(0)? as usize, row.get(1)?, row.get(2)?), row.get(3)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Notes what was written into a list.
    ///
    /// # Errors
    ///
    /// Returns what the database says; then nothing was noted.
    pub fn note_written(&mut self, list: i64, cells: &[WrittenCell]) -> Result<(), StoreError> {
        self.change(|change| {
            let query =
                "INSERT INTO written (list, sheet, row, col, text) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut insert = change.prepare(query)?;
            for it in cells {
                let sheet = u32::try_from(it.sheet).unwrap_or(u32::MAX);
                insert.execute(params![list, sheet, it.row, it.column, it.text])?;
            }
            Ok(())
        })
    }

    /// What logs say of an address during a span, at most so many.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn sightings(
        &self,
        address: &str,
        span: Span,
        limit: u32,
    ) -> Result<Vec<Sighting>, StoreError> {
        let query = "SELECT address, from_ms, to_ms, told FROM sighting
                     WHERE address = ?1 AND from_ms <= ?3 AND to_ms >= ?2
                     ORDER BY from_ms, id LIMIT ?4";
        self.ask(query, params![address, span.from_ms, span.to_ms, limit], |row| {
            Ok(Sighting {
                address: row.get(0)?,
                span: Span { from_ms: row.get(1)?, to_ms: row.get(2)? },
                told: row.get(3)?,
            })
        })
    }

    pub(crate) fn ask<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let all = || -> rusqlite::Result<Vec<T>> {
            self.database().prepare(query)?.query_map(params, read)?.collect()
        };
        all().map_err(StoreError::database(self.path()))
    }
}

/// A copy that is there wholly or not at all.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let draft = to.with_extension("draft");
    fs::copy(from, &draft)?;
    File::open(&draft)?.sync_all()?;
    fs::rename(&draft, to)?;
    match to.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(sha256: &str) -> ClueList {
        ClueList {
            id: 0,
            sha256: sha256.to_owned(),
            sender: "s".to_owned(),
            name: "list.xlsx".to_owned(),
            told: "{}".to_owned(),
        }
    }

    #[test]
    fn a_list_its_clues_and_their_answers_are_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.xlsx");
        fs::write(&file, "x").unwrap();
        let case_folder = folder.path().join("case");
        let mut case = Case::open(&case_folder).unwrap();
        let clues = [("a", "1"), ("b", "2")].map(|it| (it.0.to_owned(), it.1.to_owned()));
        let id = case.take_list(&file, &list("d1"), &clues).unwrap();
        assert!(case.take_list(&file, &list("d1"), &clues).is_err(), "a list is taken once");
        let first = case.clues(Some(id)).unwrap()[0].id;
        case.add_answers(&[(first, "old".to_owned())]).unwrap();
        case.add_answers(&[(first, "new".to_owned())]).unwrap();
        let cell = |text: &str| WrittenCell { sheet: 0, row: 2, column: 3, text: text.to_owned() };
        case.note_written(id, &[cell("x"), cell("y")]).unwrap();
        case.remember_layout("s", "l", "1").unwrap();
        case.remember_layout("s", "l", "2").unwrap();
        drop(case);
        let case = Case::open_read_only(&case_folder).unwrap();
        let lists = case.lists().unwrap();
        assert_eq!(lists, [ClueList { id, ..list("d1") }]);
        assert_eq!(fs::read(case.file_of(&lists[0])).unwrap(), b"x");
        assert_eq!(case.clues(None).unwrap().len(), 2);
        assert_eq!(case.answers().unwrap(), BTreeMap::from([(first, "new".to_owned())]));
        assert_eq!(case.written(id).unwrap(), BTreeMap::from([((0, 2, 3), "y".to_owned())]));
        assert_eq!(case.layout("s", "l").unwrap().as_deref(), Some("2"));
        assert_eq!(case.layout("t", "l").unwrap(), None);
    }
}
