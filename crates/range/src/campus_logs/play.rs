//! The world, played once from its first moment to its last.

mod presence;
mod sessions;
mod six;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use super::book::Book;
use super::line::{self};
use super::list::{self, Listable};
use super::people::People;
use super::plan::{BLOCK, Plan};
use super::truth::{DeviceTruth, LogsTruth};
use crate::rng::Rng;
use crate::scenario_file::LogsScenario;
use crate::written::Open;

/// Everybody who is there at the start came within so long before.
const BEFORE_MS: i64 = 1_500_000;
/// A lease is asked for again after so long.
const RENEWAL_MS: i64 = 900_000;
/// Lines that a session makes on average, over all kinds of paths.
const LINES_A_SESSION: f64 = 2.6;
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
    /// Tables of a building are taken.
    Table(usize),
    End(Box<Live>),
}

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Live {
    number: u64,
    from_ms: i64,
    to_ms: i64,
    proto: u8,
    far: SocketAddr,
    bytes: (u64, u64),
    /// The hops of the plan with the inner and outer end of each.
    hops: Vec<(usize, SocketAddr, SocketAddr)>,
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
            neighbours: Vec::new(),
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
    /// What the switches of the buildings know of IPv6.
    neighbours: Vec<Vec<six::Neighbour>>,
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
        self.tables(start);
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
            Event::Table(it) => self.table(it, at),
            Event::End(it) => self.end(&it),
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
