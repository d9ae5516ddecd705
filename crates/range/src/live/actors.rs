//! Who is played: a miner with its pool, and whoever else uses the way.

use std::net::{SocketAddr, TcpListener};
use std::thread;

use super::Lab;
use super::chatter;
use super::endpoint::{Pipe, at_server, play};
use super::relay::{accept, one_way_ns};
use super::trouble::Trouble;
use super::tunnel::{Goal, Site, Standing};
use crate::dialogue::{Dialogue, Side};
use crate::rng::Rng;
use crate::truth::Mining;

/// One connection that was played: where its flow came from outside, and what is true about it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) guests: Vec<SocketAddr>,
    pub(super) mining: Mining,
}

/// Plays the connections of a miner, one after another.
pub(super) fn mine(
    lab: &Lab,
    site: &Site,
    standing: &Standing,
    dialogues: &[Dialogue],
) -> Result<Vec<Told>, Trouble> {
    let broken = |error: std::io::Error| broken(site, &error);
    let listener = standing.listen(lab, site, Goal::Pool)?;
    thread::scope(|scope| {
        let pool = scope.spawn(|| pool(lab, standing, &listener, dialogues));
        for dialogue in dialogues {
            if !lab.clock.until(dialogue.start_ns) {
                break;
            }
            let mut pipe = standing.open(lab, site, Goal::Pool)?;
            play(&mut pipe, &dialogue.turns, Side::Client, &lab.clock).map_err(broken)?;
            lab.clock.until(dialogue.end_ns);
            pipe.close();
        }
        pool.join().unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into())).map_err(broken)
    })
}

fn broken(site: &Site, error: &std::io::Error) -> Trouble {
    Trouble::Broken { software: site.through.software.name(), said: error.to_string() }
}

/// The pool's side of them.
fn pool(
    lab: &Lab,
    standing: &Standing,
    listener: &TcpListener,
    dialogues: &[Dialogue],
) -> std::io::Result<Vec<Told>> {
    let mut all = Vec::new();
    for dialogue in dialogues {
        let Some((stream, _)) = accept(listener, &lab.clock) else { break };
        let guests = standing.guests.take();
        let turns = at_server(&dialogue.turns, one_way_ns(lab.lag));
        let mut pipe = Pipe::socket(stream, &lab.clock)?;
        play(&mut pipe, &turns, Side::Server, &lab.clock)?;
        pipe.closed();
        let mining = dialogue.mining.clone();
        all.extend(mining.map(|mining| Told { guests, mining }));
    }
    Ok(all)
}

/// Asks and answers until the end.
pub(super) fn chat(
    lab: &Lab,
    site: &Site,
    standing: &Standing,
    goal: Goal,
    end_ns: u64,
    rng: &mut Rng,
) -> Result<(), Trouble> {
    let listener = standing.listen(lab, site, goal)?;
    let (mut own, clock) = (rng.fork("answers"), lab.clock.clone());
    let guests = standing.guests.clone();
    // it answers until the run is over, and so longer than this
    thread::spawn(move || {
        // who came through the relay is known when the far end hears of it
        chatter::answer(&listener, &clock, &mut own, &mut || drop(guests.take()))
    });
    let mut pipe = standing.open(lab, site, goal)?;
    let asked = chatter::ask(&mut pipe, site.through.background, end_ns, &lab.clock, rng);
    pipe.close();
    asked.map_err(|error| broken(site, &error))
}
