//! Programs that a supervisor keeps running, and commands that other programs run along.

use std::path::{Path, PathBuf};

use minehound_model::AutostartPlace;

use super::{Keep, Reader, logical_lines};

/// Folders of services of runit, whose `run` is the program: runsv(8).
const RUNIT: [&str; 4] =
    ["/etc/sv", "/etc/service", "/etc/runit/sv", "/etc/runit/runsvdir/default"];

pub(super) fn read(reader: &mut Reader<'_, '_>) {
    let supervised = AutostartPlace::Supervised;
    let mut files: Vec<PathBuf> =
        ["/etc/supervisord.conf", "/etc/supervisor/supervisord.conf"].map(PathBuf::from).into();
    for folder in ["/etc/supervisor/conf.d", "/etc/supervisord.d", "/etc/supervisord/conf.d"] {
        files
            .extend(reader.files(folder, |it| it.has_extension("conf") || it.has_extension("ini")));
    }
    for path in files {
        reader.file(supervised, &path, Keep::All, |reader, source| {
            reader.entries(source, commands(&source.text()));
        });
    }
    for folder in RUNIT {
        for service in reader.folders(Path::new(folder)) {
            for name in ["run", "finish", "log/run"] {
                reader.file(supervised, &service.join(name), Keep::All, Reader::script);
            }
        }
    }
    for path in reader.files("/etc/init", |it| it.has_extension("conf")) {
        reader.file(supervised, &path, Keep::All, |reader, source| {
            reader.entries(source, jobs(&source.text()));
        });
    }
    // Packages bring tables of their own: only what stands out is kept.
    for path in reader.files("/etc/logrotate.d", |_| true) {
        reader.file(AutostartPlace::Hook, &path, Keep::Notable, Reader::script);
    }
    let logrotate = Path::new("/etc/logrotate.conf");
    reader.file(AutostartPlace::Hook, logrotate, Keep::Notable, Reader::script);
    for path in reader.files("/etc/apt/apt.conf.d", |it| !it.name().starts_with('.')) {
        reader.file(AutostartPlace::Hook, &path, Keep::Notable, |reader, source| {
            reader.entries(source, invoked(&source.text()));
        });
    }
    git_hooks(reader);
}

/// Reads the hooks of the repositories that lie in homes, and one folder below: githooks(5).
fn git_hooks(reader: &mut Reader<'_, '_>) {
    let homes = reader.scene.homes.clone();
    for home in homes {
        let mut folders = reader.folders(&home);
        folders.push(home);
        for folder in folders {
            let hooks = folder.join(".git/hooks").to_string_lossy().into_owned();
            for path in reader.files(&hooks, |it| !it.has_extension("sample")) {
                reader.file(AutostartPlace::Hook, &path, Keep::All, Reader::script);
            }
        }
    }
}

/// The commands of supervisord(8): `command=`, up to a comment.
pub(super) fn commands(text: &str) -> Vec<(u64, String)> {
    let command = |line: &str| {
        let (key, value) = line.split_once('=')?;
        let value = value.split(" ;").next().unwrap_or(value).trim();
        (key.trim() == "command" && !value.is_empty()).then(|| value.to_owned())
    };
    let lines = logical_lines(text).into_iter();
    lines.filter_map(|(line, it)| Some((line, command(&it)?))).collect()
}

/// The commands of a job of upstart, init(5): `exec` and the lines of scripts.
pub(super) fn jobs(text: &str) -> Vec<(u64, String)> {
    let phases = ["pre-start ", "post-start ", "pre-stop ", "post-stop "];
    let mut in_script = false;
    let mut found = Vec::new();
    for (line, text) in logical_lines(text) {
        let stanza = phases.iter().find_map(|it| text.strip_prefix(it)).unwrap_or(&text).trim();
        match stanza {
            "end script" => in_script = false,
            "script" => in_script = true,
            _ if in_script => found.push((line, text)),
            _ => found.extend(stanza.strip_prefix("exec ").map(|it| (line, it.to_owned()))),
        }
    }
    found
}

/// The commands that apt(8) invokes before and after its work: apt.conf(5), quoted.
pub(super) fn invoked(text: &str) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    let mut within = false;
    for (line, text) in logical_lines(text).into_iter().filter(|it| !it.1.starts_with("//")) {
        within |= text.contains("Invoke");
        if within {
            let quoted = text.split('"').skip(1).step_by(2);
            found.extend(quoted.map(|it| (line, it.to_owned())));
        }
        within &= !text.contains('}');
    }
    found
}
