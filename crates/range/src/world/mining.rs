//! The miners of a scenario: who mines where, when, under which cover.

mod member;
mod pool;
mod told;

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::World;
use super::chance::Gap;
use super::people;
use super::script::Call;
use crate::dialogue::{Dialogue, nanos};
use crate::life::{Life, Place, look_up};
use crate::rng::Rng;
use crate::scenario::{Connections, PoolProxy, Session};
use crate::scenario_file::{Miners, Network, Pool};

/// A name is looked up at most so long before.
const LOOK_UP_NS: u64 = 400_000_000;
/// After a pause as long as this a name is looked up again.
const FORGOTTEN_NS: u64 = 60_000_000_000;
/// A life is called so long before its connection begins.
const EARLY_NS: u64 = 2_000_000;

/// Settles a group; `host` gives an address to a role. Gives the addresses of those that do not
/// run while the scenario lasts, because their hours lie outside it.
pub(super) fn settle(
    world: &World,
    group: &Miners,
    network: &Network,
    rng: &mut Rng,
    host: &mut dyn FnMut(&str) -> IpAddr,
    lives: &mut Vec<Life>,
) -> Vec<IpAddr> {
    // no miner keeps a node
    let blocks = [Arc::from([]), Arc::from([])];
    let common = pool::session(world, group, rng);
    let keep = world.scenario.capture.snaplen;
    let proxy = group.proxy.then(|| host("pool-proxy"));
    let (mut behind, mut idle) = (Vec::new(), Vec::new());
    for number in 1..=group.count {
        let address = host("miner");
        let place = people::place(world, network, address, 1.0, &blocks);
        let mut own = rng.fork("miner");
        let session = member::session(&common, group, &place, number, &mut own);
        if !session.runs() {
            idle.push(address);
        }
        if proxy.is_some() {
            behind.push(session);
        } else {
            let asked = asked(group);
            lives.push(match session.tunnel {
                Some(_) => tunnelled(session, asked, &place, keep, &mut own),
                None => connected(session, asked, &place, keep, &mut own),
            });
        }
    }
    if let Some(address) = proxy {
        let mut own = rng.fork("proxy");
        let place = people::place(world, network, address, 1.0, &blocks);
        let made = member::proxy(&common, group, &place, behind, &mut own);
        lives.push(proxied(made, asked(group), &place, keep, &mut own));
    }
    idle
}

/// The session of one miner, as it would be the only one of its group.
pub(super) fn one(world: &World, group: &Miners, client: IpAddr, rng: &mut Rng) -> Option<Session> {
    let network = world.scenario.networks.first()?;
    let place = people::place(world, network, client, 1.0, &[Arc::from([]), Arc::from([])]);
    let common = pool::session(world, group, rng);
    Some(member::session(&common, group, &place, 1, rng))
}

/// The name that is looked up before, and its address.
fn asked(group: &Miners) -> Option<(String, IpAddr)> {
    let outside = group.tunnel.as_ref().map_or(&group.pool, |tunnel| &tunnel.end);
    group.lookup.then(|| (outside.host.clone(), server(outside).ip()))
}

/// Where a server is: its address from networks set aside for documentation, by its name.
fn server(of: &Pool) -> SocketAddr {
    let last = Rng::new(7).fork(&of.host).below(250);
    let usual = Ipv4Addr::new(203, 0, 113, u8::try_from(last + 2).unwrap_or(2));
    SocketAddr::new(IpAddr::V4(of.address.unwrap_or(usual)), of.port)
}

/// Looks a name up before connections.
struct Asking {
    place: Place,
    name: Option<(String, IpAddr)>,
    /// The connection that is next has its look-up.
    done: bool,
}

impl Asking {
    fn new(place: &Place, name: Option<(String, IpAddr)>) -> Self {
        Self { place: place.clone(), done: name.is_none(), name }
    }

    /// When to begin with what happens for a connection that opens then.
    fn before(&self, opens_ns: u64) -> u64 {
        let lead = if self.done { EARLY_NS } else { LOOK_UP_NS };
        opens_ns.saturating_sub(lead).max(self.place.start_ns)
    }

    fn look_up(&mut self, start_ns: u64, rng: &mut Rng) -> Option<Call> {
        if self.done {
            return None;
        }
        self.done = true;
        let (name, address) = self.name.as_ref()?;
        Some(look_up(&self.place, name, Some(*address), start_ns, rng))
    }

    /// Notes that nothing is said from one time to another.
    fn pause(&mut self, from_ns: u64, to_ns: u64) {
        self.done &= self.name.is_none() || to_ns.saturating_sub(from_ns) < FORGOTTEN_NS;
    }
}

/// A life whose maker says itself when it is to be called again.
fn life(place: &Place, first_ns: u64, rng: &mut Rng, make: crate::life::Make) -> Life {
    let mut life = Life::new(place, 0.0, Gap::Every(0.001, 0.0), rng, make);
    (life.next_ns, life.chained) = (first_ns, true);
    life
}

/// A miner whose connections are seen as they are.
fn connected(
    session: Session,
    name: Option<(String, IpAddr)>,
    place: &Place,
    keep: usize,
    rng: &mut Rng,
) -> Life {
    let mut asking = Asking::new(place, name);
    let mut connections = Connections::new(session);
    let first = connections.next_ns().map_or(u64::MAX, |opens| asking.before(opens));
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let opens = connections.next_ns().unwrap_or(u64::MAX);
        if let Some(call) = asking.look_up(start, rng) {
            return (call, asking.before(opens));
        }
        let Some(connection) = connections.next() else {
            return (told::nothing(&asking.place, start), u64::MAX);
        };
        let opens = connections.next_ns().unwrap_or(u64::MAX);
        asking.pause(connection.end_ns, opens);
        (told::connection(connection, keep), asking.before(opens))
    });
    life(place, first, rng, make)
}

/// A miner whose connections go through a tunnel, which is made as a whole.
fn tunnelled(
    session: Session,
    name: Option<(String, IpAddr)>,
    place: &Place,
    keep: usize,
    rng: &mut Rng,
) -> Life {
    let opens = session.start_ns.saturating_sub(crate::scenario::TUNNEL_LEAD_NS);
    let mixed = session.tunnel.is_some_and(|it| it.other_per_second > 0.0);
    whole(move || session.dialogues(), opens, mixed, Asking::new(place, name), keep, rng)
}

/// Miners at a proxy of their own, and that proxy at the pool.
fn proxied(
    made: PoolProxy,
    name: Option<(String, IpAddr)>,
    place: &Place,
    keep: usize,
    rng: &mut Rng,
) -> Life {
    let opens = place.start_ns + LOOK_UP_NS;
    let mixed = made.upstream.tunnel.is_some_and(|it| it.other_per_second > 0.0);
    whole(move || made.dialogues(), opens, mixed, Asking::new(place, name), keep, rng)
}

/// Dialogues that are made together when the first of them begins.
fn whole(
    make: impl Fn() -> Vec<Dialogue> + Send + 'static,
    opens_ns: u64,
    mixed: bool,
    mut asking: Asking,
    keep: usize,
    rng: &mut Rng,
) -> Life {
    let mut waiting: Option<VecDeque<Call>> = None;
    let place = asking.place.clone();
    let first = asking.before(opens_ns);
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        if let Some(call) = asking.look_up(start, rng) {
            return (call, asking.before(opens_ns));
        }
        let waiting = waiting.get_or_insert_with(|| {
            let mut all = make();
            all.sort_by_key(|dialogue| dialogue.start_ns);
            all.into_iter().map(|it| told::dialogue(it, mixed, keep)).collect()
        });
        let call = waiting.pop_front().unwrap_or_else(|| told::nothing(&asking.place, start));
        let following = waiting.front().map_or(u64::MAX, |it| asking.before(it.start_ns));
        (call, following)
    });
    life(&place, first, rng, make)
}

/// Seconds as nanoseconds after the start of a place.
fn after(place: &Place, seconds: f64) -> u64 {
    place.start_ns + nanos(seconds)
}
