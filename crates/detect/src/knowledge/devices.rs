//! Algorithms, classes of devices, identifiers of hardware.

use super::schema::{
    Algorithm, AsicModel, DeviceClass, Group, OuiBlock, PciDevice, PciVendor, UsbDevice,
};
use super::{Knowledge, Known, find, hex, known};

/// A model of mining machine recognised by name.
#[derive(Debug, Clone, Copy)]
pub struct DeviceMatch<'a> {
    /// The model.
    pub model: &'a AsicModel,
    /// Its group: source, date, note.
    pub group: &'a Group<AsicModel>,
    /// Whether maker and model both stand in the name.
    pub with_maker: bool,
}

impl Knowledge {
    /// An algorithm by any of its names. Case, blanks and the marks `-_/,()` do not matter.
    #[must_use]
    pub fn algorithm(&self, name: &str) -> Option<Known<'_, Algorithm>> {
        known(&self.tables.algorithms, *self.algorithms.get(&algorithm_key(name))?)
    }

    /// The classes of devices that compute an algorithm, given by any of its names.
    pub fn device_classes(&self, algorithm: &str) -> impl Iterator<Item = Known<'_, DeviceClass>> {
        let name = self.algorithm(algorithm).map(|it| it.entry.name.as_str());
        self.tables.device_classes.iter().flat_map(move |group| {
            let of_algorithm =
                group.entries.iter().filter(move |it| Some(it.algorithm.as_str()) == name);
            of_algorithm.map(move |entry| Known { entry, group })
        })
    }

    /// The PCI mining card of that vendor and device id.
    #[must_use]
    pub fn pci(&self, vendor: u16, device: u16) -> Option<Known<'_, PciDevice>> {
        find(&self.tables.pci_devices, |it| it.vendor == vendor && it.device == device)
    }

    /// The maker of graphics and compute cards of that PCI vendor id.
    #[must_use]
    pub fn pci_vendor(&self, vendor: u16) -> Option<Known<'_, PciVendor>> {
        find(&self.tables.pci_vendors, |it| it.vendor == vendor)
    }

    /// The USB miner of that vendor and product id.
    #[must_use]
    pub fn usb(&self, vendor: u16, product: u16) -> Option<Known<'_, UsbDevice>> {
        find(&self.tables.usb_devices, |it| it.vendor == vendor && it.product == product)
    }

    /// The maker of mining machines that owns the block of a MAC address. Locally administered and group addresses
    /// belong to no maker.
    #[must_use]
    pub fn oui(&self, mac: [u8; 6]) -> Option<Known<'_, OuiBlock>> {
        if mac.first().is_none_or(|it| it & 0b11 != 0) {
            return None;
        }
        let digits = hex(&mac);
        find(&self.tables.oui_blocks, |it| digits.starts_with(&it.prefix))
    }

    /// The model of mining machine that a name plate, a ledger or a device's answer names: its words must contain the
    /// model's words in a row. The longest model wins, then one with its maker, then the first in the files.
    #[must_use]
    pub fn asic_model(&self, name: &str) -> Option<DeviceMatch<'_>> {
        let words = words(name);
        let mut best: Option<(usize, DeviceMatch<'_>)> = None;
        for group in &self.tables.asic_models {
            for model in &group.entries {
                let model_words = self::words(&model.model);
                let letters: usize = model_words.iter().map(String::len).sum();
                let mut found = contains(&words, &model_words).then_some(false);
                if found.is_some() && self.names_maker(&words, &model.maker) {
                    found = Some(true);
                }
                // A bare `T2` or `S19` is a part number of anything, and a bare `Apollo` a word.
                let telling =
                    letters > SHORT_MODEL && model.model.contains(|it: char| it.is_ascii_digit());
                let Some(with_maker) = found.filter(|maker| *maker || telling) else {
                    continue;
                };
                let rank = letters * 2 + usize::from(with_maker);
                if best.as_ref().is_none_or(|(held, _)| rank > *held) {
                    best = Some((rank, DeviceMatch { model, group, with_maker }));
                }
            }
        }
        best.map(|(_, found)| found)
    }

    fn names_maker(&self, words: &[String], maker: &str) -> bool {
        let brands = self.tables.asic_makers.iter().flat_map(|group| &group.entries);
        let brands = brands.filter(|it| it.maker == maker).flat_map(|it| &it.brands);
        std::iter::once(maker)
            .chain(brands.map(String::as_str))
            .any(|it| contains(words, &self::words(it)))
    }
}

/// Letters of a model's name up to which its maker must be named too.
const SHORT_MODEL: usize = 4;

/// Lower-case runs of letters and digits. Chinese parts from Latin (`蚂蚁S19`), and `+` is a word of its own: S19+ is
/// not S19.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last_ascii = true;
    for letter in name.chars().flat_map(char::to_lowercase) {
        let parts = !letter.is_alphanumeric() || letter.is_ascii() != last_ascii;
        if parts || letter == '+' {
            words.push(String::new());
        }
        last_ascii = letter.is_ascii();
        if letter.is_alphanumeric() || letter == '+' {
            words.last_mut().into_iter().for_each(|it| it.push(letter));
        }
        if letter == '+' {
            words.push(String::new());
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

fn contains(words: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && words.windows(wanted.len()).any(|it| it == wanted)
}

/// The form under which an algorithm's names are compared.
pub(super) fn algorithm_key(name: &str) -> String {
    let significant = name.chars().filter(|it| it.is_alphanumeric());
    significant.flat_map(char::to_lowercase).collect()
}
