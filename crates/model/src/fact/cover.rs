//! What leads connections out of sight, and what the site says of it.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Connections that one client had led on by one proxy, or through what looks like Tor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyUse {
    /// Who asked.
    pub client: IpAddr,
    /// The proxy, or the first relay.
    pub server: SocketAddr,
    /// `socks4`, `socks5`, `http-connect` or `tor`.
    pub protocol: String,
    /// Connections.
    #[serde(default)]
    pub connections: u64,
    /// Payload bytes both ways.
    #[serde(default)]
    pub bytes: u64,
    /// How long they were open, in seconds, all together.
    #[serde(default)]
    pub open_s: f64,
    /// Where it was asked to lead, as `host:port`: the first few in order of the alphabet.
    #[serde(default)]
    pub targets: Vec<String>,
}

/// What the register of approved tunnels says of a tunnel, a proxy or Tor that was seen in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredTunnel {
    /// The other end that was seen.
    pub server: IpAddr,
    /// What was seen: `ssh`, `wireguard`, `socks5`, `tor`, …
    pub protocol: String,
    /// What it is for, as filed.
    pub purpose: String,
    /// Who approved it.
    #[serde(default)]
    pub approver: Option<String>,
    /// The last day, as filed.
    #[serde(default)]
    pub expiry: Option<String>,
    /// Whether the approval covers all the time that the tunnel was seen.
    pub in_force: bool,
}
