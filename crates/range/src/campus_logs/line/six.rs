//! Lines about IPv6, and the tables that switches print. Columns from the makers' command references.

use std::net::Ipv6Addr;

use super::super::stamp::Stamp;
use super::{Maker, Seen, dashed};

/// The line of a session that nobody translates; those that do not log IPv6 write nothing.
pub(super) fn session(maker: Maker, it: &Seen<'_>, inner: Ipv6Addr, far: Ipv6Addr) -> String {
    let Seen { device, proto, bytes, .. } = *it;
    let (sport, dport, (up, down)) = (it.inner.port(), it.far.port(), bytes);
    let (from, to) = (Stamp::at(it.from_ms), Stamp::at(it.to_ms));
    let name = if proto == 17 { "udp" } else { "tcp" };
    match maker {
        Maker::Iptables => format!(
            "{} {device} kernel: [{}.678901] OUT-NEW: IN=br0 OUT=eth0 SRC={} DST={} LEN=80 TC=0 HOPLIMIT=63 FLOWLBL=0 PROTO={} SPT={sport} DPT={dport}{}",
            from.syslog(),
            from.unix_s % 1_000_000,
            spelt_out(inner),
            spelt_out(far),
            name.to_uppercase(),
            if proto == 17 { " LEN=40" } else { " WINDOW=64800 RES=0x00 SYN URGP=0" },
        ),
        Maker::PfSense => format!(
            "<134>1 {}T{}.000000+08:00 {device} filterlog 54213 - - 5,,,1000000105,igb1,match,pass,out,6,0x00,0x00000,64,{name},{proto},40,{inner},{far},{sport},{dport},40",
            from.date('-'),
            from.clock(),
        ),
        _ => format!(
            "<190>{} {device} %%01SECLOG/6/SESSION_TEARDOWN(l):IPVer=6,Protocol={name},SourceIP={inner},DestinationIP={far},SourcePort={sport},DestinationPort={dport},BeginTime={},EndTime={},SendPkts=12,SendBytes={up},RcvPkts=20,RcvBytes={down},SourceVpnID=0,DestinationVpnID=0,SourceZone=trust,DestinationZone=untrust,PolicyName=Permit_all,UserName=,CloseReason=tcp-fin.",
            to.iso(),
            from.unix_s,
            to.unix_s,
        ),
    }
}

/// All groups with all digits, as the kernel prints it.
fn spelt_out(address: Ipv6Addr) -> String {
    address.segments().map(|it| format!("{it:04x}")).join(":")
}

/// What a script writes above a table of hardware addresses of H3C.
pub(in super::super) fn table_head(device: &str, at_ms: i64) -> String {
    let at = Stamp::at(at_ms).iso();
    format!(
        "# {at} +0800\n<{device}>display mac-address\nMAC Address      VLAN ID    State            Port/Nickname            Aging\n"
    )
}

/// A row of that table.
pub(in super::super) fn learned(mac: &str, port: u16) -> String {
    format!("{}   100        Learned          GE1/0/{port:<18} Y\n", dashed(mac))
}

/// What stands above a table of neighbours.
pub(in super::super) fn neighbours_head(device: &str, at_ms: i64) -> String {
    let at = Stamp::at(at_ms).iso();
    format!(
        "# {at} +0800\n<{device}>display ipv6 neighbors all\nType: S-Static    D-Dynamic    O-Openflow     R-Rule    IS-Invalid static\nIPv6 address                              MAC address    VLAN/VSI   Interface      State T  Aging\n"
    )
}

/// A row of it.
pub(in super::super) fn neighbour(address: Ipv6Addr, mac: &str, there: bool) -> String {
    let state = if there { "REACH" } else { "STALE" };
    format!("{address:<41} {} 100        GE1/0/24       {state} D  14\n", dashed(mac))
}
