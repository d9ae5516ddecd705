//! Where a host is, and what it does there: connections that follow each other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::dialogue::{Transport, nanos};
use crate::rng::Rng;
use crate::scenario_file::Span;
use crate::world::chance::{Gap, scale};
use crate::world::hello::{Family, Hello};
use crate::world::notes::Notes;
use crate::world::script::{Beat, Beats, Call, Cover, Said};

/// One host and the time it has.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) host: IpAddr,
    pub(crate) start_ns: u64,
    pub(crate) end_ns: u64,
    pub(crate) rtt_ms: Span,
    /// How much more often than usual things happen.
    pub(crate) rate: f64,
    pub(crate) resolver: IpAddr,
    /// When blocks of Bitcoin and Monero reach everybody.
    pub(crate) blocks: [Arc<[u64]>; 2],
    /// First address of the host's network, where its servers stand.
    pub(crate) base: Ipv4Addr,
}

/// Connections of one host for one purpose, one after the other.
pub(crate) struct Life {
    pub(crate) next_ns: u64,
    /// From the start of one connection, or from its end if `chained`, to the start of the next.
    pub(crate) gap: Gap,
    pub(crate) chained: bool,
    pub(crate) make: Make,
}

/// Makes the connection that starts now; the answer is the connection and about when it ends.
pub(crate) type Make = Box<dyn FnMut(u64, &mut Rng) -> (Call, u64) + Send>;

impl Life {
    /// Connections from some time within the first `within` seconds on.
    pub(crate) fn new(place: &Place, within: f64, gap: Gap, rng: &mut Rng, make: Make) -> Self {
        let next_ns = place.start_ns + nanos(within * rng.unit());
        Self { next_ns, gap, chained: false, make }
    }

    /// Long connections that are opened again a while after they end.
    pub(crate) fn lasting(place: &Place, rng: &mut Rng, make: Make) -> Self {
        let within = 120.0_f64.min(crate::dialogue::seconds(place.end_ns - place.start_ns) * 0.2);
        let next_ns = place.start_ns + nanos(within * rng.unit());
        Self { next_ns, gap: Gap::Uneven(8.0, 1.5), chained: true, make }
    }
}

/// What a connection is like before anything is said on it.
pub(crate) struct Route<'a> {
    pub(crate) kind: &'static str,
    pub(crate) transport: Transport,
    pub(crate) server: SocketAddr,
    /// Factor on the network's round trip: below 1 for what is near.
    pub(crate) near: f64,
    pub(crate) tls: Option<Hello<'a>>,
    pub(crate) cover: Cover,
    /// Bits a second of one connection.
    pub(crate) speed: f64,
}

impl<'a> Route<'a> {
    /// A TCP connection whose contents look like chance.
    pub(crate) fn tcp(kind: &'static str, server: SocketAddr) -> Self {
        Self {
            kind,
            transport: Transport::Tcp,
            server,
            near: 1.0,
            tls: None,
            cover: Cover::Bare,
            speed: 40e6,
        }
    }

    /// A UDP exchange whose contents look like chance.
    pub(crate) fn udp(kind: &'static str, server: SocketAddr) -> Self {
        Self { transport: Transport::Udp, ..Self::tcp(kind, server) }
    }

    /// A TLS connection.
    pub(crate) fn tls(kind: &'static str, server: SocketAddr, hello: Hello<'a>) -> Self {
        Self { tls: Some(hello), ..Self::tcp(kind, server) }
    }

    /// Within the network.
    pub(crate) fn near(self) -> Self {
        Self { near: 0.04, speed: 500e6, ..self }
    }
}

impl Place {
    /// An address outside that belongs to a service, one of `of` such.
    pub(crate) fn outside(service: &str, of: u64, rng: &mut Rng) -> IpAddr {
        // 198.18.0.0/15 is set aside for measurements (RFC 2544): it is nobody's
        let mut tag = Rng::new(service.len() as u64).fork(service);
        let place = (tag.below(131_000) + rng.below(of)) % 131_072;
        let base = u32::from(Ipv4Addr::new(198, 18, 0, 0));
        IpAddr::V4(Ipv4Addr::from(base + u32::try_from(place).unwrap_or(0)))
    }

    /// A server in the host's own network.
    pub(crate) fn inside(&self, last: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(u32::from(self.base) + u32::from(last % 16) + 2))
    }

    /// A port that the host has not used lately.
    pub(crate) fn port(rng: &mut Rng) -> u16 {
        32_768 + u16::try_from(rng.below(28_232)).unwrap_or(0)
    }

    /// A round trip.
    pub(crate) fn rtt_ns(&self, near: f64, rng: &mut Rng) -> u64 {
        let (low, high) = (self.rtt_ms.low.max(0.05), self.rtt_ms.high.max(0.05));
        nanos((scale(rng, low, high.max(low * 1.001)) * near).max(0.12) / 1e3)
    }

    /// How long a connection lasts: usually about `median` seconds, never beyond the end.
    pub(crate) fn until(&self, start_ns: u64, median: f64, sigma: f64, rng: &mut Rng) -> u64 {
        let lasts = crate::world::chance::around(rng, median, sigma);
        start_ns.saturating_add(nanos(lasts.max(1.0))).min(self.end_ns)
    }

    /// A connection with its opening and beats, until `end_ns`.
    pub(crate) fn call(
        &self,
        route: &Route<'_>,
        start_ns: u64,
        end_ns: u64,
        beats: Vec<Beat>,
        rng: &mut Rng,
    ) -> (Call, u64) {
        self.call_after(route, start_ns, end_ns, Vec::new(), beats, rng)
    }

    /// The same with words of its own between the carrier's opening and the beats; their times
    /// count from when the connection is ready.
    pub(crate) fn call_after(
        &self,
        route: &Route<'_>,
        start_ns: u64,
        end_ns: u64,
        opening: Vec<Said>,
        beats: Vec<Beat>,
        rng: &mut Rng,
    ) -> (Call, u64) {
        let rtt_ns = self.rtt_ns(route.near, rng);
        let mut ready_ns = Call::ready_ns(route.transport, start_ns, rtt_ns);
        let (mut said, mut notes, mut cover) = (Vec::new(), Notes::None, route.cover);
        if let Some(hello) = &route.tls {
            let opened = hello.play(ready_ns, rtt_ns, rng);
            ready_ns = opened.said.last().map_or(ready_ns, |said| said.time_ns) + 1_000_000;
            (said, notes, cover) = (opened.said, opened.notes, Cover::Tls(opened.overhead));
        }
        for mut word in opening {
            word.time_ns += ready_ns;
            said.push(word);
        }
        let times = (ready_ns, rtt_ns, end_ns);
        let script = Beats::new(said, beats, cover, times, rng);
        let call = Call {
            transport: route.transport,
            client: SocketAddr::new(self.host, Self::port(rng)),
            server: route.server,
            start_ns,
            rtt_ns,
            kind: route.kind,
            pace_ns: nanos(1_500.0 * 8.0 / route.speed),
            script: Box::new(script),
            notes,
        };
        (call, end_ns)
    }
}

/// A TLS hello as most programs send it.
pub(crate) fn hello<'a>(family: Family, host: &'a str, rng: &mut Rng) -> Hello<'a> {
    let alpn = match family {
        Family::Browser | Family::Phone => Some("h2"),
        Family::Go if rng.chance(0.6) => Some("h2"),
        _ => None,
    };
    let new = family != Family::Device && !rng.chance(0.12);
    Hello { family, sni: Some(host), alpn, new, host, own: false }
}
