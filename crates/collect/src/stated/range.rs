//! Addresses as people write them: one, or a block in CIDR notation (RFC 4632, RFC 4291 2.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use thiserror::Error;

/// Most bits that the addresses of one block differ in: each address is watched for by itself.
const MAX_HOST_BITS: u8 = 16;

/// One address, or a block of any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Net {
    first: IpAddr,
    host_bits: u8,
}

/// One address, or all addresses that begin with the same bits; at most 65,536.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Range(Net);

/// Why a range was refused.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum RangeError {
    /// It is not written as one.
    #[error("`{0}` is no address; write it like 192.0.2.7, or a block like 192.0.2.0/24")]
    Unreadable(String),
    /// It does not begin where a block of that size does.
    #[error("`{written}` does not begin a block of its size; write `{meant}`")]
    Misaligned {
        /// As written.
        written: String,
        /// The block that holds the address.
        meant: String,
    },
    /// It holds too many addresses.
    #[error("`{0}` holds more than 65536 addresses; name the smaller blocks that are in use")]
    TooLarge(String),
}

impl Range {
    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.0.first.is_ipv4()
            && network(address, self.0.host_bits) == self.0.first
    }

    /// The addresses in it, the lowest first.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + use<> {
        let first = self.0.first;
        (0..1_u32 << self.0.host_bits.min(MAX_HOST_BITS)).map(move |it| match first {
            IpAddr::V4(first) => Ipv4Addr::from_bits(first.to_bits() | it).into(),
            IpAddr::V6(first) => Ipv6Addr::from_bits(first.to_bits() | u128::from(it)).into(),
        })
    }
}

impl Net {
    /// Its first address, and how many bits all of its addresses begin with.
    #[must_use]
    pub fn prefix(&self) -> (IpAddr, u8) {
        let all: u8 = if self.first.is_ipv4() { 32 } else { 128 };
        (self.first, all.saturating_sub(self.host_bits))
    }
}

impl TryFrom<String> for Range {
    type Error = RangeError;

    fn try_from(written: String) -> Result<Self, RangeError> {
        let net = Net::try_from(written.clone())?;
        if net.host_bits > MAX_HOST_BITS {
            return Err(RangeError::TooLarge(written));
        }
        Ok(Self(net))
    }
}

impl TryFrom<String> for Net {
    type Error = RangeError;

    fn try_from(written: String) -> Result<Self, RangeError> {
        let unreadable = || RangeError::Unreadable(written.clone());
        let (address, bits) = match written.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (written.trim(), None),
        };
        let first: IpAddr = address.parse().map_err(|_| unreadable())?;
        let all: u8 = if first.is_ipv4() { 32 } else { 128 };
        let digits = |it: &&str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        let prefix = match bits {
            None => all,
            Some(it) => {
                Some(it).filter(digits).and_then(|it| it.parse().ok()).ok_or_else(unreadable)?
            }
        };
        let host_bits = all.checked_sub(prefix).ok_or_else(unreadable)?;
        let begins = network(first, host_bits);
        if begins != first {
            return Err(RangeError::Misaligned { meant: format!("{begins}/{prefix}"), written });
        }
        Ok(Self { first, host_bits })
    }
}

/// The first address of the block that holds this one.
fn network(address: IpAddr, host_bits: u8) -> IpAddr {
    let bits = u32::from(host_bits);
    match address {
        IpAddr::V4(it) => {
            let mask = u32::MAX.checked_shl(bits).unwrap_or(0);
            Ipv4Addr::from_bits(it.to_bits() & mask).into()
        }
        IpAddr::V6(it) => {
            let mask = u128::MAX.checked_shl(bits).unwrap_or(0);
            Ipv6Addr::from_bits(it.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(text: &str) -> Result<Range, RangeError> {
        Range::try_from(text.to_owned())
    }

    #[track_caller]
    fn check(text: &str, first: &str, last: &str, count: usize) {
        let all: Vec<IpAddr> = range(text).unwrap().addresses().collect();
        let ends = [all[0], all[all.len() - 1]].map(|it| it.to_string());
        assert_eq!((ends, all.len()), ([first.to_owned(), last.to_owned()], count), "{text}");
    }

    #[test]
    fn a_block_holds_the_addresses_that_begin_alike() {
        check("192.0.2.7", "192.0.2.7", "192.0.2.7", 1);
        check(" 192.0.2.0/24 ", "192.0.2.0", "192.0.2.255", 256);
        check("10.1.0.0/16", "10.1.0.0", "10.1.255.255", 65_536);
        check("2001:db8::100/120", "2001:db8::100", "2001:db8::1ff", 256);
        check("2001:db8::1/128", "2001:db8::1", "2001:db8::1", 1);
    }

    #[test]
    fn a_block_contains_its_own_and_no_others() {
        let block = range("192.0.2.16/28").unwrap();
        let holds = |it: &str| block.contains(it.parse().unwrap());
        assert!(holds("192.0.2.16") && holds("192.0.2.31"));
        assert!(!holds("192.0.2.32") && !holds("192.0.2.15") && !holds("::192.0.2.16"));
    }

    #[test]
    fn a_block_that_is_none_is_refused_with_what_to_write() {
        for text in ["", "campus", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/+8", "::/129"] {
            assert_eq!(range(text), Err(RangeError::Unreadable(text.to_owned())));
        }
        for text in ["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/64", "::/0"] {
            assert_eq!(range(text), Err(RangeError::TooLarge(text.to_owned())));
        }
        let net = |it: &str| Net::try_from(it.to_owned()).unwrap().prefix();
        assert_eq!(net("10.0.0.0/8"), ("10.0.0.0".parse().unwrap(), 8));
        assert_eq!(net("::/0"), ("::".parse().unwrap(), 0));
        let said = range("192.0.2.7/24").unwrap_err().to_string();
        assert!(said.contains("192.0.2.0/24"), "{said}");
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,40}|[0-9.:/]{0,20}") {
            let _ = range(&text);
        }
    }
}
