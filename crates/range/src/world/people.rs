//! Settles the hosts of a scenario in their networks.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::World;
use super::answers::HostAnswer;
use super::mining;
use crate::dialogue::nanos;
use crate::life::{Life, Place};
use crate::rng::Rng;
use crate::scenario_file::Network;

/// Gives every host of a network an address, from the twentieth on: servers stand before.
struct Addresses(BTreeMap<String, u32>);

impl Addresses {
    fn next(&mut self, network: &Network) -> IpAddr {
        let used = self.0.entry(network.name.clone()).or_insert(19);
        *used += 1;
        let base = u32::from(network.base);
        // no host has the last address of a block of 256, nor its first
        while matches!((base + *used) & 0xff, 0 | 0xff) {
            *used += 1;
        }
        IpAddr::V4(Ipv4Addr::from(base + *used))
    }
}

/// All hosts with what they do.
pub(super) fn settle(world: &World, rng: &mut Rng) -> (Vec<HostAnswer>, Vec<Life>) {
    let scenario = &world.scenario;
    let mut addresses = Addresses(BTreeMap::new());
    let (mut hosts, mut lives) = (Vec::new(), Vec::new());
    let blocks = ["BTC", "XMR"].map(|coin| world.block_times(coin));
    let network = |name: &str| scenario.networks.iter().find(|it| it.name == name);
    for (number, group) in scenario.miners.iter().enumerate() {
        let Some(net) = network(&group.network) else { continue };
        let mut rng = rng.fork(&format!("miners {number}"));
        let first = hosts.len();
        let mut host = |role: &str| {
            let address = addresses.next(net);
            hosts.push(HostAnswer {
                address,
                network: net.name.clone(),
                role: role.to_owned(),
                mining: true,
            });
            address
        };
        let idle = mining::settle(world, group, net, &mut rng, &mut host, &mut lives);
        for it in hosts.iter_mut().skip(first) {
            it.mining = !idle.contains(&it.address);
        }
    }
    for (number, group) in scenario.innocents.iter().enumerate() {
        let Some(net) = network(&group.network) else { continue };
        let mut rng = rng.fork(&format!("innocents {number}"));
        for _ in 0..group.count {
            let address = addresses.next(net);
            let mut own = rng.fork("host");
            let place = place(world, net, address, group.rate, &blocks);
            lives.extend(group.kind.lives(&place, &mut own));
            hosts.push(HostAnswer {
                address,
                network: net.name.clone(),
                role: group.kind.name().to_owned(),
                mining: false,
            });
        }
    }
    (hosts, lives)
}

/// Where a host is.
pub(super) fn place(
    world: &World,
    network: &Network,
    host: IpAddr,
    rate: f64,
    blocks: &[Arc<[u64]>; 2],
) -> Place {
    let start_ns = world.scenario.start_ns;
    Place {
        host,
        start_ns,
        end_ns: start_ns + nanos(world.scenario.seconds),
        rtt_ms: network.rtt_ms,
        rate,
        resolver: IpAddr::V4(Ipv4Addr::from(u32::from(network.base) + 1)),
        blocks: blocks.clone(),
        base: network.base,
    }
}
