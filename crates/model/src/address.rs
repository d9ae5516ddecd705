//! Addresses of one's own network.

use std::net::IpAddr;

/// Whether an address is of a network of one's own, by its range: private, local to the link or to
/// the machine (RFC 1918, 3927, 4193, 4291).
#[must_use]
pub fn is_inner(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}
