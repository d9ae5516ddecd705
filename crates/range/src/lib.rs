//! The range (靶场): labelled synthetic traffic, mining and innocent, for tests.
//!
//! Invariant: everything here is written by encoders of its own. This crate never uses the
//! decoders it helps to test, and outside of [`live`] it reads no clock, no host and no network: the
//! same seed gives the same bytes on the same platform (logarithms come from its mathematics
//! library).
//!
//! **No proof of work is ever computed.** Nonces and results are random numbers and the pool's
//! side of the conversation accepts them; nothing here can mine, and nothing connects anywhere but [`live`] within
//! network namespaces of its own.
//!
//! The path inside: [`scenario::Session`] plays one miner at one pool in one of eighteen dialects
//! and [`innocent::Innocent`] plays everyone else; both give [`dialogue::Dialogue`]s, which
//! [`packets`] cuts into frames and [`capture`] writes to files. [`truth::Truth`] is the answer
//! sheet.
//!
//! ```
//! use minehound_range::scenario::{Dialect, Session};
//!
//! let session = Session { hashrate: 5_000.0, ..Session::new(Dialect::CryptoNote, 1) };
//! let made = session.generate();
//! let (_, mining) = made.truth.mining().next().ok_or("no mining")?;
//! assert_eq!(mining.dialect, "cryptonote");
//! assert!(made.to_pcap(Default::default()).len() > 10_000);
//! # Ok::<(), &str>(())
//! ```

pub mod campus_logs;
pub mod capture;
pub mod carrier;
pub mod chain;
pub mod coin;
pub mod dialogue;
pub mod innocent;
pub mod life;
pub mod live;
mod miner;
pub mod packets;
pub mod rhythm;
pub mod rng;
pub mod scenario;
pub mod scenario_file;
pub mod score;
mod speech;
pub mod target;
pub mod truth;
pub mod tunnel;
pub mod wallet;
pub mod world;
pub mod written;
