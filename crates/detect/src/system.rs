//! Dimension 3: system and processes.

mod fake_kernel_thread;
mod family_trace;
mod hidden_process;
mod kernel_tuning;
mod masquerade;
mod miner_autostart;
mod miner_config;
mod miner_origin;
mod miner_process;
mod odd_origin;
mod pool_socket;
mod program;
mod protection_removed;
mod randomx_memory;
mod rootkit_trace;
mod sleep_masked;

use crate::Detector;

pub(crate) static DETECTORS: &[&dyn Detector] = &[
    &miner_process::MinerProcess,
    &miner_config::MinerConfigs,
    &miner_autostart::MinerAutostart,
    &fake_kernel_thread::FakeKernelThread,
    &hidden_process::HiddenProcesses,
    &randomx_memory::RandomxMemory,
    &kernel_tuning::Tuning,
    &protection_removed::ProtectionRemoved,
    &family_trace::FamilyTrace,
    &masquerade::Masquerades,
    &sleep_masked::SleepMasked,
    &rootkit_trace::RootkitTrace,
    &odd_origin::OddOrigin,
    &miner_origin::MinerOrigin,
];
