//! Who a process is: its command line, its file, its account, its container.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use minehound_model::ExeState;

use super::super::shapes::cut;

/// How much of a command line is read, in bytes.
pub(super) const MAX_COMMAND_LINE: u64 = 64 * 1024;
const MAX_ARGUMENTS: usize = 64;
const MAX_ARGUMENT: usize = 512;

/// The arguments of a process, cut at 64 of 512 bytes.
pub(super) fn arguments(line: &[u8]) -> Vec<String> {
    let line = line.strip_suffix(b"\0").unwrap_or(line);
    if line.is_empty() {
        return Vec::new();
    }
    // A process that rewrites its title leaves padding behind.
    let end = line.iter().rposition(|it| *it != 0).map_or(0, |it| it + 1);
    let line = line.get(..end).unwrap_or(line);
    let arguments = line.split(|it| *it == 0).take(MAX_ARGUMENTS);
    arguments.map(|it| cut(&String::from_utf8_lossy(it), MAX_ARGUMENT).to_owned()).collect()
}

/// The first number of the line of `/proc/PID/status` that begins so.
pub(super) fn status_number<T: FromStr>(text: &str, label: &str) -> Option<T> {
    let line = text.lines().find_map(|it| it.strip_prefix(label))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// What the link `/proc/PID/exe` says of the file.
pub(super) fn exe_of(link: &Path) -> (PathBuf, ExeState) {
    let bytes = link.as_os_str().as_bytes();
    let (bytes, deleted) = match bytes.strip_suffix(b" (deleted)") {
        Some(path) => (path, true),
        None => (bytes, false),
    };
    let state = match deleted {
        _ if bytes.starts_with(b"/memfd:") => ExeState::InMemory,
        true => ExeState::Deleted,
        false => ExeState::OnDisk,
    };
    (PathBuf::from(std::ffi::OsStr::from_bytes(bytes)), state)
}

/// The container that `/proc/PID/cgroup` names: 12 digits of its number, or its name in LXC.
///
/// Docker, containerd, CRI-O and Podman name a control group after the 64 digits of a container.
pub(super) fn container(text: &str) -> Option<String> {
    text.lines().filter_map(|it| it.splitn(3, ':').nth(2)).find_map(|path| {
        path.split('/').find_map(|part| {
            let part = part.strip_suffix(".scope").unwrap_or(part);
            let number = part.rsplit('-').next().unwrap_or(part);
            let digits = number.bytes().all(|it| it.is_ascii_hexdigit());
            if number.len() == 64 && digits {
                return number.get(..12).map(str::to_owned);
            }
            part.strip_prefix("lxc.payload.").map(|it| cut(it, 64).to_owned())
        })
    })
}
