//! What people state, in forms and files.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use strum::Display;

/// The address a host held during the observation's span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressLease {
    /// The address.
    pub address: IpAddr,
}

/// An address that stands for many hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranslatedAddress {
    /// The address.
    pub address: IpAddr,
    /// Whether it is a proxy, not a translator.
    #[serde(default)]
    pub proxy: bool,
}

/// Where the address of a pool that was contacted is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressRegion {
    /// The address of the pool.
    pub address: IpAddr,
    /// The country, in two letters.
    pub country: String,
    /// Whether that is the home country.
    pub domestic: bool,
}

/// What the owner declared the machines to be for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredUse {
    /// The project, as filed.
    pub project: String,
    /// The devices it runs on: addresses, host names or models.
    #[serde(default)]
    pub devices: Vec<String>,
    /// The power it draws, in kilowatts.
    #[serde(default)]
    pub kw: Option<f64>,
    /// Who approved it.
    #[serde(default)]
    pub approver: Option<String>,
    /// The day it ends, as filed.
    #[serde(default)]
    pub expiry: Option<String>,
    /// Whether it had ended when the evidence was made.
    #[serde(default)]
    pub expired: bool,
}

/// What kind of use was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Approved {
    /// Security research: scanners, honeypots, pool monitors.
    Research,
    /// A VPN.
    Vpn,
    /// A resolver, which looks names up for others.
    Resolver,
}

/// A use that looks like mining and was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovedUse {
    /// What it is.
    pub what: Approved,
    /// As filed: who approved it, when, for what.
    pub note: String,
}
