//! The shape of `knowledge/*.toml`: tables of groups, each group saying where its entries come from.
//!
//! The build script includes this file as well, so it stands on `serde` and `toml` alone.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

#[path = "schema/hardware.rs"]
mod hardware;
#[path = "schema/host.rs"]
mod host;
#[path = "schema/network.rs"]
mod network;
#[path = "schema/sensors.rs"]
mod sensors;
#[path = "schema/shared.rs"]
mod shared;
#[path = "schema/table.rs"]
mod table;

pub use hardware::{AsicMaker, AsicModel, DeviceClass, OuiBlock, PciDevice, PciVendor, UsbDevice};
pub use host::{
    Family, Masquerade, MasqueradeKind, Miner, MinerKind, NotMining, NotMiningKind, SecurityAgent,
};
pub use network::{Algorithm, Coin, CoinKind, Node, NodePort, Pool, PoolKind, Port, PortUse};
pub use sensors::{AlertRule, Sight};
pub use shared::SharedNetwork;
pub use table::{ChecklistRow, Hint, Scenario};

/// Everything a knowledge file can hold. Each shipped file fills one or two of these tables; an overlay may fill any.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tables {
    /// Date of this edition; only `version.toml` sets it.
    pub version: Option<Edition>,
    /// Mining pools, proxies, browser-mining services, marketplaces.
    pub pools: Vec<Group<Pool>>,
    /// Ports that pools and miners like.
    pub ports: Vec<Group<Port>>,
    /// Nodes of coin networks: not pool mining.
    pub nodes: Vec<Group<Node>>,
    /// Coins.
    pub coins: Vec<Group<Coin>>,
    /// Proof-of-work algorithms.
    pub algorithms: Vec<Group<Algorithm>>,
    /// Mining programs.
    pub miners: Vec<Group<Miner>>,
    /// Names that malware hides behind.
    pub masquerades: Vec<Group<Masquerade>>,
    /// Traces of malware families.
    pub families: Vec<Group<Family>>,
    /// Security agents whose removal matters.
    pub security_agents: Vec<Group<SecurityAgent>>,
    /// Programs that look like mining and are not.
    pub not_mining: Vec<Group<NotMining>>,
    /// Models of mining machines.
    pub asic_models: Vec<Group<AsicModel>>,
    /// Makers of mining machines and their brands.
    pub asic_makers: Vec<Group<AsicMaker>>,
    /// Energy per hash by class of device.
    pub device_classes: Vec<Group<DeviceClass>>,
    /// PCI mining cards.
    pub pci_devices: Vec<Group<PciDevice>>,
    /// PCI vendors that make graphics and compute cards.
    pub pci_vendors: Vec<Group<PciVendor>>,
    /// USB miners.
    pub usb_devices: Vec<Group<UsbDevice>>,
    /// MAC address blocks of makers of mining machines.
    pub oui_blocks: Vec<Group<OuiBlock>>,
    /// Wordings of other sensors' rules about mining.
    pub alert_rules: Vec<Group<AlertRule>>,
    /// Networks whose addresses each serve many sites.
    pub shared_networks: Vec<Group<SharedNetwork>>,
    /// The four scenarios.
    pub scenarios: Vec<Group<Scenario>>,
    /// Rows of the inspection table.
    pub checklist: Vec<Group<ChecklistRow>>,
}

/// Runs a generic function on every table; the one list of tables beside the struct itself.
pub trait TableVisitor {
    /// Why a visit ends early.
    type Error;

    /// Visits one table with its name in TOML.
    ///
    /// # Errors
    ///
    /// Ends the walk with the visitor's own error.
    fn visit<T: Entry>(
        &mut self,
        name: &'static str,
        groups: &[Group<T>],
    ) -> Result<(), Self::Error>;
}

impl Tables {
    /// Walks all tables in the order of their declaration.
    ///
    /// # Errors
    ///
    /// The first error of the visitor.
    pub fn walk<V: TableVisitor>(&self, visitor: &mut V) -> Result<(), V::Error> {
        visitor.visit("pools", &self.pools)?;
        visitor.visit("ports", &self.ports)?;
        visitor.visit("nodes", &self.nodes)?;
        visitor.visit("coins", &self.coins)?;
        visitor.visit("algorithms", &self.algorithms)?;
        visitor.visit("miners", &self.miners)?;
        visitor.visit("masquerades", &self.masquerades)?;
        visitor.visit("families", &self.families)?;
        visitor.visit("security_agents", &self.security_agents)?;
        visitor.visit("not_mining", &self.not_mining)?;
        visitor.visit("asic_models", &self.asic_models)?;
        visitor.visit("asic_makers", &self.asic_makers)?;
        visitor.visit("device_classes", &self.device_classes)?;
        visitor.visit("pci_devices", &self.pci_devices)?;
        visitor.visit("pci_vendors", &self.pci_vendors)?;
        visitor.visit("usb_devices", &self.usb_devices)?;
        visitor.visit("oui_blocks", &self.oui_blocks)?;
        visitor.visit("alert_rules", &self.alert_rules)?;
        visitor.visit("shared_networks", &self.shared_networks)?;
        visitor.visit("scenarios", &self.scenarios)?;
        visitor.visit("checklist", &self.checklist)
    }

    /// Adds another file's tables. An entry with the key of an existing one replaces it; returns how many were replaced.
    pub fn absorb(&mut self, other: Self) -> usize {
        if other.version.is_some() {
            self.version = other.version;
        }
        absorb(&mut self.pools, other.pools)
            + absorb(&mut self.ports, other.ports)
            + absorb(&mut self.nodes, other.nodes)
            + absorb(&mut self.coins, other.coins)
            + absorb(&mut self.algorithms, other.algorithms)
            + absorb(&mut self.miners, other.miners)
            + absorb(&mut self.masquerades, other.masquerades)
            + absorb(&mut self.families, other.families)
            + absorb(&mut self.security_agents, other.security_agents)
            + absorb(&mut self.not_mining, other.not_mining)
            + absorb(&mut self.asic_models, other.asic_models)
            + absorb(&mut self.asic_makers, other.asic_makers)
            + absorb(&mut self.device_classes, other.device_classes)
            + absorb(&mut self.pci_devices, other.pci_devices)
            + absorb(&mut self.pci_vendors, other.pci_vendors)
            + absorb(&mut self.usb_devices, other.usb_devices)
            + absorb(&mut self.oui_blocks, other.oui_blocks)
            + absorb(&mut self.alert_rules, other.alert_rules)
            + absorb(&mut self.shared_networks, other.shared_networks)
            + absorb(&mut self.scenarios, other.scenarios)
            + absorb(&mut self.checklist, other.checklist)
    }
}

fn absorb<T: Entry>(into: &mut Vec<Group<T>>, from: Vec<Group<T>>) -> usize {
    if into.is_empty() {
        *into = from;
        return 0;
    }
    let count = |groups: &[Group<T>]| groups.iter().map(|it| it.entries.len()).sum::<usize>();
    let before = count(into);
    let replaced: std::collections::BTreeSet<String> =
        from.iter().flat_map(|group| group.entries.iter().map(Entry::key)).collect();
    for group in &mut *into {
        group.entries.retain(|entry| !replaced.contains(&entry.key()));
    }
    let after = count(into);
    into.retain(|group| !group.entries.is_empty());
    into.extend(from);
    before - after
}

/// One kind of knowledge entry.
pub trait Entry {
    /// What may stand only once in its table.
    fn key(&self) -> String;

    /// Host names and domains the entry claims for itself.
    fn host_names(&self) -> Vec<&str> {
        Vec::new()
    }

    /// What is wrong with the entry, in a sentence that starts with the field and its value.
    ///
    /// # Errors
    ///
    /// The sentence.
    fn lint(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The date of an edition of the knowledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// The day the files were last edited as a whole.
    pub date: Day,
}

/// Entries with one origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group<T> {
    /// Where the entries were learnt: `owner/repository@commit:path`, a specification's section or a page.
    pub source: String,
    /// The day they were last compared with that source.
    pub checked: Day,
    /// Whether they describe the past only and are kept for old cases.
    #[serde(default)]
    pub expired: bool,
    /// What a reader should know before relying on them.
    #[serde(default)]
    pub note: Option<String>,
    /// The entries.
    pub entries: Vec<T>,
}

/// A sentence in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Refuses a text with a missing or blank half.
    ///
    /// # Errors
    ///
    /// A sentence naming `field`.
    pub fn lint(&self, field: &str) -> Result<(), String> {
        if self.zh.trim().is_empty() || self.en.trim().is_empty() {
            return Err(format!("`{field}` needs both `zh` and `en`"));
        }
        Ok(())
    }
}

/// A calendar day, a TOML local date (`2026-11-23`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::struct_field_names, reason = "the parts of a date are called year, month and day")]
pub struct Day {
    /// Year of the common era.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (self.year, self.month, self.day).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let unlike = || D::Error::custom("write a day without quotes, such as 2026-11-23");
            let written = toml::value::Datetime::deserialize(deserializer).map_err(|_| unlike())?;
            let date = written.date.filter(|_| written.time.is_none() && written.offset.is_none());
            let date = date.ok_or_else(unlike)?;
            Ok(Self { year: date.year, month: date.month, day: date.day })
        } else {
            let (year, month, day) = Deserialize::deserialize(deserializer)?;
            Ok(Self { year, month, day })
        }
    }
}
