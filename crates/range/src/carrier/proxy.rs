//! Proxies that are asked in the clear: HTTP CONNECT (RFC 9110 §9.3.6) and SOCKS5 (RFC 1928).

use std::net::IpAddr;

use super::{Destination, Proxy};
use crate::dialogue::Side;

/// The writes that open the way through a proxy, in order.
pub(super) fn opening(proxy: Proxy, to: &Destination<'_>) -> Vec<(Side, Vec<u8>)> {
    let (host, port) = (to.host, to.port);
    match proxy {
        Proxy::HttpConnect => vec![
            (
                Side::Client,
                format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nProxy-Connection: keep-alive\r\n\r\n")
                    .into_bytes(),
            ),
            (Side::Server, b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec()),
        ],
        Proxy::Socks5 => socks(to),
    }
}

fn socks(to: &Destination<'_>) -> Vec<(Side, Vec<u8>)> {
    let mut ask = vec![5, 1, 0];
    match to.host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            ask.push(1);
            ask.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            ask.push(4);
            ask.extend(address.octets());
        }
        Err(_) => {
            ask.push(3);
            ask.push(u8::try_from(to.host.len()).unwrap_or(0));
            ask.extend(to.host.bytes());
        }
    }
    ask.extend(to.port.to_be_bytes());
    vec![
        (Side::Client, vec![5, 1, 0]),
        (Side::Server, vec![5, 0]),
        (Side::Client, ask),
        (Side::Server, vec![5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    ]
}
