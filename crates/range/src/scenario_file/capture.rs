//! The sensor in a scenario file.

use super::problem::Problem;
use super::reader::Reader;
use crate::packets::Link;

/// How the traffic is captured.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureStyle {
    /// What frames begin with.
    pub link: Link,
    /// The most bytes kept of a frame.
    pub snaplen: usize,
    /// The same for traffic that is not mining.
    pub innocent_snaplen: usize,
    /// One packet of so many is kept, by chance.
    pub sampling: u64,
    /// The part of the packets that the sensor misses.
    pub loss: f64,
    /// How much the sensor's clock is ahead, milliseconds.
    pub clock_offset_ms: f64,
    /// Long flows are reported at least so often by exporters of flows, seconds.
    pub active_timeout_seconds: f64,
    /// Flows without packets for so long are reported, seconds.
    pub inactive_timeout_seconds: f64,
}

impl Default for CaptureStyle {
    fn default() -> Self {
        Self {
            link: Link::Ethernet,
            snaplen: 262_144,
            innocent_snaplen: 262_144,
            sampling: 1,
            loss: 0.0,
            clock_offset_ms: 0.0,
            active_timeout_seconds: 300.0,
            inactive_timeout_seconds: 15.0,
        }
    }
}

impl CaptureStyle {
    pub(super) fn read(part: &Reader<'_>) -> Result<Self, Problem> {
        const LINKS: [(&str, Link); 4] = [
            ("ethernet", Link::Ethernet),
            ("raw", Link::Raw),
            ("cooked", Link::Cooked),
            ("cooked2", Link::Cooked2),
        ];
        let usual = Self::default();
        let length = |key: &'static str| -> Result<Option<usize>, Problem> {
            Ok(part.integer(key, 34, 262_144)?.and_then(|it| usize::try_from(it).ok()))
        };
        let snaplen = length("snaplen")?.unwrap_or(usual.snaplen);
        Ok(Self {
            link: part.word("link", &LINKS)?.unwrap_or(usual.link),
            snaplen,
            innocent_snaplen: length("innocent_snaplen")?.unwrap_or(snaplen).min(snaplen),
            sampling: part.integer("sampling", 1, 100_000)?.unwrap_or(usual.sampling),
            loss: part.number("loss", 0.0, 0.9)?.unwrap_or(usual.loss),
            clock_offset_ms: part
                .number("clock_offset_ms", -86_400_000.0, 86_400_000.0)?
                .unwrap_or(usual.clock_offset_ms),
            active_timeout_seconds: part
                .number("active_timeout_seconds", 1.0, 86_400.0)?
                .unwrap_or(usual.active_timeout_seconds),
            inactive_timeout_seconds: part
                .number("inactive_timeout_seconds", 1.0, 86_400.0)?
                .unwrap_or(usual.inactive_timeout_seconds),
        })
    }

    /// What it did, for the truth.
    pub(crate) fn impairments(&self) -> Vec<String> {
        let mut said = Vec::new();
        if self.snaplen < 262_144 {
            said.push(format!("snaplen {}", self.snaplen));
        }
        if self.innocent_snaplen < self.snaplen {
            said.push(format!("innocent_snaplen {}", self.innocent_snaplen));
        }
        if self.sampling > 1 {
            said.push(format!("sampling 1 in {}", self.sampling));
        }
        if self.loss > 0.0 {
            said.push(format!("loss {}", self.loss));
        }
        if self.clock_offset_ms.abs() > 0.0 {
            said.push(format!("clock_offset_ms {}", self.clock_offset_ms));
        }
        said
    }
}
