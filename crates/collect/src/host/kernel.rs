//! What the kernel loads and sets, and modules that hide.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use minehound_model::{FactKind, KernelTuning, Protection, ProtectionChange};

use super::recorder::Recorder;
use super::root::Listing;
use super::{Scene, line_live, read_live};

/// Lists of modules to load at boot.
const AT_BOOT: [&str; 2] = ["/etc/modules", "/etc/modules.conf"];
const AT_BOOT_FOLDERS: [&str; 3] =
    ["/etc/modules-load.d", "/usr/lib/modules-load.d", "/run/modules-load.d"];
/// How much of a list is read, in bytes.
const MAX_LIST: usize = 64 * 1024;

/// Reads what RandomX tuning asks for.
pub(super) fn tuning(recorder: &mut Recorder<'_>) {
    let memory = read_live("/proc/meminfo", 64 << 10).unwrap_or_default();
    let memory = String::from_utf8_lossy(&memory);
    let number = |label| -> u64 {
        let line = memory.lines().find_map(|it| it.strip_prefix(label));
        line.and_then(|it| it.split_ascii_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    let huge_pages = number("HugePages_Total:");
    let writes = line_live("/sys/module/msr/parameters/allow_writes");
    let fact = KernelTuning {
        msr_module: Path::new("/sys/module/msr").exists(),
        msr_writes_allowed: writes.is_some_and(|it| it == "on"),
        huge_pages,
        huge_pages_used: huge_pages.saturating_sub(number("HugePages_Free:")),
        taint: line_live("/proc/sys/kernel/tainted").and_then(|it| it.parse().ok()).unwrap_or(0),
    };
    recorder.looked(FactKind::KernelTuning, 1);
    recorder.note(fact, "/proc/meminfo");
}

/// Modules that `/sys/module` shows as loaded and `/proc/modules` does not list.
pub(super) struct HiddenModules(BTreeSet<String>);

impl HiddenModules {
    /// Takes the first look.
    pub(super) fn look() -> Self {
        // Without the list there is nothing to compare with: the kernel loads no modules at all.
        let Some(listed) = listed() else { return Self(BTreeSet::new()) };
        Self(loaded().difference(&listed).cloned().collect())
    }
}

/// Compares the views of loaded modules a second time, and notes modules of known rootkits, loaded
/// or to be loaded at boot.
pub(super) fn modules(
    scene: &Scene<'_>,
    first: Option<HiddenModules>,
    recorder: &mut Recorder<'_>,
) {
    let mut names = BTreeSet::new();
    if let Some(HiddenModules(first)) = first {
        let HiddenModules(second) = HiddenModules::look();
        for what in first.intersection(&second) {
            let place = format!("/sys/module/{what}");
            let change = ProtectionChange::ModuleHidden;
            recorder
                .note(Protection { change, what: what.clone(), ..Protection::default() }, place);
        }
        let loaded = loaded().into_iter().chain(listed().unwrap_or_default());
        names.extend(loaded.map(|it| (it, "/proc/modules".to_owned())));
    }
    let mut lists: Vec<_> = AT_BOOT.iter().map(|it| Path::new(it).to_path_buf()).collect();
    for folder in AT_BOOT_FOLDERS {
        let folder = Path::new(folder);
        let listing = scene.root.list(folder, 1024).unwrap_or_else(|error| {
            recorder.unusable(FactKind::Protection, folder, &error);
            Listing::default()
        });
        lists.extend(listing.entries.into_iter().map(|it| it.path));
    }
    for path in lists {
        let file = match scene.root.read(&path, MAX_LIST) {
            Ok(file) => file,
            Err(error) => {
                recorder.unusable(FactKind::Protection, &path, &error);
                continue;
            }
        };
        let text = String::from_utf8_lossy(&file.bytes);
        let lines = text.lines().filter_map(|it| it.split_ascii_whitespace().next());
        names.extend(lines.map(|it| (plain(it), path.to_string_lossy().into_owned())));
    }
    recorder.looked(FactKind::Protection, names.len());
    let known: BTreeSet<String> =
        scene.options.interest.rootkit_modules.iter().map(|it| plain(it)).collect();
    for (what, place) in names.into_iter().filter(|(name, _)| known.contains(name)) {
        recorder.note(
            Protection { change: ProtectionChange::RootkitModule, what, ..Protection::default() },
            place,
        );
    }
}

/// The kernel takes `-` and `_` in a module's name for the same.
fn plain(name: &str) -> String {
    name.replace('-', "_")
}

/// The modules in the list of the kernel.
fn listed() -> Option<BTreeSet<String>> {
    let text = read_live("/proc/modules", 4 << 20).ok()?;
    let text = String::from_utf8_lossy(&text);
    Some(text.lines().filter_map(|it| it.split(' ').next()).map(plain).collect())
}

/// The modules that `/sys/module` shows as loaded; what is built in has no `initstate`.
fn loaded() -> BTreeSet<String> {
    let Ok(folders) = fs::read_dir("/sys/module") else { return BTreeSet::new() };
    let live =
        |it: &fs::DirEntry| line_live(it.path().join("initstate")).is_some_and(|it| it == "live");
    let folders = folders.flatten().filter(live);
    folders.map(|it| plain(&it.file_name().to_string_lossy())).collect()
}
