//! From an address that others saw to the machines it may have been.
//!
//! The walk goes inwards one tie after another and weighs at each step which line is meant, and
//! whether the right line is missing at all. Every part of the answer keeps its share of the
//! probability: what leads nowhere stands as *somebody behind* the place where the trail ends.

mod crowd;
mod lines;
mod machine;
mod network;
mod reach;
mod steps;
mod walk;
mod weigh;

pub use network::{Network, Translator};
pub use walk::attribute;

#[cfg(test)]
mod tests;
