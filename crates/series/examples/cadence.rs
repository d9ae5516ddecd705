//! Reads rhythms as `wire`'s example `rhythm` prints them and says what their cadence is.

use std::io::{self, BufRead, Write};

use minehound_series::Message;
use minehound_series::cadence::Cadence;

fn main() -> io::Result<()> {
    let all = std::env::args().nth(1).is_some();
    let mut file = String::new();
    let mut lines = Vec::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if let Some(path) = line.strip_prefix("# ") {
            path.clone_into(&mut file);
            continue;
        }
        lines.push(line);
    }
    for line in &lines {
        let mut words = line.split(' ');
        let head: Vec<&str> = words.by_ref().take(5).collect();
        let messages: Vec<Message> = words.filter_map(message).collect();
        let from_start = head.last() == Some(&"1");
        let cadence = Cadence::of(&messages, from_start);
        if all || cadence.pattern().is_some() {
            writeln!(io::stdout(), "{:?} {} {cadence:?}", cadence.pattern(), head.join(" "))?;
        }
    }
    Ok(())
}

fn message(word: &str) -> Option<Message> {
    let up = word.contains('>');
    let (at, bytes) = word.split_once(['>', '<'])?;
    Some(Message { at_ms: at.parse().ok()?, up, bytes: bytes.parse().ok()? })
}
