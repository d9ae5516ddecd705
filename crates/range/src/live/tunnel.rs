//! What stands between the two ends of a group: real software with keys that are made for this run.

mod certificate;
mod openvpn;
mod shadowsocks;
mod socks;
mod ssh;
mod tls;
mod wireguard;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use super::Lab;
use super::endpoint::{Pipe, connect};
use super::process::Program;
use super::relay::{self, Guests};
use super::trouble::Trouble;
use crate::carrier::Sni;
use crate::rng::Rng;
use crate::scenario_file::{Software, Through};

/// The name in a hello that is to look like somebody else's.
const FAKE_NAME: &str = "cdn.example";

/// Where a group is: addresses and ports follow from its number.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) number: u16,
    pub(super) through: Through,
    /// The pool's name.
    pub(super) name: String,
}

/// Whom a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// The pool.
    Pool,
    /// Whoever answers other traffic.
    Chat,
}

impl Site {
    fn last(&self, from: u8) -> u8 {
        last(self.number, from)
    }

    /// The host inside.
    pub(super) fn host(&self) -> Ipv4Addr {
        host(self.number)
    }

    /// The server on the outer link: a network for documentation, here in a namespace alone.
    pub(super) fn outer(&self) -> SocketAddr {
        let address = Ipv4Addr::new(203, 0, 113, self.last(10));
        SocketAddr::new(IpAddr::V4(address), self.through.port)
    }

    /// The far (1) or the near (2) end inside a tunnel that takes packets.
    fn inner(&self, end: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 8, self.last(0), end)
    }

    /// The software's own port behind the relay.
    pub(super) fn server_port(&self) -> u16 {
        20_000 + self.number
    }

    /// Where software inside takes connections.
    fn local_port(&self, goal: Goal) -> u16 {
        self.number + if goal == Goal::Pool { 21_000 } else { 22_000 }
    }

    /// Where whoever is meant listens.
    fn goal_port(&self, goal: Goal) -> u16 {
        self.number + if goal == Goal::Pool { 23_000 } else { 24_000 }
    }

    /// The name in the hello of TLS.
    pub(super) fn server_name(&self) -> Option<&str> {
        match self.through.sni {
            Sni::Host => Some(&self.name),
            Sni::Fake => Some(FAKE_NAME),
            Sni::None => None,
        }
    }

    /// A file of this group in the run's folder.
    fn file(&self, lab: &Lab, name: &str) -> PathBuf {
        lab.folder().join(format!("{}-{name}", self.number))
    }
}

fn last(number: u16, from: u8) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX).saturating_add(from)
}

/// The host of a group.
pub(super) fn host(number: u16) -> Ipv4Addr {
    Ipv4Addr::new(192, 168, 7, last(number, 20))
}

/// An address of the machine itself.
pub(super) fn own(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// How connections enter.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// At an address.
    Direct,
    /// At a port of this machine for each goal.
    Ports,
    /// Through a SOCKS proxy of this machine.
    Socks,
    /// Through a program of their own.
    SClient,
}

/// A tunnel that stands, taken down when dropped.
pub(super) struct Standing {
    /// Whoever waits for the run's end looks after them.
    pub(super) programs: Vec<Program>,
    /// Who came to the outer port, where it is one of TCP.
    pub(super) guests: Guests,
    entry: Entry,
    /// Where goals are listened for, and where they are asked for.
    goal: IpAddr,
    asked: IpAddr,
}

impl Standing {
    fn new(entry: Entry, programs: Vec<Program>, guests: Guests) -> Self {
        let goal = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { programs, guests, entry, goal, asked: goal }
    }

    /// Listens for a goal.
    pub(super) fn listen(&self, lab: &Lab, site: &Site, goal: Goal) -> io::Result<TcpListener> {
        let at = SocketAddr::new(self.goal, site.goal_port(goal));
        lab.outside.within(|| TcpListener::bind(at))
    }

    /// Opens a connection from inside. To be called by a thread that lives as long as it.
    pub(super) fn open(&self, lab: &Lab, site: &Site, goal: Goal) -> Result<Pipe, Trouble> {
        let asked = SocketAddr::new(self.asked, site.goal_port(goal));
        let to = match self.entry {
            Entry::SClient => return tls::client(lab, site),
            Entry::Direct if self.asked == IpAddr::V4(Ipv4Addr::LOCALHOST) => site.outer(),
            Entry::Direct => asked,
            Entry::Ports => own(site.local_port(goal)),
            Entry::Socks => own(site.local_port(Goal::Pool)),
        };
        let stream = lab.inside.within(|| connect(to, &lab.clock))?;
        let mut pipe = Pipe::socket(stream, &lab.clock)?;
        if matches!(self.entry, Entry::Socks) {
            socks::ask(&mut pipe, asked)?;
        }
        Ok(pipe)
    }
}

/// Sets up what a group goes through. To be called by the thread that waits for the run's end.
pub(super) fn stand(lab: &Lab, site: &Site, rng: &mut Rng) -> Result<Standing, Trouble> {
    match site.through.software {
        Software::Nothing => {
            let guests = relayed(lab, site, own(site.goal_port(Goal::Pool)), rng)?;
            Ok(Standing::new(Entry::Direct, Vec::new(), guests))
        }
        Software::SClient => tls::stand(lab, site, tls::Near::SClient, rng),
        Software::Stunnel => tls::stand(lab, site, tls::Near::Stunnel, rng),
        Software::Ssh | Software::SshSocks => ssh::stand(lab, site, rng),
        Software::WireGuard => wireguard::stand(lab, site, rng),
        Software::OpenVpnUdp | Software::OpenVpnTcp | Software::OpenVpnStatic => {
            openvpn::stand(lab, site, rng)
        }
        Software::Shadowsocks => shadowsocks::stand(lab, site, rng),
    }
}

/// Sets up a server of TLS that nothing but a browser goes to.
pub(super) fn stand_for_browser(
    lab: &Lab,
    site: &Site,
    rng: &mut Rng,
) -> Result<Standing, Trouble> {
    tls::stand(lab, site, tls::Near::Browser, rng)
}

/// A relay of TCP from the outer port.
fn relayed(lab: &Lab, site: &Site, to: SocketAddr, rng: &mut Rng) -> io::Result<Guests> {
    let rng = rng.fork("relay");
    lab.outside.within(move || relay::tcp(site.outer(), to, lab.lag, &lab.clock, rng))
}

/// A relay of UDP from the outer port.
fn relayed_datagrams(lab: &Lab, site: &Site, to: SocketAddr, rng: &mut Rng) -> io::Result<()> {
    let rng = rng.fork("relay");
    lab.outside.within(move || relay::udp(site.outer(), to, lab.lag, &lab.clock, rng))
}
