//! Other traffic: questions at chance times with answers, over one connection.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use super::clock::Clock;
use super::endpoint::Pipe;
use super::relay::accept;
use crate::dialogue::nanos;
use crate::rng::Rng;
use crate::world::chance::around;

/// What stands before a question: its length and that of the answer, both without this.
const HEAD: usize = 8;

/// Asks until the end; `per_second` counts questions and answers.
pub(super) fn ask(
    pipe: &mut Pipe,
    per_second: f64,
    end_ns: u64,
    clock: &Clock,
    rng: &mut Rng,
) -> io::Result<()> {
    loop {
        let next = clock.now_ns() + nanos(rng.exponential(2.0 / per_second));
        if next >= end_ns {
            clock.until(end_ns);
            return Ok(());
        }
        if !clock.until(next) {
            return Ok(());
        }
        let (up, down) = (size(rng, 180.0, 1_200), size(rng, 400.0, 16_000));
        let mut question = Vec::with_capacity(up + HEAD);
        for length in [up, down] {
            question.extend(u32::try_from(length).unwrap_or(0).to_be_bytes());
        }
        question.extend(rng.bytes(up));
        pipe.say(&question)?;
        pipe.hear(down)?;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are positive and far below four thousand million"
)]
fn size(rng: &mut Rng, median: f64, most: usize) -> usize {
    (around(rng, median, 1.0) as usize).clamp(16, most)
}

/// Answers one connection after another, until the run is over; tells of each that it came.
pub(super) fn answer(
    listener: &TcpListener,
    clock: &Arc<Clock>,
    rng: &mut Rng,
    came: &mut dyn FnMut(),
) -> io::Result<()> {
    while let Some((stream, _)) = accept(listener, clock) {
        came();
        let mut pipe = Pipe::socket(stream, clock)?;
        // who asks may leave at any time
        let _ = answers(&mut pipe, rng);
    }
    Ok(())
}

fn answers(pipe: &mut Pipe, rng: &mut Rng) -> io::Result<()> {
    loop {
        let mut head = [0; HEAD];
        pipe.fill(&mut head)?;
        let length = |part: Option<&[u8]>| -> usize {
            let bytes: Option<[u8; 4]> = part.and_then(|it| it.try_into().ok());
            bytes.map_or(0, |it| usize::try_from(u32::from_be_bytes(it)).unwrap_or(0))
        };
        let (up, down) = (length(head.get(..4)), length(head.get(4..)));
        pipe.hear(up)?;
        pipe.say(&rng.bytes(down.min(1 << 20)))?;
    }
}
