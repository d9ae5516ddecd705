//! One writer at a time.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::StoreError;

/// Holds the right to write to a case folder; the system takes it back when the program ends,
/// however it ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    pub(crate) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(StoreError::io(&path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::InUse(folder.to_owned())),
            Err(cause) => Err(StoreError::io(&path)(cause.into())),
        }
    }
}
