//! What was worked out from all ties of a case, and holds until a log is added.

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Case, StoreError};

impl Case {
    /// Keeps what was worked out from the logs that the case holds now. `what` names it and how it was
    /// worked out: with another way comes another name.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn keep<T: Serialize>(&mut self, what: &str, worked_out: &T) -> Result<(), StoreError> {
        let logs = self.count_of_logs();
        self.change(|change| {
            let told = postcard::to_stdvec(worked_out)
                .map_err(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))?;
            change.execute(
                "INSERT OR REPLACE INTO kept (what, logs, told) VALUES (?1, ?2, ?3)",
                params![what, logs, told],
            )
        })?;
        Ok(())
    }

    fn count_of_logs(&self) -> i64 {
        i64::try_from(self.logs.len()).unwrap_or(i64::MAX)
    }

    /// What was kept under this name, if no log was added since.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn kept<T: DeserializeOwned>(&self, what: &str) -> Result<Option<T>, StoreError> {
        let found = self.database().query_row(
            "SELECT told FROM kept WHERE what = ?1 AND logs = ?2",
            params![what, self.count_of_logs()],
            |row| row.get::<_, Vec<u8>>(0),
        );
        let told = found.optional().map_err(StoreError::database(self.path()))?;
        // What cannot be read is worked out anew.
        Ok(told.and_then(|it| postcard::from_bytes(&it).ok()))
    }
}
