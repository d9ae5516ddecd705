//! Datagrams of an exporter sent to a collector on this machine.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use crate::written::Carries;

/// Sends each datagram of an exporter as one of UDP.
#[derive(Debug)]
pub struct Courier {
    socket: UdpSocket,
    /// So many seconds of the scenario go by in one; `None` for as fast as it is made.
    speed: Option<f64>,
    /// When the first was sent, and when it was due by the exporter's clock.
    first: Option<(Instant, u64)>,
}

impl Courier {
    /// To a collector, at so many times the scenario's own pace or as fast as possible.
    ///
    /// # Errors
    ///
    /// The collector is not on this machine, or the system refused.
    pub fn new(to: SocketAddr, speed: Option<f64>) -> io::Result<Self> {
        if !to.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "only to this machine: give 127.0.0.1 and a port",
            ));
        }
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect(to)?;
        Ok(Self { socket, speed, first: None })
    }

    fn wait(&mut self, now_ns: u64) {
        let (begun, first_ns) = *self.first.get_or_insert((Instant::now(), now_ns));
        let Some(speed) = self.speed else { return };
        let due = Duration::from_nanos(now_ns.saturating_sub(first_ns)).div_f64(speed);
        thread::sleep(due.saturating_sub(begun.elapsed()));
    }
}

impl Carries for Courier {
    fn send(&mut self, now_ns: u64, payload: Vec<u8>) -> io::Result<()> {
        self.wait(now_ns);
        match self.socket.send(&payload) {
            // the answer to one before: nobody listens, which an exporter never minds
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario_file::Scenario;
    use crate::world::World;
    use crate::written::Export;

    #[test]
    fn a_collector_hears_each_format_by_its_version() {
        let text = "duration = \"2m\"\n[[miner]]\ndialect = \"cryptonote\"\n";
        let world = World::new(Scenario::parse("x.toml", text).unwrap(), 1);
        let formats = [
            (Export::NetFlow5, &[0, 5][..]),
            (Export::NetFlow9, &[0, 9]),
            (Export::Ipfix, &[0, 10]),
            (Export::Sflow, &[0, 0, 0, 5]),
        ];
        for (export, begins) in formats {
            let collector = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let courier = Courier::new(collector.local_addr().unwrap(), None).unwrap();
            world.send(export, courier).unwrap();
            let mut heard = [0; 2_048];
            let count = collector.recv(&mut heard).unwrap();
            assert!(heard[..count].starts_with(begins), "{export:?}");
        }
    }

    #[test]
    fn nothing_is_sent_to_other_machines() {
        let refused = Courier::new("192.0.2.1:2055".parse().unwrap(), None).unwrap_err();
        assert!(refused.to_string().contains("127.0.0.1"));
    }
}
