//! What machine this is: its name, its system, its size, its homes and its addresses.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use minehound_model::{AddressLease, FactKind, HardwareAddress, HostProfile};
use rustix::fs::FileType;

use super::process::{Processes, boot_ms};
use super::recorder::Recorder;
use super::root::{Root, mtime};
use super::shapes::cut;
use super::{Scene, line_live, read_live};

/// How many homes are looked into.
const MAX_HOMES: usize = 256;
/// Homes that hold the system, not an account.
const NO_HOMES: [&str; 12] = [
    "/",
    "/bin",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/dev",
    "/proc",
    "/sys",
    "/run",
    "/etc",
    "/var",
];
/// What a running system changes all the time.
const ALIVE: [&str; 8] =
    ["/var/log", "/var/lib", "/var/run", "/run", "/tmp", "/var/tmp", "/etc", "/root"];

/// The name of the machine.
pub(super) fn hostname(scene: &Scene<'_>) -> String {
    let name = if scene.live {
        line_live("/proc/sys/kernel/hostname")
    } else {
        first_line(&scene.root, "/etc/hostname")
    };
    name.map_or_else(|| "unnamed".to_owned(), |it| cut(&it, 255).to_owned())
}

/// The homes of accounts, as far as they are there.
pub(super) fn homes(root: &Root) -> Vec<PathBuf> {
    let accounts = root.read(Path::new("/etc/passwd"), 1 << 20).map(|it| it.bytes);
    let accounts = String::from_utf8_lossy(&accounts.unwrap_or_default()).into_owned();
    let named = accounts.lines().filter_map(|it| it.split(':').nth(5)).map(PathBuf::from);
    // Accounts of a directory service have a home here, but no line in the file.
    let listed = root.list(Path::new("/home"), MAX_HOMES).unwrap_or_default().entries;
    let listed = listed.into_iter().filter(|it| it.kind == FileType::Directory).map(|it| it.path);
    let all: BTreeSet<PathBuf> =
        named.chain(listed).chain([PathBuf::from("/root")]).filter(|it| is_home(it)).collect();
    all.into_iter().filter(|it| root.exists(it)).take(MAX_HOMES).collect()
}

fn is_home(path: &Path) -> bool {
    path.is_absolute() && !NO_HOMES.iter().any(|it| Path::new(it) == path)
}

/// When a machine that is not running was last alive, in milliseconds since 1970: the latest
/// change in the folders that a running one changes. The same root gives the same time.
pub(super) fn last_alive_ms(root: &Root) -> i64 {
    let mut latest = 0;
    for folder in ALIVE {
        let folder = Path::new(folder);
        let inside = root.list(folder, 1024).unwrap_or_default().entries;
        let paths = inside.into_iter().map(|it| it.path).chain([folder.to_path_buf()]);
        let times = paths.filter_map(|it| Some(mtime(&root.stat(&it, false).ok()?).0));
        latest = times.fold(latest, i64::max);
    }
    latest.saturating_mul(1000)
}

pub(super) fn collect(scene: &Scene<'_>, processes: &Processes, recorder: &mut Recorder<'_>) {
    let read = |path| scene.root.read(Path::new(path), 64 << 10).ok();
    let release = read("/etc/os-release").or_else(|| read("/usr/lib/os-release"));
    let release = release.map(|it| String::from_utf8_lossy(&it.bytes).into_owned());
    let mut profile = HostProfile {
        hostname: hostname(scene),
        os: release.as_deref().and_then(pretty_name).unwrap_or_default(),
        offline: !scene.live,
        privileged: !recorder.was_denied(),
        ..HostProfile::default()
    };
    if scene.live {
        profile.kernel = line_live("/proc/sys/kernel/osrelease").unwrap_or_default();
        profile.processes = u64::try_from(processes.list.len()).unwrap_or(u64::MAX);
        profile.privileged &= rustix::process::geteuid().is_root();
        profile.processors = processors();
        profile.memory_mib = memory_kib().unwrap_or(0) / 1024;
        profile.hardware_addresses = hardware_addresses(Path::new("/sys/class/net"));
        addresses(recorder);
    }
    recorder.looked(FactKind::HostProfile, 1);
    recorder.note(profile, "/etc/os-release");
}

fn first_line(root: &Root, path: &str) -> Option<String> {
    let file = root.read(Path::new(path), 4096).ok()?;
    let text = String::from_utf8_lossy(&file.bytes);
    let line = text.lines().map(str::trim).find(|it| !it.is_empty() && !it.starts_with('#'))?;
    Some(line.to_owned())
}

/// `PRETTY_NAME` of os-release(5).
fn pretty_name(release: &str) -> Option<String> {
    let value = release.lines().find_map(|it| it.strip_prefix("PRETTY_NAME="))?;
    Some(cut(value.trim().trim_matches(['"', '\'']), 200).to_owned())
}

fn processors() -> u32 {
    let text = read_live("/proc/stat", 1 << 20).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let is_processor = |it: &&str| it.starts_with("cpu") && !it.starts_with("cpu ");
    u32::try_from(text.lines().filter(is_processor).count()).unwrap_or(u32::MAX)
}

fn memory_kib() -> Option<u64> {
    let text = read_live("/proc/meminfo", 64 << 10).ok()?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find_map(|it| it.strip_prefix("MemTotal:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// The addresses of this machine, held since it was started as far as it can tell.
fn addresses(recorder: &mut Recorder<'_>) {
    let read = |path| {
        let bytes = read_live(path, 4 << 20).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let inner = inner_networks(&read("/proc/net/route"));
    let mut all = addresses_v4(&read("/proc/net/fib_trie"));
    all.retain(|it| !inner.iter().any(|(network, mask)| u32::from(*it) & mask == *network));
    let all = all.into_iter().map(|it| (IpAddr::V4(it), "/proc/net/fib_trie"));
    let v6 = addresses_v6(&read("/proc/net/if_inet6"));
    let v6 = v6.into_iter().map(|it| (IpAddr::V6(it), "/proc/net/if_inet6"));
    let since_ms = boot_ms().unwrap_or(recorder.now_ms());
    recorder.looked(FactKind::AddressLease, 1);
    for (address, place) in all.chain(v6).take(1024) {
        recorder.note_since(since_ms, AddressLease { address }, place);
    }
}

/// The addresses of network cards; what is made by software has no device.
fn hardware_addresses(folder: &Path) -> Vec<HardwareAddress> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let address = |path: PathBuf| {
        if !path.join("device").exists() {
            return None;
        }
        let text = line_live(path.join("address").to_str()?)?;
        let digits = text.trim().split(':').map(|it| u8::from_str_radix(it, 16).ok());
        let bytes: [u8; 6] = digits.collect::<Option<Vec<u8>>>()?.try_into().ok()?;
        (bytes != [0; 6]).then_some(HardwareAddress(bytes))
    };
    let mut all: Vec<_> =
        entries.take(1024).flatten().filter_map(|it| address(it.path())).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The local addresses in the routing trie: those above a line `/32 host LOCAL`.
fn addresses_v4(trie: &str) -> BTreeSet<Ipv4Addr> {
    let mut address = None;
    let mut local = BTreeSet::new();
    for line in trie.lines() {
        if let Some((_, leaf)) = line.split_once("|-- ") {
            address = leaf.trim().parse::<Ipv4Addr>().ok();
        } else if line.trim_start().starts_with("/32 host LOCAL") {
            local.extend(address.filter(|it| !it.is_loopback() && !it.is_unspecified()));
        }
    }
    local
}

/// The networks of interfaces inside this machine: the same addresses stand in thousands of
/// machines and name none of them.
fn inner_networks(routes: &str) -> Vec<(u32, u32)> {
    let inner =
        ["docker", "br-", "virbr", "veth", "cni", "flannel", "podman", "lxc", "lxd", "cali"];
    let routes = routes.lines().map(|it| it.split_ascii_whitespace().collect::<Vec<_>>());
    let network = |fields: Vec<&str>| {
        let number = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok().map(u32::from_be);
        let is_inner =
            fields.first().is_some_and(|name| inner.iter().any(|it| name.starts_with(it)));
        let (network, mask) = (number(1)?, number(7)?);
        (is_inner && mask != 0).then_some((network, mask))
    };
    routes.filter_map(network).collect()
}

/// Addresses of global scope: of local ones every machine has the same sort.
fn addresses_v6(table: &str) -> BTreeSet<Ipv6Addr> {
    let address = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let address = u128::from_str_radix(fields.next()?, 16).ok().map(Ipv6Addr::from)?;
        (fields.nth(2)? == "00").then_some(address)
    };
    table.lines().filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_have_a_device_and_bridges_have_none() {
        let folder = tempfile::tempdir().unwrap();
        for (name, address, device) in
            [("eth0", "00:00:5e:00:53:07\n", true), ("docker0", "02:42:00:00:00:01\n", false)]
        {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
            std::fs::write(folder.path().join(name).join("address"), address).unwrap();
            if device {
                std::fs::create_dir(folder.path().join(name).join("device")).unwrap();
            }
        }
        let found: Vec<String> =
            hardware_addresses(folder.path()).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["00:00:5e:00:53:07"]);
    }

    #[test]
    fn local_addresses_are_read_and_inner_ones_are_not_the_machine_s() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.7\n        /32 host LOCAL\n     \
                    |-- 10.0.0.255\n        /32 link BROADCAST\n     |-- 127.0.0.1\n        \
                    /32 host LOCAL\n     |-- 172.17.0.1\n        /32 host LOCAL\n";
        let local: Vec<String> = addresses_v4(trie).iter().map(ToString::to_string).collect();
        assert_eq!(local, ["10.0.0.7", "172.17.0.1"]);
        let routes = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n\
                      docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n\
                      eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0";
        assert_eq!(inner_networks(routes), [(0xac11_0000, 0xffff_0000)]);
        let table = "20010db8000000000000000000000007 02 40 00 80 eth0\n\
                     fe800000000000000000000000000001 02 40 20 80 eth0\n\
                     00000000000000000000000000000001 01 80 10 80 lo";
        assert_eq!(addresses_v6(table), BTreeSet::from(["2001:db8::7".parse().unwrap()]));
    }

    #[test]
    fn the_system_names_itself() {
        assert_eq!(pretty_name("ID=x\nPRETTY_NAME=\"X 1\"\n").as_deref(), Some("X 1"));
    }
}
