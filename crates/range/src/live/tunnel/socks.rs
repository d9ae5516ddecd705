//! A client of SOCKS5 without a password (RFC 1928).

use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::live::endpoint::Pipe;

/// Asks a proxy for a connection.
pub(super) fn ask(pipe: &mut Pipe, to: SocketAddr) -> io::Result<()> {
    pipe.say(&[5, 1, 0])?;
    let mut chosen = [0; 2];
    pipe.fill(&mut chosen)?;
    let mut request = vec![5, 1, 0, 1];
    match to.ip() {
        IpAddr::V4(address) => request.extend(address.octets()),
        IpAddr::V6(_) => return Err(io::Error::other("there is no IPv6 in live scenarios")),
    }
    request.extend(to.port().to_be_bytes());
    pipe.say(&request)?;
    let mut answer = [0; 10];
    pipe.fill(&mut answer)?;
    match answer {
        [5, 0, ..] => Ok(()),
        [_, code, ..] => Err(io::Error::other(format!("the SOCKS proxy refused with code {code}"))),
    }
}
