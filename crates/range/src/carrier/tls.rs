//! TLS 1.2 (RFC 5246) and TLS 1.3 (RFC 8446): real handshakes and records, made by rustls playing
//! both ends in memory with a seeded provider of the range's own.
//!
//! The hello offers what OpenSSL 3 offers by default, since that is what `XMRig` and most other
//! miners are linked with; the order of its extensions, and that it asks for a stapled OCSP
//! answer and not for encrypt-then-MAC, are rustls's: fingerprints (JA3, JA4) of the range are
//! therefore those of no real miner.

mod certificate;
mod chance;
mod cipher;
mod provider;

use std::io::Write;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::server::NoServerSessionStorage;
use rustls::sign::SingleCertAndKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, Error, ServerConfig, ServerConnection};

use super::{Proxy, Socket};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::truth::TlsTruth;
use crate::world::notes::{Certificate, TlsNote};

/// The version that the server speaks; the client always offers both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    /// RFC 5246.
    V12,
    /// RFC 8446.
    V13,
}

impl TlsVersion {
    /// "1.2" or "1.3".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V12 => "1.2",
            Self::V13 => "1.3",
        }
    }
}

/// The cipher of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// AES-128-GCM: a record is 22 bytes longer than its message (TLS 1.3) or 29 (TLS 1.2).
    AesGcm,
    /// ChaCha20-Poly1305: 22 bytes (TLS 1.3) or 21 (TLS 1.2).
    ChaCha,
}

impl Suite {
    /// How much longer a record is than its message: header, content type, explicit nonce, tag.
    #[must_use]
    pub fn overhead(self, version: TlsVersion) -> usize {
        match (version, self) {
            (TlsVersion::V13, _) => 22,
            (TlsVersion::V12, Self::AesGcm) => 29,
            (TlsVersion::V12, Self::ChaCha) => 21,
        }
    }
}

/// The name that the hello asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sni {
    /// The server's own, if it is a name and not an address.
    Host,
    /// The name of somebody else, drawn from the seed.
    Fake,
    /// None.
    None,
}

/// The protocol that is negotiated with ALPN (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alpn {
    /// The extension is absent, as with every known miner.
    None,
    /// `http/1.1`.
    Http1,
    /// `h2` and `http/1.1` are offered, `h2` is taken.
    Http2,
}

/// Zeros in records of TLS 1.3, and spaces in JSON elsewhere, that hide the length of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Nothing is added.
    None,
    /// Evenly from 0 to so many bytes.
    Random(u16),
    /// Up to the next multiple.
    Block(u16),
}

impl Padding {
    /// How many bytes to add to a message.
    #[must_use]
    pub fn of(self, length: usize, rng: &mut Rng) -> usize {
        match self {
            Self::None | Self::Block(0) => 0,
            Self::Random(most) => rng.index(usize::from(most) + 1),
            Self::Block(size) => length.next_multiple_of(usize::from(size)) - length,
        }
    }
}

/// The settings of a TLS carrier. Start from the default and change what matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls {
    /// What the server speaks.
    pub version: TlsVersion,
    /// What the server chooses.
    pub suite: Suite,
    /// What the client asks for.
    pub sni: Sni,
    /// What both agree on.
    pub alpn: Alpn,
    /// How many certificates the server sends; one is self-signed.
    pub certificates: u8,
    /// How many session tickets the server sends after a handshake of TLS 1.3; `OpenSSL` sends two.
    pub tickets: u8,
    /// A proxy that is asked first.
    pub proxy: Option<Proxy>,
    /// A WebSocket inside.
    pub socket: Option<Socket>,
    /// What is added to records.
    pub padding: Padding,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            version: TlsVersion::V13,
            suite: Suite::AesGcm,
            sni: Sni::Host,
            alpn: Alpn::None,
            certificates: 2,
            tickets: 2,
            proxy: None,
            socket: None,
            padding: Padding::None,
        }
    }
}

/// What one end writes at a time while the handshake runs.
pub(super) struct Flight {
    pub(super) from: Side,
    pub(super) bytes: Vec<u8>,
    /// The other end has nothing to say before it has come.
    pub(super) awaited: bool,
}

/// Both ends of a connection whose handshake is over.
pub(super) struct Channel {
    tls: Tls,
    sni: Option<String>,
    certificate: Certificate,
    client: ClientConnection,
    server: ServerConnection,
}

/// Shakes hands. The channel is absent, and nothing was said, if rustls refused its settings,
/// which no setting here makes it do.
pub(super) fn open(
    tls: Tls,
    host: &str,
    unix: u64,
    rng: &mut Rng,
) -> (Option<Channel>, Vec<Flight>) {
    let stream = rng.fork("handshake");
    match chance::with(stream, tls.padding, || shake(tls, host, unix, rng)) {
        Ok((channel, flights)) => (Some(channel), flights),
        Err(_) => (None, Vec::new()),
    }
}

fn shake(tls: Tls, host: &str, unix: u64, rng: &mut Rng) -> Result<(Channel, Vec<Flight>), Error> {
    let name = asked(tls.sni, host, rng);
    let mut client = client(tls, name, unix)?;
    let (mut server, certificate) = server(tls, host, unix, rng)?;
    let mut flights = Vec::new();
    loop {
        let up = written(|out| client.write_tls(out));
        hear(|input| server.read_tls(input), &up)?;
        server.process_new_packets()?;
        let down = written(|out| server.write_tls(out));
        hear(|input| client.read_tls(input), &down)?;
        client.process_new_packets()?;
        if up.is_empty() && down.is_empty() {
            break;
        }
        flights.extend([(Side::Client, up), (Side::Server, down)]);
    }
    let last = match tls.version {
        TlsVersion::V13 => Side::Client,
        TlsVersion::V12 => Side::Server,
    };
    flights.retain(|(_, bytes)| !bytes.is_empty());
    let awaited = flights.iter().rposition(|(from, _)| *from == last).unwrap_or(0);
    let flights = flights.into_iter().enumerate().map(|(place, (from, bytes))| Flight {
        from,
        bytes,
        awaited: place <= awaited,
    });
    let sni = server.server_name().map(str::to_owned);
    Ok((Channel { tls, sni, certificate, client, server }, flights.collect()))
}

/// The name in the hello.
fn asked(sni: Sni, host: &str, rng: &mut Rng) -> Option<ServerName<'static>> {
    const FRONTS: [&str; 6] = [
        "www.example.com",
        "cdn.example.net",
        "static.example.org",
        "update.example.com",
        "api.example.net",
        "mail.example.org",
    ];
    let name = match sni {
        Sni::Host => host.to_owned(),
        Sni::Fake => rng.pick(&FRONTS).to_owned(),
        Sni::None => return None,
    };
    ServerName::try_from(name).ok()
}

fn protocols(alpn: Alpn) -> Vec<Vec<u8>> {
    match alpn {
        Alpn::None => Vec::new(),
        Alpn::Http1 => vec![b"http/1.1".to_vec()],
        Alpn::Http2 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    }
}

fn client(
    tls: Tls,
    name: Option<ServerName<'static>>,
    unix: u64,
) -> Result<ClientConnection, Error> {
    let provider = Arc::new(provider::client());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(provider::Fixed(unix)))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(provider::TakesAll))
        .with_no_client_auth();
    config.enable_sni = name.is_some();
    config.alpn_protocols = protocols(tls.alpn);
    config.resumption = Resumption::in_memory_sessions(1);
    // without a name in the hello the client still has to call the server something
    let name = name.map_or_else(|| ServerName::try_from("unnamed.example"), Ok);
    let name = name.map_err(|_| Error::General("a bad name".to_owned()))?;
    ClientConnection::new(Arc::new(config), name)
}

fn server(
    tls: Tls,
    host: &str,
    unix: u64,
    rng: &mut Rng,
) -> Result<(ServerConnection, Certificate), Error> {
    let thirteen = tls.version == TlsVersion::V13;
    let provider = Arc::new(provider::server(thirteen, tls.suite == Suite::AesGcm));
    let versions = if thirteen { [&TLS13] } else { [&TLS12] };
    let (certified, shown) =
        certificate::chain(host, tls.certificates, unix, &mut rng.fork("certificate"))
            .ok_or_else(|| Error::General("no key".to_owned()))?;
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(provider::Fixed(unix)))
        .with_protocol_versions(&versions)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = protocols(tls.alpn);
    config.send_tls13_tickets = usize::from(tls.tickets);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = Arc::new(provider::Tickets(rng.hash()));
    Ok((ServerConnection::new(Arc::new(config))?, shown))
}

/// What an end has to write. Writing to memory does not fail.
fn written(mut write: impl FnMut(&mut dyn Write) -> std::io::Result<usize>) -> Vec<u8> {
    let mut out = Vec::new();
    while write(&mut out).is_ok_and(|count| count > 0) {}
    out
}

fn hear(
    mut read: impl FnMut(&mut dyn std::io::Read) -> std::io::Result<usize>,
    mut bytes: &[u8],
) -> Result<(), Error> {
    while !bytes.is_empty() {
        read(&mut bytes).map_err(|error| Error::General(error.to_string()))?;
    }
    Ok(())
}

impl Channel {
    /// What the handshake shows to anybody.
    pub(super) fn shown(&self) -> TlsTruth {
        let alpn = self.server.alpn_protocol();
        TlsTruth {
            version: self.tls.version.name().to_owned(),
            sni: self.sni.clone(),
            alpn: alpn.map(|name| String::from_utf8_lossy(name).into_owned()),
            record_overhead: self.tls.suite.overhead(self.tls.version),
        }
    }

    /// What a sensor that reads handshakes would note: the certificate only of TLS 1.2.
    pub(super) fn note(&self) -> TlsNote {
        let new = self.tls.version == TlsVersion::V13;
        TlsNote {
            new,
            cipher: match (new, self.tls.suite) {
                (true, Suite::AesGcm) => 0x1301,
                (true, Suite::ChaCha) => 0x1303,
                (false, Suite::AesGcm) => 0xc02b,
                (false, Suite::ChaCha) => 0xcca9,
            },
            sni: self.sni.clone(),
            alpn: match self.tls.alpn {
                Alpn::None => None,
                Alpn::Http1 => Some("http/1.1"),
                Alpn::Http2 => Some("h2"),
            },
            certificate: (!new).then(|| self.certificate.clone()),
        }
    }

    /// The records that carry a message.
    pub(super) fn seal(&mut self, from: Side, message: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(message.len() + 64);
        // below the limit of what rustls buffers
        for part in message.chunks(16_384) {
            match from {
                Side::Client => {
                    let _ = self.client.writer().write_all(part);
                    out.extend(written(|out| self.client.write_tls(out)));
                }
                Side::Server => {
                    let _ = self.server.writer().write_all(part);
                    out.extend(written(|out| self.server.write_tls(out)));
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
