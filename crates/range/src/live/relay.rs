//! The way between the two ends: what arrives on the outer link goes on after a delay, since the
//! kernel may have no emulator of delays.
//!
//! A relay of TCP ends connections at both sides: a handshake is answered at once, what is said is
//! delayed.

mod datagrams;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::clock::{Clock, GLANCE, whole};
use crate::dialogue::nanos;
use crate::rng::Rng;

pub(super) use datagrams::udp;

/// So many pieces may be on the way in one direction; then the sender waits.
const ON_THE_WAY: usize = 256;

/// How long things are on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lag {
    pub(super) delay_ms: f64,
    pub(super) jitter_ms: f64,
}

/// When each thing arrives that leaves now; nothing overtakes.
struct Arrivals {
    lag: Lag,
    rng: Rng,
    last_ns: u64,
}

impl Arrivals {
    fn new(lag: Lag, rng: Rng) -> Self {
        Self { lag, rng, last_ns: 0 }
    }

    fn of(&mut self, left_ns: u64) -> u64 {
        let way = self.lag.delay_ms + self.rng.between(0.0, self.lag.jitter_ms);
        self.last_ns = self.last_ns.max(left_ns + nanos(way / 1e3));
        self.last_ns
    }
}

/// Who came through a relay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guests(Arc<Mutex<Vec<SocketAddr>>>);

impl Guests {
    fn add(&self, guest: SocketAddr) {
        if let Ok(mut all) = self.0.lock() {
            all.push(guest);
        }
    }

    /// Those that nobody has asked for yet.
    pub(super) fn take(&self) -> Vec<SocketAddr> {
        self.0.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
    }
}

/// Passes connections on, until the run is over. To be called in the outer namespace.
pub(super) fn tcp(
    listen: SocketAddr,
    to: SocketAddr,
    lag: Lag,
    clock: &Arc<Clock>,
    mut rng: Rng,
) -> io::Result<Guests> {
    let listener = TcpListener::bind(listen)?;
    let guests = Guests::default();
    let (seen, clock) = (guests.clone(), clock.clone());
    thread::spawn(move || {
        while let Some((near, guest)) = accept(&listener, &clock) {
            // whoever is at the far end asks who came as soon as there is a connection
            seen.add(guest);
            let Ok(far) = TcpStream::connect(to) else { continue };
            // a connection that ends meanwhile is no matter of the relay
            let _ = pass(&near, &far, Arrivals::new(lag, rng.fork("up")), &clock);
            let _ = pass(&far, &near, Arrivals::new(lag, rng.fork("down")), &clock);
        }
    });
    Ok(guests)
}

/// The next connection; `None` when all is over.
pub(super) fn accept(listener: &TcpListener, clock: &Clock) -> Option<(TcpStream, SocketAddr)> {
    let glance = Timespec { tv_sec: 0, tv_nsec: i64::from(GLANCE.subsec_nanos()) };
    while !clock.over() {
        let mut waiting = [PollFd::new(listener, PollFlags::IN)];
        match poll(&mut waiting, Some(&glance)) {
            Ok(0) => {}
            Ok(_) => {
                if let Ok((stream, from)) = listener.accept() {
                    return Some((stream, from));
                }
            }
            Err(_) => thread::sleep(GLANCE),
        }
    }
    None
}

/// What is read, or that nothing comes any more.
type Piece = (u64, Option<Vec<u8>>);

/// Passes one direction on.
fn pass(
    from: &TcpStream,
    to: &TcpStream,
    arrivals: Arrivals,
    clock: &Arc<Clock>,
) -> io::Result<()> {
    let (from, to) = (from.try_clone()?, to.try_clone()?);
    from.set_read_timeout(Some(GLANCE))?;
    to.set_nodelay(true)?;
    let (sender, receiver) = sync_channel(ON_THE_WAY);
    let (here, there) = (clock.clone(), clock.clone());
    thread::spawn(move || take(from, &sender, arrivals, &here));
    thread::spawn(move || give(to, &receiver, &there));
    Ok(())
}

fn take(mut from: TcpStream, sender: &SyncSender<Piece>, mut arrivals: Arrivals, clock: &Clock) {
    let mut buffer = vec![0; 16_384];
    while !clock.over() {
        let piece = match from.read(&mut buffer) {
            Err(error) if is_pause(&error) => continue,
            Ok(count) if count > 0 => buffer.get(..count).map(<[u8]>::to_vec),
            Ok(_) | Err(_) => None,
        };
        let ends = piece.is_none();
        if sender.send((arrivals.of(clock.now_ns()), piece)).is_err() || ends {
            return;
        }
    }
}

fn give(mut to: TcpStream, receiver: &Receiver<Piece>, clock: &Clock) {
    while let Ok((time_ns, piece)) = receiver.recv() {
        let written = clock.until(time_ns) && piece.is_some_and(|it| to.write_all(&it).is_ok());
        if !written {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Nothing came within a glance.
pub(super) fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// The mean of the way there and back.
pub(super) fn round_trip(lag: Lag) -> Duration {
    Duration::from_nanos(nanos((2.0 * lag.delay_ms + lag.jitter_ms) / 1e3))
}

/// Half of it.
pub(super) fn one_way_ns(lag: Lag) -> u64 {
    whole(round_trip(lag)) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
    use std::time::Instant;

    const LAG: Lag = Lag { delay_ms: 30.0, jitter_ms: 4.0 };

    fn local() -> SocketAddr {
        "127.0.0.1:0".parse().unwrap()
    }

    #[test]
    fn nothing_overtakes_on_the_way_and_nothing_is_early() {
        let mut arrivals = Arrivals::new(Lag { delay_ms: 5.0, jitter_ms: 50.0 }, Rng::new(3));
        let times: Vec<u64> = (0..200).map(|left| arrivals.of(left * 1_000_000)).collect();
        assert!(times.is_sorted());
        assert!(times.iter().zip(0..).all(|(time, left)| *time >= left * 1_000_000 + 5_000_000));
    }

    #[test]
    fn what_is_said_over_tcp_comes_back_after_a_round_trip_and_whole() {
        let clock = Arc::new(Clock::new(Arc::default()));
        let far = TcpListener::bind(local()).unwrap();
        let free = TcpListener::bind(local()).unwrap().local_addr().unwrap();
        let guests = tcp(free, far.local_addr().unwrap(), LAG, &clock, Rng::new(1)).unwrap();
        let mut near = TcpStream::connect(free).unwrap();
        let (mut end, _) = far.accept().unwrap();
        let begun = Instant::now();
        near.write_all(b"question").unwrap();
        let mut heard = [0; 8];
        end.read_exact(&mut heard).unwrap();
        end.write_all(b"answer").unwrap();
        drop(end);
        let mut said = Vec::new();
        near.read_to_end(&mut said).unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(60), "{:?}", begun.elapsed());
        assert_eq!((&heard, &*said), (b"question", &b"answer"[..]));
        assert_eq!(guests.take(), [near.local_addr().unwrap()]);
        clock.end();
    }

    #[test]
    fn datagrams_find_their_way_back_to_who_sent_them() {
        let clock = Arc::new(Clock::new(Arc::default()));
        let far = UdpSocket::bind(local()).unwrap();
        let free = UdpSocket::bind(local()).unwrap().local_addr().unwrap();
        udp(free, far.local_addr().unwrap(), LAG, &clock, Rng::new(1)).unwrap();
        let (mut buffer, mut both) = ([0; 64], Vec::new());
        for word in ["one", "two"] {
            let near = UdpSocket::bind(local()).unwrap();
            let begun = Instant::now();
            near.send_to(word.as_bytes(), free).unwrap();
            let (count, from) = far.recv_from(&mut buffer).unwrap();
            far.send_to(&buffer[..count], from).unwrap();
            let count = near.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..count], word.as_bytes());
            assert!(begun.elapsed() >= Duration::from_millis(60));
            both.push(from);
        }
        assert_ne!(both[0], both[1]);
        clock.end();
    }
}
