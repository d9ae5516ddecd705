//! A case folder: `case.sqlite` says what is in it, `runs/` holds the ties.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use minehound_model::{Log, LogId, Span};
use rusqlite::{Connection, OpenFlags, params};

use crate::lock::Lock;
use crate::run::Run;
use crate::unpacked::Unpacked;
use crate::{Import, Sighting, StoreError, schema};

/// Stretches of indices that are kept, of all runs together: 100 MB.
const KEPT_STRETCHES: usize = 16_384;
/// So often a case is opened anew where a run went away meanwhile: another program merged it.
const OPENED_ANEW: usize = 3;

/// A case folder that is open.
#[derive(Debug)]
pub struct Case {
    folder: PathBuf,
    database: Connection,
    lock: Option<Lock>,
    pub(crate) logs: Vec<Log>,
    pub(crate) runs: Vec<Named>,
    /// The number in the name of the run that was written last.
    last_run: Cell<u64>,
    /// Which logs show an outer address.
    pub(crate) outers: BTreeMap<IpAddr, Vec<LogId>>,
    pub(crate) blocks: RefCell<Unpacked>,
    pub(crate) broken: RefCell<Option<String>>,
}

/// A run and the name of its file.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) run: Run,
}

/// What is kept of an artefact.
pub(crate) struct Artefact<'a> {
    pub(crate) sha256: &'a str,
    pub(crate) path: &'a str,
    pub(crate) told: &'a str,
    pub(crate) sightings: Vec<Sighting>,
}

impl Case {
    /// Opens a case folder to add to it, and makes it where it does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error where the folder cannot be used, is in use, is damaged or is of a later
    /// version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(folder.join("runs")).map_err(StoreError::io(folder))?;
        let lock = Lock::take(folder)?;
        let path = folder.join("case.sqlite");
        let database = Connection::open(&path).map_err(StoreError::database(&path))?;
        let mut case = Self::with(folder, database, Some(lock));
        case.set_up().map_err(StoreError::database(&path))?;
        case.load()?;
        case.sweep()?;
        Ok(case)
    }

    /// Opens a case folder to read it.
    ///
    /// # Errors
    ///
    /// Returns an error where the folder is none, is damaged or is of a later version.
    pub fn open_read_only(folder: &Path) -> Result<Self, StoreError> {
        let mut opened = Self::read_only(folder);
        for _ in 1..OPENED_ANEW {
            match opened {
                Err(StoreError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {
                    opened = Self::read_only(folder);
                }
                _ => break,
            }
        }
        opened
    }

    fn read_only(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("case.sqlite");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database =
            Connection::open_with_flags(&path, flags).map_err(StoreError::database(&path))?;
        let format = schema::format(&database).map_err(StoreError::database(&path))?;
        if format < schema::NEWEST {
            // An earlier version made it: it is brought up once, by whoever may write.
            drop((database, Self::open(folder)?));
            return Self::open_read_only(folder);
        }
        let mut case = Self::with(folder, database, None);
        case.load()?;
        Ok(case)
    }

    fn with(folder: &Path, database: Connection, lock: Option<Lock>) -> Self {
        Self {
            folder: folder.to_owned(),
            database,
            lock,
            logs: Vec::new(),
            runs: Vec::new(),
            last_run: Cell::new(0),
            outers: BTreeMap::new(),
            blocks: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// What is acknowledged is on the disk.
    fn set_up(&mut self) -> rusqlite::Result<()> {
        self.database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        schema::bring_up(&mut self.database)
    }

    fn load(&mut self) -> Result<(), StoreError> {
        let path = self.path();
        let found = schema::format(&self.database).map_err(StoreError::database(&path))?;
        if found > schema::NEWEST {
            return Err(StoreError::Later { path, found });
        }
        let told = self.texts("SELECT told FROM log ORDER BY id")?;
        for it in told {
            let log = serde_json::from_str(&it).map_err(|_| StoreError::Damaged {
                path: path.clone(),
                what: "a row of `log` is not what was written",
            })?;
            self.logs.push(log);
        }
        for name in self.texts("SELECT name FROM run ORDER BY name")? {
            self.add_run(&name)?;
        }
        Ok(())
    }

    pub(crate) fn add_run(&mut self, name: &str) -> Result<(), StoreError> {
        let run = Run::open(&self.runs_folder().join(name))?;
        let number = name.split('.').next().and_then(|it| it.parse().ok()).unwrap_or_default();
        self.last_run.set(self.last_run.get().max(number));
        for (log, of) in run.logs() {
            for outer in &of.outers {
                let logs = self.outers.entry(*outer).or_default();
                if let Err(place) = logs.binary_search(&log) {
                    logs.insert(place, log);
                }
            }
        }
        self.runs.push(Named { name: name.to_owned(), run });
        let each = KEPT_STRETCHES / self.runs.len();
        self.runs.iter().for_each(|it| it.run.keep(each.max(1)));
        Ok(())
    }

    /// Removes runs that no finished import speaks of: an earlier program was ended within one.
    fn sweep(&self) -> Result<(), StoreError> {
        let known: BTreeSet<String> = self.texts("SELECT name FROM run")?.into_iter().collect();
        let folder = self.runs_folder();
        for it in fs::read_dir(&folder).map_err(StoreError::io(&folder))? {
            let it = it.map_err(StoreError::io(&folder))?;
            let name = it.file_name();
            let ours = Path::new(&name).extension().is_some_and(|it| it == "run")
                && name.to_str().is_some_and(|it| !known.contains(it));
            if ours {
                fs::remove_file(it.path()).map_err(StoreError::io(it.path()))?;
            }
        }
        Ok(())
    }

    fn texts(&self, query: &str) -> Result<Vec<String>, StoreError> {
        self.ask(query, [], |row| row.get(0))
    }

    /// Whether an artefact with this digest was imported.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn has(&self, sha256: &str) -> Result<bool, StoreError> {
        let path = self.path();
        let found = self.database.query_row(
            "SELECT count(*) FROM artefact WHERE sha256 = ?1",
            [sha256],
            |row| row.get::<_, i64>(0),
        );
        Ok(found.map_err(StoreError::database(path))? > 0)
    }

    /// Whether an artefact was imported from this path.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn has_path(&self, path: &str) -> Result<bool, StoreError> {
        let database = self.path();
        let found = self.database.query_row(
            "SELECT count(*) FROM artefact WHERE path = ?1",
            [path],
            |row| row.get::<_, i64>(0),
        );
        Ok(found.map_err(StoreError::database(database))? > 0)
    }

    /// What is kept of every artefact, in the order of their digests.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn artefacts(&self) -> Result<Vec<String>, StoreError> {
        self.texts("SELECT told FROM artefact ORDER BY sha256")
    }

    /// Begins an import.
    pub fn import(&mut self) -> Import<'_> {
        Import::new(self)
    }

    pub(crate) fn runs_folder(&self) -> PathBuf {
        self.folder.join("runs")
    }

    pub(crate) fn nth_new_log(&self, place: usize) -> LogId {
        LogId(u32::try_from(self.logs.len() + place).unwrap_or(u32::MAX))
    }

    pub(crate) fn place_of_new_log(&self, log: LogId) -> Option<usize> {
        usize::try_from(log.0).ok()?.checked_sub(self.logs.len())
    }

    /// A name that no run has or had.
    pub(crate) fn new_run_name(&self) -> String {
        self.last_run.set(self.last_run.get() + 1);
        format!("{:08}.run", self.last_run.get())
    }

    /// Makes an import part of the case: runs are on disk already, the database says so at once.
    pub(crate) fn take(
        &mut self,
        artefact: &Artefact<'_>,
        logs: Vec<Log>,
        runs: &[(String, String)],
    ) -> Result<(), StoreError> {
        debug_assert!(self.lock.is_some(), "only who holds the lock imports");
        self.make_names_durable()?;
        let path = self.path();
        let written = self.write(artefact, &logs, runs);
        written.map_err(StoreError::database(path))?;
        self.logs.extend(logs);
        runs.iter().try_for_each(|(name, _)| self.add_run(name))?;
        self.tidy()
    }

    /// The names of new files are durable when their folder is.
    pub(crate) fn make_names_durable(&self) -> Result<(), StoreError> {
        let folder = self.runs_folder();
        File::open(&folder).and_then(|it| it.sync_all()).map_err(StoreError::io(&folder))
    }

    fn write(
        &mut self,
        artefact: &Artefact<'_>,
        logs: &[Log],
        runs: &[(String, String)],
    ) -> rusqlite::Result<()> {
        let change = self.database.transaction()?;
        change.execute(
            "INSERT INTO artefact (sha256, path, told) VALUES (?1, ?2, ?3)",
            params![artefact.sha256, artefact.path, artefact.told],
        )?;
        for log in logs {
            let told = serde_json::to_string(log)
                .map_err(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))?;
            change
                .execute("INSERT INTO log (id, told) VALUES (?1, ?2)", params![log.id.0, told])?;
        }
        for (name, sha256) in runs {
            change
                .execute("INSERT INTO run (name, sha256) VALUES (?1, ?2)", params![name, sha256])?;
        }
        {
            let mut insert = change.prepare(
                "INSERT INTO sighting (sha256, address, from_ms, to_ms, told)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for it in &artefact.sightings {
                let Span { from_ms, to_ms } = it.span;
                insert.execute(params![artefact.sha256, it.address, from_ms, to_ms, it.told])?;
            }
        }
        change.commit()
    }

    /// Where it lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join("case.sqlite")
    }

    pub(crate) fn database(&self) -> &Connection {
        &self.database
    }

    /// Changes the database, wholly or not at all.
    pub(crate) fn change<T>(
        &mut self,
        write: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        debug_assert!(self.lock.is_some(), "only who holds the lock writes");
        let path = self.path();
        let whole = || -> rusqlite::Result<T> {
            let change = self.database.transaction()?;
            let made = write(&change)?;
            change.commit()?;
            Ok(made)
        };
        whole().map_err(StoreError::database(path))
    }
}
