//! Devices with their clocks, and the files that they write, holes included.

use std::io::{self, Write};

use crate::rng::Rng;
use crate::written::Open;

/// A number of a device.
pub(super) type DeviceId = usize;

/// A device that writes a log.
#[derive(Clone, Debug)]
pub(super) struct Device {
    /// What it calls itself.
    pub(super) name: String,
    /// The file that its lines go to.
    pub(super) file: usize,
    /// How far its clock is ahead, in milliseconds.
    pub(super) offset_ms: i64,
    /// During which time its lines were lost.
    pub(super) silent: Option<(i64, i64)>,
    /// The part of its lines that is lost at random.
    pub(super) lost: f64,
    /// Lines that were written.
    pub(super) lines: u64,
}

impl Device {
    /// Whether all lines of a stretch are there.
    pub(super) fn has_all(&self, from_ms: i64, to_ms: i64) -> bool {
        self.lost == 0.0 && self.silent.is_none_or(|(from, to)| to_ms < from || to < from_ms)
    }
}

/// All devices and files.
pub(super) struct Book<'o> {
    open: &'o mut Open<'o>,
    pub(super) devices: Vec<Device>,
    files: Vec<(String, Option<Box<dyn Write>>)>,
    rng: Rng,
    pub(super) bytes: u64,
    pub(super) lines: u64,
}

impl<'o> Book<'o> {
    pub(super) fn new(open: &'o mut Open<'o>, rng: Rng) -> Self {
        Self { open, devices: Vec::new(), files: Vec::new(), rng, bytes: 0, lines: 0 }
    }

    /// A file of this name; the same one for the same name.
    pub(super) fn file(&mut self, name: &str) -> usize {
        if let Some(known) = self.files.iter().position(|it| it.0 == name) {
            return known;
        }
        self.files.push((name.to_owned(), None));
        self.files.len() - 1
    }

    pub(super) fn device(&mut self, name: &str, file: &str, offset_ms: i64) -> DeviceId {
        let file = self.file(file);
        self.devices.push(Device {
            name: name.to_owned(),
            file,
            offset_ms,
            silent: None,
            lost: 0.0,
            lines: 0,
        });
        self.devices.len() - 1
    }

    /// What a device's clock shows.
    pub(super) fn shown(&self, device: DeviceId, at_ms: i64) -> i64 {
        at_ms + self.devices.get(device).map_or(0, |it| it.offset_ms)
    }

    pub(super) fn name(&self, device: DeviceId) -> &str {
        self.devices.get(device).map_or("", |it| it.name.as_str())
    }

    /// Writes a line of a device, or several at once, unless that is one of those that were lost.
    pub(super) fn write(&mut self, device: DeviceId, at_ms: i64, line: &[u8]) -> io::Result<()> {
        let Some(it) = self.devices.get_mut(device) else { return Ok(()) };
        let silent = it.silent.is_some_and(|(from, to)| (from..=to).contains(&at_ms));
        if silent || (it.lost > 0.0 && self.rng.chance(it.lost)) {
            return Ok(());
        }
        let lines = line.split(|it| *it == b'\n').count() as u64;
        it.lines += lines;
        let file = it.file;
        self.lines += lines;
        self.put(file, line)?;
        self.put(file, b"\n")
    }

    /// Writes into a file.
    pub(super) fn put(&mut self, file: usize, bytes: &[u8]) -> io::Result<()> {
        let Some((name, out)) = self.files.get_mut(file) else { return Ok(()) };
        let out = match out {
            Some(out) => out,
            None => out.insert((self.open)(name)?),
        };
        self.bytes += bytes.len() as u64;
        out.write_all(bytes)
    }

    /// Closes all files.
    pub(super) fn close(&mut self) -> io::Result<()> {
        for (_, out) in &mut self.files {
            if let Some(out) = out {
                out.flush()?;
            }
        }
        Ok(())
    }
}
