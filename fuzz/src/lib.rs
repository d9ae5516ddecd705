//! What is fuzzed: one body per decoder, each with what must hold of it whatever the bytes.
//!
//! The bodies stand in a library of their own so that the workspace's tests replay the seeds and
//! every input that ever broke one of them without a fuzzer. `fuzz_targets/` hands them to
//! libFuzzer.

mod capture;
mod files;
mod flow;
mod hidden;
mod notes;
mod opening;
mod packet;
mod records;
pub mod script;
mod stated;
mod stream;
mod talk;
mod text;

/// A decoder's name and the body that runs it.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, in the order of the path a byte takes.
pub const TARGETS: [Target; 33] = [
    ("capture", capture::cut),
    ("packet", packet::peel),
    ("fragment", stream::fragment),
    ("tcp", stream::tcp),
    ("flow", flow::follow),
    ("conversation", talk::conversation),
    ("jsonrpc", talk::jsonrpc),
    ("http", talk::http),
    ("websocket", talk::websocket),
    ("stratum_v2", talk::stratum_v2),
    ("dns", opening::dns),
    ("dns_stream", opening::dns_stream),
    ("tls", opening::tls),
    ("certificate", opening::certificate),
    ("p2p", opening::p2p),
    ("sniff", opening::sniff),
    ("wrap", hidden::wrap),
    ("rhythm", hidden::rhythm),
    ("wallet", text::wallet),
    ("miner_config", text::miner_config),
    ("command_line", text::command_line),
    ("bundle", notes::bundle),
    ("declarations", stated::declarations),
    ("site", stated::site),
    ("geo", stated::geo),
    ("blocks", hidden::blocks),
    ("log", records::log),
    ("log_map", records::log_map),
    ("list", records::list),
    ("log_lines", files::lines),
    ("log_file", files::log_file),
    ("dnstap", files::dnstap),
    ("sheet", files::sheet),
];

/// The most bytes worth giving to a target: each decoder's caps lie within reach.
pub const MAX_INPUT: usize = 64 << 10;

/// Runs one target on one input. Returns whether there is such a target.
///
/// # Panics
///
/// If the decoder breaks something that must hold.
pub fn run(target: &str, bytes: &[u8]) -> bool {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    if let Some((_, body)) = found {
        body(bytes.get(..MAX_INPUT).unwrap_or(bytes));
    }
    found.is_some()
}
