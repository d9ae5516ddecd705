//! The miners of a scenario: who mines where, when, under which cover.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::World;
use super::chance::{Gap, scale};
use super::covered::{Covered, others};
use super::hello::{Family, Hello};
use super::notes::Notes;
use super::people;
use super::rhythm::{Habits, Rhythm};
use super::script::{Call, Said, Script};
use super::told_session::ToldSession;
use crate::carrier::Carrier;
use crate::dialogue::{Side, Transport, nanos, seconds};
use crate::life::{Life, Place};
use crate::rng::Rng;
use crate::scenario::{Dialect, Session};
use crate::scenario_file::{Carriage, Evasion, Miners, Network, Schedule, Span};
use crate::world::body::Body;

/// The most messages of readable sessions that are held at a time.
const MESSAGES: f64 = 1_500_000.0;

/// One miner.
struct Miner {
    group: Miners,
    place: Place,
    server: SocketAddr,
    hashrate: f64,
    shares_per_minute: f64,
    rtt_ns: u64,
    habits: Habits,
    workers: Vec<String>,
    slice_s: f64,
    keep: usize,
    throttle: Vec<(u64, f64)>,
    seed: u64,
    background: f64,
}

fn draw(span: Span, rng: &mut Rng) -> f64 {
    if span.low > 0.0 && span.high > span.low {
        scale(rng, span.low, span.high)
    } else {
        rng.between(span.low, span.high)
    }
}

/// Settles a group; `host` gives an address to a role and notes whether it mines.
pub(super) fn settle(
    world: &World,
    group: &Miners,
    network: &Network,
    rng: &mut Rng,
    host: &mut dyn FnMut(&str, bool) -> IpAddr,
    lives: &mut Vec<Life>,
) {
    let pool = SocketAddr::new(
        IpAddr::V4(group.pool.address.unwrap_or_else(|| pool_address(&group.pool.host))),
        group.pool.port,
    );
    let habits = habits(world, group, rng);
    let proxy = group.proxy.then(|| host("pool-proxy", true));
    let mut sum = 0.0;
    for number in 0..group.count {
        let address = host("miner", true);
        let mut own = rng.fork("miner");
        let mut member = group.clone();
        let server = match proxy {
            Some(proxy) => {
                member.carriage = Carriage::Inside(Carrier::Tcp);
                member.lookup = false;
                SocketAddr::new(proxy, 3_333)
            }
            None => pool,
        };
        let name = format!("w{:04}", number + 1);
        let miner = miner(world, member, network, address, server, &habits, &name, &mut own);
        sum += miner.hashrate;
        lives.extend(miner.lives(&mut own));
    }
    if let Some(address) = proxy {
        let mut own = rng.fork("proxy");
        let mut upstream = Miners { proxy: false, ..group.clone() };
        upstream.hashrate = Span::is(sum);
        upstream.shares_per_minute = Span::is(draw(group.shares_per_minute, &mut own).max(20.0));
        upstream.workers = group.count.min(255);
        let miner = miner(world, upstream, network, address, pool, &habits, "proxy", &mut own);
        lives.extend(miner.lives(&mut own));
    }
}

/// An address that belongs to a pool's name: from networks set aside for documentation.
fn pool_address(host: &str) -> Ipv4Addr {
    let last = Rng::new(7).fork(host).below(250);
    Ipv4Addr::new(203, 0, 113, u8::try_from(last + 2).unwrap_or(2))
}

/// The pool's habits are the group's: all of its miners see the same jobs.
fn habits(world: &World, group: &Miners, rng: &mut Rng) -> Habits {
    let blocks = world.blocks.get(group.coin.ticker()).cloned().unwrap_or_else(|| Arc::from([]));
    Habits::draw(blocks, 6.0, rng)
}

#[expect(
    clippy::too_many_arguments,
    reason = "they are settled in one place and held together after"
)]
#[expect(clippy::cast_precision_loss, reason = "a count of miners")]
fn miner(
    world: &World,
    group: Miners,
    network: &Network,
    address: IpAddr,
    server: SocketAddr,
    habits: &Habits,
    name: &str,
    rng: &mut Rng,
) -> Miner {
    let place = people::place(world, network, address, 1.0);
    let near = if crate::packets::inner(server.ip()) { 0.04 } else { 1.0 };
    let hashrate = draw(group.hashrate, rng);
    let shares_per_minute = draw(group.shares_per_minute, rng);
    // share and answer, and a job every half minute or block
    let jobs = 60.0 / group.coin.block_seconds().clamp(1.0, 40.0);
    let per_second = (2.0 * shares_per_minute + jobs) / 60.0;
    let slice_s = (MESSAGES / (per_second * group.count as f64)).max(120.0);
    let mut workers = vec![name.to_owned()];
    workers.extend((1..group.workers).map(|number| format!("{name}x{number}")));
    let mut habits = Habits { shares_per_minute, ..habits.clone() };
    let mut throttle = Vec::new();
    if group.evasion.contains(&Evasion::Throttle) {
        let mut now = place.start_ns;
        while now < place.end_ns {
            throttle.push((now, rng.between(0.08, 0.7)));
            now += nanos(rng.between(300.0, 2_400.0));
        }
    }
    habits.throttle.clone_from(&throttle);
    habits.jitter_s = if group.evasion.contains(&Evasion::Jitter) { 4.0 } else { 0.0 };
    Miner {
        rtt_ns: place.rtt_ns(near, rng),
        background: draw(group.background, rng),
        seed: rng.next_u64(),
        keep: world.scenario.capture.snaplen,
        group,
        place,
        server,
        hashrate,
        shares_per_minute,
        habits,
        workers,
        slice_s,
        throttle,
    }
}

impl Miner {
    /// The look-ups and the connections of the miner.
    fn lives(self, rng: &mut Rng) -> Vec<Life> {
        let mut spells = self.spells(rng).into_iter();
        let Some(mut spell) = spells.next() else { return Vec::new() };
        let (place, first) = (self.place.clone(), spell.0);
        let mut asked = !self.group.lookup;
        let make = Box::new(move |start: u64, rng: &mut Rng| {
            if !asked {
                asked = true;
                let name = self.group.pool.host.as_str();
                let answer = Some(self.server.ip());
                let call = crate::life::look_up(&self.place, name, answer, start, rng);
                return (call, start + nanos(rng.between(0.02, 0.4)));
            }
            let end = match self.group.reconnect_hours {
                None => spell.1,
                Some(hours) => {
                    spell.1.min(start + nanos(rng.exponential(hours * 3_600.0).max(20.0)))
                }
            };
            let call = self.connection(start, end, rng);
            let mut following = end + nanos(rng.between(1.0, 9.0));
            if following >= spell.1 {
                asked = !self.group.lookup;
                spell = spells.next().unwrap_or((u64::MAX, u64::MAX));
                following = spell.0.max(following);
            }
            (call, following)
        });
        let mut life = Life::new(&place, 0.0, Gap::Every(0.001, 0.0), rng, make);
        (life.next_ns, life.chained) = (first, true);
        vec![life]
    }

    /// When it mines: from, to.
    fn spells(&self, rng: &mut Rng) -> Vec<(u64, u64)> {
        const HOUR: u64 = 3_600_000_000_000;
        let (start, end) = (self.place.start_ns, self.place.end_ns);
        let late = nanos(rng.between(0.5, (seconds(end - start) * 0.15).clamp(1.0, 90.0)));
        let daily = |from: u64, hours: u64| {
            // days of UTC+8
            let first = (start + 8 * HOUR) / (24 * HOUR) * 24 * HOUR;
            let days = (0..40).map(move |day| first.saturating_sub(24 * HOUR) + day * 24 * HOUR);
            days.map(move |day| (day + (from - 8) * HOUR, day + (from - 8 + hours) * HOUR))
                .map(|(from, to)| (from.max(start) + late, to.min(end)))
                .filter(|(from, to)| from < to)
                .collect::<Vec<_>>()
        };
        match self.group.schedule {
            Schedule::Always => vec![(start + late, end)],
            Schedule::Nights => daily(22, 9),
            Schedule::OfficeHours => daily(9, 9),
            Schedule::Spells => {
                let (mut spells, mut now) = (Vec::new(), start + late);
                while now < end {
                    let stop = (now + nanos(scale(rng, 400.0, 9_000.0))).min(end);
                    spells.push((now, stop));
                    now = stop + nanos(scale(rng, 300.0, 12_000.0));
                }
                spells
            }
        }
    }

    fn session(&self, start: u64, end: u64, rng: &mut Rng) -> Session {
        let base = Session::new(self.group.dialect, self.seed ^ start);
        let changes = self.throttle.iter().filter(|(from, _)| *from < end);
        let changes =
            changes.map(|(from, part)| (seconds(from.saturating_sub(start)), self.hashrate * part));
        Session {
            coin: self.group.coin,
            hashrate: self.hashrate,
            rate_changes: changes.collect(),
            seconds: seconds(end.saturating_sub(start)).max(1.0),
            start_ns: start,
            client: self.place.host,
            server: self.server,
            host: self.group.pool.host.clone(),
            port: self.group.pool.port,
            workers: self.workers.clone(),
            carrier: match self.group.carriage {
                Carriage::Inside(carrier) => carrier,
                _ if self.group.dialect == Dialect::Coinhive => Carrier::WebSocket,
                _ => Carrier::Tcp,
            },
            shares_per_minute: self.shares_per_minute,
            retarget_seconds: self.group.retarget_seconds.unwrap_or(base.retarget_seconds),
            rtt_ms: seconds(self.rtt_ns) * 1e3,
            keepalive_seconds: self.habits.keepalive_s.unwrap_or(f64::INFINITY),
            seed: rng.next_u64(),
            ..base
        }
    }

    fn connection(&self, start: u64, end: u64, rng: &mut Rng) -> Call {
        let session = self.session(start, end, rng);
        let udp = matches!(self.group.carriage, Carriage::WireGuard | Carriage::OpenVpn);
        let transport = if udp { Transport::Udp } else { Transport::Tcp };
        let evasion: Vec<String> =
            self.group.evasion.iter().map(|it| it.name().to_owned()).collect();
        let mut notes = Notes::None;
        let script: Box<dyn Script> = match self.group.carriage {
            Carriage::Inside(_) => {
                Box::new(ToldSession::new(session, self.slice_s, self.keep, evasion))
            }
            carriage => {
                let ready = Call::ready_ns(transport, start, self.rtt_ns);
                let (opening, overhead, told) = self.opening(carriage, ready, rng);
                notes = told;
                let ready = opening.last().map_or(ready, |said| said.time_ns) + 2_000_000;
                let padding = if self.group.evasion.contains(&Evasion::Padding) { 256 } else { 0 };
                let times = (ready, self.rtt_ns, end);
                let others = others(carriage, self.background, times, rng);
                match Rhythm::new(&session, self.habits.clone(), ready, rng) {
                    Some(rhythm) => Box::new(Covered::new(
                        carriage,
                        rhythm,
                        (opening, overhead),
                        (evasion, padding),
                        others,
                    )),
                    // a dialect that fetches its work says nothing by itself
                    None => Box::new(ToldSession::new(session, self.slice_s, self.keep, evasion)),
                }
            }
        };
        Call {
            transport,
            client: SocketAddr::new(self.place.host, Place::port(rng)),
            server: self.server,
            start_ns: start,
            rtt_ns: self.rtt_ns,
            kind: "mining",
            pace_ns: 12_000,
            script,
            notes,
        }
    }

    /// What opens the cover, the overhead of its records, and what a sensor notes.
    fn opening(&self, carriage: Carriage, ready: u64, rng: &mut Rng) -> (Vec<Said>, u8, Notes) {
        let said =
            |time_ns: u64, from: Side, len: u64| Said { time_ns, from, body: Body::opaque(len) };
        match carriage {
            Carriage::TlsRecords | Carriage::WssRecords | Carriage::Tor => {
                let fake = "www.example.com";
                let own = self.group.pool.host.as_str();
                let has = |evasion: Evasion| self.group.evasion.contains(&evasion);
                let sni = if has(Evasion::NoSni) {
                    None
                } else {
                    Some(if has(Evasion::FakeSni) { fake } else { own })
                };
                let socket = carriage == Carriage::WssRecords;
                let family = if socket { Family::Browser } else { Family::OpenSsl };
                let alpn = socket.then_some("http/1.1");
                let signed = !rng.chance(0.4);
                let hello =
                    Hello { family, sni, alpn, new: rng.chance(0.75), host: own, own: !signed };
                let mut opened = hello.play(ready, self.rtt_ns, rng);
                if socket {
                    let now = opened.said.last().map_or(ready, |said| said.time_ns) + 3_000_000;
                    let up = Body::records(480 + rng.below(90), opened.overhead);
                    let down = Body::records(129 + rng.below(60), opened.overhead);
                    opened.said.push(Said { time_ns: now, from: Side::Client, body: up });
                    let answered = now + self.rtt_ns + 1_500_000;
                    opened.said.push(Said { time_ns: answered, from: Side::Server, body: down });
                }
                (opened.said, opened.overhead, opened.notes)
            }
            Carriage::NoiseRecords => {
                let answered = ready + self.rtt_ns + 2_000_000;
                (
                    vec![said(ready, Side::Client, 64), said(answered, Side::Server, 234)],
                    0,
                    Notes::None,
                )
            }
            Carriage::Ssh => {
                let mut all = crate::life::ssh_opening();
                for word in &mut all {
                    word.time_ns += ready;
                }
                (all, 0, Notes::None)
            }
            Carriage::WireGuard => {
                let answered = ready + self.rtt_ns + 900_000;
                (
                    vec![said(ready, Side::Client, 148), said(answered, Side::Server, 92)],
                    0,
                    Notes::None,
                )
            }
            Carriage::OpenVpn => {
                let sizes =
                    [(14, 26), (330, 1_250), (22, 1_200), (1_180, 22), (620, 300), (180, 220)];
                let mut all = Vec::new();
                for (step, (up, down)) in (0..).zip(sizes) {
                    let now = ready + step * (self.rtt_ns + 3_000_000);
                    all.push(said(now, Side::Client, up));
                    all.push(said(now + self.rtt_ns + 1_000_000, Side::Server, down));
                }
                (all, 0, Notes::None)
            }
            Carriage::Inside(_) | Carriage::Shadowsocks => (Vec::new(), 0, Notes::None),
        }
    }
}
