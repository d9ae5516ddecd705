//! Mining machines and cards, and what they draw.

use serde::{Deserialize, Serialize};

use super::Entry;

/// A model of mining machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsicModel {
    /// Who makes it.
    pub maker: String,
    /// Its name without the maker's.
    pub model: String,
    /// Name in the table of algorithms.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// Nominal hashrate in `unit`.
    #[serde(default)]
    pub hashrate: Option<f64>,
    /// `kH/s`, `MH/s`, `GH/s`, `TH/s`, `kSol/s`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Nominal power at the wall, watts.
    #[serde(default)]
    pub watts: Option<u32>,
    /// Year of release.
    #[serde(default)]
    pub year: Option<u16>,
}

impl AsicModel {
    /// Nominal hashrate in H/s or Sol/s.
    #[must_use]
    pub fn hashes_per_second(&self) -> Option<f64> {
        let factor = match self.unit.as_deref()? {
            "kH/s" | "kSol/s" => 1e3,
            "MH/s" => 1e6,
            "GH/s" => 1e9,
            "TH/s" => 1e12,
            _ => return None,
        };
        Some(self.hashrate? * factor)
    }

    /// Joules per hash, where hashrate and power are known.
    #[must_use]
    pub fn joules_per_hash(&self) -> Option<f64> {
        Some(f64::from(self.watts?) / self.hashes_per_second()?)
    }
}

impl Entry for AsicModel {
    fn key(&self) -> String {
        format!("{} {}", self.maker, self.model).to_lowercase()
    }

    fn lint(&self) -> Result<(), String> {
        if self.hashrate.is_some() != self.unit.is_some() {
            return Err(format!("`{}`: `hashrate` and `unit` come together", self.model));
        }
        if self.hashrate.is_some() && self.hashes_per_second().is_none_or(|it| it <= 0.0) {
            return Err(format!(
                "`{}`: `unit` is none of kH/s, MH/s, GH/s, TH/s, kSol/s",
                self.model
            ));
        }
        if self.watts == Some(0) || self.watts.is_some_and(|it| it > 30_000) {
            return Err(format!("`{}`: `watts` is out of range", self.model));
        }
        Ok(())
    }
}

/// A maker of mining machines with the brands that stand on name plates and in ledgers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsicMaker {
    /// As in the models' `maker`.
    pub maker: String,
    /// Brands and Chinese names.
    pub brands: Vec<String>,
}

impl Entry for AsicMaker {
    fn key(&self) -> String {
        self.maker.to_lowercase()
    }
}

/// A class of device with its range of energy per hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceClass {
    /// Name in the table of algorithms.
    pub algorithm: String,
    /// `asic-current`, `asic-old`, `gpu`, `cpu-server`, `cpu-desktop`, `phone`, `browser`, `fpga`.
    pub class: String,
    /// Joules per hash of the best devices in the class.
    pub joules_low: f64,
    /// Joules per hash of the worst devices in the class.
    pub joules_high: f64,
    /// Hashes per second of the smallest device in the class.
    pub hashrate_low: f64,
    /// Hashes per second of the largest device in the class.
    pub hashrate_high: f64,
    /// Whether a source was read for the numbers; otherwise they are from memory and marked so wherever shown.
    #[serde(default)]
    pub verified: bool,
    /// Devices the numbers stand for.
    #[serde(default)]
    pub examples: Vec<String>,
}

impl Entry for DeviceClass {
    fn key(&self) -> String {
        format!("{} {}", self.algorithm, self.class)
    }

    fn lint(&self) -> Result<(), String> {
        let ordered = |low: f64, high: f64| low > 0.0 && low <= high && high.is_finite();
        if !ordered(self.joules_low, self.joules_high) {
            return Err(format!("`{}`: `joules_low` <= `joules_high`, both positive", self.class));
        }
        if !ordered(self.hashrate_low, self.hashrate_high) {
            return Err(format!(
                "`{}`: `hashrate_low` <= `hashrate_high`, both positive",
                self.class
            ));
        }
        Ok(())
    }
}

/// A PCI card made for mining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PciDevice {
    /// PCI vendor id.
    pub vendor: u16,
    /// PCI device id.
    pub device: u16,
    /// What it is.
    pub name: String,
    /// Whether the id belongs to mining cards alone. The card is then mining-grade hardware, which is no proof of mining.
    pub mining_only: bool,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Entry for PciDevice {
    fn key(&self) -> String {
        format!("{:04x}:{:04x}", self.vendor, self.device)
    }
}

/// A PCI vendor that makes graphics or compute cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PciVendor {
    /// PCI vendor id.
    pub vendor: u16,
    /// Its name.
    pub name: String,
    /// Whether its display controllers are, as a rule, built into processors or servers and do not count as cards.
    #[serde(default)]
    pub built_in: bool,
}

impl Entry for PciVendor {
    fn key(&self) -> String {
        format!("{:04x}", self.vendor)
    }
}

/// A USB mining device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsbDevice {
    /// USB vendor id.
    pub vendor: u16,
    /// USB product id.
    pub product: u16,
    /// What it is.
    pub name: String,
    /// Whether the id belongs to miners alone. Otherwise it is an ordinary bridge chip and the strings below decide.
    pub specific: bool,
    /// Manufacturer or product strings of the miners behind the id.
    #[serde(default)]
    pub strings: Vec<String>,
}

impl Entry for UsbDevice {
    fn key(&self) -> String {
        format!("{:04x}:{:04x}", self.vendor, self.product)
    }
}

/// A block of MAC addresses of a maker of mining machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OuiBlock {
    /// 6, 7 or 9 hexadecimal digits in lower case.
    pub prefix: String,
    /// The registered organisation.
    pub maker: String,
    /// Whether the organisation makes other equipment too.
    #[serde(default)]
    pub other_equipment: bool,
}

impl Entry for OuiBlock {
    fn key(&self) -> String {
        self.prefix.clone()
    }

    fn lint(&self) -> Result<(), String> {
        let hex = self.prefix.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
        if hex && [6, 7, 9].contains(&self.prefix.len()) {
            return Ok(());
        }
        Err(format!(
            "`prefix` = \"{}\" is not 6, 7 or 9 lower-case hexadecimal digits",
            self.prefix
        ))
    }
}
