//! Who comes and goes: leases, accounts, access points.

use std::io;
use std::net::Ipv4Addr;

use super::super::book::DeviceId;
use super::super::line::{self, Accounting, Lease, Leaser};
use super::super::people::Joined;
use super::super::stamp::Stamp;
use super::{Event, Play, RENEWAL_MS};

impl Play<'_, '_> {
    pub(super) fn lease_line(
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

    pub(super) fn room_lease(&mut self, place: usize, at: i64) -> io::Result<()> {
        let Some(room) = self.people.rooms.get(place).cloned() else { return Ok(()) };
        let Some(it) = self.plan.buildings.get(room.building) else { return Ok(()) };
        let (dhcp, leaser) = (it.dhcp, it.leaser);
        self.lease_line(dhcp, leaser, at, Lease::Renewed, (room.outer, &room.mac, &room.name))
    }

    pub(super) fn leaser(&self, terminal: usize) -> Option<(DeviceId, Leaser)> {
        let it = self.people.terminals.get(terminal)?;
        if let Joined::Room(room) = it.joined {
            return Some((self.people.rooms.get(room)?.device, Leaser::MikroTik));
        }
        let building = self.plan.buildings.get(it.building)?;
        Some((building.dhcp, building.leaser))
    }

    pub(super) fn come(&mut self, place: usize, at: i64) -> io::Result<()> {
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
        self.make_address(place);
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

    pub(super) fn go(&mut self, place: usize, at: i64) -> io::Result<()> {
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
        self.lose_address(place, at);
        if !matches!(it.joined, Joined::Room(_)) {
            self.people.take_back(it.building, address);
        }
        let back = at + self.chance_ms(1_800_000.0);
        self.at(back, Event::Come(place));
        Ok(())
    }

    pub(super) fn is_there_since(&self, place: usize, since: i64) -> bool {
        self.people
            .terminals
            .get(place)
            .is_some_and(|it| it.address.is_some() && it.since_ms == since)
    }

    pub(super) fn renew(&mut self, place: usize, since: i64, at: i64) -> io::Result<()> {
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

    pub(super) fn roam(&mut self, place: usize, since: i64, at: i64) -> io::Result<()> {
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
    pub(super) fn account(
        &mut self,
        place: usize,
        at: i64,
        lasted_s: Option<i64>,
    ) -> io::Result<()> {
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
                let shown = |ms| Stamp::at(self.book.shown(device, ms)).iso();
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
}
