//! Both ends of a conversation that was made before: each writes what is its own when it is due
//! and waits for what the other writes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::clock::{Clock, GLANCE};
use super::process::Program;
use super::relay::is_pause;
use crate::dialogue::{Side, Turn};

/// An end that is tried again and again stands within so long.
const CONNECTING: Duration = Duration::from_secs(20);

/// One end of a connection: a socket, or a program that has it.
pub(super) struct Pipe {
    read: Box<dyn Read + Send>,
    write: Box<dyn Write + Send>,
    socket: Option<TcpStream>,
    /// Ends with the connection.
    program: Option<Program>,
}

impl Pipe {
    /// Over a socket.
    pub(super) fn socket(stream: TcpStream, clock: &Arc<Clock>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(GLANCE))?;
        let patient = Patient { stream: stream.try_clone()?, clock: clock.clone() };
        Ok(Self {
            read: Box::new(patient),
            write: Box::new(stream.try_clone()?),
            socket: Some(stream),
            program: None,
        })
    }

    /// Through a program's standard input and output.
    pub(super) fn program(
        program: Program,
        read: impl Read + Send + 'static,
        write: impl Write + Send + 'static,
    ) -> Self {
        Self { read: Box::new(read), write: Box::new(write), socket: None, program: Some(program) }
    }

    /// Reads so many bytes.
    pub(super) fn hear(&mut self, mut count: usize) -> io::Result<()> {
        let mut buffer = [0; 4_096];
        while count > 0 {
            let room = count.min(buffer.len());
            let part = buffer.get_mut(..room).unwrap_or_default();
            match self.read.read(part)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => count -= read,
            }
        }
        Ok(())
    }

    /// Reads exactly as many bytes as there is room.
    pub(super) fn fill(&mut self, room: &mut [u8]) -> io::Result<()> {
        self.read.read_exact(room)
    }

    /// Writes.
    pub(super) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write.write_all(bytes)?;
        self.write.flush()
    }

    /// Closes it from this side.
    pub(super) fn close(mut self) {
        if let Some(socket) = &self.socket {
            let _ = socket.shutdown(Shutdown::Write);
        }
        drop(self.program.take());
    }

    /// Waits until the other side closes it.
    pub(super) fn closed(&mut self) {
        let mut buffer = [0; 1_024];
        while self.read.read(&mut buffer).is_ok_and(|count| count > 0) {}
    }
}

/// Reads until the run is over.
struct Patient {
    stream: TcpStream,
    clock: Arc<Clock>,
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Err(error) if is_pause(&error) => {
                    if self.clock.over() {
                        return Err(ended());
                    }
                }
                other => return other,
            }
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(ErrorKind::ConnectionAborted, "the run is over")
}

/// Connects, again and again while nobody is there yet.
pub(super) fn connect(to: SocketAddr, clock: &Clock) -> io::Result<TcpStream> {
    let begun = Instant::now();
    loop {
        match TcpStream::connect_timeout(&to, CONNECTING) {
            Err(error) if begun.elapsed() > CONNECTING => return Err(error),
            Err(_) => {
                if !clock.pause(Duration::from_millis(50)) {
                    return Err(ended());
                }
            }
            connected => return connected,
        }
    }
}

/// Plays one side of what was said.
pub(super) fn play(pipe: &mut Pipe, turns: &[Turn], side: Side, clock: &Clock) -> io::Result<()> {
    for turn in turns {
        if turn.from != side {
            pipe.hear(turn.bytes.len())?;
        } else if clock.until(turn.time_ns) {
            pipe.say(&turn.bytes)?;
        } else {
            return Err(ended());
        }
    }
    Ok(())
}

/// The turns in the order of the server, at its times: they were made with the times at the client.
pub(super) fn at_server(turns: &[Turn], one_way_ns: u64) -> Vec<Turn> {
    let mut all: Vec<Turn> = turns.to_vec();
    for turn in &mut all {
        turn.time_ns = match turn.from {
            Side::Client => turn.time_ns.saturating_add(one_way_ns),
            Side::Server => turn.time_ns.saturating_sub(one_way_ns),
        };
    }
    all.sort_by_key(|turn| turn.time_ns);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    fn turn(time_ns: u64, from: Side, text: &str) -> Turn {
        Turn { time_ns, from, bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn a_server_sends_before_it_hears_what_crossed_on_the_way() {
        let turns = [turn(100, Side::Client, "share"), turn(120, Side::Server, "job")];
        let order: Vec<_> =
            at_server(&turns, 50).into_iter().map(|it| (it.time_ns, it.from)).collect();
        assert_eq!(order, [(70, Side::Server), (150, Side::Client)]);
    }

    #[test]
    fn both_ends_play_to_the_end_and_an_answer_waits_for_its_question() {
        let clock = Arc::new(Clock::new(Arc::default()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let now = clock.now_ns();
        let later = now + 60_000_000;
        // the question is late, the answer would be due before it
        let turns = vec![turn(later, Side::Client, "ask"), turn(now, Side::Server, "answer")];
        let (heard, own) = (turns.clone(), clock.clone());
        let server = thread::spawn(move || {
            let mut pipe = Pipe::socket(listener.accept().unwrap().0, &own).unwrap();
            play(&mut pipe, &heard, Side::Server, &own).unwrap();
            own.now_ns()
        });
        let mut pipe = Pipe::socket(connect(address, &clock).unwrap(), &clock).unwrap();
        play(&mut pipe, &turns, Side::Client, &clock).unwrap();
        pipe.close();
        assert!(server.join().unwrap() >= later);
    }

    #[test]
    fn who_waits_for_the_other_end_is_let_go_when_all_is_over() {
        let clock = Arc::new(Clock::new(Arc::default()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut pipe = Pipe::socket(near, &clock).unwrap();
        clock.end();
        assert_eq!(pipe.hear(1).unwrap_err().kind(), ErrorKind::ConnectionAborted);
    }
}
