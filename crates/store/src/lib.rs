//! What outlives a run: a case folder with the ties that logs told, the logs themselves by name
//! and digest, and what was asked and answered.
//!
//! Invariant: an import is there wholly or not at all, whenever the power goes; what was acknowledged
//! stays; nothing is rewritten, a later statement stands beside the earlier one.

mod case;
mod clues;
mod import;
mod kept;
mod lock;
mod lookup;
mod run;
mod schema;
mod silence;
mod tidy;
mod unpacked;

pub use case::Case;
pub use clues::{ClueList, Sighting, StoredClue, WrittenCell};
pub use import::{Import, Imported};

use std::path::PathBuf;

use thiserror::Error;

/// Why a case folder could not be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file of it could not be read or written.
    #[error("`{}`: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// Its database could not be used.
    #[error("`{}`: {cause}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What the database says.
        #[source]
        cause: rusqlite::Error,
    },
    /// Another program is writing to it.
    #[error("`{}` is in use by another import; wait for it to end", .0.display())]
    InUse(PathBuf),
    /// A file of it is not what was written.
    #[error("`{}` is damaged: {what}; restore it from a copy, or import the logs again into a new folder", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// It was made by a later version.
    #[error("`{}` was made by a later version (format {found}); use that version", path.display())]
    Later {
        /// The database.
        path: PathBuf,
        /// The format that it names.
        found: i64,
    },
}

impl StoreError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::Io { path, cause }
    }

    pub(crate) fn database(path: impl Into<PathBuf>) -> impl FnOnce(rusqlite::Error) -> Self {
        let path = path.into();
        move |cause| Self::Database { path, cause }
    }
}
