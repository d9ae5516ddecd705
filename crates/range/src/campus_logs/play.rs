//! The world, played once from its first moment to its last.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use super::book::{Book, DeviceId};
use super::line::{self, Accounting, Lease, Leaser, Maker, Seen};
use super::list::{self, Listable};
use super::people::{Joined, People};
use super::plan::{BLOCK, Plan};
use super::truth::{DeviceTruth, LogsTruth, RowTruth};
use crate::rng::Rng;
use crate::scenario_file::LogsScenario;
use crate::written::Open;

/// Everybody who is there at the start came within so long before.
const BEFORE_MS: i64 = 1_500_000;
/// A lease is asked for again after so long.
const RENEWAL_MS: i64 = 900_000;
/// Lines that a session makes on average, over all kinds of paths.
const LINES_A_SESSION: f64 = 2.6;
/// Longer sessions keep their outer end to themselves.
const LONG_MS: i64 = 60_000;
/// The head of the portal's export, in GBK.
const PORTAL_HEAD: &[u8] = b"\xd3\xc3\xbb\xa7\xc3\xfb,\xd0\xd5\xc3\xfb,\xd3\xc3\xbb\xa7IP\xb5\xd8\xd6\xb7,MAC\xb5\xd8\xd6\xb7,\xc9\xcf\xcf\xdf\xca\xb1\xbc\xe4,\xcf\xc2\xcf\xdf\xca\xb1\xbc\xe4,\xbd\xd3\xc8\xeb\xc9\xe8\xb1\xb8IP,\xb6\xcb\xbf\xda,\xc9\xcf\xd0\xd0\xc1\xf7\xc1\xbf(B),\xcf\xc2\xd0\xd0\xc1\xf7\xc1\xbf(B)\r\n";

/// A campus of logs.
#[derive(Clone, Debug)]
pub struct Campus {
    scenario: LogsScenario,
    seed: u64,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Lines of logs.
    pub lines: u64,
    /// Bytes of everything.
    pub bytes: u64,
    /// Rows of the list.
    pub rows: usize,
    /// Terminals.
    pub terminals: usize,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Come(usize),
    Go(usize),
    Renew(usize, i64),
    /// The lease of a room's router.
    Room(usize),
    Roam(usize, i64),
    Mine(usize, i64),
    End(Box<Live>),
}

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Live {
    number: u64,
    from_ms: i64,
    to_ms: i64,
    proto: u8,
    far: SocketAddrV4,
    bytes: (u64, u64),
    /// The hops of the plan with the inner and outer end of each.
    hops: Vec<(usize, SocketAddrV4, SocketAddrV4)>,
}

impl Campus {
    /// A campus as a scenario describes it.
    #[must_use]
    pub fn new(scenario: LogsScenario, seed: u64) -> Self {
        Self { scenario, seed }
    }

    /// Plays it and writes every file.
    ///
    /// # Errors
    ///
    /// Returns what the system says where a file cannot be written.
    pub fn write(&self, open: &mut Open<'_>) -> io::Result<Told> {
        let mut rng = Rng::new(self.seed);
        let mut book = Book::new(open, rng.fork("losses"));
        let mut made = rng.fork("plan");
        let plan = Plan::new(&self.scenario, &mut book, &mut made);
        let LogsScenario { terminals, miners, start_ms, .. } = self.scenario;
        let people = People::new(terminals, miners, &plan, &mut made, |name| {
            // Cheap routers keep bad time.
            #[expect(clippy::cast_possible_truncation, reason = "seconds in milliseconds")]
            let offset = (rng.between(-20.0, 20.0) * 1_000.0) as i64;
            book.device(name, "rooms.log", offset)
        });
        let end_ms = start_ms + self.scenario.long_ms;
        let mut world = Play {
            scenario: &self.scenario,
            book,
            plan,
            people,
            rng: rng.fork("play"),
            heap: BinaryHeap::new(),
            order: 0,
            sessions: 0,
            listable: Vec::new(),
            end_ms,
        };
        world.holes();
        world.run()?;
        world.finish(self.seed)
    }
}

struct Play<'a, 'o> {
    scenario: &'a LogsScenario,
    book: Book<'o>,
    plan: Plan,
    people: People,
    rng: Rng,
    heap: BinaryHeap<Reverse<(i64, u64, Event)>>,
    order: u64,
    sessions: u64,
    listable: Vec<Listable>,
    end_ms: i64,
}

impl Play<'_, '_> {
    fn at(&mut self, ms: i64, event: Event) {
        self.order += 1;
        self.heap.push(Reverse((ms, self.order, event)));
    }

    fn chance_ms(&mut self, mean_ms: f64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "hours in milliseconds")]
        let ms = self.rng.exponential(mean_ms) as i64;
        ms.max(1)
    }

    /// Logs that are missing for a while, and lines that are.
    fn holes(&mut self) {
        let (start, end) = (self.scenario.start_ms, self.end_ms);
        for place in 0..self.book.devices.len() {
            let gone = self.rng.chance(self.scenario.missing_logs);
            let whole = self.rng.chance(0.3);
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "an hour"
            )]
            let from = start + (self.rng.unit() * (end - start) as f64 * 0.7) as i64;
            let hole = if whole {
                (start - BEFORE_MS, end)
            } else {
                (from, from + (end - start) * 3 / 10)
            };
            if let Some(it) = self.book.devices.get_mut(place) {
                it.silent = gone.then_some(hole);
                it.lost = self.scenario.lost_lines;
            }
        }
    }

    fn run(&mut self) -> io::Result<()> {
        let start = self.scenario.start_ms;
        let file = self.book.devices.get(self.plan.portal).map_or(0, |it| it.file);
        self.book.put(file, PORTAL_HEAD)?;
        for it in self.plan.buildings.clone() {
            if let (Some(head), Some(device)) =
                (line::lease_head(it.leaser), self.book.devices.get(it.dhcp))
            {
                let file = device.file;
                self.book.put(file, head.as_bytes())?;
            }
        }
        self.open_rooms(start - BEFORE_MS)?;
        for terminal in 0..self.people.terminals.len() {
            let early = self.rng.below(BEFORE_MS.unsigned_abs());
            let there = self.rng.chance(0.7);
            let when = if there {
                start - BEFORE_MS + i64::try_from(early).unwrap_or(0)
            } else {
                start + self.chance_ms(2_400_000.0)
            };
            self.at(when, Event::Come(terminal));
        }
        let rate = self.scenario.lines_per_second / LINES_A_SESSION;
        let mut next_session = start;
        loop {
            let due = self.heap.peek().map_or(i64::MAX, |it| it.0.0);
            let now = due.min(next_session);
            if now >= self.end_ms {
                return Ok(());
            }
            if due <= next_session {
                if let Some(Reverse((at, _, event))) = self.heap.pop() {
                    self.happen(at, event)?;
                }
                continue;
            }
            let terminal = self.rng.index(self.people.terminals.len());
            self.innocent(terminal, now)?;
            next_session = now + self.chance_ms(1_000.0 / rate) - 1;
            if next_session <= now {
                // Several within a millisecond, where there are thousands a second.
                next_session = now + i64::from(self.rng.chance((1_000.0 / rate).min(1.0)));
            }
        }
    }

    /// Rooms have their addresses from the start, and never lose them.
    fn open_rooms(&mut self, at_ms: i64) -> io::Result<()> {
        for place in 0..self.people.rooms.len() {
            let Some(room) = self.people.rooms.get(place).cloned() else { continue };
            let Some(building) = self.plan.buildings.get(room.building).cloned() else { continue };
            if building.broadband {
                let blocks = usize::from((u16::MAX - 1_024) / BLOCK);
                let outer =
                    self.plan.carrier_outers.get(place / blocks % self.plan.carrier_outers.len());
                let outer = outer.copied().unwrap_or(Ipv4Addr::UNSPECIFIED);
                let first = 1_024 + u16::try_from(place % blocks).unwrap_or(0) * BLOCK;
                if let Some(room) = self.people.rooms.get_mut(place) {
                    room.block = Some((outer, first));
                }
                let device = self.plan.carrier;
                let shown = self.book.shown(device, at_ms);
                let ports = (first, first + (BLOCK - 1));
                let text =
                    line::block(self.book.name(device), shown, room.outer, outer, ports, true);
                self.book.write(device, at_ms, text.as_bytes())?;
            } else {
                let mut at = at_ms;
                while at < self.end_ms {
                    self.at(at, Event::Room(place));
                    at += RENEWAL_MS;
                }
            }
        }
        Ok(())
    }

    fn happen(&mut self, at: i64, event: Event) -> io::Result<()> {
        match event {
            Event::Come(it) => self.come(it, at),
            Event::Go(it) => self.go(it, at),
            Event::Room(it) => self.room_lease(it, at),
            Event::Renew(it, since) => self.renew(it, since, at),
            Event::Roam(it, since) => self.roam(it, since, at),
            Event::Mine(it, since) => self.mine(it, since, at),
            Event::End(it) => self.end(&it),
        }
    }

    fn lease_line(
        &mut self,
        device: DeviceId,
        leaser: Leaser,
        at: i64,
        what: Lease,
        who: (Ipv4Addr, &str, &str),
    ) -> io::Result<()> {
        let shown = self.book.shown(device, at);
        let (address, mac, name) = who;
        let text = line::lease(leaser, self.book.name(device), shown, what, address, mac, name);
        self.book.write(device, at, text.as_bytes())
    }

    fn room_lease(&mut self, place: usize, at: i64) -> io::Result<()> {
        let Some(room) = self.people.rooms.get(place).cloned() else { return Ok(()) };
        let Some(it) = self.plan.buildings.get(room.building) else { return Ok(()) };
        let (dhcp, leaser) = (it.dhcp, it.leaser);
        self.lease_line(dhcp, leaser, at, Lease::Renewed, (room.outer, &room.mac, &room.name))
    }

    fn leaser(&self, terminal: usize) -> Option<(DeviceId, Leaser)> {
        let it = self.people.terminals.get(terminal)?;
        if let Joined::Room(room) = it.joined {
            return Some((self.people.rooms.get(room)?.device, Leaser::MikroTik));
        }
        let building = self.plan.buildings.get(it.building)?;
        Some((building.dhcp, building.leaser))
    }

    fn come(&mut self, place: usize, at: i64) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(place).cloned() else { return Ok(()) };
        let address = match it.joined {
            // All rooms use the same few addresses.
            Joined::Room(_) => Some(Ipv4Addr::new(
                192,
                168,
                1,
                10 + u8::try_from(place / self.plan.buildings.len() % 200).unwrap_or(0),
            )),
            _ => self.people.give(it.building),
        };
        let Some(address) = address else {
            // Nothing is free: tries again.
            let again = at + self.chance_ms(300_000.0);
            self.at(again, Event::Come(place));
            return Ok(());
        };
        self.sessions += 1;
        let session = self.sessions;
        if let Some(it) = self.people.terminals.get_mut(place) {
            (it.address, it.since_ms, it.session) = (Some(address), at, session);
        }
        if let Some((device, leaser)) = self.leaser(place) {
            self.lease_line(device, leaser, at, Lease::Given, (address, &it.mac, &it.name))?;
        }
        self.account(place, at, None)?;
        self.at(at + RENEWAL_MS, Event::Renew(place, at));
        if it.joined == Joined::Radio {
            self.roam(place, at, at)?;
        }
        // Who mines stays.
        let stays = if it.mines { 4.0 * 3_600_000.0 } else { 2_400_000.0 };
        let leaves = at + self.chance_ms(stays);
        self.at(leaves, Event::Go(place));
        if it.mines {
            let begins = at.max(self.scenario.start_ms) + self.chance_ms(60_000.0);
            self.at(begins, Event::Mine(place, at));
        }
        Ok(())
    }

    fn go(&mut self, place: usize, at: i64) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(place).cloned() else { return Ok(()) };
        let Some(address) = it.address else { return Ok(()) };
        // Half of them just go; the lease ends by itself, which nobody logs.
        if self.rng.chance(0.5)
            && let Some((device, leaser)) = self.leaser(place)
        {
            self.lease_line(device, leaser, at, Lease::Released, (address, &it.mac, &it.name))?;
        }
        self.account(place, at, Some((at - it.since_ms) / 1_000))?;
        if let Some(it) = self.people.terminals.get_mut(place) {
            it.address = None;
        }
        if !matches!(it.joined, Joined::Room(_)) {
            self.people.take_back(it.building, address);
        }
        let back = at + self.chance_ms(1_800_000.0);
        self.at(back, Event::Come(place));
        Ok(())
    }

    fn is_there_since(&self, place: usize, since: i64) -> bool {
        self.people
            .terminals
            .get(place)
            .is_some_and(|it| it.address.is_some() && it.since_ms == since)
    }

    fn renew(&mut self, place: usize, since: i64, at: i64) -> io::Result<()> {
        if !self.is_there_since(place, since) {
            return Ok(());
        }
        let Some(it) = self.people.terminals.get(place).cloned() else { return Ok(()) };
        if let (Some((device, leaser)), Some(address)) = (self.leaser(place), it.address) {
            self.lease_line(device, leaser, at, Lease::Renewed, (address, &it.mac, &it.name))?;
        }
        self.at(at + RENEWAL_MS, Event::Renew(place, since));
        Ok(())
    }

    fn roam(&mut self, place: usize, since: i64, at: i64) -> io::Result<()> {
        if !self.is_there_since(place, since) {
            return Ok(());
        }
        let Some(it) = self.people.terminals.get(place).cloned() else { return Ok(()) };
        let aps = self.plan.buildings.get(it.building).map_or(1, |it| it.aps);
        let ap = self.rng.below(aps as u64);
        let device = self.plan.controller;
        let shown = self.book.shown(device, at);
        let name = format!("ap-{}-{ap}", it.building);
        let text = line::roamed(self.book.name(device), shown, &it.mac, &name);
        self.book.write(device, at, text.as_bytes())?;
        if let Some(it) = self.people.terminals.get_mut(place) {
            it.ap = u32::try_from(ap).unwrap_or(0);
        }
        let next = at + self.chance_ms(900_000.0);
        self.at(next, Event::Roam(place, since));
        Ok(())
    }

    /// That somebody logged in, or out after so many seconds.
    fn account(&mut self, place: usize, at: i64, lasted_s: Option<i64>) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(place).cloned() else { return Ok(()) };
        let Some(address) = it.address else { return Ok(()) };
        let Some(building) = self.plan.buildings.get(it.building) else { return Ok(()) };
        let nas = Ipv4Addr::from(building.base + 1);
        match it.joined {
            Joined::Radio if building.radius => {
                let device = self.plan.radius;
                let port = format!("wlan-ap{}", it.ap);
                let told = Accounting {
                    nas,
                    port: &port,
                    account: &it.account,
                    mac: &it.mac,
                    address,
                    session: it.session,
                };
                let text = line::accounting(self.book.shown(device, at), &told, lasted_s);
                self.book.write(device, at, text.as_bytes())
            }
            Joined::Radio if lasted_s.is_none() => {
                let device = self.plan.controller;
                let shown = self.book.shown(device, at);
                let text =
                    line::portal(self.book.name(device), shown, &it.account, address, &it.mac);
                self.book.write(device, at, text.as_bytes())
            }
            // The export lists whole sessions, when they end.
            Joined::Cable(port) if lasted_s.is_some() => {
                let device = self.plan.portal;
                let shown = |ms| super::stamp::Stamp::at(self.book.shown(device, ms)).iso();
                let (from, to) = (shown(it.since_ms), shown(at));
                let text = format!(
                    "{},-,{address},{},{from},{to},{nas},GigabitEthernet1/0/{port},1500,90000\r",
                    it.account,
                    it.mac.to_uppercase().replace(':', "-")
                );
                self.book.write(device, at, text.as_bytes())
            }
            _ => Ok(()),
        }
    }

    fn innocent(&mut self, terminal: usize, at: i64) -> io::Result<()> {
        let long = self.chance_ms(15_000.0).min(300_000);
        let server = u8::try_from(self.rng.below(200)).unwrap_or(0);
        let (port, proto) = match self.rng.below(10) {
            0 => (53, 17),
            1 => (443, 17),
            2 | 3 => (80, 6),
            _ => (443, 6),
        };
        // Some of it goes to a network whose addresses serve many.
        let far = if self.rng.chance(0.1) {
            Ipv4Addr::new(104, 16, 0, server)
        } else {
            Ipv4Addr::new(192, 0, 2, server)
        };
        self.session(terminal, at, long, proto, SocketAddrV4::new(far, port), None)
    }

    fn mine(&mut self, terminal: usize, since: i64, at: i64) -> io::Result<()> {
        if !self.is_there_since(terminal, since) {
            return Ok(());
        }
        let long = self.chance_ms(1_200_000.0).clamp(120_000, 3_600_000);
        let pool = Ipv4Addr::new(203, 0, 113, 240 + u8::try_from(self.rng.below(8)).unwrap_or(0));
        let kind = match self.rng.below(20) {
            0 => "shared-address",
            1 => "expired-pool",
            _ => "mining",
        };
        let far = if kind == "shared-address" {
            SocketAddrV4::new(Ipv4Addr::new(104, 16, 5, 5), 443)
        } else {
            SocketAddrV4::new(pool, 3333)
        };
        self.look_up(terminal, at)?;
        self.session(terminal, at + 40, long, 6, far, Some(kind))?;
        let next = at + long + self.chance_ms(30_000.0);
        self.at(next, Event::Mine(terminal, since));
        Ok(())
    }

    /// The pool's name is asked for; the resolver sees the address outside of the building.
    fn look_up(&mut self, terminal: usize, at: i64) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(terminal) else { return Ok(()) };
        let (Some(address), Some(building)) = (it.address, self.plan.buildings.get(it.building))
        else {
            return Ok(());
        };
        let translated = building
            .hops
            .first()
            .and_then(|it| self.plan.hops.get(*it))
            .is_some_and(super::plan::Hop::translates);
        if translated || matches!(it.joined, Joined::Room(_)) {
            return Ok(());
        }
        let port = 30_000 + u16::try_from(self.rng.below(30_000)).unwrap_or(0);
        let device = self.plan.resolver;
        let shown = self.book.shown(device, at);
        let text = line::query(shown, SocketAddrV4::new(address, port), "xmr.pool.example");
        self.book.write(device, at, text.as_bytes())
    }

    fn session(
        &mut self,
        terminal: usize,
        at: i64,
        long_ms: i64,
        proto: u8,
        far: SocketAddrV4,
        kind: Option<&str>,
    ) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(terminal).cloned() else { return Ok(()) };
        let Some(address) = it.address else { return Ok(()) };
        let lasts = long_ms > LONG_MS;
        let own =
            SocketAddrV4::new(address, 20_000 + u16::try_from(self.rng.below(40_000)).unwrap_or(0));
        self.sessions += 1;
        let number = self.sessions;
        let bytes = (400 + self.rng.below(20_000), 1_000 + self.rng.below(500_000));
        let mut open =
            Live { number, from_ms: at, to_ms: at + long_ms, proto, far, bytes, hops: Vec::new() };
        let mut end = own;
        let mut devices = Vec::new();
        let mut levels = 0;
        if let Joined::Room(place) = it.joined {
            let Some(room) = self.people.rooms.get_mut(place) else { return Ok(()) };
            room.next = (room.next + 1) % BLOCK;
            let outer =
                SocketAddrV4::new(room.outer, room.block.map_or(40_000, |_| 30_000) + room.next);
            let (device, block, next) = (room.device, room.block, room.next);
            let seen = Seen {
                device: "",
                number,
                from_ms: at,
                to_ms: at,
                proto,
                inner: own,
                outer,
                far,
                bytes,
            };
            self.tell(device, Maker::MikroTik, at, &seen)?;
            devices.extend([device]);
            end = outer;
            levels += 1;
            if let Some((public, first)) = block {
                end = SocketAddrV4::new(public, first + next);
                devices.push(self.plan.carrier);
                levels += 1;
                if let Some(kind) = kind {
                    self.list(terminal, end, &open, &devices, levels, kind);
                }
                return Ok(());
            }
        }
        let hops =
            self.plan.buildings.get(it.building).map(|it| it.hops.clone()).unwrap_or_default();
        for place in hops {
            let Some(hop) = self.plan.hops.get_mut(place) else { continue };
            let outer = hop.outer(end, lasts);
            levels += usize::from(hop.translates());
            devices.push(hop.device);
            open.hops.push((place, end, outer));
            end = outer;
        }
        for (place, inner, outer) in open.hops.clone() {
            let Some(hop) = self.plan.hops.get(place) else { continue };
            let (device, maker) = (hop.device, hop.maker);
            if !maker.writes_at_end() {
                let seen = Seen {
                    device: "",
                    number,
                    from_ms: at,
                    to_ms: at,
                    proto,
                    inner,
                    outer,
                    far,
                    bytes,
                };
                self.tell(device, maker, at, &seen)?;
            }
        }
        if let Some(kind) = kind {
            self.list(terminal, end, &open, &devices, levels, kind);
        }
        self.at(open.to_ms, Event::End(Box::new(open)));
        Ok(())
    }

    /// Lines of those that write when a session ends.
    fn end(&mut self, it: &Live) -> io::Result<()> {
        let Live { number, from_ms, to_ms, proto, far, bytes, .. } = *it;
        for (place, inner, outer) in &it.hops {
            let Some(hop) = self.plan.hops.get_mut(*place) else { continue };
            hop.free(*outer);
            let (device, maker) = (hop.device, hop.maker);
            if maker.writes_at_end() {
                let seen = Seen {
                    device: "",
                    number,
                    from_ms,
                    to_ms,
                    proto,
                    inner: *inner,
                    outer: *outer,
                    far,
                    bytes,
                };
                self.tell(device, maker, to_ms, &seen)?;
            }
        }
        Ok(())
    }

    fn tell(&mut self, device: DeviceId, maker: Maker, at: i64, seen: &Seen<'_>) -> io::Result<()> {
        let (from_ms, to_ms) =
            (self.book.shown(device, seen.from_ms), self.book.shown(device, seen.to_ms));
        let name = self.book.name(device).to_owned();
        let text = line::session(maker, &Seen { device: &name, from_ms, to_ms, ..*seen });
        self.book.write(device, at, text.as_bytes())
    }

    fn list(
        &mut self,
        terminal: usize,
        outer: SocketAddrV4,
        open: &Live,
        devices: &[DeviceId],
        levels: usize,
        kind: &str,
    ) {
        let Some(it) = self.people.terminals.get(terminal) else { return };
        let leaser = self.leaser(terminal).map(|it| it.0);
        let needed = devices.iter().copied().chain(leaser);
        // A line that is written when the session ends must come before the logs do.
        let ended = open.to_ms < self.end_ms
            || open
                .hops
                .iter()
                .all(|it| self.plan.hops.get(it.0).is_none_or(|it| !it.maker.writes_at_end()));
        let complete = ended
            && needed
                .filter_map(|it| self.book.devices.get(it))
                .all(|device| device.has_all(open.from_ms.min(it.since_ms), open.to_ms));
        let truth = RowTruth {
            row: 0,
            kind: kind.to_owned(),
            address: outer.ip().to_string(),
            port: outer.port(),
            at_ms: 0,
            mac: it.mac.clone(),
            inner: it.address.map(|it| it.to_string()).unwrap_or_default(),
            account: if matches!(it.joined, Joined::Room(_)) {
                String::new()
            } else {
                it.account.clone()
            },
            levels,
            complete,
            exact: true,
        };
        let (from_ms, to_ms) = (open.from_ms, open.to_ms.min(self.end_ms));
        if from_ms < to_ms {
            self.listable.push(Listable { outer, far: open.far, from_ms, to_ms, truth });
        }
    }

    fn finish(mut self, seed: u64) -> io::Result<Told> {
        #[expect(clippy::cast_possible_truncation, reason = "seconds in milliseconds")]
        let sender_offset_ms = (self.rng.between(-90.0, 90.0) * 1_000.0) as i64;
        let mut rng = self.rng.fork("list");
        let rows = list::write(
            &mut self.book,
            &self.listable,
            self.scenario.clues,
            sender_offset_ms,
            &mut rng,
        )?;
        let site = self.book.file("site.toml");
        for (device, outer, inner) in &self.plan.site {
            let text = format!(
                "[[translator]]\ndevice = {device:?}\nouter = {outer:?}\ninner = {inner:?}\n\n"
            );
            self.book.put(site, text.as_bytes())?;
        }
        let devices = self.book.devices.iter().map(|it| DeviceTruth {
            name: it.name.clone(),
            offset_ms: it.offset_ms,
            silent_ms: it.silent,
            lost: it.lost,
            lines: it.lines,
        });
        let truth = LogsTruth {
            schema: "minehound.range.logs/1".to_owned(),
            scenario: self.scenario.name.clone(),
            seed,
            devices: devices.collect(),
            sender_offset_ms,
            rows,
        };
        let file = self.book.file("truth.json");
        let text = serde_json::to_string_pretty(&truth).map_err(io::Error::other)?;
        self.book.put(file, text.as_bytes())?;
        self.book.put(file, b"\n")?;
        self.book.close()?;
        Ok(Told {
            lines: self.book.lines,
            bytes: self.book.bytes,
            rows: truth.rows.len(),
            terminals: self.people.terminals.len(),
        })
    }
}
