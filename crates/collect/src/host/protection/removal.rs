//! Commands that stop or remove a security agent, read as commands: a script that prints the words,
//! or looks for the program, removes nothing.

use crate::host::AgentTrace;
use crate::host::shapes;

/// What takes a unit and does not start it, with the words that end it.
const ENDING: [&str; 5] = ["stop", "disable", "mask", "kill", "off"];
const PACKAGERS: [&str; 10] =
    ["apk", "apt", "apt-get", "aptitude", "dnf", "dpkg", "opkg", "rpm", "yum", "zypper"];
/// Verbs and options of package managers that remove (apt-get(8), rpm(8), dpkg(1), apk(8)).
const REMOVING: [&str; 10] =
    ["autoremove", "del", "erase", "purge", "remove", "-P", "--purge", "-e", "-r", "--remove"];

/// The first agent that a command stops or removes.
pub(in crate::host) fn removed<'a>(
    command: &str,
    agents: &'a [AgentTrace],
) -> Option<&'a AgentTrace> {
    // Almost every line names no agent: it is not taken apart.
    if !agents.iter().any(|it| words_of(it).any(|word| command.contains(word))) {
        return None;
    }
    let programs = shapes::programs(command);
    agents.iter().find(|agent| programs.iter().any(|words| removes(words, agent)))
}

/// Whether a file is the agent's own: what it stops is itself.
pub(in crate::host) fn is_own(path: &str, agent: &AgentTrace) -> bool {
    let name = base(path);
    let stem = name.split('.').next().unwrap_or(name);
    let in_folder =
        |it: &String| path.strip_prefix(it.as_str()).is_some_and(|rest| rest.starts_with('/'));
    agent.leftovers.iter().any(in_folder)
        || agent.units.iter().any(|it| unit(it) == stem)
        || agent.processes.iter().any(|it| it == stem)
}

/// What a command that is about an agent cannot do without.
fn words_of(agent: &AgentTrace) -> impl Iterator<Item = &str> {
    let texts = agent.removal.iter().chain(&agent.processes).chain(&agent.leftovers);
    texts.map(String::as_str).chain(agent.units.iter().map(|it| unit(it)))
}

fn removes(words: &[String], agent: &AgentTrace) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    let name = base(program);
    let said = format!("{program} {}", rest.join(" "));
    let bare = format!("{name} {}", rest.join(" "));
    if agent.removal.iter().any(|it| said.contains(it.as_str()) || bare.contains(it.as_str())) {
        return true;
    }
    let has = |words: &[&str]| rest.iter().any(|it| words.contains(&it.as_str()));
    let named = |it: &String| agent.units.iter().any(|known| unit(known) == unit(it));
    let runs = |it: &String| agent.processes.iter().any(|known| known == base(it));
    let own = || agent.units.iter().any(|known| unit(known) == name);
    match name {
        "systemctl" | "service" | "rc-service" | "initctl" | "chkconfig" | "update-rc.d" => {
            let ends = has(&ENDING) || has(&["--del", "remove"]);
            ends && rest.iter().any(named)
        }
        "pkill" | "killall" | "killall5" => rest.iter().any(runs),
        "rm" | "unlink" | "shred" => rest.iter().any(|it| is_in(it, &agent.leftovers)),
        it if PACKAGERS.contains(&it) => {
            has(&REMOVING) && rest.iter().any(|it| named(it) || runs(it))
        }
        _ => program.contains("/init.d/") && own() && has(&["stop"]),
    }
}

/// Whether a path is one of these folders, or lies in one.
fn is_in(path: &str, folders: &[String]) -> bool {
    let path = path.trim_end_matches(['*', '/']);
    let within = |it: &String| {
        path.strip_prefix(it.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    folders.iter().any(within)
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A unit's name without its kind.
fn unit(name: &str) -> &str {
    name.strip_suffix(".service").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &str, expected: bool) {
        let texts = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let agents = [AgentTrace {
            name: "Guard".to_owned(),
            units: texts(&["guard.service"]),
            processes: texts(&["guardd"]),
            leftovers: texts(&["/opt/guard"]),
            removal: texts(&["guard/admin/uninstall.sh", "guardctl off"]),
            ..AgentTrace::default()
        }];
        assert_eq!(removed(command, &agents).is_some(), expected, "{command}");
    }

    #[test]
    fn commands_that_stop_or_remove_an_agent_are_told() {
        for command in [
            "systemctl stop guard.service",
            "sudo systemctl disable --now guard",
            "service guard stop",
            "/etc/init.d/guard stop",
            "chkconfig guard off",
            "pkill -9 guardd || true",
            "rm -rf /opt/guard/*",
            "cd /; /opt/guard/admin/uninstall.sh",
            "bash -c 'x'; curl -sO http://h.example/guard/admin/uninstall.sh",
            "yum -y remove guard",
            "/usr/sbin/guardctl off",
        ] {
            check(command, true);
        }
    }

    #[test]
    fn commands_that_only_name_it_are_not() {
        for command in [
            "systemctl restart guard",
            "systemctl stop other.service",
            "service guard status",
            "echo systemctl stop guard",
            "pgrep guardd",
            "rm -rf /opt/guardian",
            "apt-get install guard",
            "ls /opt/guard",
        ] {
            check(command, false);
        }
    }
}
