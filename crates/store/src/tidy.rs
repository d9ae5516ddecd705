//! Runs of a size are made one, so that a question is put to few files however many imports there were.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rusqlite::params;

use crate::StoreError;
use crate::case::Case;
use crate::run::{self, FAN_IN};

impl Case {
    /// Merges runs until fewer than [`FAN_IN`] of each size are left. Each tie is written again once for
    /// each size, so that a case of a year costs little more than one of a day.
    pub(crate) fn tidy(&mut self) -> Result<(), StoreError> {
        while let Some(places) = self.of_a_size() {
            if !self.merge(&places)? {
                break;
            }
        }
        Ok(())
    }

    /// The runs that are due: of the smallest size of which there are enough.
    fn of_a_size(&self) -> Option<BTreeSet<usize>> {
        let mut sizes = BTreeMap::<u32, BTreeSet<usize>>::new();
        for (place, it) in self.runs.iter().enumerate() {
            if let Some(size) = it.run.size() {
                sizes.entry(size).or_default().insert(place);
            }
        }
        let due = sizes.into_values().find(|it| it.len() >= FAN_IN)?;
        Some(due.into_iter().take(FAN_IN).collect())
    }

    /// Writes the new run, says so in the database, and removes the old ones. A program that ends in
    /// between leaves files that nobody speaks of, which go when the case is opened next. Returns whether
    /// it was done: runs that cannot be read, or a full disk, leave everything as it was, which is as
    /// good and slower.
    fn merge(&mut self, places: &BTreeSet<usize>) -> Result<bool, StoreError> {
        let name = self.new_run_name();
        let path = self.runs_folder().join(&name);
        let old: Vec<_> = places.iter().filter_map(|it| self.runs.get(*it)).collect();
        let names: Vec<String> = old.iter().map(|it| it.name.clone()).collect();
        let runs: Vec<_> = old.iter().map(|it| &it.run).collect();
        let Ok(sha256) = run::merge(&path, &runs) else {
            let _gone_already = fs::remove_file(&path);
            return Ok(false);
        };
        self.make_names_durable()?;
        self.change(|change| {
            for it in &names {
                change.execute("DELETE FROM run WHERE name = ?1", [it])?;
            }
            change.execute("INSERT INTO run (name, sha256) VALUES (?1, ?2)", params![name, sha256])
        })?;
        let mut place = 0;
        self.runs.retain(|_| {
            place += 1;
            !places.contains(&(place - 1))
        });
        // Blocks are kept by the place of their run.
        self.blocks.take();
        for it in &names {
            let path = self.runs_folder().join(it);
            fs::remove_file(&path).map_err(StoreError::io(&path))?;
        }
        self.add_run(&name)?;
        Ok(true)
    }
}
