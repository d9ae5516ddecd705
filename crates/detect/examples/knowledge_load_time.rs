//! Prints how long the built-in knowledge takes to unpack and index: median of 50 loads in this process, and the first.

use std::io::Write as _;
use std::time::Instant;

use minehound_detect::knowledge::{Knowledge, KnowledgeError};

fn main() -> Result<(), KnowledgeError> {
    let mut millis = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        let knowledge = Knowledge::built_in()?;
        millis.push(start.elapsed().as_secs_f64() * 1e3);
        drop(knowledge);
    }
    let first = millis.first().copied().unwrap_or_default();
    millis.sort_by(f64::total_cmp);
    let median = millis.get(millis.len() / 2).copied().unwrap_or_default();
    let knowledge = Knowledge::built_in()?;
    let line = format!(
        "first {first:.2} ms, median {median:.2} ms, version {}, digest {}",
        knowledge.version(),
        knowledge.digest()
    );
    // A closed pipe is the reader's choice, not an error worth a message.
    let _ = writeln!(std::io::stdout(), "{line}");
    Ok(())
}
