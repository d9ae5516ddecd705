//! The heap: what is due next, of all lives and all open connections.

#![expect(clippy::cast_possible_truncation, reason = "IP identifications wrap at 2^16")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::SocketAddr;

use super::World;
use super::answers::HostAnswer;
use super::cut::{ACK, Cutter, FIN, SYN, Shot};
use super::frame::Frame;
use super::notes::Notes;
use super::script::{Call, Script};
use super::sink::{Count, Ended, Seen, Sink};
use crate::dialogue::{Side, Transport, nanos};
use crate::life::Life;
use crate::rng::Rng;

/// What a world came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Connections and exchanges.
    pub flows: u64,
    /// Those that mine.
    pub mining: u64,
    /// Packets that the sensor kept.
    pub packets: u64,
    /// Their bytes on the wire.
    pub wire_bytes: u64,
    /// Hosts.
    pub hosts: u64,
    /// Miners among them that never run, because their hours lie outside the scenario.
    pub idle_miners: u64,
}

/// An open connection.
struct Flow {
    number: u64,
    kind: &'static str,
    client: SocketAddr,
    server: SocketAddr,
    tcp: bool,
    mining: bool,
    notes: Notes,
    cutter: Cutter,
    rng: Rng,
    ids: [u16; 2],
    first_ns: u64,
    last_ns: u64,
    up: Count,
    down: Count,
    history: History,
}

/// Zeek's letters of what was seen, upper case for the client.
#[derive(Default)]
struct History(String);

impl History {
    fn note(&mut self, from: Side, flags: u8, payload: bool) {
        let letter = match () {
            () if flags & SYN != 0 && flags & ACK != 0 => 'h',
            () if flags & SYN != 0 => 's',
            () if flags & FIN != 0 => 'f',
            () if payload => 'd',
            () => 'a',
        };
        let letter = if from == Side::Client { letter.to_ascii_uppercase() } else { letter };
        if !self.0.contains(letter) {
            self.0.push(letter);
        }
    }
}

enum Actor {
    Life(Life),
    Flow(Box<Flow>),
}

/// Plays all lives until the scenario ends.
pub(super) fn run(
    world: &World,
    hosts: &[HostAnswer],
    lives: Vec<Life>,
    sink: &mut dyn Sink,
    rng: &mut Rng,
) -> io::Result<Summary> {
    let end_ns = world.scenario.start_ns + nanos(world.scenario.seconds);
    let mut stage = Stage {
        world,
        end_ns,
        sensor: rng.fork("sensor"),
        actors: Vec::new(),
        free: Vec::new(),
        heap: BinaryHeap::new(),
        buffer: Vec::with_capacity(2_048),
        summary: Summary {
            hosts: hosts.len() as u64,
            idle_miners: hosts.iter().filter(|it| it.role == "miner" && !it.mining).count() as u64,
            ..Summary::default()
        },
        rng: rng.fork("flows"),
    };
    for life in lives {
        stage.put(life.next_ns, Actor::Life(life));
    }
    while let Some(Reverse((time, place))) = stage.heap.pop() {
        if time >= end_ns {
            break;
        }
        stage.step(place, sink)?;
    }
    stage.close_all(sink)?;
    let last = stage.shown(end_ns);
    sink.finish(last, hosts)?;
    Ok(stage.summary)
}

struct Stage<'a> {
    world: &'a World,
    end_ns: u64,
    sensor: Rng,
    actors: Vec<Option<Actor>>,
    free: Vec<u32>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    buffer: Vec<u8>,
    summary: Summary,
    rng: Rng,
}

impl Stage<'_> {
    fn put(&mut self, time: u64, actor: Actor) {
        if time >= self.end_ns {
            return;
        }
        let place = self.free.pop().unwrap_or_else(|| {
            self.actors.push(None);
            u32::try_from(self.actors.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(slot) = self.actors.get_mut(place as usize) {
            *slot = Some(actor);
            self.heap.push(Reverse((time, place)));
        }
    }

    fn step(&mut self, place: u32, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(slot) = self.actors.get_mut(place as usize) else { return Ok(()) };
        match slot.take() {
            None => Ok(()),
            Some(Actor::Life(mut life)) => {
                let (call, end) = (life.make)(life.next_ns, &mut self.rng);
                let from = if life.chained { end } else { life.next_ns };
                life.next_ns = life.gap.after(from, &mut self.rng).max(life.next_ns + 1);
                self.free.push(place);
                self.put(life.next_ns, Actor::Life(life));
                self.begin(call);
                Ok(())
            }
            Some(Actor::Flow(mut flow)) => {
                let next = loop {
                    self.shoot(&mut flow, sink)?;
                    let Some(next) = flow.cutter.next_ns() else { break None };
                    let first = self.heap.peek().is_none_or(|Reverse(head)| (next, place) <= *head);
                    if !first || next >= self.end_ns {
                        break Some(next);
                    }
                };
                let Some(next) = next else {
                    self.free.push(place);
                    return self.end(&flow, sink);
                };
                if let Some(slot) = self.actors.get_mut(place as usize) {
                    *slot = Some(Actor::Flow(flow));
                }
                self.heap.push(Reverse((next, place)));
                Ok(())
            }
        }
    }

    /// Opens a connection.
    fn begin(&mut self, mut call: Call) {
        let number = self.summary.flows;
        let mut rng = self.rng.fork("flow");
        let script = std::mem::replace(&mut call.script, Box::new(Silence));
        let cutter = Cutter::new(&mut call, script, &mut rng);
        let Some(first) = cutter.next_ns() else { return };
        if first >= self.end_ns {
            return;
        }
        self.summary.flows += 1;
        let ids = [rng.next_u64() as u16, rng.next_u64() as u16];
        let flow = Flow {
            number,
            kind: call.kind,
            client: call.client,
            server: call.server,
            tcp: call.transport == Transport::Tcp,
            mining: call.kind == "mining",
            notes: call.notes,
            cutter,
            rng,
            ids,
            first_ns: first,
            last_ns: first,
            up: Count::default(),
            down: Count::default(),
            history: History::default(),
        };
        self.put(first, Actor::Flow(Box::new(flow)));
    }

    /// What the sensor's clock shows.
    fn shown(&self, time_ns: u64) -> u64 {
        time_ns.saturating_add_signed(self.ahead_ns())
    }

    fn ahead_ns(&self) -> i64 {
        (self.world.scenario.capture.clock_offset_ms * 1e6) as i64
    }

    fn shoot(&mut self, flow: &mut Flow, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(shot) = flow.cutter.shoot(&mut flow.rng) else { return Ok(()) };
        let [up, down] = &mut flow.ids;
        let id = if shot.from == Side::Client { up } else { down };
        *id = id.wrapping_add(1);
        let id = *id;
        flow.last_ns = shot.time_ns;
        let capture = &self.world.scenario.capture;
        if capture.sampling > 1 && self.sensor.below(capture.sampling) != 0
            || capture.loss > 0.0 && self.sensor.chance(capture.loss)
        {
            return Ok(());
        }
        let snap = if flow.mining { capture.snaplen } else { capture.innocent_snaplen };
        let frame = Frame {
            link: capture.link,
            snap,
            client: flow.client,
            server: flow.server,
            tcp: flow.tcp,
            shot,
            id,
            body: flow.cutter.body(),
        };
        let wire_len = frame.write(&mut self.buffer, &mut flow.rng);
        self.summary.packets += 1;
        self.summary.wire_bytes += wire_len as u64;
        let ip_len = wire_len - capture.link.header();
        count(flow, &shot, ip_len);
        sink.packet(&Seen {
            time_ns: self.shown(shot.time_ns),
            bytes: &self.buffer,
            wire_len,
            flow: flow.number,
            client: flow.client,
            server: flow.server,
            tcp: flow.tcp,
            from: shot.from,
            flags: shot.flags,
            ip_len,
        })
    }

    fn end(&mut self, flow: &Flow, sink: &mut dyn Sink) -> io::Result<()> {
        let mining = flow.cutter.answer(flow.last_ns);
        self.summary.mining += u64::from(mining.is_some());
        sink.ended(&Ended {
            flow: flow.number,
            kind: flow.kind,
            client: flow.client,
            server: flow.server,
            tcp: flow.tcp,
            first_ns: self.shown(flow.first_ns),
            last_ns: self.shown(flow.last_ns),
            up: flow.up,
            down: flow.down,
            history: &flow.history.0,
            notes: &flow.notes,
            mining,
            ahead_ns: self.ahead_ns(),
        })
    }

    /// Ends what the capture leaves open, in order of start.
    fn close_all(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        let actors = std::mem::take(&mut self.actors).into_iter().flatten();
        let mut open: Vec<Box<Flow>> = actors
            .filter_map(|actor| match actor {
                Actor::Flow(flow) => Some(flow),
                Actor::Life(_) => None,
            })
            .collect();
        open.sort_by_key(|flow| flow.number);
        open.iter().try_for_each(|flow| self.end(flow, sink))
    }
}

fn count(flow: &mut Flow, shot: &Shot, ip_len: usize) {
    let side = if shot.from == Side::Client { &mut flow.up } else { &mut flow.down };
    side.packets += 1;
    side.bytes += ip_len as u64;
    side.payload += shot.len as u64;
    side.flags |= shot.flags;
    flow.history.note(shot.from, shot.flags, shot.len > 0);
}

/// Stands where a script was taken from.
struct Silence;

impl Script for Silence {
    fn next(&mut self, _: &mut Rng) -> Option<super::script::Said> {
        None
    }
}
