//! The same for datagrams.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::{Arrivals, Lag, ON_THE_WAY, is_pause};
use crate::live::clock::{Clock, GLANCE};
use crate::rng::Rng;

/// The most senders that are told apart.
const MOST_SENDERS: usize = 64;
/// No datagram is longer.
const LONGEST: usize = 65_535;

/// When it arrives, and what.
type Datagram = (u64, Vec<u8>);

/// Passes datagrams on, until the run is over; who sent them gets what comes back. To be called in
/// the outer namespace.
pub(in crate::live) fn udp(
    listen: SocketAddr,
    to: SocketAddr,
    lag: Lag,
    clock: &Arc<Clock>,
    rng: Rng,
) -> io::Result<()> {
    let near = UdpSocket::bind(listen)?;
    near.set_read_timeout(Some(GLANCE))?;
    let clock = clock.clone();
    thread::spawn(move || all(&near, to, lag, &clock, rng));
    Ok(())
}

fn all(near: &UdpSocket, to: SocketAddr, lag: Lag, clock: &Arc<Clock>, mut rng: Rng) {
    let mut senders: BTreeMap<SocketAddr, (Arrivals, SyncSender<Datagram>)> = BTreeMap::new();
    let mut buffer = vec![0; LONGEST];
    while !clock.over() {
        let (count, from) = match near.recv_from(&mut buffer) {
            Ok(heard) => heard,
            Err(error) if is_pause(&error) => continue,
            Err(_) => return,
        };
        if !senders.contains_key(&from) {
            let opened = (senders.len() < MOST_SENDERS)
                .then(|| open(near, from, to, (lag, rng.fork("down")), clock).ok());
            let Some(sender) = opened.flatten() else { continue };
            senders.insert(from, (Arrivals::new(lag, rng.fork("up")), sender));
        }
        let Some((arrivals, sender)) = senders.get_mut(&from) else { continue };
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        // a full way loses datagrams, as real ones do
        let _ = sender.try_send((arrivals.of(clock.now_ns()), bytes));
    }
}

/// A way for one sender and back.
fn open(
    near: &UdpSocket,
    from: SocketAddr,
    to: SocketAddr,
    (lag, rng): (Lag, Rng),
    clock: &Arc<Clock>,
) -> io::Result<SyncSender<Datagram>> {
    let far = UdpSocket::bind(SocketAddr::new(to.ip(), 0))?;
    far.connect(to)?;
    far.set_read_timeout(Some(GLANCE))?;
    let (up, up_out) = sync_channel(ON_THE_WAY);
    let (down, down_out) = sync_channel(ON_THE_WAY);
    let (sending, back) = (far.try_clone()?, near.try_clone()?);
    let clocks = [clock.clone(), clock.clone(), clock.clone()];
    let [one, two, three] = clocks;
    thread::spawn(move || give(&up_out, &one, |bytes| sending.send(bytes)));
    thread::spawn(move || give(&down_out, &two, |bytes| back.send_to(bytes, from)));
    thread::spawn(move || {
        let (mut arrivals, mut buffer) = (Arrivals::new(lag, rng), vec![0; LONGEST]);
        while !three.over() {
            match far.recv(&mut buffer) {
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default().to_vec();
                    let _ = down.try_send((arrivals.of(three.now_ns()), bytes));
                }
                // nobody listens there yet: the sender will try again
                Err(error) if is_pause(&error) || refused(&error) => {}
                Err(_) => return,
            }
        }
    });
    Ok(up)
}

fn refused(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

fn give(receiver: &Receiver<Datagram>, clock: &Clock, send: impl Fn(&[u8]) -> io::Result<usize>) {
    while let Ok((time_ns, bytes)) = receiver.recv() {
        if !clock.until(time_ns) {
            return;
        }
        let _ = send(&bytes);
    }
}
