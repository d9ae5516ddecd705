//! Cron in all its places, and `at`: crontab(5), anacrontab(5), at(1).

use std::path::Path;

use minehound_model::{AutostartPlace, FactKind};
use rustix::fs::FileType;

use super::{Keep, MAX_ENTRIES_OF_FILE, Reader, Source, logical_lines};

/// Whether a table names an account before each command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    System,
    Personal,
    /// `period delay name command`.
    Anacron,
}

pub(super) fn read(reader: &mut Reader<'_, '_>) {
    let cron = AutostartPlace::Cron;
    reader.file(cron, Path::new("/etc/crontab"), Keep::All, |it, source| {
        table(it, source, Table::System);
    });
    reader.file(cron, Path::new("/etc/anacrontab"), Keep::All, |it, source| {
        table(it, source, Table::Anacron);
    });
    for path in reader.files("/etc/cron.d", |it| it.name() != ".placeholder") {
        reader.file(cron, &path, Keep::All, |it, source| table(it, source, Table::System));
    }
    for period in ["hourly", "daily", "weekly", "monthly", "yearly"] {
        reader.scripts(cron, &format!("/etc/cron.{period}"), Keep::All);
        reader.scripts(cron, &format!("/etc/periodic/{period}"), Keep::All);
    }
    for folder in
        ["/var/spool/cron", "/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/etc/crontabs"]
    {
        for path in reader.files(folder, |_| true) {
            reader.file(cron, &path, Keep::All, |it, source| table(it, source, Table::Personal));
        }
    }
    for folder in ["/var/spool/at", "/var/spool/cron/atjobs", "/var/spool/atjobs"] {
        for path in reader
            .files(folder, |it| it.kind == FileType::RegularFile && !it.name().starts_with('.'))
        {
            reader.file(AutostartPlace::At, &path, Keep::All, Reader::script);
        }
    }
}

/// Reads the lines of a table.
fn table(reader: &mut Reader<'_, '_>, source: &Source<'_>, kind: Table) {
    let mut kept = 0;
    for (line, text) in logical_lines(&source.text()) {
        let Some(command) = command(&text, kind) else { continue };
        if kept >= MAX_ENTRIES_OF_FILE {
            reader.recorder.gap(FactKind::Autostart, "cut");
            break;
        }
        kept += 1;
        reader.entry(source, Some(line), command);
    }
}

/// The command of one line; `None` for settings and what cron would not run.
pub(super) fn command(line: &str, kind: Table) -> Option<&str> {
    let line = line.trim_start();
    let first = line.split_ascii_whitespace().next()?;
    let fields = match kind {
        _ if first.starts_with('@') => 1,
        Table::System | Table::Personal => 5,
        Table::Anacron => 3,
    };
    let fields = fields + usize::from(kind == Table::System);
    let is_time = |it: u8| it.is_ascii_alphanumeric() || b"*/,-~?".contains(&it);
    if !first.starts_with('@') && !first.bytes().all(is_time) {
        return None;
    }
    let mut rest = line;
    for _ in 0..fields {
        rest = rest.split_once(|it: char| it.is_ascii_whitespace())?.1.trim_start();
    }
    (!rest.is_empty()).then_some(rest)
}
