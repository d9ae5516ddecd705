//! Whether a miner's configuration is in use, ready for use, or only lies somewhere.

use minehound_model::{Autostart, Dossier, FileTrace, MinerConfig};

use crate::Knowledge;
use crate::detector::programs;
use crate::knowledge::NameMatch;
use crate::system::program;

/// Words in the names of files and folders that are there to be read.
const TO_BE_READ: [&str; 16] = [
    "corpus",
    "demo",
    "demos",
    "doc",
    "docs",
    "example",
    "examples",
    "fixtures",
    "fuzz",
    "sample",
    "samples",
    "seeds",
    "template",
    "templates",
    "test",
    "tests",
];
/// The name under which a miner looks for its configuration beside itself
/// (xmrig/xmrig:src/core/config/Config.h).
const UNASKED: &str = "config.json";

/// Whether something has it that mines, is there to mine, or starts by itself.
pub(super) fn is_in_use(it: &MinerConfig, dossier: &Dossier, knowledge: &Knowledge) -> bool {
    is_read(it, dossier, knowledge)
        || it.beside.iter().any(|name| is_miner(name, knowledge))
        || dossier.facts::<FileTrace>().any(|(_, trace)| folder(&trace.path) == folder(&it.path))
        || dossier.facts::<Autostart>().any(|(_, autostart)| points_at(autostart, it))
}

/// Whether the process that it belongs to names it, computes, or looks like a miner itself.
fn is_read(it: &MinerConfig, dossier: &Dossier, knowledge: &Knowledge) -> bool {
    let Some(pid) = it.pid else { return false };
    programs(dossier).filter(|(_, program)| program.pid == pid).any(|(_, program)| {
        let named = program.args.iter().skip(1).any(|arg| ends_with(arg, program::base(&it.path)));
        named
            || program.command.is_some()
            || program::at_work(program)
            || program::names(program).iter().any(|name| is_miner(name, knowledge))
    })
}

fn is_miner(name: &str, knowledge: &Knowledge) -> bool {
    knowledge
        .miner_named(name)
        .is_some_and(|it| !matches!(it.by, NameMatch::Generic | NameMatch::NearMiss))
}

/// Whether what starts by itself names the file, or is a program in the file's folder that looks
/// for it unasked.
fn points_at(autostart: &Autostart, it: &MinerConfig) -> bool {
    let words = || autostart.command.split([' ', '\t', '\'', '"', '=', ';', '&']);
    let beside = |word: &str| word.starts_with('/') && folder(word) == folder(&it.path);
    words().any(|word| word == it.path)
        || program::base(&it.path) == UNASKED && words().any(beside)
        || words().any(beside) && words().any(|word| word == program::base(&it.path))
}

fn ends_with(arg: &str, name: &str) -> bool {
    arg.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(['/', '=']))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |it| it.0)
}

/// Whether the name of a file, or of a folder it lies in, says that it is there to be read.
pub(in crate::system) fn is_example(path: &str) -> bool {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(str::to_ascii_lowercase).any(|word| TO_BE_READ.contains(&word.as_str()))
}
