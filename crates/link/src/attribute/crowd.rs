//! Everyone who may be behind a translator, where no line tells which of them it was.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::rc::Rc;

use minehound_model::{Ask, HardwareAddress, LogId, LogKind, Span, Step, Tie, Tied, Who, within};

use super::steps::gap;
use super::walk::{BRIDGED, Walk};

/// So many machines behind a translator are named one by one.
const MAX_NAMED: usize = 512;
/// With more leases at once nobody is looked for among them.
const MAX_HELD: usize = 20_000;
/// Routers within routers.
const MAX_NESTED: usize = 3;
/// Who held an address with less than this was not there.
const LEAST_HELD: f64 = 0.05;
/// Addresses that routers of rooms lease (RFC 1918).
const PRIVATE: [(IpAddr, u8); 3] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
];

/// The machines that held an address: the weight of each, its address and the line that says so.
type Crowd = BTreeMap<HardwareAddress, (f64, IpAddr, Tie)>;

/// Leases of a time with the weight of each, by log.
pub(super) type Held = BTreeMap<LogId, Vec<(Tie, f64)>>;

impl Walk<'_> {
    /// Everyone who held an address behind a translator then, or *somebody behind* it.
    pub(super) fn anyone(
        &mut self,
        outer: IpAddr,
        asked: Span,
        probability: f64,
        steps: &mut Vec<Step>,
    ) {
        if probability < BRIDGED {
            return self.note(Who::Behind(outer), None, probability, steps);
        }
        let mut nets: Vec<_> =
            self.network.showing(outer).flat_map(|it| it.inner.iter().copied()).collect();
        nets.sort();
        nets.dedup();
        let mut crowd = Crowd::new();
        self.gather(&nets, None, asked, 0, &mut crowd);
        // A router of which only leases are known is not described anywhere.
        if nets.is_empty() {
            let logs = self.ties.translators(outer);
            let devices: Vec<String> =
                logs.iter().filter_map(|it| self.device(*it).map(str::to_owned)).collect();
            for device in &devices {
                self.gather(&PRIVATE, Some(device), asked, 1, &mut crowd);
            }
        }
        self.share(outer, crowd, asked, probability, steps);
    }

    /// Everyone behind a router whose translations were not written.
    pub(super) fn behind_router(
        &mut self,
        outer: IpAddr,
        device: &str,
        asked: Span,
        probability: f64,
        steps: &mut Vec<Step>,
    ) {
        self.lack(LogKind::Translation, outer, Some(device.to_owned()), asked, probability);
        let mut crowd = Crowd::new();
        self.gather(&PRIVATE, Some(device), asked, 1, &mut crowd);
        self.share(outer, crowd, asked, probability, steps);
    }

    /// The device that a lease was given to, if that leases addresses itself: it is no end of a trail.
    pub(super) fn is_router(&self, lease: &Tied) -> Option<&str> {
        let Tied::Lease { host_name: Some(name), .. } = lease else { return None };
        self.clocks.leasing(name)
    }

    fn share(
        &mut self,
        outer: IpAddr,
        crowd: Crowd,
        asked: Span,
        probability: f64,
        steps: &mut Vec<Step>,
    ) {
        let total: f64 = crowd.values().map(|it| it.0).sum();
        if crowd.len() > MAX_NAMED || total < 0.5 {
            return self.note(Who::Behind(outer), None, probability, steps);
        }
        for (mac, (weight, address, tie)) in crowd {
            let share = weight / total;
            let line = Some(tie.line);
            steps.push(gap(outer, address, share, asked));
            steps.push(Step { line, tied: tie.what, span: tie.span, probability: share });
            self.note(Who::Machine(mac), Some(address), probability * share, steps);
            steps.truncate(steps.len().saturating_sub(2));
        }
    }

    /// Adds the holders of addresses, and in the place of a router those behind it.
    fn gather(
        &mut self,
        nets: &[(IpAddr, u8)],
        device: Option<&str>,
        asked: Span,
        depth: usize,
        crowd: &mut Crowd,
    ) {
        let held = self.held(asked);
        for (log, ties) in held.iter() {
            let told = match device {
                Some(it) => self.device(*log) == Some(it),
                // A router speaks of those behind itself, who are asked for apart.
                None => !self.clocks.is_of_router(*log),
            };
            for (tie, weight) in ties.iter().filter(|_| told) {
                let Tied::Lease { address, mac, .. } = &tie.what else { continue };
                if crowd.len() > MAX_NAMED || !nets.iter().any(|net| within(*address, *net)) {
                    continue;
                }
                let router = self.is_router(&tie.what).map(str::to_owned);
                let router = router.or_else(|| {
                    let log = self.ties.translators(*address).into_iter().next()?;
                    self.device(log).map(str::to_owned)
                });
                match router {
                    Some(inner) if depth < MAX_NESTED && device != Some(inner.as_str()) => {
                        self.gather(&PRIVATE, Some(&inner), asked, depth + 1, crowd);
                    }
                    _ => {
                        let new = || (0.0, *address, tie.clone());
                        let known = crowd.entry(*mac).or_insert_with(new);
                        if *weight > known.0 {
                            *known = (*weight, *address, tie.clone());
                        }
                    }
                }
            }
        }
    }

    /// Everyone who held an address then, by the log that says so: looked up once for a question, whose moment
    /// hardly moves on the way.
    fn held(&mut self, asked: Span) -> Rc<Held> {
        if let Some(held) = &self.held {
            return Rc::clone(held);
        }
        let window = |log| Some(self.window(log, asked));
        let mut held = Held::new();
        for everything in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
            let ask = Ask::HoldersWithin(everything, 0);
            // With more than can be looked through nobody is named at all.
            if self.ties.count(ask, &window, MAX_HELD) >= MAX_HELD {
                held.clear();
                break;
            }
            for tie in self.ties.find(ask, &window, MAX_HELD) {
                let weight = self.touching(&tie, asked);
                if matches!(tie.what, Tied::Lease { .. }) && weight >= LEAST_HELD {
                    held.entry(tie.line.log).or_default().push((tie, weight));
                }
            }
        }
        let held = Rc::new(held);
        self.held = Some(Rc::clone(&held));
        held
    }
}
