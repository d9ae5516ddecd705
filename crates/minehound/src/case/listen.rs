//! Syslog as it comes, kept as files of the case: what is imported is what can be shown later.
//!
//! UDP (RFC 5426) and TCP (RFC 6587, by length or by line) on one address that somebody named. Lines go to a
//! file as they are; every minute it is closed, is on the disk, and is handed on. What an earlier
//! program left behind is handed on first, so that nothing that was written is lost.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A file is closed after so long, or when it is so big.
const CLOSED_AFTER: Duration = Duration::from_mins(1);
const CLOSED_BYTES: u64 = 256 << 20;
/// Connections at once, and the longest line of one; what is longer is cut.
const MAX_CONNECTIONS: usize = 256;
const MAX_LINE: usize = 64 << 10;
/// Datagrams that are taken before connections have their turn.
const TURN: usize = 1_024;
/// How long it rests when nobody says anything.
const REST: Duration = Duration::from_millis(5);

/// Listens on an address.
pub(super) struct Listening {
    udp: UdpSocket,
    tcp: TcpListener,
}

impl Listening {
    pub(super) fn on(address: SocketAddr) -> io::Result<Self> {
        let tcp = TcpListener::bind(address)?;
        // The same port for both, also where any free one was asked for.
        let udp = UdpSocket::bind(tcp.local_addr()?)?;
        tcp.set_nonblocking(true)?;
        udp.set_nonblocking(true)?;
        Ok(Self { udp, tcp })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Writes what comes until it is to stop, and hands on files that are closed.
    pub(super) fn run(
        self,
        folder: &Path,
        until: Option<Instant>,
        stop: &AtomicBool,
        closed: &Sender<PathBuf>,
    ) -> io::Result<()> {
        let mut spool = Spool::new(folder);
        let mut talks: Vec<Talk> = Vec::new();
        let mut bytes = vec![0; MAX_LINE];
        while !stop.load(Ordering::Relaxed) && until.is_none_or(|it| Instant::now() < it) {
            let mut heard = false;
            for _ in 0..TURN {
                match self.udp.recv_from(&mut bytes) {
                    Ok((len, _)) => spool.line(bytes.get(..len).unwrap_or_default())?,
                    Err(it) if is_nothing(&it) => break,
                    Err(it) => return Err(it),
                }
                heard = true;
            }
            if let Ok((stream, _)) = self.tcp.accept()
                && talks.len() < MAX_CONNECTIONS
            {
                stream.set_nonblocking(true)?;
                talks.push(Talk { stream, rest: Vec::new() });
            }
            let mut failed = Ok(());
            talks.retain_mut(|it| {
                let more = it.hear(&mut bytes, &mut heard, &mut spool);
                more.unwrap_or_else(|cause| {
                    failed = Err(cause);
                    false
                })
            });
            failed?;
            spool.pass_on(false, closed)?;
            if !heard {
                sleep(REST);
            }
        }
        for it in &mut talks {
            it.end(&mut spool)?;
        }
        spool.pass_on(true, closed)
    }
}

fn is_nothing(it: &io::Error) -> bool {
    matches!(it.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionReset)
}

/// One connection.
struct Talk {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Talk {
    /// Takes what has come; whether more may come.
    fn hear(&mut self, bytes: &mut [u8], heard: &mut bool, spool: &mut Spool) -> io::Result<bool> {
        match self.stream.read(bytes) {
            Ok(0) => {
                self.end(spool)?;
                Ok(false)
            }
            Ok(len) => {
                *heard = true;
                self.rest.extend_from_slice(bytes.get(..len).unwrap_or_default());
                self.lines(spool)?;
                Ok(true)
            }
            Err(it) if it.kind() == ErrorKind::WouldBlock => Ok(true),
            // Whoever spoke is gone; what they said stays.
            Err(_) => {
                self.end(spool)?;
                Ok(false)
            }
        }
    }

    fn lines(&mut self, spool: &mut Spool) -> io::Result<()> {
        let mut at = 0;
        while let Some(rest) = self.rest.get(at..).filter(|it| !it.is_empty()) {
            let Some((skip, len)) = framed(rest) else { break };
            spool.line(rest.get(skip..skip + len).unwrap_or_default())?;
            at += skip + len;
        }
        self.rest.drain(..at.min(self.rest.len()));
        if self.rest.len() > MAX_LINE {
            spool.line(&std::mem::take(&mut self.rest))?;
        }
        Ok(())
    }

    fn end(&mut self, spool: &mut Spool) -> io::Result<()> {
        let rest = std::mem::take(&mut self.rest);
        spool.line(&rest)
    }
}

/// Where the next message lies: what to skip before it, and its length with the end of its line.
fn framed(bytes: &[u8]) -> Option<(usize, usize)> {
    // By length: `LEN SP MSG`; a message itself begins with `<`.
    let digits = bytes.iter().take(6).take_while(|it| it.is_ascii_digit()).count();
    if digits > 0 && bytes.get(digits) == Some(&b' ') {
        let len = std::str::from_utf8(bytes.get(..digits)?).ok()?.parse::<usize>().ok()?;
        let whole = len <= MAX_LINE && bytes.len() >= digits + 1 + len;
        return whole.then_some((digits + 1, len));
    }
    let end = bytes.iter().position(|it| *it == b'\n')?;
    Some((0, end + 1))
}

/// The file that is written, and those before it.
struct Spool {
    folder: PathBuf,
    open: Option<(PathBuf, BufWriter<File>, u64, Instant)>,
    number: u64,
}

impl Spool {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), open: None, number: 0 }
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return Ok(());
        }
        if self.open.is_none() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
            self.number += 1;
            let path = self.folder.join(format!("syslog-{now}-{}.part", self.number));
            let file = File::options().write(true).create_new(true).open(&path)?;
            self.open = Some((path, BufWriter::new(file), 0, Instant::now()));
        }
        let Some((_, file, written, _)) = &mut self.open else { return Ok(()) };
        // A message is one line, whatever is in it.
        for part in line.split(|it| *it == b'\n' || *it == b'\r') {
            file.write_all(part)?;
            file.write_all(b" ")?;
        }
        file.write_all(b"\n")?;
        *written += line.len() as u64 + 1;
        Ok(())
    }

    /// Closes the file if it is time, and hands it on.
    fn pass_on(&mut self, now: bool, closed: &Sender<PathBuf>) -> io::Result<()> {
        let due = |it: &(PathBuf, BufWriter<File>, u64, Instant)| {
            now || it.2 >= CLOSED_BYTES || it.3.elapsed() >= CLOSED_AFTER
        };
        let Some((path, file, ..)) = self.open.take_if(|it| due(it)) else { return Ok(()) };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let whole = path.with_extension("log");
        fs::rename(&path, &whole)?;
        File::open(&self.folder)?.sync_all()?;
        // Nobody listens any more only when the program ends.
        let _ = closed.send(whole);
        Ok(())
    }
}

/// The files that an earlier program left: all that are there, whole or not.
pub(super) fn left(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.extension().and_then(|it| it.to_str()) {
            Some("part") => {
                let whole = path.with_extension("log");
                fs::rename(&path, &whole)?;
                left.push(whole);
            }
            Some("log") => left.push(path),
            _ => {}
        }
    }
    left.sort();
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart_by_length_or_by_line() {
        assert_eq!(framed(b"5 <1>ab<2>c\n"), Some((2, 5)));
        assert_eq!(framed(b"<1>ab\n<2>c\n"), Some((0, 6)));
        assert_eq!(framed(b"9 <1>ab"), None, "not whole");
        assert_eq!(framed(b"<1>ab"), None);
        assert_eq!(framed(b"99999999 x\n"), Some((0, 11)), "no length is as long as that");
    }

    #[test]
    fn what_an_earlier_program_left_is_found() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["syslog-1-1.part", "syslog-0-1.log", "other.txt"] {
            fs::write(folder.path().join(name), "<1>x\n").unwrap();
        }
        let left = left(folder.path()).unwrap();
        let names: Vec<_> = left.iter().filter_map(|it| it.file_name()?.to_str()).collect();
        assert_eq!(names, ["syslog-0-1.log", "syslog-1-1.log"]);
    }
}
