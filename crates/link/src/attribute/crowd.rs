//! Everyone who may be behind a translator, where no line tells which of them it was.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use minehound_model::{Ask, HardwareAddress, LogKind, Span, Step, Tie, Tied, Who};

use super::steps::gap;
use super::walk::{BRIDGED, MAX_TIES, Walk};

/// So many machines behind a translator are named one by one.
const MAX_NAMED: usize = 512;
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
        let logs = self.ties.translators(outer);
        let devices: Vec<String> =
            logs.iter().filter_map(|it| self.device(*it).map(str::to_owned)).collect();
        if nets.is_empty() {
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
        &self,
        nets: &[(IpAddr, u8)],
        device: Option<&str>,
        asked: Span,
        depth: usize,
        crowd: &mut Crowd,
    ) {
        let window = |log| {
            let told = match device {
                Some(it) => self.device(log) == Some(it),
                // A router speaks of those behind itself, who are asked for apart.
                None => !self.clocks.is_of_router(log),
            };
            told.then(|| self.window(log, asked))
        };
        let mut holders = BTreeMap::<(IpAddr, HardwareAddress), (f64, Tie)>::new();
        for (prefix, length) in nets {
            for tie in self.ties.find(Ask::HoldersWithin(*prefix, *length), &window, MAX_TIES) {
                let Tied::Lease { address, mac, .. } = tie.what else { continue };
                let held = self.touching(&tie, asked);
                let known = holders.entry((address, mac)).or_insert_with(|| (0.0, tie.clone()));
                if held > known.0 {
                    *known = (held, tie);
                }
            }
        }
        for ((address, mac), (held, tie)) in holders {
            if held < LEAST_HELD || crowd.len() > MAX_NAMED {
                continue;
            }
            let router = self.is_router(&tie.what).map(str::to_owned);
            let router = router.or_else(|| {
                let log = self.ties.translators(address).into_iter().next()?;
                self.device(log).map(str::to_owned)
            });
            match router {
                Some(inner) if depth < MAX_NESTED && device != Some(inner.as_str()) => {
                    self.gather(&PRIVATE, Some(&inner), asked, depth + 1, crowd);
                }
                _ => {
                    let known = crowd.entry(mac).or_insert_with(|| (0.0, address, tie.clone()));
                    if held > known.0 {
                        *known = (held, address, tie);
                    }
                }
            }
        }
    }
}
