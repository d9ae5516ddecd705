//! Units and timers of systemd: systemd.unit(5), systemd.service(5).

use std::collections::BTreeSet;
use std::path::Path;

use minehound_model::AutostartPlace;
use rustix::fs::FileType;

use super::{Keep, MAX_NAMES, Reader, Source, logical_lines};

/// Folders that an administrator writes to.
const LOCAL: [&str; 8] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/transient",
    "/usr/local/lib/systemd/system",
    "/etc/systemd/user",
    "/run/systemd/user",
    "/usr/local/lib/systemd/user",
    "/root/.config/systemd/user",
];
/// Folders that packages write to.
const PACKAGED: [&str; 4] = [
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/user",
    "/run/systemd/generator",
];

pub(super) fn read(reader: &mut Reader<'_, '_>) {
    for folder in LOCAL {
        units(reader, folder, Keep::All);
    }
    let homes = reader.scene.homes.clone();
    for home in homes {
        for below in [".config/systemd/user", ".local/share/systemd/user"] {
            units(reader, &home.join(below).to_string_lossy(), Keep::All);
        }
    }
    for folder in PACKAGED {
        units(reader, folder, Keep::Notable);
    }
}

/// Reads the units of a folder and the additions in `NAME.d` below it.
fn units(reader: &mut Reader<'_, '_>, folder: &str, keep: Keep) {
    for path in reader.files(folder, |it| place_of(&it.name()).is_some()) {
        read_unit(reader, &path, keep);
    }
    let Ok(listing) = reader.scene.root.list(Path::new(folder), MAX_NAMES) else { return };
    for entry in listing.entries {
        if entry.kind == FileType::Directory && entry.has_extension("d") {
            let below = entry.path.to_string_lossy().into_owned();
            for path in reader.files(&below, |it| it.has_extension("conf")) {
                read_unit(reader, &path, keep);
            }
        }
    }
}

fn read_unit(reader: &mut Reader<'_, '_>, path: &Path, keep: Keep) {
    // A link to another unit folder is an alias or an enabled unit, read where it lies.
    let target = reader.scene.root.link_target(path);
    if target
        .is_some_and(|it| !it.is_absolute() || is_unit_folder(&it) || it == Path::new("/dev/null"))
    {
        return;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let place = place_of(&name).unwrap_or(AutostartPlace::SystemdUnit);
    reader.file(
        place,
        path,
        keep,
        if place == AutostartPlace::SystemdTimer { timer } else { service },
    );
}

fn is_unit_folder(path: &Path) -> bool {
    let parent = path.parent().unwrap_or(path);
    LOCAL.iter().chain(&PACKAGED).any(|it| Path::new(it) == parent)
}

fn place_of(name: &str) -> Option<AutostartPlace> {
    match name.rsplit_once('.')?.1 {
        "service" => Some(AutostartPlace::SystemdUnit),
        "timer" => Some(AutostartPlace::SystemdTimer),
        _ => None,
    }
}

fn service(reader: &mut Reader<'_, '_>, source: &Source<'_>) {
    let mut met = BTreeSet::new();
    for (line, text) in logical_lines(&source.text()) {
        if let Some(command) = exec(&text).filter(|it| met.insert((*it).to_owned())) {
            reader.entry(source, Some(line), command);
        }
    }
}

/// The command of a line that starts a program, without the marks before it.
pub(super) fn exec(line: &str) -> Option<&str> {
    let (key, value) = line.split_once('=')?;
    let starts = ["ExecStart", "ExecStartPre", "ExecStartPost", "ExecCondition"];
    let command = value.trim_start().trim_start_matches(['@', '-', ':', '+', '!', '|']).trim();
    (starts.contains(&key.trim()) && !command.is_empty()).then_some(command)
}

fn timer(reader: &mut Reader<'_, '_>, source: &Source<'_>) {
    let text = source.text();
    let unit = text.lines().find_map(|it| it.trim().strip_prefix("Unit="));
    let own = source.path.with_extension("service");
    let own = own.file_name().unwrap_or_default().to_string_lossy();
    reader.entry(source, None, unit.unwrap_or(&own));
}
