//! What RandomX and graphics mining leave in the memory map of a process (`/proc/PID/maps`).
//!
//! Sizes: RandomX `src/configuration.h` (tevador/RandomX@v1.2.1): dataset 2 GiB + 32 MiB - 64 B,
//! cache 256 MiB, scratchpad 2 MiB.

use minehound_model::MemoryShape;

/// How much of a map is read, in bytes.
pub(super) const MAX_MAPS: u64 = 4 << 20;
/// The size of a RandomX dataset, in MiB.
pub(super) const DATASET_MIB: u64 = 2080;
/// How many sizes are kept.
const MAX_SIZES: usize = 16;
const MIB: u64 = 1 << 20;

/// The parts of library file names that show what a program computes with.
const LIBRARIES: [(&str, &str); 7] = [
    ("libOpenCL.so", "opencl"),
    ("libamdocl64.so", "opencl"),
    ("libnvidia-opencl.so", "opencl"),
    ("libcuda.so", "cuda"),
    ("libcudart.so", "cuda"),
    ("libnvrtc.so", "cuda"),
    ("libamdhip64.so", "hip"),
];

/// The shape of a memory map, and the graphics libraries in it.
pub(super) fn shape(maps: &str) -> (MemoryShape, Vec<String>) {
    let mut shape = MemoryShape::default();
    let mut libraries = Vec::new();
    for mapping in maps.lines().filter_map(Mapping::parse) {
        if !mapping.is_anonymous() {
            let file = mapping.path.rsplit('/').next().unwrap_or_default();
            let named = LIBRARIES.iter().find(|(part, _)| file.starts_with(part));
            libraries.extend(named.map(|(_, name)| (*name).to_owned()));
            continue;
        }
        if !mapping.may("rw") {
            continue;
        }
        if mapping.may("x") {
            shape.jit_kib += mapping.size / 1024;
        }
        let mib = mapping.size / MIB;
        if (mib >= DATASET_MIB || (256..=260).contains(&mib)) && shape.dataset_mib.len() < MAX_SIZES
        {
            shape.dataset_mib.push(mib);
        }
        if mapping.size == 2 * MIB || mapping.size == 4 * MIB {
            shape.scratchpads += 1;
        }
    }
    libraries.sort_unstable();
    libraries.dedup();
    (shape, libraries)
}

/// One line of a map.
struct Mapping<'a> {
    size: u64,
    rights: &'a str,
    path: &'a str,
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.splitn(6, ' ');
        let (from, to) = fields.next()?.split_once('-')?;
        let rights = fields.next()?;
        let size = u64::from_str_radix(to, 16).ok()?;
        let size = size.checked_sub(u64::from_str_radix(from, 16).ok()?)?;
        let path = fields.nth(3).unwrap_or_default().trim_start();
        Some(Self { size, rights, path })
    }

    fn may(&self, rights: &str) -> bool {
        rights.chars().all(|it| self.rights.contains(it))
    }

    /// Whether no file lies behind it; huge pages are shown as a deleted file.
    fn is_anonymous(&self) -> bool {
        self.path.is_empty()
            || self.path.starts_with("/anon_hugepage")
            || self.path.starts_with("[anon")
    }
}
