//! Sessions: their way outwards, the lines on it, and which of them may be listed.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::super::book::DeviceId;
use super::super::line::{self, Maker, Seen};
use super::super::list::Listable;
use super::super::people::Joined;
use super::super::plan::{BLOCK, Hop};
use super::super::truth::RowTruth;
use super::{Event, Live, Play};

/// The pool where it is reached over IPv6.
const SIX_POOL: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xfffe, 0, 0, 0, 0, 1);
/// Longer sessions keep their outer end to themselves.
const LONG_MS: i64 = 60_000;

impl Play<'_, '_> {
    pub(super) fn innocent(&mut self, terminal: usize, at: i64) -> io::Result<()> {
        let long = self.chance_ms(15_000.0).min(300_000);
        let server = u8::try_from(self.rng.below(200)).unwrap_or(0);
        let (port, proto) = match self.rng.below(10) {
            0 => (53, 17),
            1 => (443, 17),
            2 | 3 => (80, 6),
            _ => (443, 6),
        };
        if let Some(own) = self.over_six(terminal) {
            let far = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, server.into());
            let far = SocketAddr::new(far.into(), port);
            return self.session_over_six(terminal, own, (at, long), (proto, far), None);
        }
        // Some of it goes to a network whose addresses serve many.
        let far = if self.rng.chance(0.1) {
            Ipv4Addr::new(104, 16, 0, server)
        } else {
            Ipv4Addr::new(192, 0, 2, server)
        };
        self.session(terminal, at, long, proto, SocketAddr::new(far.into(), port), None)
    }

    pub(super) fn mine(&mut self, terminal: usize, since: i64, at: i64) -> io::Result<()> {
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
            SocketAddr::new(Ipv4Addr::new(104, 16, 5, 5).into(), 443)
        } else {
            SocketAddr::new(pool.into(), 3333)
        };
        self.look_up(terminal, at)?;
        let own = if kind == "mining" { self.over_six(terminal) } else { None };
        if let Some(own) = own {
            let far = SocketAddr::new(SIX_POOL.into(), 3333);
            self.session_over_six(terminal, own, (at + 40, long), (6, far), Some(kind))?;
        } else {
            self.session(terminal, at + 40, long, 6, far, Some(kind))?;
        }
        let next = at + long + self.chance_ms(30_000.0);
        self.at(next, Event::Mine(terminal, since));
        Ok(())
    }

    /// The pool's name is asked for; the resolver sees the address outside of the building.
    pub(super) fn look_up(&mut self, terminal: usize, at: i64) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(terminal) else { return Ok(()) };
        let (Some(address), Some(building)) = (it.address, self.plan.buildings.get(it.building))
        else {
            return Ok(());
        };
        let translated = building
            .hops
            .first()
            .and_then(|it| self.plan.hops.get(*it))
            .is_some_and(Hop::translates);
        if translated || matches!(it.joined, Joined::Room(_)) {
            return Ok(());
        }
        let port = 30_000 + u16::try_from(self.rng.below(30_000)).unwrap_or(0);
        let device = self.plan.resolver;
        let shown = self.book.shown(device, at);
        let text = line::query(shown, SocketAddr::new(address.into(), port), "xmr.pool.example");
        self.book.write(device, at, text.as_bytes())
    }

    pub(super) fn session(
        &mut self,
        terminal: usize,
        at: i64,
        long_ms: i64,
        proto: u8,
        far: SocketAddr,
        kind: Option<&str>,
    ) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(terminal).cloned() else { return Ok(()) };
        let Some(address) = it.address else { return Ok(()) };
        let lasts = long_ms > LONG_MS;
        let own = SocketAddr::new(
            address.into(),
            20_000 + u16::try_from(self.rng.below(40_000)).unwrap_or(0),
        );
        self.sessions += 1;
        let number = self.sessions;
        let bytes = (400 + self.rng.below(20_000), 1_000 + self.rng.below(500_000));
        let mut open =
            Live { number, from_ms: at, to_ms: at + long_ms, proto, far, bytes, hops: Vec::new() };
        let mut end = own;
        let mut devices = Vec::new();
        let mut trail = Vec::new();
        if let Joined::Room(place) = it.joined {
            let Some(room) = self.people.rooms.get_mut(place) else { return Ok(()) };
            room.next = (room.next + 1) % BLOCK;
            let outer = SocketAddr::new(
                room.outer.into(),
                room.block.map_or(40_000, |_| 30_000) + room.next,
            );
            let (device, block, next) = (room.device, room.block, room.next);
            let seen = Seen {
                device: "",
                mac: &it.mac,
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
            trail.push(outer.ip().to_string());
            if let Some((public, first)) = block {
                end = SocketAddr::new(public.into(), first + next);
                devices.push(self.plan.carrier);
                trail.push(public.to_string());
                if let Some(kind) = kind {
                    self.list(terminal, end, &open, &devices, trail, kind);
                }
                return Ok(());
            }
        }
        let hops =
            self.plan.buildings.get(it.building).map(|it| it.hops.clone()).unwrap_or_default();
        for place in hops {
            let Some(hop) = self.plan.hops.get_mut(place) else { continue };
            let outer = hop.outer(end, lasts);
            if hop.translates() {
                trail.push(outer.ip().to_string());
            }
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
                    mac: "",
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
            self.list(terminal, end, &open, &devices, trail, kind);
        }
        self.at(open.to_ms, Event::End(Box::new(open)));
        Ok(())
    }

    /// Lines of those that write when a session ends.
    pub(super) fn end(&mut self, it: &Live) -> io::Result<()> {
        let Live { number, from_ms, to_ms, proto, far, bytes, .. } = *it;
        for (place, inner, outer) in &it.hops {
            let Some(hop) = self.plan.hops.get_mut(*place) else { continue };
            hop.free(*outer);
            let (device, maker) = (hop.device, hop.maker);
            if maker.writes_at_end() {
                let seen = Seen {
                    device: "",
                    mac: "",
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

    pub(super) fn tell(
        &mut self,
        device: DeviceId,
        maker: Maker,
        at: i64,
        seen: &Seen<'_>,
    ) -> io::Result<()> {
        let (from_ms, to_ms) =
            (self.book.shown(device, seen.from_ms), self.book.shown(device, seen.to_ms));
        let name = self.book.name(device).to_owned();
        let text = line::session(maker, &Seen { device: &name, from_ms, to_ms, ..*seen });
        self.book.write(device, at, text.as_bytes())
    }

    /// The hardware address of the router that a terminal is behind.
    fn router_of(&self, joined: &Joined) -> String {
        let Joined::Room(room) = joined else { return String::new() };
        self.people.rooms.get(*room).map(|it| it.mac.clone()).unwrap_or_default()
    }

    pub(super) fn list(
        &mut self,
        terminal: usize,
        outer: SocketAddr,
        open: &Live,
        devices: &[DeviceId],
        trail: Vec<String>,
        kind: &str,
    ) {
        let Some(it) = self.people.terminals.get(terminal) else { return };
        let leaser = self.leaser(terminal).map(|it| it.0).filter(|_| outer.is_ipv4());
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
            router: self.router_of(&it.joined),
            inner: if outer.is_ipv6() {
                outer.ip().to_string()
            } else {
                it.address.map(|it| it.to_string()).unwrap_or_default()
            },
            account: if matches!(it.joined, Joined::Room(_)) {
                String::new()
            } else {
                it.account.clone()
            },
            levels: trail.len(),
            trail,
            complete,
            exact: true,
        };
        let (from_ms, to_ms) = (open.from_ms, open.to_ms.min(self.end_ms));
        if from_ms < to_ms {
            self.listable.push(Listable { outer, far: open.far, from_ms, to_ms, truth });
        }
    }
}
