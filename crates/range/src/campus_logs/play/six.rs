//! IPv6: buildings whose firewalls translate nothing give every machine an address of its own as well, a
//! new one each time it comes. No lease says whose it is; the tables that switches print do.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};

use super::super::line::{self, Maker, Seen};
use super::super::people::Joined;
use super::{Event, Live, Play};

/// Tables are printed so often.
const TABLE_MS: i64 = 600_000;
/// A neighbour stays in the table so long after it was heard of last.
const STALE_MS: i64 = 4 * 3_600_000;
/// The part of sessions that goes over IPv6 where a machine has both.
const SIX: f64 = 0.4;

/// A neighbour in the table of a building's switch.
#[derive(Clone, Debug)]
pub(super) struct Neighbour {
    address: Ipv6Addr,
    terminal: usize,
    /// When it left; later than anything while it is there.
    gone_ms: i64,
}

impl Play<'_, '_> {
    /// The first tables of all buildings.
    pub(super) fn tables(&mut self, start_ms: i64) {
        self.neighbours.resize(self.plan.buildings.len(), Vec::new());
        for building in 0..self.plan.buildings.len() {
            let first = start_ms + i64::try_from(self.rng.below(600_000)).unwrap_or(0);
            self.at(first, Event::Table(building));
        }
    }

    /// A machine makes itself an address, as it does with privacy extensions.
    pub(super) fn make_address(&mut self, place: usize) {
        let Some(it) = self.people.terminals.get(place) else { return };
        let (building, joined) = (it.building, it.joined);
        let six = self.plan.buildings.get(building).is_some_and(|it| it.six);
        if !six || matches!(joined, Joined::Room(_)) {
            return;
        }
        let net = 0x2001_0db8_u128 << 96 | (building as u128) << 64;
        let address = Ipv6Addr::from(net | u128::from(self.rng.below(u64::MAX)));
        if let Some(it) = self.people.terminals.get_mut(place) {
            it.six = Some(address);
        }
        let neighbour = Neighbour { address, terminal: place, gone_ms: i64::MAX };
        if let Some(known) = self.neighbours.get_mut(building) {
            known.push(neighbour);
        }
    }

    /// It is gone, and the switch does not know yet.
    pub(super) fn lose_address(&mut self, place: usize, at: i64) {
        let Some(it) = self.people.terminals.get_mut(place) else { return };
        let Some(address) = it.six.take() else { return };
        let known = self.neighbours.get_mut(it.building).into_iter().flatten();
        for it in known.filter(|it| it.address == address) {
            it.gone_ms = at;
        }
    }

    /// A building's switch prints which neighbours and which hardware addresses it knows.
    pub(super) fn table(&mut self, place: usize, at: i64) -> io::Result<()> {
        self.at(at + TABLE_MS, Event::Table(place));
        let Some(building) = self.plan.buildings.get(place) else { return Ok(()) };
        let (switch, six) = (building.switch, building.six);
        let mut text = String::new();
        let people = &self.people.terminals;
        let here = people.iter().skip(place).step_by(self.plan.buildings.len());
        for it in here.filter(|it| it.address.is_some()) {
            if let Joined::Cable(port) = it.joined {
                text += &line::learned(&it.mac, port);
            }
        }
        // Where nobody has a cable nobody takes the table.
        if !text.is_empty() {
            text.insert_str(
                0,
                &line::table_head(self.book.name(switch), self.book.shown(switch, at)),
            );
            self.book.write(switch, at, text.trim_end().as_bytes())?;
        }
        if !six {
            return Ok(());
        }
        let Some(known) = self.neighbours.get_mut(place) else { return Ok(()) };
        known.retain(|it| at - STALE_MS < it.gone_ms);
        let core = self.plan.buildings.get(place).map_or(switch, |it| it.core);
        let mut text = line::neighbours_head(self.book.name(core), self.book.shown(core, at));
        for it in known.iter() {
            let Some(terminal) = self.people.terminals.get(it.terminal) else { continue };
            text += &line::neighbour(it.address, &terminal.mac, it.gone_ms > at);
        }
        self.book.write(core, at, text.trim_end().as_bytes())
    }

    /// Whether a session of this terminal goes over IPv6, and from which address.
    pub(super) fn over_six(&mut self, terminal: usize) -> Option<Ipv6Addr> {
        let own = self.people.terminals.get(terminal)?.six?;
        self.rng.chance(SIX).then_some(own)
    }

    /// A session over IPv6: nobody translates it; the building's firewall and the exit show it.
    pub(super) fn session_over_six(
        &mut self,
        terminal: usize,
        own: Ipv6Addr,
        (at, long_ms): (i64, i64),
        (proto, far): (u8, SocketAddr),
        kind: Option<&str>,
    ) -> io::Result<()> {
        let Some(it) = self.people.terminals.get(terminal) else { return Ok(()) };
        let Some(building) = self.plan.buildings.get(it.building) else { return Ok(()) };
        let (hops, core) = (building.hops.clone(), building.core);
        let port = 20_000 + u16::try_from(self.rng.below(40_000)).unwrap_or(0);
        let end = SocketAddr::new(own.into(), port);
        self.sessions += 1;
        let number = self.sessions;
        let bytes = (400 + self.rng.below(20_000), 1_000 + self.rng.below(500_000));
        let mut open =
            Live { number, from_ms: at, to_ms: at + long_ms, proto, far, bytes, hops: Vec::new() };
        for place in hops {
            let Some(hop) = self.plan.hops.get(place) else { continue };
            let (device, maker) = (hop.device, hop.maker);
            match maker {
                Maker::Iptables | Maker::PfSense => {
                    let seen = Seen {
                        device: "",
                        mac: "",
                        number,
                        from_ms: at,
                        to_ms: at,
                        proto,
                        inner: end,
                        outer: end,
                        far,
                        bytes,
                    };
                    self.tell(device, maker, at, &seen)?;
                }
                Maker::Huawei => open.hops.push((place, end, end)),
                // The others of the campus pass IPv6 on and log nothing of it.
                _ => {}
            }
        }
        if let Some(kind) = kind {
            self.list(terminal, end, &open, &[core], Vec::new(), kind);
        }
        self.at(open.to_ms, Event::End(Box::new(open)));
        Ok(())
    }
}
