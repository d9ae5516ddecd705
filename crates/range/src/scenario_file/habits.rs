//! What a pool does and what a miner does to be overlooked, in a scenario file.

use super::Span;
use super::problem::{Allowed, Problem};
use super::reader::Reader;
use super::words::{SNI, TLS, carriers};
use crate::carrier::{Carrier, Padding, Sni, TlsVersion};
use crate::rhythm::Refresh;

/// A pool's habits. What is `None` is drawn, once for each group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    /// When it sends jobs between blocks.
    pub refresh: Option<Refresh>,
    /// Seconds between the miner's signs of life, infinite for none.
    pub keepalive: Option<f64>,
    /// The probability that a good share is followed by a job at once.
    pub job_after_share: Option<f64>,
    /// The mean of seconds between jobs that come with neither block nor timer.
    pub burst_seconds: Option<f64>,
    /// Seconds between looks at the share rate, infinite for a fixed difficulty; `None` for as
    /// long as a few shares take.
    pub retarget_seconds: Option<f64>,
    /// The version of TLS that it speaks.
    pub tls: Option<TlsVersion>,
}

/// The timers that can be written.
fn timers() -> Allowed {
    let forms = ["{ after-job = 22 }", "{ steady = 30 }", "{ between = [30, 60] }", "\"never\""];
    Allowed::Form(forms.map(str::to_owned).to_vec())
}

impl Habits {
    pub(super) fn read(part: &Reader<'_>, carrier: Carrier) -> Result<Self, Problem> {
        let tls = part.word("tls", &TLS)?;
        if let Some(version) = tls {
            only_with_tls(part, "tls", version.name(), carrier)?;
        }
        Ok(Self {
            refresh: refresh(part)?,
            keepalive: part.number_or_never("keepalive", 1.0, 3_600.0)?,
            job_after_share: part.number("job_after_share", 0.0, 1.0)?,
            burst_seconds: part.number("burst_seconds", 1.0, 1e6)?,
            retarget_seconds: part.number_or_never("retarget_seconds", 5.0, 1e6)?,
            tls,
        })
    }
}

/// What a miner does to be overlooked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disguise {
    /// The name in its TLS hello.
    pub sni: Sni,
    /// What is added to messages.
    pub padding: Padding,
    /// Everything is held back by up to so many seconds.
    pub jitter_seconds: f64,
    /// The part of the full rate that it works at, drawn anew every few minutes.
    pub throttle: Option<Span>,
}

impl Disguise {
    pub(super) fn read(part: &Reader<'_>, carrier: Carrier) -> Result<Self, Problem> {
        let sni = part.word("sni", &SNI)?;
        if let Some(sni) = sni {
            let word = SNI.iter().find(|(_, it)| *it == sni).map_or("", |(word, _)| word);
            only_with_tls(part, "sni", word, carrier)?;
        }
        let padding = padding(part)?;
        if padding != Padding::None && carrier == Carrier::Noise {
            let words = carriers().into_iter().filter(|(_, it)| *it != Carrier::Noise);
            let others = Allowed::beside("carrier", words.map(|(word, _)| word));
            return Err(part.wrong_as_written("padding", others));
        }
        Ok(Self {
            sni: sni.unwrap_or(Sni::Host),
            padding,
            jitter_seconds: part.number("jitter", 0.0, 60.0)?.unwrap_or(0.0),
            throttle: part.span("throttle", 0.0, 1.0)?,
        })
    }
}

fn only_with_tls(
    part: &Reader<'_>,
    key: &'static str,
    found: &str,
    carrier: Carrier,
) -> Result<(), Problem> {
    if matches!(carrier, Carrier::Tls(_)) {
        return Ok(());
    }
    let words = carriers().into_iter().filter(|(_, it)| matches!(it, Carrier::Tls(_)));
    Err(part.wrong(key, found, Allowed::beside("carrier", words.map(|(word, _)| word))))
}

fn refresh(part: &Reader<'_>) -> Result<Option<Refresh>, Problem> {
    if part.word_if_text("refresh", &[("never", ())], timers)?.is_some() {
        return Ok(Some(Refresh::Never));
    }
    let Some(table) = part.table_as("refresh", timers)? else { return Ok(None) };
    let after = table.number("after-job", 0.5, 3_600.0)?.map(Refresh::AfterJob);
    let steady = table.number("steady", 0.5, 3_600.0)?.map(Refresh::Steady);
    let between = table.span("between", 0.5, 3_600.0)?;
    let between = between.map(|it| Refresh::Between(it.low, it.high));
    table.finish()?;
    match [after, steady, between].into_iter().flatten().collect::<Vec<_>>().as_slice() {
        [one] => Ok(Some(*one)),
        _ => Err(part.wrong_as_written("refresh", timers())),
    }
}

fn padding(part: &Reader<'_>) -> Result<Padding, Problem> {
    let forms =
        || Allowed::Form(["{ random = 256 }", "{ block = 64 }"].map(str::to_owned).to_vec());
    let Some(table) = part.table_as("padding", forms)? else { return Ok(Padding::None) };
    let size = |key: &'static str| -> Result<Option<u16>, Problem> {
        Ok(table.integer(key, 1, 8_192)?.and_then(|it| u16::try_from(it).ok()))
    };
    let (random, block) = (size("random")?, size("block")?);
    table.finish()?;
    match (random, block) {
        (Some(most), None) => Ok(Padding::Random(most)),
        (None, Some(block)) => Ok(Padding::Block(block)),
        _ => Err(part.wrong_as_written("padding", forms())),
    }
}
