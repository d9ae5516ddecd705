//! How fast the range writes its scenarios, and in how much memory.

use std::fs;
use std::path::Path;
use std::process::Command;

use minehound_range::scenario_file::SHIPPED;

use super::usage::{self, Usage};

/// One scenario, written to a folder.
pub(super) struct Written {
    pub(super) scenario: &'static str,
    /// Bytes of everything that was written.
    pub(super) bytes: u64,
    pub(super) usage: Usage,
}

/// Writes every scenario that comes with the program, one after the other.
pub(super) fn measure(program: &Path, scratch: &Path) -> anyhow::Result<Vec<Written>> {
    let out = scratch.join("written");
    let mut all = Vec::new();
    for (scenario, _) in SHIPPED {
        let mut command = Command::new(program);
        command.args(["range", "gen", scenario, "--seed", "7", "--quiet", "--out"]).arg(&out);
        let usage = usage::measure(&mut command)?;
        let bytes = size(&out)?;
        fs::remove_dir_all(&out)?;
        println!("{scenario}: {bytes} bytes in {:.1} s", usage.wall_s);
        all.push(Written { scenario, bytes, usage });
    }
    Ok(all)
}

/// The bytes of all files in a folder.
fn size(folder: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() {
            size(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(sum)
}
