//! Steps of a way: over lines, and over lines that are missing.

use std::net::{IpAddr, SocketAddr};

use minehound_model::{Span, Step, Tie, Tied};

/// One end on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    pub(super) ip: IpAddr,
    pub(super) port: Option<u16>,
}

pub(super) fn came_from(steps: &[Step], ip: IpAddr) -> bool {
    steps.iter().any(|it| match &it.tied {
        Tied::Translation { outer, .. } => outer.ip() == ip,
        Tied::PortBlock { outer, .. } => *outer == ip,
        _ => false,
    })
}

pub(super) fn step(tie: &Tie, probability: f64) -> Step {
    Step { line: Some(tie.line), tied: tie.what.clone(), span: tie.span, probability }
}

/// A step over lines that are missing, from one end to another.
pub(super) fn bridging(from: End, to: End, probability: f64, span: Span) -> Step {
    let end = |it: End| SocketAddr::new(it.ip, it.port.unwrap_or(0));
    let tied = Tied::Translation { outer: end(from), inner: end(to), far: None, proto: 0 };
    Step { line: None, tied, span, probability }
}

/// The same from one address to another.
pub(super) fn gap(outer: IpAddr, inner: IpAddr, probability: f64, span: Span) -> Step {
    let end = |ip| End { ip, port: None };
    bridging(end(outer), end(inner), probability, span)
}
