//! Lines as the makers' devices write them. Field orders from the makers' public references, as
//! in the grammars' own sources; every line is made anew from the parts.

mod six;

pub(super) use six::{learned, neighbour, neighbours_head, table_head};

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::stamp::Stamp;

/// A maker's device between an inner and an outer network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Huawei,
    H3c,
    FortiGate,
    Hillstone,
    Sangfor,
    PaloAlto,
    MikroTik,
    /// A translator of a carrier, a line per session.
    Carrier,
    /// These do not say what they translate; they show sessions.
    Topsec,
    Iptables,
    PfSense,
}

impl Maker {
    /// Whether its line comes when a session ends; otherwise when it begins.
    pub(super) fn writes_at_end(self) -> bool {
        matches!(self, Self::Huawei | Self::H3c | Self::FortiGate | Self::PaloAlto)
    }
}

/// A session as one device sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    /// The device.
    pub(super) device: &'a str,
    /// The hardware address that a router sees.
    pub(super) mac: &'a str,
    /// The number of the session.
    pub(super) number: u64,
    /// From when to when, by the device's clock.
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    /// 6 TCP, 17 UDP.
    pub(super) proto: u8,
    pub(super) inner: SocketAddr,
    pub(super) outer: SocketAddr,
    pub(super) far: SocketAddr,
    pub(super) bytes: (u64, u64),
}

/// The line of a session.
pub(super) fn session(maker: Maker, it: &Seen<'_>) -> String {
    let Seen { device, number, proto, inner, outer, far, bytes, .. } = *it;
    let (from, to) = (Stamp::at(it.from_ms), Stamp::at(it.to_ms));
    let (sip, sport, dip, dport) = (inner.ip(), inner.port(), far.ip(), far.port());
    let (nip, nport) = (outer.ip(), outer.port());
    let (up, down) = bytes;
    let name = if proto == 17 { "udp" } else { "tcp" };
    let upper = name.to_uppercase();
    if let (IpAddr::V6(inner), IpAddr::V6(far)) = (sip, dip) {
        return six::session(maker, it, inner, far);
    }
    match maker {
        Maker::Huawei => format!(
            "<190>{} {device} %%01SECLOG/6/SESSION_TEARDOWN(l):IPVer=4,Protocol={name},SourceIP={sip},DestinationIP={dip},SourcePort={sport},DestinationPort={dport},SourceNatIP={nip},SourceNatPort={nport},BeginTime={},EndTime={},SendPkts=12,SendBytes={up},RcvPkts=20,RcvBytes={down},SourceVpnID=0,DestinationVpnID=0,SourceZone=trust,DestinationZone=untrust,PolicyName=Permit_all,UserName=,CloseReason=tcp-fin.",
            to.iso(),
            from.unix_s,
            to.unix_s,
        ),
        Maker::H3c => format!(
            "<6> {} {device} %%10session/6/SESSION_IPV4_FLOW: Protocol(1001)={upper};Application(1002)=general_{name};SrcIPAddr(1003)={sip};SrcPort(1004)={sport};NatSrcIPAddr(1005)={nip};NatSrcPort(1006)={nport};DstIPAddr(1007)={dip};DstPort(1008)={dport};NatDstIPAddr(1009)={dip};NatDstPort(1010)={dport};InitPktCount(1044)=6;InitByteCount(1046)={up};RplyPktCount(1045)=9;RplyByteCount(1047)={down};RcvVPNInstance(1042)=;SndVPNInstance(1043)=;RcvDSLiteTunnelPeer(1040)=;SndDSLiteTunnelPeer(1041)=;BeginTime_e(1013)={};EndTime_e(1014)={};Event(1048)=(1)Normal over;",
            to.syslog_year(),
            Stamp::utc(it.from_ms).packed(),
            Stamp::utc(it.to_ms).packed(),
        ),
        Maker::FortiGate => format!(
            "<189>date={} time={} devname=\"{device}\" devid=\"FGT60F0000000000\" eventtime={}000000000 tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip={sip} srcport={sport} srcintf=\"lan\" srcintfrole=\"lan\" dstip={dip} dstport={dport} dstintf=\"wan1\" dstintfrole=\"wan\" sessionid={number} proto={proto} action=\"close\" policyid=1 policytype=\"policy\" service=\"{name}/{dport}\" trandisp=\"snat\" transip={nip} transport={nport} duration={} sentbyte={up} rcvdbyte={down} sentpkt=12 rcvdpkt=20",
            to.date('-'),
            to.clock(),
            to.unix_s,
            to.unix_s - from.unix_s,
        ),
        Maker::Hillstone => format!(
            "<190>{} {device}(root) 44243624 Traffic@FLOW: NAT: {inner}->{far}({upper}), snat to {outer}, vr trust-vr, user -@UNKNOWN, host -, rule 4",
            from.syslog(),
        ),
        Maker::Sangfor => format!(
            "<23>{} {device} nat: 日志类型:NAT日志, NAT类型:snat, 源IP:{sip}, 源端口:{sport}, 目的IP:{dip}, 目的端口:{dport}, 协议:{proto}, 转换后的IP:{nip}, 转换后的端口:{nport}",
            from.syslog(),
        ),
        Maker::PaloAlto => format!(
            "<14>{} {device} 1,{},001801000000,TRAFFIC,end,2561,{},{sip},{dip},{nip},{dip},out,,,incomplete,vsys1,trust,untrust,ethernet1/2,ethernet1/1,fwd,{},{number},1,{sport},{dport},{nport},{dport},0x400053,{name},allow,{},{up},{down},32,{},{},any,0,7,0x0,10.0.0.0-10.255.255.255,Reserved,0,12,20,tcp-fin",
            to.syslog(),
            slashed(to),
            slashed(to),
            slashed(to),
            up + down,
            slashed(from),
            to.unix_s - from.unix_s,
        ),
        Maker::MikroTik => format!(
            "<134>{} {device} firewall,info forward: in:bridge out:ether1, connection-state:established,snat src-mac {}, proto {upper}{}, {inner}->{far}, NAT ({inner}->{outer})->{far}, len 52",
            from.syslog(),
            it.mac,
            if proto == 17 { "" } else { " (ACK)" },
        ),
        Maker::Carrier => format!(
            "<134> 1 {} {device} - - NAT444:sessionbasedA [{proto} {sip} - {nip} {sport} {nport} - {dip} {dport}]",
            from.year_syslog(),
        ),
        Maker::Topsec => format!(
            "id=tos time=\"{}\" fw={device}  pri=6 type=ac recorder=FW-NAT src={sip} dst={dip} sport={sport} dport={dport} smac=00:00:5e:00:53:01 dmac=00:00:5e:00:53:02 proto={name} indev=eth11 outdev=eth10 user= rule=accept connid={number} parentid=0 dpiid=0 natid=0 policyid=8036 msg=\"null\"",
            from.iso(),
        ),
        Maker::Iptables => format!(
            "{} {device} kernel: [{}.678901] OUT-NEW: IN=br0 OUT=eth0 MAC=00:00:5e:00:53:01:00:00:5e:00:53:07:08:00 SRC={sip} DST={dip} LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=54321 DF PROTO={upper} SPT={sport} DPT={dport}{}",
            from.syslog(),
            from.unix_s % 1_000_000,
            if proto == 17 { " LEN=40" } else { " WINDOW=64240 RES=0x00 SYN URGP=0" },
        ),
        Maker::PfSense => format!(
            "<134>1 {}T{}.000000+08:00 {device} filterlog 54213 - - 5,,,1000000103,igb1,match,pass,out,4,0x0,,64,54321,0,DF,{proto},{name},60,{sip},{dip},{sport},{dport},{}",
            from.date('-'),
            from.clock(),
            if proto == 17 { "40" } else { "0,S,123456789,,64240,,mss;sackOK;TS;nop;wscale" },
        ),
    }
}

fn slashed(at: Stamp) -> String {
    format!("{} {}", at.date('/'), at.clock())
}

/// A block of ports of a carrier, given out or taken back.
pub(super) fn block(
    device: &str,
    at_ms: i64,
    inner: Ipv4Addr,
    outer: Ipv4Addr,
    ports: (u16, u16),
    given: bool,
) -> String {
    let (first, last) = ports;
    let event = if given { "UserbasedA" } else { "UserbasedW" };
    let at = Stamp::at(at_ms).year_syslog();
    format!(
        "<134> 1 {at} {device} - - NAT44 - [{event} - {inner} ivrf1 - {outer} - {first} {last} - -]"
    )
}

/// Who gives out addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaser {
    Isc,
    Dnsmasq,
    Windows,
    MikroTik,
}

/// What a lease does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    Given,
    Renewed,
    Released,
}

/// The head of a file of leases, where there is one.
pub(super) fn lease_head(leaser: Leaser) -> Option<&'static str> {
    (leaser == Leaser::Windows).then_some(
        "\t\tMicrosoft DHCP Service Activity Log\r\n\r\n\r\nEvent ID  Meaning\r\n10\tA new IP address was leased to a client.\r\n\r\nID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, CorrelationID,Dhcid,VendorClass(Hex),VendorClass(ASCII),UserClass(Hex),UserClass(ASCII),RelayAgentInformation,DnsRegError.\r\n",
    )
}

/// The line of a lease.
pub(super) fn lease(
    leaser: Leaser,
    device: &str,
    at_ms: i64,
    what: Lease,
    address: Ipv4Addr,
    mac: &str,
    name: &str,
) -> String {
    let at = Stamp::at(at_ms);
    match (leaser, what) {
        (Leaser::Isc, Lease::Released) => format!(
            "{} {device} dhcpd[811]: DHCPRELEASE of {address} from {mac} ({name}) via eth1 (found)",
            at.syslog()
        ),
        (Leaser::Isc, _) => format!(
            "{} {device} dhcpd[811]: DHCPACK on {address} to {mac} ({name}) via eth1",
            at.syslog()
        ),
        (Leaser::Dnsmasq, Lease::Released) => {
            format!("{} {device} dnsmasq-dhcp[713]: DHCPRELEASE(br0) {address} {mac}", at.syslog())
        }
        (Leaser::Dnsmasq, _) => {
            format!(
                "{} {device} dnsmasq-dhcp[713]: DHCPACK(br0) {address} {mac} {name}",
                at.syslog()
            )
        }
        (Leaser::Windows, it) => {
            let (id, what) = match it {
                Lease::Given => (10, "Assign"),
                Lease::Renewed => (11, "Renew"),
                Lease::Released => (12, "Release"),
            };
            let plain: String = mac.chars().filter(|it| *it != ':').collect();
            let (date, clock) = (at.date('-'), at.clock());
            let mut parts = date.split('-');
            let (year, month, day) = (
                parts.next().unwrap_or(""),
                parts.next().unwrap_or(""),
                parts.next().unwrap_or(""),
            );
            let year = year.get(2..).unwrap_or_default();
            format!(
                "{id},{month}/{day}/{year},{clock},{what},{address},{name},{},,0,6,,,,,,,,,0\r",
                plain.to_uppercase()
            )
        }
        (Leaser::MikroTik, Lease::Released) => format!(
            "<30>{} {device} dhcp,info dhcp1 deassigned {address} from {}",
            at.syslog(),
            mac.to_uppercase()
        ),
        (Leaser::MikroTik, _) => format!(
            "<30>{} {device} dhcp,info dhcp1 assigned {address} for {} {name}",
            at.syslog(),
            mac.to_uppercase()
        ),
    }
}

/// A machine came to an access point, as a controller of H3C says.
pub(super) fn roamed(device: &str, at_ms: i64, mac: &str, ap: &str) -> String {
    let at = Stamp::at(at_ms).syslog_year();
    format!(
        "<190>{at} {device} %%10STAMGR/6/STAMGR_CLIENT_ONLINE: Client {} went online from BSS 0000-5e00-5310 with SSID campus on AP {ap} Radio ID 2. State changed to Run.",
        dashed(mac)
    )
}

/// Somebody logged in over the portal, as a controller of H3C says.
pub(super) fn portal(
    device: &str,
    at_ms: i64,
    account: &str,
    address: Ipv4Addr,
    mac: &str,
) -> String {
    let at = Stamp::at(at_ms).syslog_year();
    format!(
        "<190>{at} {device} %%10PORTAL/6/PORTAL_USER_LOGON_SUCCESS: -UserName={account}-IPAddr={address}-IfName=Vlan-interface100-OuterVLAN=100-InnerVLAN=N/A-MACAddr={}; User came online successfully.",
        dashed(mac)
    )
}

/// `0000-5e00-5307`
fn dashed(mac: &str) -> String {
    let digits: Vec<char> = mac.chars().filter(|it| *it != ':').collect();
    let parts: Vec<String> = digits.chunks(4).map(|it| it.iter().collect()).collect();
    parts.join("-")
}

/// Accounting by RADIUS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accounting<'a> {
    pub(super) nas: Ipv4Addr,
    pub(super) port: &'a str,
    pub(super) account: &'a str,
    pub(super) mac: &'a str,
    pub(super) address: Ipv4Addr,
    pub(super) session: u64,
}

/// A record of accounting; `lasted_s` where it ends.
pub(super) fn accounting(at_ms: i64, it: &Accounting<'_>, lasted_s: Option<i64>) -> String {
    let at = Stamp::at(at_ms);
    let station = it.mac.to_uppercase().replace(':', "-");
    let (what, lasted) = match lasted_s {
        None => ("Start", String::new()),
        Some(lasted) => ("Stop", format!("\tAcct-Session-Time = {lasted}\n")),
    };
    format!(
        "{}\n\tAcct-Status-Type = {what}\n\tUser-Name = \"{}\"\n\tNAS-IP-Address = {}\n\tNAS-Port-Id = \"{}\"\n\tCalling-Station-Id = \"{station}\"\n\tFramed-IP-Address = {}\n\tAcct-Session-Id = \"{:x}\"\n{lasted}\tTimestamp = {}\n",
        at.ctime(),
        it.account,
        it.nas,
        it.port,
        it.address,
        it.session,
        at.unix_s,
    )
}

/// A name that was asked for, as BIND says.
pub(super) fn query(at_ms: i64, client: SocketAddr, name: &str) -> String {
    let at = Stamp::at(at_ms).named();
    let (ip, port) = (client.ip(), client.port());
    format!(
        "{at}.123 queries: info: client @0x7f2d2c00a0a8 {ip}#{port} ({name}): query: {name} IN A +E(0)K (10.255.0.53)"
    )
}
