//! Devices on PCI and USB, from `/sys/bus`.

use std::fs;
use std::path::{Path, PathBuf};

use minehound_model::{Bus, Device, FactKind};

use super::line_live;
use super::recorder::Recorder;

/// How many devices of one bus are read.
const MAX_DEVICES: usize = 4096;

pub(super) fn collect(recorder: &mut Recorder<'_>) {
    for (bus, read) in [
        ("/sys/bus/pci/devices", pci as fn(&Path) -> Option<Device>),
        ("/sys/bus/usb/devices", usb),
    ] {
        let Ok(folders) = fs::read_dir(bus) else { continue };
        let mut folders: Vec<PathBuf> = folders.flatten().map(|it| it.path()).collect();
        folders.sort_unstable();
        for folder in folders.iter().take(MAX_DEVICES) {
            if let Some(device) = read(folder) {
                recorder.looked(FactKind::Device, 1);
                recorder.note(device, folder.to_string_lossy());
            }
        }
    }
    recorder.looked(FactKind::Device, 0);
}

fn pci(folder: &Path) -> Option<Device> {
    Some(Device {
        bus: Bus::Pci,
        address: address(folder),
        vendor: u16::try_from(hex(folder, "vendor")?).ok()?,
        product: u16::try_from(hex(folder, "device")?).ok()?,
        class: hex(folder, "class").unwrap_or(0),
        manufacturer: None,
        name: None,
        lanes: line_live(folder.join("current_link_width")).and_then(|it| it.parse().ok()),
    })
}

/// A device; interfaces and hubs without numbers are none.
fn usb(folder: &Path) -> Option<Device> {
    Some(Device {
        bus: Bus::Usb,
        address: address(folder),
        vendor: u16::try_from(hex(folder, "idVendor")?).ok()?,
        product: u16::try_from(hex(folder, "idProduct")?).ok()?,
        class: 0,
        manufacturer: line_live(folder.join("manufacturer")),
        name: line_live(folder.join("product")),
        lanes: None,
    })
}

fn address(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A number in hexadecimal, with or without `0x`.
fn hex(folder: &Path, name: &str) -> Option<u32> {
    let text = line_live(folder.join(name))?;
    u32::from_str_radix(text.strip_prefix("0x").unwrap_or(&text), 16).ok()
}
