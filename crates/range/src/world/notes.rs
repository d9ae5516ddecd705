//! What a sensor that reads into a flow would note about it, for logs that name such things.

use std::net::IpAddr;

/// What there is to note beside addresses and sizes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Notes {
    /// Nothing.
    #[default]
    None,
    /// A look-up and its answer.
    Dns(DnsNote),
    /// A TLS handshake.
    Tls(Box<TlsNote>),
}

/// One look-up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DnsNote {
    pub(crate) id: u16,
    pub(crate) name: String,
    /// None when there is no such name.
    pub(crate) answer: Option<IpAddr>,
    pub(crate) ttl: u32,
}

/// One TLS handshake.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TlsNote {
    /// Whether it is TLS 1.3; else 1.2.
    pub(crate) new: bool,
    pub(crate) cipher: u16,
    pub(crate) sni: Option<String>,
    /// The protocol both agreed on.
    pub(crate) alpn: Option<&'static str>,
    /// Readable in TLS 1.2 only: the certificate's DER, subject and issuer, serial and times.
    pub(crate) certificate: Option<Certificate>,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: String,
    /// Seconds since 1970.
    pub(crate) valid: (u64, u64),
}
