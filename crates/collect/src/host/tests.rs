//! The whole collector, on trees written by hand and on this machine.

mod live;
mod rooted;
mod started;

use std::path::PathBuf;

use minehound_model::{ArtefactId, Fact, Interest, Observation};

use super::*;
use crate::Collected;

fn interest() -> HostInterest {
    HostInterest {
        agents: vec![AgentTrace {
            name: "example-agent".to_owned(),
            programs: vec!["/opt/agent/agentd".to_owned()],
            leftovers: vec!["/opt/agent".to_owned()],
            units: vec!["agentd.service".to_owned()],
            processes: vec!["agentd".to_owned()],
            removal: vec!["agent/uninstall.sh".to_owned()],
        }],
        family_paths: vec!["/etc/cron.hourly/oanacron".to_owned()],
        program_names: ["xmrig", "t-rex"].map(str::to_owned).into(),
        rootkit_modules: vec!["rk-example".to_owned()],
        pool_names: Interest::in_names(["pool.example"]),
        vendor_names: Interest::in_names(["vendor.example"]),
    }
}

fn inspect_root(root: PathBuf) -> Collected {
    let limits = HostLimits::offline();
    let root = Some(root);
    inspect_with(&HostOptions { root, interest: interest(), limits, ..HostOptions::default() })
}

fn inspect_with(options: &HostOptions) -> Collected {
    let mut collected = Collected::default();
    collect(options, ArtefactId(3), &mut collected).unwrap();
    collected
}

/// The facts of one kind, with where each was read.
fn facts<'a, T: 'a>(collected: &'a Collected) -> Vec<(&'a str, &'a T)>
where
    &'a T: TryFrom<&'a Fact>,
{
    let place = |it: &'a Observation| it.provenance.place.as_deref().unwrap_or_default();
    let fact = |it: &'a Observation| Some((place(it), <&T>::try_from(&it.fact).ok()?));
    collected.observations.iter().filter_map(fact).collect()
}
