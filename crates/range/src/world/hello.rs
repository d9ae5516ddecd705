//! TLS handshakes (RFC 8446, RFC 5246) as they look from outside: hello messages that can be read,
//! and sizes of what cannot.
//!
//! Client families differ as programs do: a browser offers `GREASE` (RFC 8701), ALPN and a hybrid
//! key share; stock OpenSSL, Go and small devices offer less. Nothing is encrypted here: what would
//! be ciphertext is chance.

use super::body::Body;
use super::der;
use super::notes::{Notes, TlsNote};
use super::script::Said;
use crate::dialogue::{Side, nanos};
use crate::rng::Rng;

/// Who opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// A browser of 2025.
    Browser,
    /// A phone's system library.
    Phone,
    /// A program with stock OpenSSL.
    OpenSsl,
    /// A program in Go.
    Go,
    /// A small device.
    Device,
}

impl Family {
    /// Any of them, browsers and stock libraries most.
    pub(crate) fn any(rng: &mut Rng) -> Self {
        match rng.below(10) {
            0..=3 => Self::Browser,
            4 => Self::Phone,
            5..=7 => Self::OpenSsl,
            8 => Self::Go,
            _ => Self::Device,
        }
    }
}

/// What a handshake is to be like.
#[derive(Clone, Debug)]
pub(crate) struct Hello<'a> {
    pub(crate) family: Family,
    pub(crate) sni: Option<&'a str>,
    pub(crate) alpn: Option<&'static str>,
    /// TLS 1.3, else 1.2.
    pub(crate) new: bool,
    /// The name on the certificate.
    pub(crate) host: &'a str,
    /// Whether the server signed its own certificate.
    pub(crate) own: bool,
}

/// The opening of a connection: what is said, what a sensor notes, and the overhead of records.
pub(crate) struct Opened {
    pub(crate) said: Vec<Said>,
    pub(crate) notes: Notes,
    pub(crate) overhead: u8,
}

impl Hello<'_> {
    /// Plays the handshake from `ready_ns`.
    pub(crate) fn play(&self, ready_ns: u64, rtt_ns: u64, rng: &mut Rng) -> Opened {
        let mut said = Vec::new();
        let mut now = ready_ns;
        let mut say =
            |time_ns: u64, from: Side, body: Body| said.push(Said { time_ns, from, body });
        say(now, Side::Client, Body::bytes(record(22, &self.client_hello(rng))));
        now += rtt_ns + nanos(rng.between(0.000_3, 0.006));
        let cipher: u16 = match (self.new, self.family) {
            (true, _) => rng.pick(&[0x1301, 0x1302, 0x1303]),
            (false, Family::Device) => rng.pick(&[0xc02f, 0xc027]),
            (false, _) => rng.pick(&[0xc02f, 0xc030, 0xcca8]),
        };
        let issuer = if self.own { None } else { Some(rng.pick(&["R11", "E6", "Example CA G2"])) };
        let certificate = der::certificate(self.host, issuer, now / 1_000_000_000, rng);
        let mut flight = record(22, &self.server_hello(cipher, rng));
        if self.new {
            flight.extend([20, 3, 3, 0, 1, 1]);
            // extensions, certificate chain, signature and end, sealed
            let chain =
                certificate.der.len() as u64 + if self.own { 0 } else { 1_000 + rng.below(1_400) };
            let sealed = 40 + chain + 290 + if cipher == 0x1302 { 52 } else { 36 };
            let room = flight.len() as u64 + sealed + 22;
            let length = u16::try_from(sealed + 17).unwrap_or(u16::MAX);
            flight.extend([23, 3, 3]);
            flight.extend(length.to_be_bytes());
            say(now, Side::Server, Body::headed(flight, room));
            now += nanos(rng.between(0.000_3, 0.01));
            let end: u16 = if cipher == 0x1302 { 69 } else { 53 };
            let mut finish = vec![20, 3, 3, 0, 1, 1, 23, 3, 3];
            finish.extend(end.to_be_bytes());
            say(now, Side::Client, Body::headed(finish, 11 + u64::from(end)));
            if rng.chance(0.8) {
                // session tickets
                let size = 200 + rng.below(60);
                say(now + rtt_ns + 100_000, Side::Server, Body::records(size, 22));
                say(now + rtt_ns + 150_000, Side::Server, Body::records(size, 22));
            }
        } else {
            flight.extend(record(22, &certificates(&certificate.der)));
            flight.extend(record(22, &handshake(12, &key_exchange(rng))));
            flight.extend(record(22, &handshake(14, &[])));
            say(now, Side::Server, Body::bytes(flight));
            now += nanos(rng.between(0.000_5, 0.02));
            let mut finish = record(22, &handshake(16, &[&[32], &rng.bytes(32)[..]].concat()));
            finish.extend([20, 3, 3, 0, 1, 1]);
            finish.extend(record(22, &rng.bytes(40)));
            say(now, Side::Client, Body::bytes(finish));
            now += rtt_ns + nanos(0.000_5);
            let mut end = record(22, &handshake(4, &rng.bytes(198)));
            end.extend([20, 3, 3, 0, 1, 1]);
            end.extend(record(22, &rng.bytes(40)));
            say(now, Side::Server, Body::bytes(end));
        }
        let note = TlsNote {
            new: self.new,
            cipher,
            sni: self.sni.map(str::to_owned),
            alpn: self.alpn,
            certificate: (!self.new).then_some(certificate),
        };
        let overhead = match (self.new, cipher) {
            (true, _) => 22,
            (false, 0xcca8) => 21,
            (false, _) => 29,
        };
        Opened { said, notes: Notes::Tls(Box::new(note)), overhead }
    }

    fn client_hello(&self, rng: &mut Rng) -> Vec<u8> {
        let grease = rng.pick(&[0x0a0a_u16, 0x1a1a, 0x2a2a, 0x3a3a, 0x8a8a, 0xcaca, 0xfafa]);
        let browser = self.family == Family::Browser;
        let mut body = vec![3, 3];
        body.extend(rng.hash());
        body.push(32);
        body.extend(rng.hash());
        let mut ciphers: Vec<u16> = if browser { vec![grease] } else { Vec::new() };
        ciphers.extend(self.ciphers());
        body.extend(length16(&ciphers.iter().flat_map(|it| it.to_be_bytes()).collect::<Vec<_>>()));
        body.extend([1, 0]);
        body.extend(length16(&self.extensions(grease, rng)));
        handshake(1, &body)
    }

    fn ciphers(&self) -> &'static [u16] {
        match self.family {
            Family::Browser => &[
                0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
                0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
            ],
            Family::Phone => &[
                0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0xc00a,
                0xc009, 0xc014, 0xc013,
            ],
            Family::OpenSsl => &[
                0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b,
                0xc02f, 0x009e, 0xc024, 0xc028, 0x006b, 0xc023, 0xc027, 0x0067, 0xc00a, 0xc014,
                0x0039, 0xc009, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
                0x00ff,
            ],
            Family::Go => &[
                0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014,
                0x1301, 0x1302, 0x1303,
            ],
            Family::Device => &[0xc02b, 0xc02f, 0xc023, 0xc027, 0x009c, 0x003c, 0x002f],
        }
    }

    fn extensions(&self, grease: u16, rng: &mut Rng) -> Vec<u8> {
        let browser = self.family == Family::Browser;
        let mut out = Vec::new();
        let mut add = |kind: u16, body: &[u8]| {
            out.extend(kind.to_be_bytes());
            out.extend(length16(body));
        };
        if browser {
            add(grease, &[]);
        }
        if let Some(name) = self.sni {
            let entry = [&[0][..], &length16(name.as_bytes())].concat();
            add(0, &length16(&entry));
        }
        add(23, &[]);
        add(0xff01, &[0]);
        let groups: &[u8] = match self.family {
            Family::Browser => &[0x11, 0xec, 0, 29, 0, 23, 0, 24],
            Family::Device => &[0, 23, 0, 24],
            _ => &[0, 29, 0, 23, 0, 30, 0, 25, 0, 24],
        };
        add(10, &length16(groups));
        add(11, &[1, 0]);
        add(35, &[]);
        if let Some(alpn) = self.alpn {
            let mut list = Vec::new();
            let second = (alpn == "h2").then_some("http/1.1");
            for name in [Some(alpn), second].into_iter().flatten() {
                list.push(u8::try_from(name.len()).unwrap_or(0));
                list.extend(name.bytes());
            }
            add(16, &length16(&list));
        }
        add(13, &length16(&[4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1, 2, 1]));
        if self.family != Family::Device {
            add(43, if browser { &[6, 0x7a, 0x7a, 3, 4, 3, 3] } else { &[4, 3, 4, 3, 3] });
            add(45, &[1, 1]);
            let mut shares = Vec::new();
            if browser {
                shares.extend([0x11, 0xec]);
                shares.extend(length16(&rng.bytes(1_216)));
            }
            shares.extend([0, 29]);
            shares.extend(length16(&rng.hash()));
            add(51, &length16(&shares));
        }
        if browser {
            add(5, &[1, 0, 0, 0, 0]);
            add(18, &[]);
            // encrypted client hello, its place held by chance as Chrome does
            let size = 181 + 32 * rng.index(4);
            add(0xfe0d, &[&[0, 0, 1, 0, 1][..], &rng.bytes(size)].concat());
        }
        out
    }

    fn server_hello(&self, cipher: u16, rng: &mut Rng) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend(rng.hash());
        body.push(32);
        body.extend(rng.hash());
        body.extend(cipher.to_be_bytes());
        body.push(0);
        let mut more = Vec::new();
        if self.new {
            more.extend([0, 43, 0, 2, 3, 4, 0, 51]);
            let share = [&[0, 29][..], &length16(&rng.hash())].concat();
            more.extend(length16(&share));
        } else {
            more.extend([0xff, 1, 0, 1, 0, 0, 23, 0, 0, 0, 35, 0, 0]);
            if let Some(alpn) = self.alpn {
                let name = [&[u8::try_from(alpn.len()).unwrap_or(0)][..], alpn.as_bytes()].concat();
                more.extend([0, 16]);
                more.extend(length16(&length16(&name)));
            }
        }
        body.extend(length16(&more));
        handshake(2, &body)
    }
}

fn key_exchange(rng: &mut Rng) -> Vec<u8> {
    let mut out = vec![3, 0, 29, 32];
    out.extend(rng.hash());
    out.extend([8, 4, 1, 0]);
    out.extend(rng.bytes(256));
    out
}

fn certificates(der: &[u8]) -> Vec<u8> {
    let one = [&length24(der.len())[..], der].concat();
    handshake(11, &[&length24(one.len())[..], &one].concat())
}

fn length24(length: usize) -> [u8; 3] {
    let [.., high, middle, low] = length.to_be_bytes();
    [high, middle, low]
}

fn length16(body: &[u8]) -> Vec<u8> {
    let mut out = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    out.extend(body);
    out
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &length24(body.len()), body].concat()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &length16(body)].concat()
}
