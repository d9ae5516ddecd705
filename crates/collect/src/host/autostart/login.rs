//! What runs at boot, at login, at plugging in, when a network comes up, or inside every program.

use std::path::Path;

use minehound_model::{AutostartPlace, FactKind};

use super::{Keep, MAX_ENTRIES_OF_FILE, Reader, Source, logical_lines};

const PROFILES: [&str; 12] = [
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/zsh/zshrc",
    "/etc/zsh/zprofile",
    "/etc/zshrc",
    "/etc/csh.cshrc",
    "/etc/environment",
    "/etc/fish/config.fish",
    "/etc/ssh/sshrc",
    "/etc/zsh/zlogin",
    "/etc/zsh/zshenv",
];
/// Files in a home that a shell, an X session or sshd(8) runs.
const HOME_PROFILES: [&str; 20] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    ".xprofile",
    ".bash_aliases",
    ".config/fish/config.fish",
    ".cshrc",
    ".login",
    ".ssh/rc",
    ".tcshrc",
    ".xinitrc",
    ".xsession",
    ".xsessionrc",
    ".zlogin",
    ".zlogout",
];
/// Scripts of System V run levels, most of them links into `init.d`.
const RUN_LEVELS: [&str; 8] =
    ["rc0.d", "rc1.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d", "rc6.d", "rcS.d"];
/// Scripts that run when a network comes or goes: NetworkManager-dispatcher(8), interfaces(5),
/// pppd(8), dhclient-script(8), networkd-dispatcher(8).
const NETWORK: [&str; 15] = [
    "/etc/NetworkManager/dispatcher.d",
    "/etc/NetworkManager/dispatcher.d/no-wait.d",
    "/etc/NetworkManager/dispatcher.d/pre-down.d",
    "/etc/NetworkManager/dispatcher.d/pre-up.d",
    "/etc/dhcp/dhclient-enter-hooks.d",
    "/etc/dhcp/dhclient-exit-hooks.d",
    "/etc/network/if-down.d",
    "/etc/network/if-post-down.d",
    "/etc/network/if-pre-up.d",
    "/etc/network/if-up.d",
    "/etc/networkd-dispatcher/configured.d",
    "/etc/networkd-dispatcher/routable.d",
    "/etc/ppp/ip-down.d",
    "/etc/ppp/ip-up.d",
    "/usr/lib/NetworkManager/dispatcher.d",
];

pub(super) fn read(reader: &mut Reader<'_, '_>) {
    for path in ["/etc/rc.local", "/etc/rc.d/rc.local"] {
        reader.file(AutostartPlace::RcLocal, Path::new(path), Keep::All, Reader::script);
    }
    for folder in ["/etc/init.d", "/etc/rc.d/init.d", "/etc/local.d"] {
        reader.scripts(AutostartPlace::InitScript, folder, Keep::All);
    }
    for level in RUN_LEVELS {
        for above in ["/etc", "/etc/rc.d"] {
            reader.scripts(AutostartPlace::InitScript, &format!("{above}/{level}"), Keep::All);
        }
    }
    reader.file(AutostartPlace::InitScript, Path::new("/etc/inittab"), Keep::All, inittab);
    for folder in NETWORK {
        let shipped = folder.starts_with("/usr/lib");
        let keep = if shipped { Keep::Notable } else { Keep::All };
        reader.scripts(AutostartPlace::NetworkScript, folder, keep);
    }
    for path in PROFILES {
        reader.file(AutostartPlace::Profile, Path::new(path), Keep::All, Reader::script);
    }
    for folder in ["/etc/profile.d", "/etc/update-motd.d", "/etc/fish/conf.d"] {
        reader.scripts(AutostartPlace::Profile, folder, Keep::All);
    }
    reader.file(AutostartPlace::Preload, Path::new("/etc/ld.so.preload"), Keep::All, preload);
    reader.file(AutostartPlace::Preload, Path::new("/etc/ld.so.pre"), Keep::All, preload);
    desktop_entries(reader, "/etc/xdg/autostart", Keep::Notable);
    for (folder, keep) in [
        ("/etc/udev/rules.d", Keep::All),
        ("/run/udev/rules.d", Keep::All),
        ("/usr/lib/udev/rules.d", Keep::Notable),
        ("/lib/udev/rules.d", Keep::Notable),
    ] {
        for path in reader.files(folder, |it| it.has_extension("rules")) {
            reader.file(AutostartPlace::Udev, &path, keep, udev);
        }
    }
    let homes = reader.scene.homes.clone();
    for home in homes {
        for name in HOME_PROFILES {
            reader.file(AutostartPlace::Profile, &home.join(name), Keep::All, Reader::script);
        }
        let fish = home.join(".config/fish/conf.d");
        reader.scripts(AutostartPlace::Profile, &fish.to_string_lossy(), Keep::All);
        desktop_entries(reader, &home.join(".config/autostart").to_string_lossy(), Keep::All);
        for name in ["authorized_keys", "authorized_keys2"] {
            let path = home.join(".ssh").join(name);
            reader.file(AutostartPlace::AuthorizedKeys, &path, Keep::All, keys);
        }
    }
}

/// Reads the processes of inittab(5): `id:levels:action:process`.
fn inittab(reader: &mut Reader<'_, '_>, source: &Source<'_>) {
    for (line, text) in logical_lines(&source.text()).into_iter().take(MAX_ENTRIES_OF_FILE) {
        if let Some(process) = text.splitn(4, ':').nth(3).filter(|it| !it.trim().is_empty()) {
            // A plus sign asks init not to keep records of it.
            reader.entry(source, Some(line), process.trim_start_matches('+'));
        }
    }
}

fn preload(reader: &mut Reader<'_, '_>, source: &Source<'_>) {
    for (line, libraries) in logical_lines(&source.text()) {
        // ld.so(8): libraries stand apart by white space or colons.
        for library in libraries.split([' ', '\t', ':']).filter(|it| !it.is_empty()) {
            reader.entry(source, Some(line), library);
        }
    }
}

fn desktop_entries(reader: &mut Reader<'_, '_>, folder: &str, keep: Keep) {
    for path in reader.files(folder, |it| it.has_extension("desktop")) {
        reader.file(AutostartPlace::Xdg, &path, keep, |reader, source| {
            for (line, text) in logical_lines(&source.text()) {
                if let Some(command) = text.strip_prefix("Exec=") {
                    reader.entry(source, Some(line), command);
                }
            }
        });
    }
}

fn udev(reader: &mut Reader<'_, '_>, source: &Source<'_>) {
    let mut kept = 0;
    for (line, text) in logical_lines(&source.text()) {
        for command in run_keys(&text) {
            if kept < MAX_ENTRIES_OF_FILE {
                kept += 1;
                reader.entry(source, Some(line), command);
            } else {
                reader.recorder.gap(FactKind::Autostart, "cut");
            }
        }
    }
}

/// The programs that a udev rule runs: udev(7), `RUN{program}`; built-ins run no program.
pub(super) fn run_keys(rule: &str) -> Vec<&str> {
    rule.match_indices("RUN")
        .filter_map(|(at, _)| {
            let rest = rule.get(at + 3..)?;
            let rest = rest.strip_prefix("{program}").unwrap_or(rest).trim_start();
            let rest =
                rest.strip_prefix("+=").or(rest.strip_prefix(":=")).or(rest.strip_prefix('='))?;
            rest.trim_start().strip_prefix('"')?.split_once('"').map(|(command, _)| command)
        })
        .collect()
}

/// Keys that may log in: the number of them, and each forced command.
fn keys(reader: &mut Reader<'_, '_>, source: &Source<'_>) {
    let text = source.text();
    let lines = logical_lines(&text);
    for (line, text) in lines.iter().take(MAX_ENTRIES_OF_FILE) {
        if let Some(command) = forced_command(text) {
            reader.entry(source, Some(*line), &command);
        }
    }
    reader.entry(source, None, &format!("{} keys", lines.len()));
}

/// The command that a key is bound to: sshd(8), `command="…"`.
pub(super) fn forced_command(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("command=\"")?;
    let mut command = String::new();
    let mut chars = rest.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => return Some(command),
            '\\' => command.extend(chars.next()),
            _ => command.push(char),
        }
    }
    None
}
