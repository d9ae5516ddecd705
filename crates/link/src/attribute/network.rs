//! What somebody told of a network: who translates whom.

use std::net::IpAddr;

use minehound_model::within;

/// The translators of a network, as described by those who run it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Every translator that was named.
    pub translators: Vec<Translator>,
}

/// A device that translates addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translator {
    /// What its logs call it.
    pub device: String,
    /// The addresses seen outside: a prefix and its length.
    pub outer: Vec<(IpAddr, u8)>,
    /// The addresses behind it.
    pub inner: Vec<(IpAddr, u8)>,
}

impl Network {
    /// The translators that show this address outside.
    pub fn showing(&self, outer: IpAddr) -> impl Iterator<Item = &Translator> {
        self.translators.iter().filter(move |it| it.outer.iter().any(|net| within(outer, *net)))
    }
}

impl Translator {
    /// Whether an address is behind it.
    #[must_use]
    pub fn is_behind(&self, address: IpAddr) -> bool {
        self.inner.iter().any(|net| within(address, *net))
    }
}
