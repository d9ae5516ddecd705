//! The programs that a run needs, and the Debian packages that have them.

use std::env;
use std::path::{Path, PathBuf};

use super::trouble::Trouble;
use crate::scenario_file::{Deed, LiveGroup, Software};

/// Program and package.
const PACKAGES: [(&str, &str); 14] = [
    ("ip", "iproute2"),
    ("setpriv", "util-linux"),
    ("tcpdump", "tcpdump"),
    ("openssl", "openssl"),
    ("stunnel", "stunnel4"),
    ("ssh", "openssh-client"),
    ("ssh-keygen", "openssh-client"),
    ("sshd", "openssh-server"),
    ("wireguard-go", "wireguard-go"),
    ("wg", "wireguard-tools"),
    ("openvpn", "openvpn"),
    ("ss-local", "shadowsocks-libev"),
    ("ss-server", "shadowsocks-libev"),
    ("chromium", "chromium"),
];

/// Where administrators' programs are, whatever the path of the caller says.
const ALSO: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// What every run needs.
pub(super) const ALWAYS: [&str; 3] = ["ip", "setpriv", "tcpdump"];

/// What a group needs beside that.
pub(super) fn needed(group: &LiveGroup) -> Vec<&'static str> {
    let mut all = match group.through.software {
        Software::Nothing => vec![],
        Software::SClient | Software::Stunnel => vec!["openssl", "stunnel"],
        Software::Ssh | Software::SshSocks => vec!["ssh", "ssh-keygen", "sshd"],
        Software::WireGuard => vec!["wireguard-go", "wg"],
        Software::OpenVpnUdp | Software::OpenVpnTcp => vec!["openvpn", "openssl"],
        Software::OpenVpnStatic => vec!["openvpn"],
        Software::Shadowsocks => vec!["ss-local", "ss-server"],
    };
    if group.deed == Deed::Browse {
        all.push("chromium");
    }
    all
}

/// Where a program is.
pub(super) fn find(name: &'static str) -> Result<PathBuf, Trouble> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(ALSO.iter().map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|it| runs(it));
    found.ok_or_else(|| Trouble::Missing { program: name, package: package(name) })
}

/// The package that has a program.
fn package(name: &str) -> &'static str {
    PACKAGES.iter().find(|(it, _)| *it == name).map_or("", |(_, package)| package)
}

fn runs(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario_file::Live;

    #[test]
    fn every_program_that_is_needed_has_a_package() {
        for (name, _) in Software::WORDS {
            let text = format!(
                "kind = \"live\"\n[[innocent]]\nkind = \"traffic\"\nthrough = {{ kind = \"{name}\" }}\n"
            );
            let live = Live::parse("x.toml", &text).unwrap();
            for program in needed(&live.groups[0]).iter().chain(&ALWAYS) {
                assert!(!package(program).is_empty(), "{program}");
            }
        }
    }

    #[test]
    fn a_missing_program_is_told_with_its_package() {
        let told = find("no-such-program-as-this").unwrap_err().to_string();
        assert!(told.contains("`no-such-program-as-this` is missing"), "{told}");
    }
}
