//! Networks whose addresses serve many.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Entry;

/// Networks of one operator whose addresses each serve many sites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedNetwork {
    /// The operator.
    pub name: String,
    /// The networks, like `192.0.2.0/24`.
    pub networks: Vec<String>,
}

impl SharedNetwork {
    /// Whether an address lies in one of them.
    #[must_use]
    pub fn covers(&self, address: IpAddr) -> bool {
        self.networks.iter().filter_map(|it| prefix(it)).any(|it| lies_in(address, it))
    }
}

impl Entry for SharedNetwork {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn lint(&self) -> Result<(), String> {
        match self.networks.iter().find(|it| prefix(it).is_none()) {
            Some(it) => Err(format!("`networks`: `{it}` is no network like 192.0.2.0/24")),
            None => Ok(()),
        }
    }
}

fn prefix(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
    let all = if address.is_ipv4() { 32 } else { 128 };
    (1..=all).contains(&bits).then_some((address, bits))
}

fn lies_in(address: IpAddr, (first, bits): (IpAddr, u32)) -> bool {
    match (address, first) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            (u32::from(one) ^ u32::from(other)).leading_zeros() >= bits
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            (u128::from(one) ^ u128::from(other)).leading_zeros() >= bits
        }
        _ => false,
    }
}
