//! What stands between a terminal and the outside: buildings, zones, exits, carriers.
//!
//! A session passes at most five translators: a router in a room, its building's, its zone's, the
//! campus's exit, and a carrier's.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};

use super::book::{Book, DeviceId};
use super::line::{Leaser, Maker};
use crate::rng::Rng;
use crate::scenario_file::LogsScenario;

/// Terminals of one building.
const OF_A_BUILDING: usize = 600;
/// Buildings of one zone.
const OF_A_ZONE: usize = 5;
/// Ports that a translator gives out, from this one on.
const FIRST_PORT: u16 = 1_024;
const PORTS: u32 = 64_000;
/// Ports of a carrier's block.
pub(super) const BLOCK: u16 = 512;

/// A translator, or a device that shows sessions as they pass.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    pub(super) device: DeviceId,
    pub(super) maker: Maker,
    /// The outer addresses; none where it does not translate.
    outers: Vec<Ipv4Addr>,
    next: u32,
    /// Ends that long sessions hold.
    busy: HashSet<SocketAddr>,
}

impl Hop {
    fn new(device: DeviceId, maker: Maker, outers: Vec<Ipv4Addr>) -> Self {
        Self { device, maker, outers, next: 0, busy: HashSet::new() }
    }

    pub(super) fn translates(&self) -> bool {
        !self.outers.is_empty()
    }

    /// The next outer end that nobody holds.
    pub(super) fn outer(&mut self, inner: SocketAddr, lasts: bool) -> SocketAddr {
        if !self.translates() {
            return inner;
        }
        loop {
            let place = usize::try_from(self.next / PORTS).unwrap_or(0) % self.outers.len();
            let port = FIRST_PORT + u16::try_from(self.next % PORTS).unwrap_or(0);
            self.next = self.next.wrapping_add(1);
            let ip = self.outers.get(place).copied().unwrap_or(Ipv4Addr::UNSPECIFIED);
            let end = SocketAddr::new(ip.into(), port);
            if !self.busy.contains(&end) {
                if lasts {
                    self.busy.insert(end);
                }
                return end;
            }
        }
    }

    pub(super) fn free(&mut self, end: SocketAddr) {
        self.busy.remove(&end);
    }
}

/// A building with its addresses and its devices.
#[derive(Clone, Debug)]
pub(super) struct Building {
    /// The first address of its network of 4,096.
    pub(super) base: u32,
    pub(super) leaser: Leaser,
    pub(super) dhcp: DeviceId,
    /// The hops outwards, of [`Plan::hops`].
    pub(super) hops: Vec<usize>,
    /// Access points.
    pub(super) aps: usize,
    /// Whether accounts are told by RADIUS; by the controller otherwise.
    pub(super) radius: bool,
    /// Whether its rooms have lines of a carrier of their own.
    pub(super) broadband: bool,
    /// Whether its machines have addresses of IPv6 as well.
    pub(super) six: bool,
    /// The switch whose table of hardware addresses is taken.
    pub(super) switch: DeviceId,
    /// The one whose table of neighbours is.
    pub(super) core: DeviceId,
}

/// The whole campus.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) buildings: Vec<Building>,
    pub(super) hops: Vec<Hop>,
    pub(super) controller: DeviceId,
    pub(super) radius: DeviceId,
    pub(super) portal: DeviceId,
    pub(super) resolver: DeviceId,
    /// The carrier's translator that gives blocks of ports to rooms.
    pub(super) carrier: DeviceId,
    pub(super) carrier_outers: Vec<Ipv4Addr>,
    /// For `site.toml`: device, outer and inner networks.
    pub(super) site: Vec<(String, Vec<String>, Vec<String>)>,
}

/// Addresses of a carrier of which 126 rooms share one, a block of ports each.
const FEW: usize = 32;
fn carrier_outers(terminals: usize) -> Vec<Ipv4Addr> {
    // Each room has a block by its number. Of 4,800 terminals 600 live behind 150 rooms with lines of their
    // own, and 840 of the others behind 210: 360 rooms.
    let rooms = terminals * 360 / 4_800 + OF_A_BUILDING;
    let addresses = rooms.div_ceil(usize::from((u16::MAX - FIRST_PORT) / BLOCK));
    if addresses <= FEW {
        return (0..32).map(|it| Ipv4Addr::new(203, 0, 113, 64 + it)).collect();
    }
    // More than documentation has; these are for measurements (RFC 2544).
    (0..=u16::MAX).take(addresses).map(|it| Ipv4Addr::from(0xc612_0000 | u32::from(it))).collect()
}

/// How far a clock is ahead: most are set, some are minutes off.
fn offset(rng: &mut Rng, worst_s: f64) -> i64 {
    let seconds =
        if rng.chance(0.4) { rng.between(-worst_s, worst_s) } else { rng.between(-1.5, 1.5) };
    #[expect(clippy::cast_possible_truncation, reason = "minutes in milliseconds")]
    let ms = (seconds * 1_000.0) as i64;
    ms
}

impl Plan {
    pub(super) fn new(scenario: &LogsScenario, book: &mut Book<'_>, rng: &mut Rng) -> Self {
        let worst = scenario.clock_skew_s;
        let at = |book: &mut Book<'_>, rng: &mut Rng, name: &str, file: &str| {
            let offset = offset(rng, worst);
            book.device(name, file, offset)
        };
        let controller = at(book, rng, "AC-1", "wifi-controller.log");
        let radius = at(book, rng, "radius-1", "radius-detail");
        let portal = at(book, rng, "portal-1", "portal.csv");
        let resolver = at(book, rng, "ns1", "named-query.log");
        let carrier = at(book, rng, "CGN-2", "carrier-blocks.log");
        let mut plan = Self {
            buildings: Vec::new(),
            hops: Vec::new(),
            controller,
            radius,
            portal,
            resolver,
            carrier,
            carrier_outers: carrier_outers(scenario.terminals),
            site: Vec::new(),
        };
        // Two exits: one has outer addresses of its own, the other passes a carrier's translator.
        let east = at(book, rng, "FW-EXIT-EAST", "exit-east.log");
        let outers = (0..32).map(|it| Ipv4Addr::new(198, 51, 100, it)).collect();
        let east = plan.hop(Hop::new(east, Maker::Huawei, outers));
        let west = at(book, rng, "FW-EXIT-WEST", "exit-west.log");
        let outers = (0..32).map(|it| Ipv4Addr::new(100, 64, 0, it)).collect();
        let west = plan.hop(Hop::new(west, Maker::Huawei, outers));
        let cgn = at(book, rng, "CGN-1", "carrier-sessions.log");
        let outers = (0..32).map(|it| Ipv4Addr::new(203, 0, 113, it)).collect();
        let cgn = plan.hop(Hop::new(cgn, Maker::Carrier, outers));
        let named = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        plan.site.push((
            "FW-EXIT-EAST".into(),
            named(&["198.51.100.0/27"]),
            named(&["10.0.0.0/8"]),
        ));
        plan.site.push(("FW-EXIT-WEST".into(), named(&["100.64.0.0/27"]), named(&["10.0.0.0/8"])));
        plan.site.push(("CGN-1".into(), named(&["203.0.113.0/27"]), named(&["100.64.0.0/27"])));
        let outer =
            if plan.carrier_outers.len() > FEW { "198.18.0.0/16" } else { "203.0.113.64/27" };
        plan.site.push(("CGN-2".into(), named(&[outer]), named(&["100.72.0.0/16"])));
        let count = scenario.terminals.div_ceil(OF_A_BUILDING).max(8);
        let mut zone = Vec::new();
        for number in 0..count {
            if number.is_multiple_of(OF_A_ZONE) {
                zone = plan.zone(number / OF_A_ZONE, east, west, cgn, |name, file| {
                    at(book, rng, name, file)
                });
            }
            plan.building(number, &zone, scenario, |name, file| at(book, rng, name, file));
        }
        plan
    }

    fn hop(&mut self, hop: Hop) -> usize {
        self.hops.push(hop);
        self.hops.len() - 1
    }

    /// The hops of a zone; every other zone translates.
    fn zone(
        &mut self,
        number: usize,
        east: usize,
        west: usize,
        cgn: usize,
        mut device: impl FnMut(&str, &str) -> DeviceId,
    ) -> Vec<usize> {
        let exit = if number.is_multiple_of(2) { vec![west, cgn] } else { vec![east] };
        if number % 4 > 1 {
            return exit;
        }
        let name = format!("PA-ZONE-{number}");
        let id = device(&name, &format!("zone-{number}.log"));
        let third = u8::try_from(number % 250).unwrap_or(0);
        let outers = (0..16).map(|it| Ipv4Addr::new(10, 254, third, it)).collect();
        let own = self.hop(Hop::new(id, Maker::PaloAlto, outers));
        self.site.push((name, vec![format!("10.254.{third}.0/28")], vec!["10.0.0.0/8".to_owned()]));
        [vec![own], exit].concat()
    }

    fn building(
        &mut self,
        number: usize,
        zone: &[usize],
        scenario: &LogsScenario,
        mut device: impl FnMut(&str, &str) -> DeviceId,
    ) {
        const MAKERS: [Maker; 8] = [
            Maker::FortiGate,
            Maker::H3c,
            Maker::Iptables,
            Maker::Hillstone,
            Maker::Sangfor,
            Maker::Topsec,
            Maker::PfSense,
            Maker::H3c,
        ];
        const LEASERS: [Leaser; 3] = [Leaser::Isc, Leaser::Dnsmasq, Leaser::Windows];
        let base =
            u32::from(Ipv4Addr::new(10, 0, 0, 0)) + u32::try_from(number).unwrap_or(0) * 4_096;
        let maker = MAKERS.get(number % MAKERS.len()).copied().unwrap_or(Maker::H3c);
        let name = format!("FW-B{number}");
        let id = device(&name, &format!("building-{number}.log"));
        let plain = matches!(maker, Maker::Iptables | Maker::Topsec | Maker::PfSense);
        let [.., high, low] = u32::try_from(number).unwrap_or(0).to_be_bytes();
        let outers: Vec<Ipv4Addr> = if plain {
            Vec::new()
        } else {
            self.site.push((
                name,
                vec![format!("10.{}.{low}.0/29", 240 + high)],
                vec![format!("{}/20", Ipv4Addr::from(base))],
            ));
            (0..8).map(|it| Ipv4Addr::new(10, 240 + high, low, it)).collect()
        };
        let own = self.hop(Hop::new(id, maker, outers));
        let leaser = LEASERS.get(number % LEASERS.len()).copied().unwrap_or(Leaser::Isc);
        let dhcp = device(&format!("dhcp-{number}"), &format!("dhcp-{number}.log"));
        let switch = device(&format!("SW-B{number}"), &format!("mac-table-{number}.txt"));
        let core = device(&format!("CORE-B{number}"), &format!("neighbours-{number}.txt"));
        self.buildings.push(Building {
            base,
            leaser,
            dhcp,
            hops: [&[own], zone].concat(),
            aps: (scenario.access_points * OF_A_BUILDING / scenario.terminals.max(1)).max(1),
            radius: number % 2 == 1,
            broadband: number % 8 == 7,
            six: matches!(maker, Maker::Iptables | Maker::PfSense),
            switch,
            core,
        });
    }
}
