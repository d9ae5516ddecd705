//! Reads one input as the program reads it, and watches that it ends.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use minehound_collect::{Progress, gather, walk};
use minehound_model::Interest;
use tempfile::TempDir;

/// What became of one input.
pub(super) struct Read {
    /// How long it took.
    pub(super) time: Duration,
    /// How many observations it gave; none if it crashed.
    pub(super) observations: Option<u64>,
}

/// Reads inputs one after the other, each through a file of its own.
pub(super) struct Reader {
    folder: TempDir,
    interest: Interest,
    begun: Sender<Option<String>>,
}

impl Reader {
    /// A reader that ends the process when one input takes longer than `most`.
    pub(super) fn start(most: Duration) -> anyhow::Result<Self> {
        let (begun, watched) = mpsc::channel::<Option<String>>();
        thread::spawn(move || {
            let mut current: Option<String> = None;
            loop {
                // Between inputs nothing is awaited.
                let next = match &current {
                    Some(_) => watched.recv_timeout(most),
                    None => watched.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match next {
                    Ok(next) => current = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        let name = current.unwrap_or_default();
                        eprintln!("no end after {} s: {name}", most.as_secs());
                        std::process::exit(1);
                    }
                }
            }
        });
        let interest = Interest::in_names(["pool.example", "example.org"]);
        Ok(Self { folder: tempfile::tempdir()?, interest, begun })
    }

    /// Reads one input.
    pub(super) fn read(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<Read> {
        let path: PathBuf = self.folder.path().join("input");
        fs::write(&path, bytes)?;
        let began = Instant::now();
        self.begun.send(Some(name.to_owned()))?;
        let gathered = catch_unwind(AssertUnwindSafe(|| {
            gather(&walk(&[path]), &self.interest, &BTreeSet::new(), &mut Unheard)
        }));
        self.begun.send(None)?;
        let observations = gathered.ok().map(|it| it.collected.observations.len() as u64);
        Ok(Read { time: began.elapsed(), observations })
    }
}

struct Unheard;

impl Progress for Unheard {
    fn advance(&mut self, _: u64) {}
}
