//! Facts: what a source can say, one type per kind.

mod because;
mod cover;
mod host;
mod logged;
mod network;
mod quiet;
mod served;
mod stated;

use derive_more::{From, TryInto};
use serde::{Deserialize, Serialize};
use strum::EnumDiscriminants;

pub use because::*;
pub use cover::*;
pub use host::*;
pub use logged::*;
pub use network::*;
pub use quiet::*;
pub use served::*;
pub use stated::*;

/// A fact of any kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, From, TryInto, EnumDiscriminants)]
#[try_into(ref)]
#[serde(tag = "kind", content = "fact", rename_all = "snake_case")]
#[strum_discriminants(name(FactKind), derive(PartialOrd, Ord, Hash, Serialize, Deserialize))]
#[strum_discriminants(derive(strum::Display, strum::EnumString, strum::EnumIter))]
#[strum_discriminants(serde(rename_all = "snake_case"), strum(serialize_all = "snake_case"))]
#[strum_discriminants(doc = "The name of a kind of fact: what was looked for, what is needed.")]
pub enum Fact {
    /// A connection spoke a mining dialect.
    PoolSession(Box<PoolSession>),
    /// A connection went to a name of interest; what it said could not be read.
    PoolContact(PoolContact),
    /// A connection went to a port of interest, and nothing else is known of it.
    PortContact(PortContact),
    /// A name of interest was looked up.
    NameLookup(NameLookup),
    /// A device logged connections to a name of interest.
    LoggedContact(LoggedContact),
    /// Another sensor raised alerts.
    SensorAlert(SensorAlert),
    /// A list from elsewhere names the machine.
    ReportedClue(ReportedClue),
    /// A node of a cryptocurrency network exchanged messages.
    NodeTraffic(NodeTraffic),
    /// A flow stayed quiet for long; its rhythm is known.
    QuietFlow(Box<QuietFlow>),
    /// A proxy, or what looks like Tor, led somebody on.
    ProxyUse(ProxyUse),
    /// A machine gave work to miners.
    MinersServed(Box<MinersServed>),
    /// A program was running.
    Program(Box<Program>),
    /// A file with the shape of a miner's configuration lies on a disk.
    MinerConfig(MinerConfig),
    /// Something starts by itself.
    Autostart(Autostart),
    /// A process exists that the usual list does not show.
    HiddenProcess(HiddenProcess),
    /// The kernel was tuned, or loads what tuning needs.
    KernelTuning(KernelTuning),
    /// A protection was changed, masked or removed.
    Protection(Protection),
    /// A file lies where a known family leaves one.
    FileTrace(FileTrace),
    /// A device is attached to a bus.
    Device(Device),
    /// How busy the processors were.
    CpuLoad(CpuLoad),
    /// What machine this is.
    HostProfile(HostProfile),
    /// A host held an address.
    AddressLease(AddressLease),
    /// Many hosts share an address.
    TranslatedAddress(TranslatedAddress),
    /// The owner declared what the machines are for.
    DeclaredUse(DeclaredUse),
    /// A table of addresses says which country a pool's address is registered in.
    AddressRegion(AddressRegion),
    /// A use that looks alike was approved: research, a honeypot, a VPN, a resolver.
    ApprovedUse(ApprovedUse),
    /// The register of approved tunnels has an entry for a tunnel that was seen.
    RegisteredTunnel(RegisteredTunnel),
}
