//! The handshake of a SOCKS proxy, version 4, 4a or 5, on one direction.
//!
//! RFC 1928, RFC 1929 and the papers on SOCKS 4 and 4a. The secret of a login is skipped, not kept.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::mining::{Said, Talk};
use crate::session::Carrier;

use super::lane::{Lane, Shared};

/// Most bytes of a handshake: all methods, a login with two long texts, a request with a long name.
const MAX_HANDSHAKE: usize = 1280;

/// Reads one direction of the handshake.
#[derive(Debug)]
pub(super) struct Reader {
    answer: bool,
    held: Vec<u8>,
}

/// What came of parsing a handshake so far.
enum Parsed {
    More,
    Wrong,
    /// Complete: its length, and where the client wants to go.
    Done(usize, Gate),
}

/// What a complete handshake says.
enum Gate {
    /// The client asks for this host and port.
    To(String),
    /// The proxy opened the way.
    Open,
}

impl Reader {
    /// A reader of the client's side, or of the proxy's.
    pub(super) fn new(answer: bool) -> Self {
        Self { answer, held: Vec::new() }
    }

    /// The version that this side speaks; a proxy answers version 4 with a zero.
    fn version(&self) -> Carrier {
        if self.held.first() == Some(&5) { Carrier::Socks5 } else { Carrier::Socks4 }
    }

    pub(super) fn push(
        &mut self,
        talk: &mut Talk,
        shared: &mut Shared,
        said: Said,
        bytes: &[u8],
    ) -> Option<(Lane, Vec<u8>)> {
        self.held.extend_from_slice(bytes);
        let mut input = Input { rest: &self.held, short: false };
        let gate = if self.answer { answers(&mut input) } else { asks(&mut input) };
        let parsed = match gate {
            _ if input.short => Parsed::More,
            Some(gate) => Parsed::Done(self.held.len() - input.rest.len(), gate),
            None => Parsed::Wrong,
        };
        match parsed {
            Parsed::More if self.held.len() < MAX_HANDSHAKE => None,
            Parsed::More | Parsed::Wrong => Some((Lane::Dead, Vec::new())),
            Parsed::Done(length, gate) => {
                if let Gate::To(target) = gate {
                    talk.ledger.names_host(&target);
                }
                talk.ledger.carried_by(self.version(), said.at);
                let rest = self.held.get(length..).unwrap_or_default().to_vec();
                let lane = if shared.enter_tunnel() { Lane::fresh(false) } else { Lane::Dead };
                Some((lane, rest))
            }
        }
    }
}

/// Bytes being read, and whether they ended too early.
struct Input<'a> {
    rest: &'a [u8],
    short: bool,
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            self.short = true;
            return None;
        };
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Text up to a zero byte.
    fn text(&mut self) -> Option<String> {
        let Some(end) = memchr::memchr(0, self.rest) else {
            self.short = true;
            return None;
        };
        let text = String::from_utf8_lossy(self.take(end)?).into_owned();
        self.byte()?;
        Some(text)
    }
}

/// The client's side: where it wants to go.
fn asks(input: &mut Input<'_>) -> Option<Gate> {
    if input.byte()? == 4 {
        return asks_version_4(input);
    }
    let methods = input.byte()?;
    input.take(usize::from(methods))?;
    let mut version = input.byte()?;
    if version == 1 {
        // A login (RFC 1929): two texts, each after its length.
        for _ in 0..2 {
            let length = input.byte()?;
            input.take(usize::from(length))?;
        }
        version = input.byte()?;
    }
    let [command, _] = input.array()?;
    if version != 5 || command != 1 {
        return None;
    }
    Some(Gate::To(address(input)?))
}

fn asks_version_4(input: &mut Input<'_>) -> Option<Gate> {
    let command = input.byte()?;
    let port = u16::from_be_bytes(input.array()?);
    let ip: [u8; 4] = input.array()?;
    let _user = input.text()?;
    if command != 1 {
        return None;
    }
    let host = match ip {
        [0, 0, 0, last] if last != 0 => input.text()?,
        _ => Ipv4Addr::from(ip).to_string(),
    };
    Some(Gate::To(format!("{host}:{port}")))
}

/// The proxy's side.
fn answers(input: &mut Input<'_>) -> Option<Gate> {
    if input.byte()? == 0 {
        let status = input.byte()?;
        input.take(6)?;
        return (status == 0x5a).then_some(Gate::Open);
    }
    if input.byte()? == 2 {
        let [_, _] = input.array()?;
    }
    let [version, reply, _] = input.array()?;
    if version != 5 || reply != 0 {
        return None;
    }
    address(input)?;
    Some(Gate::Open)
}

fn address(input: &mut Input<'_>) -> Option<String> {
    let host = match input.byte()? {
        1 => Ipv4Addr::from(input.array::<4>()?).to_string(),
        4 => format!("[{}]", Ipv6Addr::from(input.array::<16>()?)),
        3 => {
            let length = input.byte()?;
            String::from_utf8_lossy(input.take(usize::from(length))?).into_owned()
        }
        _ => return None,
    };
    let port = u16::from_be_bytes(input.array()?);
    Some(format!("{host}:{port}"))
}
