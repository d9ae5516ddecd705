//! Dimension 1: hardware and site.

mod asic_agent;
mod mining_card;
mod usb_miner;

use crate::Detector;

pub(crate) static DETECTORS: &[&dyn Detector] =
    &[&mining_card::MiningCard, &usb_miner::UsbMiner, &asic_agent::AsicAgent];
