//! Protections that were changed: sleep masked, agents gone, names redirected, libraries preloaded.

mod removal;

use std::net::IpAddr;
use std::path::Path;

use minehound_model::{FactKind, Protection, ProtectionChange};

use super::process::Processes;
use super::recorder::Recorder;
use super::shapes::cut;
use super::{AgentTrace, HostInterest, Scene, secrets};

pub(super) use self::removal::{is_own, removed};

/// How much of one file is read, in bytes.
const MAX_FILE: usize = 1 << 20;
/// How many redirected names are kept.
const MAX_REDIRECTS: usize = 256;
/// How much of a command is kept, in bytes.
const MAX_KEPT: usize = 256;
const SLEEP: [&str; 5] = [
    "sleep.target",
    "suspend.target",
    "hibernate.target",
    "hybrid-sleep.target",
    "suspend-then-hibernate.target",
];
const UNIT_FOLDERS: [&str; 4] =
    ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system", "/etc/init.d"];

pub(super) fn collect(scene: &Scene<'_>, processes: &Processes, recorder: &mut Recorder<'_>) {
    for unit in SLEEP {
        let path = Path::new("/etc/systemd/system").join(unit);
        recorder.looked(FactKind::Protection, 1);
        if is_masked(scene, &path) {
            note(recorder, ProtectionChange::SleepMasked, unit, &path);
        }
    }
    preload(scene, recorder);
    hosts(scene, recorder);
    for agent in &scene.options.interest.agents {
        recorder.looked(FactKind::Protection, 1);
        if let Some((change, place)) = change_of(scene, processes, agent) {
            note(recorder, change, &agent.name, Path::new(&place));
        }
    }
}

fn note(recorder: &mut Recorder<'_>, change: ProtectionChange, what: &str, place: &Path) {
    let fact = Protection { change, what: what.to_owned(), ..Protection::default() };
    recorder.note(fact, place.to_string_lossy());
}

/// Notes a command, read in a file, that stops or removes an agent.
pub(super) fn scripted(
    scene: &Scene<'_>,
    path: &Path,
    line: Option<u64>,
    command: &str,
    recorder: &mut Recorder<'_>,
) {
    let Some(agent) = removed(command, &scene.options.interest.agents) else { return };
    let path = path.to_string_lossy();
    if is_own(&path, agent) {
        return;
    }
    let shown = secrets::hidden(command, false).text;
    let place = line.map_or_else(|| path.to_string(), |line| format!("{path}:{line}"));
    let fact = Protection {
        change: ProtectionChange::RemovalScripted,
        what: agent.name.clone(),
        place: Some(place.clone()),
        command: Some(cut(shown.trim(), MAX_KEPT).to_owned()),
    };
    recorder.note(fact, place);
}

/// Whether a unit is masked: a link to `/dev/null`, or an empty file (systemctl(1)).
fn is_masked(scene: &Scene<'_>, path: &Path) -> bool {
    match scene.root.link_target(path) {
        Some(target) => target == Path::new("/dev/null"),
        None => scene.root.read(path, 1).is_ok_and(|it| it.bytes.is_empty()),
    }
}

/// The libraries that are loaded into every program.
fn preload(scene: &Scene<'_>, recorder: &mut Recorder<'_>) {
    let path = Path::new("/etc/ld.so.preload");
    recorder.looked(FactKind::Protection, 1);
    let file = match scene.root.read(path, MAX_FILE) {
        Ok(file) => file,
        Err(error) => return recorder.unusable(FactKind::Protection, path, &error),
    };
    let text = String::from_utf8_lossy(&file.bytes);
    let lines = text.lines().map(|it| it.split('#').next().unwrap_or_default());
    let libraries = lines.flat_map(|it| it.split([' ', '\t', ':'])).filter(|it| !it.is_empty());
    for library in libraries.take(64) {
        note(recorder, ProtectionChange::PreloadInUse, library, path);
    }
}

/// Names in the hosts file that lead elsewhere.
fn hosts(scene: &Scene<'_>, recorder: &mut Recorder<'_>) {
    let path = Path::new("/etc/hosts");
    let file = match scene.root.read(path, MAX_FILE) {
        Ok(file) => file,
        Err(error) => return recorder.unusable(FactKind::Protection, path, &error),
    };
    if file.cut {
        recorder.gap(FactKind::Protection, "cut");
    }
    let text = String::from_utf8_lossy(&file.bytes);
    recorder.looked(FactKind::Protection, text.lines().count());
    let redirected = redirects(&text, &scene.options.interest);
    for (line, what) in redirected.into_iter().take(MAX_REDIRECTS) {
        let place = format!("{}:{line}", path.display());
        let change = ProtectionChange::HostsRedirect;
        recorder.note(Protection { change, what, ..Protection::default() }, place);
    }
}

/// The lines that redirect a name of interest. To send a pool's name nowhere is to block it.
fn redirects(text: &str, interest: &HostInterest) -> Vec<(u64, String)> {
    let mut redirected = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let mut words = text.split('#').next().unwrap_or_default().split_ascii_whitespace();
        let Some(Ok(address)) = words.next().map(str::parse::<IpAddr>) else { continue };
        let nowhere = address.is_loopback() || address.is_unspecified();
        for name in words.map(str::to_ascii_lowercase) {
            let to_pool = !nowhere && interest.pool_names.covers(&name);
            if to_pool || interest.vendor_names.covers(&name) {
                redirected.push((line, format!("{name} -> {address}")));
            }
        }
    }
    redirected
}

/// What happened to an agent that was once installed, and where that shows.
fn change_of(
    scene: &Scene<'_>,
    processes: &Processes,
    agent: &AgentTrace,
) -> Option<(ProtectionChange, String)> {
    let present = |path: &&String| scene.root.exists(Path::new(path.as_str()));
    let unit_at = |unit: &String| {
        UNIT_FOLDERS
            .iter()
            .map(|it| Path::new(it).join(unit))
            .find(|it| scene.root.stat(it, false).is_ok())
    };
    let unit = agent.units.iter().find_map(unit_at);
    if let Some(program) = agent.programs.iter().find(present) {
        let masked = unit.as_deref().filter(|it| is_masked(scene, it));
        if let Some(masked) = masked {
            return Some((ProtectionChange::AgentStopped, masked.to_string_lossy().into_owned()));
        }
        let runs = processes.list.iter().any(|it| agent.processes.contains(&it.program.name));
        let known = scene.live && !agent.processes.is_empty();
        return (known && !runs).then(|| (ProtectionChange::AgentStopped, program.clone()));
    }
    let left = agent.leftovers.iter().find(present).cloned();
    let left = left.or(unit.map(|it| it.to_string_lossy().into_owned()));
    left.map(|it| (ProtectionChange::AgentRemoved, it))
}

#[cfg(test)]
mod tests {
    use minehound_model::Interest;

    use super::*;

    #[test]
    fn a_pool_is_redirected_and_not_when_it_is_blocked() {
        let interest = HostInterest {
            pool_names: Interest::in_names(["pool.example"]),
            vendor_names: Interest::in_names(["vendor.example"]),
            ..HostInterest::default()
        };
        let text = "127.0.0.1 localhost\n0.0.0.0 pool.example\n10.0.0.9 xmr.pool.example # x\n\
                    127.0.0.1 update.vendor.example\n10.0.0.9 other.example";
        let redirected = redirects(text, &interest);
        assert_eq!(
            redirected,
            [
                (3, "xmr.pool.example -> 10.0.0.9".to_owned()),
                (4, "update.vendor.example -> 127.0.0.1".to_owned()),
            ]
        );
    }
}
