//! Which process holds which connection: `/proc/PID/fd` joined with `/proc/PID/net/tcp`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use minehound_model::Socket;

use super::super::read_live;
use super::{Process, is_denied};

/// How many network namespaces are read: a machine with many containers has one for each.
const MAX_NAMESPACES: usize = 128;
/// How much of one table of connections is read, in bytes.
const MAX_TABLE: u64 = 16 << 20;
/// How many open files of a process are looked at.
const MAX_FILES: usize = 8192;
/// How many connections of a process are kept.
const MAX_SOCKETS: usize = 256;
/// `TCP_ESTABLISHED` of `include/net/tcp_states.h`.
const ESTABLISHED: &str = "01";

type Table = HashMap<u64, Socket>;

/// The connections of each network namespace met so far, by inode.
#[derive(Default)]
pub(super) struct SocketTables {
    by_namespace: BTreeMap<PathBuf, Table>,
    /// Whether a bound kept something out.
    pub(super) cut: bool,
}

impl SocketTables {
    /// Gives a process its connections; says whether its files were denied.
    pub(super) fn join(&mut self, pid: u32, process: &mut Process) -> bool {
        let files = fs::read_dir(format!("/proc/{pid}/fd"));
        let denied = is_denied(&files);
        let Ok(files) = files else { return denied };
        let inodes = files.take(MAX_FILES).filter_map(|it| inode(&fs::read_link(it.ok()?.path())));
        let inodes: Vec<u64> = inodes.collect();
        if inodes.is_empty() {
            return denied;
        }
        let namespace = fs::read_link(format!("/proc/{pid}/ns/net")).unwrap_or_default();
        if !self.by_namespace.contains_key(&namespace) {
            if self.by_namespace.len() >= MAX_NAMESPACES {
                self.cut = true;
                return denied;
            }
            self.by_namespace.insert(namespace.clone(), read_tables(pid));
        }
        let table = self.by_namespace.get(&namespace);
        let sockets = inodes.iter().filter_map(|it| table?.get(it).cloned());
        let mut sockets: Vec<Socket> = sockets.collect();
        sockets.sort_unstable();
        sockets.dedup();
        self.cut |= sockets.len() > MAX_SOCKETS;
        sockets.truncate(MAX_SOCKETS);
        process.program.sockets = sockets;
        denied
    }
}

/// The inode of a socket that the link of an open file names: `socket:[123]`.
fn inode(link: &io::Result<PathBuf>) -> Option<u64> {
    let link = link.as_ref().ok()?.to_str()?;
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

fn read_tables(pid: u32) -> Table {
    let mut table = Table::new();
    for name in ["tcp", "tcp6"] {
        let text = read_live(format!("/proc/{pid}/net/{name}"), MAX_TABLE).unwrap_or_default();
        table.extend(String::from_utf8_lossy(&text).lines().filter_map(connection));
    }
    table
}

/// One line of a table, if it is an established connection.
pub(super) fn connection(line: &str) -> Option<(u64, Socket)> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let local = address(fields.next()?)?;
    let remote = address(fields.next()?)?;
    let established = fields.next()? == ESTABLISHED;
    let inode = fields.nth(5)?.parse().ok()?;
    established.then_some((inode, Socket { local, remote }))
}

/// `0100007F:1F90`: the words of the address in the byte order of this machine, and the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let words: Option<Vec<[u8; 4]>> = (0..address.len())
        .step_by(8)
        .map(|at| u32::from_str_radix(address.get(at..at + 8)?, 16).ok().map(u32::to_ne_bytes))
        .collect();
    let bytes = words?.concat();
    let address = if let Ok(bytes) = <[u8; 4]>::try_from(bytes.as_slice()) {
        IpAddr::V4(Ipv4Addr::from(bytes))
    } else {
        IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?)).to_canonical()
    };
    Some(SocketAddr::new(address, u16::from_str_radix(port, 16).ok()?))
}
