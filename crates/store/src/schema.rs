//! The tables of `case.sqlite`. Steps are only ever added.

use rusqlite::Connection;

/// Each step brings a database from its place in this list to the next.
const STEPS: &[&str] = &[
    "
    CREATE TABLE artefact (
        sha256 TEXT PRIMARY KEY,
        path TEXT NOT NULL,
        told TEXT NOT NULL
    ) STRICT;
    CREATE TABLE log (
        id INTEGER PRIMARY KEY,
        told TEXT NOT NULL
    ) STRICT;
    CREATE TABLE run (
        name TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE list (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE,
        sender TEXT NOT NULL,
        file TEXT NOT NULL,
        told TEXT NOT NULL
    ) STRICT;
    CREATE TABLE clue (
        id INTEGER PRIMARY KEY,
        list INTEGER NOT NULL REFERENCES list (id),
        key TEXT NOT NULL,
        told TEXT NOT NULL
    ) STRICT;
    CREATE INDEX clue_by_key ON clue (key, id);
    CREATE INDEX clue_by_list ON clue (list, id);
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        clue INTEGER NOT NULL REFERENCES clue (id),
        told TEXT NOT NULL
    ) STRICT;
    CREATE INDEX answer_by_clue ON answer (clue, id);
    CREATE TABLE layout (
        id INTEGER PRIMARY KEY,
        sender TEXT NOT NULL,
        layout TEXT NOT NULL,
        told TEXT NOT NULL
    ) STRICT;
    CREATE INDEX layout_by_sender ON layout (sender, layout, id);
    CREATE TABLE written (
        id INTEGER PRIMARY KEY,
        list INTEGER NOT NULL REFERENCES list (id),
        sheet INTEGER NOT NULL,
        row INTEGER NOT NULL,
        col INTEGER NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX written_by_list ON written (list, id);
    CREATE TABLE sighting (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL REFERENCES artefact (sha256),
        address TEXT NOT NULL,
        from_ms INTEGER NOT NULL,
        to_ms INTEGER NOT NULL,
        told TEXT NOT NULL
    ) STRICT;
    CREATE INDEX sighting_by_address ON sighting (address, from_ms);
",
    "
    CREATE TABLE kept (
        what TEXT PRIMARY KEY,
        logs INTEGER NOT NULL,
        told BLOB NOT NULL
    ) STRICT;
",
];

/// The newest format.
pub(crate) const NEWEST: i64 = 3;

/// The format of a database; 0 for a new one.
pub(crate) fn format(database: &Connection) -> rusqlite::Result<i64> {
    database.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings a database to the newest format, step by step.
pub(crate) fn bring_up(database: &mut Connection) -> rusqlite::Result<()> {
    let from = usize::try_from(format(database)?).unwrap_or(usize::MAX);
    for (place, step) in STEPS.iter().enumerate().skip(from) {
        let change = database.transaction()?;
        change.execute_batch(step)?;
        change.execute_batch(&format!("PRAGMA user_version = {}", place + 1))?;
        change.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_database_comes_to_the_newest_format_and_stays_there() {
        let mut database = Connection::open_in_memory().unwrap();
        for _ in 0..2 {
            bring_up(&mut database).unwrap();
            assert_eq!(format(&database).unwrap(), NEWEST);
        }
    }
}
