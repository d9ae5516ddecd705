//! What the detectors of programs ask of a program.

use minehound_model::{Arg, Evidence, ExeState, Finding, Observation, Program, ProgramRow, Row};

use crate::detector::with_text;

/// Where programs do not live.
const TEMPORARY: [&str; 4] = ["/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/"];

/// From this share of one processor on a program is at work, in percent.
const AT_WORK_PERCENT: f64 = 50.0;

/// A path without the note that the file was deleted since.
fn path(exe: &str) -> &str {
    exe.strip_suffix(" (deleted)").unwrap_or(exe)
}

/// The last part of a path.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The names a program goes by: the kernel's, its file's, the one it gives itself; each once.
pub(super) fn names(program: &Program) -> Vec<&str> {
    let exe = program.exe.as_deref().map(|it| base(path(it)));
    let said = program.args.first().map(|it| base(it));
    let mut names = vec![program.name.as_str()];
    for name in exe.into_iter().chain(said) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether it was started from a folder for temporary files.
pub(super) fn is_temporary(program: &Program) -> bool {
    program.exe.as_deref().is_some_and(|exe| TEMPORARY.iter().any(|it| exe.starts_with(it)))
}

/// Whether it was started from a hidden folder outside of the homes, where programs of users keep
/// theirs.
pub(super) fn is_hidden(program: &Program) -> bool {
    let Some(exe) = program.exe.as_deref() else { return false };
    let at_home = ["/home/", "/root/", "/Users/"].iter().any(|it| exe.starts_with(it));
    let hidden = |it: &str| it.starts_with('.') && it.len() > 1 && it != "..";
    !at_home && exe.split('/').any(hidden)
}

/// Whether its file is gone or never was on a disk.
pub(super) fn is_fileless(program: &Program) -> bool {
    matches!(program.exe_state, ExeState::Deleted | ExeState::InMemory)
}

/// Whether it computes: processors were busy for it over the sample, or it has graphics computing
/// mapped.
pub(super) fn at_work(program: &Program) -> bool {
    program.cpu_percent.is_some_and(|it| it >= AT_WORK_PERCENT) || !program.gpu_libraries.is_empty()
}

/// A finding with what names the program.
pub(super) fn named(finding: Finding, program: &Program) -> Finding {
    let finding = finding
        .with("pid", Arg::Count(u64::from(program.pid)))
        .with("name", Arg::Text(program.name.clone()));
    with_text(finding, "exe", program.exe.as_deref())
}

/// The line of a program in the report, with why it is listed.
pub(super) fn row(seen: &Observation, program: &Program, why: &str) -> Row {
    Row::Program(ProgramRow {
        about: seen.entity.clone(),
        pid: program.pid,
        name: program.name.clone(),
        exe: program.exe.clone(),
        cpu_percent: program.cpu_percent,
        why: vec![why.to_owned()],
        evidence: Evidence::at(seen.provenance.clone()),
    })
}
