//! Whether a connection of a program is one to the pool that its command line or its configuration
//! names.

use std::net::{IpAddr, SocketAddr};

use minehound_model::Program;

/// Ports on which so much else is served that a port alone joins nothing.
const COMMON_PORTS: [u16; 7] = [22, 25, 53, 80, 443, 8080, 8443];

/// Ports of pools written without one.
const DEFAULT_PORT: u16 = 3333;

/// A pool as a command line or a configuration writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PoolAddress<'a> {
    host: &'a str,
    port: u16,
}

impl<'a> PoolAddress<'a> {
    /// Reads `scheme://user@host:port/path`; all but the host may be missing.
    pub(super) fn parse(written: &'a str) -> Option<Self> {
        let rest = written.trim().split_once("://").map_or(written.trim(), |it| it.1);
        let authority = rest.split(['/', '?', '#', ' ', ',']).next()?;
        let authority = authority.rsplit_once('@').map_or(authority, |it| it.1);
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (host, rest) = bracketed.split_once(']')?;
                (host, rest.strip_prefix(':').map(str::parse))
            }
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port.parse())),
                None => (authority, None),
            },
        };
        let port = match port {
            Some(port) => port.ok()?,
            None => DEFAULT_PORT,
        };
        (!host.is_empty() && port > 0).then_some(Self { host, port })
    }

    /// Whether a connection to `remote` goes there, as far as can be told without resolving a
    /// name: the same address and port, or the same port where the host is a name.
    fn is_at(&self, remote: SocketAddr, any_port: bool) -> bool {
        let same_port = remote.port() == self.port;
        match self.host.parse::<IpAddr>() {
            Ok(address) => same_port && address.to_canonical() == remote.ip().to_canonical(),
            Err(_) => same_port && (any_port || !COMMON_PORTS.contains(&self.port)),
        }
    }
}

/// The connection of a program to a pool that is named for it. With `any_port` the pool's name may
/// stand on a port of the web, too: only for what the command line of the very program names.
pub(super) fn to_pool(program: &Program, pool: &str, any_port: bool) -> Option<SocketAddr> {
    let pool = PoolAddress::parse(pool)?;
    let sockets = || program.sockets.iter().map(|it| it.remote);
    sockets().find(|it| pool.is_at(*it, any_port))
}

#[cfg(test)]
mod tests {
    use minehound_model::Socket;

    use super::*;

    #[track_caller]
    fn check(pool: &str, remote: &str, any_port: bool, expected: bool) {
        let socket =
            Socket { local: "10.0.0.5:40000".parse().unwrap(), remote: remote.parse().unwrap() };
        let program = Program { sockets: vec![socket], ..Program::default() };
        assert_eq!(to_pool(&program, pool, any_port).is_some(), expected, "{pool} {remote}");
    }

    #[test]
    fn a_name_is_met_by_its_port_and_an_address_by_both() {
        check("stratum+tcp://pool.example:4444", "192.0.2.7:4444", true, true);
        check("pool.example:4444", "192.0.2.7:4445", true, false);
        check("192.0.2.7:4444", "192.0.2.7:4444", false, true);
        check("192.0.2.8:4444", "192.0.2.7:4444", true, false);
        check("[2001:db8::7]:4444", "[2001:db8::7]:4444", false, true);
        check("192.0.2.7:4444", "[::ffff:192.0.2.7]:4444", false, true);
        check("ssl://wallet@pool.example:4444/x", "192.0.2.7:4444", false, true);
        check("pool.example", "192.0.2.7:3333", false, true);
    }

    #[test]
    fn a_port_of_the_web_joins_only_what_the_program_names_itself() {
        check("pool.example:443", "192.0.2.7:443", true, true);
        check("pool.example:443", "192.0.2.7:443", false, false);
        check("192.0.2.7:443", "192.0.2.7:443", false, true);
    }

    #[test]
    fn what_is_no_address_is_met_by_nothing() {
        for pool in ["", "://", ":3333", "pool.example:port", "pool.example:0", "[::1:3333"] {
            check(pool, "192.0.2.7:3333", true, false);
        }
    }
}
