//! Terminals: which there are, how they are connected, and who has which address when.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::book::DeviceId;
use super::plan::Plan;
use crate::rng::Rng;

/// Terminals of one room's router.
const OF_A_ROOM: usize = 4;

/// How a terminal is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// By cable, at a port of a switch.
    Cable(u16),
    /// By radio.
    Radio,
    /// Behind the router of a room, by the number of that.
    Room(usize),
}

/// A machine.
#[derive(Clone, Debug)]
pub(super) struct Terminal {
    pub(super) mac: String,
    pub(super) name: String,
    pub(super) account: String,
    pub(super) building: usize,
    pub(super) joined: Joined,
    /// Its address, while it is there.
    pub(super) address: Option<Ipv4Addr>,
    /// Its address of IPv6, if it has one.
    pub(super) six: Option<Ipv6Addr>,
    pub(super) since_ms: i64,
    pub(super) session: u64,
    pub(super) ap: u32,
    pub(super) mines: bool,
}

/// The router of a room.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) device: DeviceId,
    pub(super) name: String,
    pub(super) mac: String,
    pub(super) building: usize,
    /// Its address in the building, or that of its line.
    pub(super) outer: Ipv4Addr,
    /// The block of ports of its line: the outer address and the first port.
    pub(super) block: Option<(Ipv4Addr, u16)>,
    pub(super) next: u16,
}

/// Everybody.
#[derive(Clone, Debug)]
pub(super) struct People {
    pub(super) terminals: Vec<Terminal>,
    pub(super) rooms: Vec<Room>,
    /// Free addresses of each building, the longest free first.
    free: Vec<VecDeque<u32>>,
}

impl People {
    /// `router` makes a device for a room's router.
    pub(super) fn new(
        terminals: usize,
        miners: usize,
        plan: &Plan,
        rng: &mut Rng,
        mut router: impl FnMut(&str) -> DeviceId,
    ) -> Self {
        let buildings = plan.buildings.len();
        // Far fewer addresses than a network has: they change hands.
        let pool = u32::try_from(terminals * 5 / 4 / buildings + 16).unwrap_or(4_000).min(4_000);
        let mut people = Self {
            terminals: Vec::with_capacity(terminals),
            rooms: Vec::new(),
            free: plan
                .buildings
                .iter()
                .map(|it| (it.base + 10..it.base + 10 + pool).collect())
                .collect(),
        };
        for number in 0..terminals {
            let building = number % buildings;
            let place = number / buildings;
            let mac = mac(number);
            let in_room =
                plan.buildings.get(building).is_some_and(|it| it.broadband) || place % 5 == 4;
            let joined = if in_room {
                Joined::Room(people.room(building, place, plan, &mut router))
            } else if place.is_multiple_of(3) {
                Joined::Cable(u16::try_from(place % 48 + 1).unwrap_or(1))
            } else {
                Joined::Radio
            };
            people.terminals.push(Terminal {
                mac,
                name: format!("pc-{number}"),
                account: format!("2026{number:06}"),
                building,
                joined,
                address: None,
                six: None,
                since_ms: 0,
                session: 0,
                ap: 0,
                mines: false,
            });
        }
        for _ in 0..miners {
            let place = rng.index(terminals);
            if let Some(it) = people.terminals.get_mut(place) {
                it.mines = true;
            }
        }
        people
    }

    fn room(
        &mut self,
        building: usize,
        place: usize,
        plan: &Plan,
        router: &mut impl FnMut(&str) -> DeviceId,
    ) -> usize {
        let broadband = plan.buildings.get(building).is_some_and(|it| it.broadband);
        let number = if broadband { place / OF_A_ROOM } else { place / 5 / OF_A_ROOM };
        let name = format!("rt-{building}-{number}");
        if let Some(known) = self.rooms.iter().rposition(|it| it.name == name) {
            return known;
        }
        let count = self.rooms.len();
        let [.., high, low] = u32::try_from(count).unwrap_or(0).to_be_bytes();
        let outer = if broadband {
            Ipv4Addr::new(100, 72, high, low)
        } else {
            self.free
                .get_mut(building)
                .and_then(VecDeque::pop_front)
                .map_or(Ipv4Addr::UNSPECIFIED, Ipv4Addr::from)
        };
        let device = router(&name);
        let mac = mac(0x0080_0000 + count);
        let room = Room { device, name, mac, building, outer, block: None, next: 0 };
        self.rooms.push(room);
        self.rooms.len() - 1
    }

    /// Gives a terminal of a building an address.
    pub(super) fn give(&mut self, building: usize) -> Option<Ipv4Addr> {
        self.free.get_mut(building)?.pop_front().map(Ipv4Addr::from)
    }

    /// Takes an address back.
    pub(super) fn take_back(&mut self, building: usize, address: Ipv4Addr) {
        if let Some(free) = self.free.get_mut(building) {
            free.push_back(u32::from(address));
        }
    }
}

/// A hardware address that no maker has.
fn mac(number: usize) -> String {
    let [.., a, b, c, d] = number.to_be_bytes();
    format!("06:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}
