//! A run from its first to its last moment.

use std::io;
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use super::Lab;
use super::actors::{self, Told};
use super::browser;
use super::cast;
use super::process::{Program, Programs};
use super::sheet::{self, Played};
use super::sniffer::Sniffer;
use super::trouble::Trouble;
use super::tunnel::{self, Goal, Site, Standing};
use crate::dialogue::{Dialogue, nanos};
use crate::rng::Rng;
use crate::scenario_file::{Deed, Live, LiveGroup};
use crate::world::answers::{Heading, HostAnswer};
use crate::world::{Summary, World};
use crate::written::Open;

/// Between the last tunnel and the first miner.
const LEAD: Duration = Duration::from_secs(1);
/// How often is looked whether all programs still run.
const LOOK: Duration = Duration::from_millis(50);
/// After its end a run may take so long to say what is left to say.
const LAST_WORDS_S: f64 = 30.0;

/// A group that is ready.
struct Ready<'a> {
    site: Site,
    group: &'a LiveGroup,
    standing: Standing,
    dialogues: Vec<Dialogue>,
    rng: Rng,
}

/// Everything that is ready to be played.
pub(super) struct Stage<'a> {
    lab: &'a Lab,
    live: &'a Live,
    world: World,
    ready: Vec<Ready<'a>>,
    programs: Programs,
    sniffer: Sniffer,
    truth: Box<dyn io::Write>,
}

impl<'a> Stage<'a> {
    /// Starts the capture and the software of each group.
    pub(super) fn set(
        lab: &'a Lab,
        live: &'a Live,
        seed: u64,
        groups: &[(u16, &'a LiveGroup)],
        open: &mut Open<'_>,
    ) -> Result<Self, Trouble> {
        let truth = open("truth.json")?;
        let mut sniffer = Sniffer::start(lab, open("capture.pcapng")?)?;
        let mut rng = Rng::new(seed).fork("live");
        let (mut ready, mut programs) = (Vec::new(), Programs::default());
        for (number, group) in groups.iter().copied() {
            let name = match &group.deed {
                Deed::Mine(miners) => miners.pool.host.clone(),
                Deed::Traffic | Deed::Browse => "service.example".to_owned(),
            };
            let site = Site { number, through: group.through, name };
            lab.settle(&site)?;
            let mut rng = rng.fork("group");
            let mut standing = match group.deed {
                Deed::Browse => tunnel::stand_for_browser(lab, &site, &mut rng)?,
                _ => tunnel::stand(lab, &site, &mut rng)?,
            };
            programs.0.append(&mut standing.programs);
            ready.push(Ready { site, group, standing, dialogues: Vec::new(), rng });
            sniffer.write()?;
        }
        let start_ns = lab.clock.now_ns() + nanos(LEAD.as_secs_f64());
        let world = cast::world(live, seed, start_ns);
        for it in &mut ready {
            let session = cast::session(live, seed, start_ns, it.site.number);
            it.dialogues = session.map(|it| it.dialogues()).unwrap_or_default();
        }
        Ok(Self { lab, live, world, ready, programs, sniffer, truth })
    }

    /// Plays all of it and writes the truth.
    pub(super) fn play(mut self, open: &mut Open<'_>) -> Result<Summary, Trouble> {
        let end_ns = self.world.scenario.start_ns + nanos(self.live.seconds);
        let lab = self.lab;
        if !lab.clock.until(self.world.scenario.start_ns) {
            return Err(Trouble::Stopped);
        }
        let (told, ledger) = thread::scope(|scope| {
            let acts = self.ready.iter_mut().map(|it| {
                let Ready { site, group, standing, dialogues, rng } = it;
                let standing: &Standing = standing;
                scope.spawn(move || act(lab, site, group, standing, dialogues, end_ns, rng))
            });
            let acts: Vec<_> = acts.collect();
            let watched = watch(lab, &mut self.sniffer, &mut self.programs.0, &acts, end_ns);
            if watched.is_err() {
                lab.clock.end();
            }
            let told: Result<Vec<_>, _> = acts.into_iter().map(joined).collect();
            // what a program did explains what broke off
            watched.and(told).map(|told| (told, ()))
        })
        .and_then(|(told, ())| Ok((told, self.sniffer.end()?)))?;
        let heading = heading(&self.world, &self.ready);
        let coins: Vec<_> = self.world.scenario.miners.iter().map(|it| it.coin.ticker()).collect();
        sheet::blocks(open, &heading, &coins)?;
        let groups = self.ready.iter().zip(told);
        let played: Vec<_> = groups
            .map(|(it, told)| Played { site: it.site.clone(), group: it.group, told })
            .collect();
        Ok(sheet::write(self.truth, &heading, &ledger, &played)?)
    }
}

/// What a group does until the end.
fn act(
    lab: &Lab,
    site: &Site,
    group: &LiveGroup,
    standing: &Standing,
    dialogues: &[Dialogue],
    end_ns: u64,
    rng: &mut Rng,
) -> Result<Vec<Told>, Trouble> {
    match group.deed {
        Deed::Traffic => {
            actors::chat(lab, site, standing, Goal::Pool, end_ns, rng)?;
            Ok(Vec::new())
        }
        Deed::Browse => {
            let listener = standing.listen(lab, site, Goal::Pool)?;
            let mut pages = rng.fork("pages");
            let clock = lab.clock.clone();
            thread::spawn(move || browser::serve(&listener, &clock, &mut pages));
            let mut program = browser::browse(lab, site)?;
            lab.clock.until(end_ns);
            program.runs()?;
            Ok(Vec::new())
        }
        Deed::Mine(_) => thread::scope(|scope| {
            let background = (site.through.background > 0.0).then(|| {
                scope.spawn(|| actors::chat(lab, site, standing, Goal::Chat, end_ns, rng))
            });
            let told = actors::mine(lab, site, standing, dialogues);
            match background.map(joined) {
                Some(Err(trouble)) => told.and(Err(trouble)),
                _ => told,
            }
        }),
    }
}

/// Waits for all acts, while packets are written and programs are looked after.
fn watch(
    lab: &Lab,
    sniffer: &mut Sniffer,
    programs: &mut [Program],
    acts: &[ScopedJoinHandle<'_, Result<Vec<Told>, Trouble>>],
    end_ns: u64,
) -> Result<(), Trouble> {
    let latest = end_ns + nanos(LAST_WORDS_S);
    while !acts.iter().all(ScopedJoinHandle::is_finished) {
        sniffer.write()?;
        programs.iter_mut().try_for_each(Program::runs)?;
        if lab.clock.stopped() {
            return Err(Trouble::Stopped);
        }
        if lab.clock.now_ns() > latest {
            let said = "a conversation did not come to its end in time; is the machine too busy?";
            return Err(io::Error::new(io::ErrorKind::TimedOut, said).into());
        }
        lab.clock.pause(LOOK);
    }
    Ok(())
}

fn joined<T>(handle: ScopedJoinHandle<'_, Result<T, Trouble>>) -> Result<T, Trouble> {
    let lost = || Trouble::Io(io::Error::other("a thread of the run ended early"));
    handle.join().unwrap_or_else(|_| Err(lost()))
}

fn heading(world: &World, ready: &[Ready<'_>]) -> Heading {
    let host = |it: &Ready<'_>| {
        let mining = matches!(it.group.deed, Deed::Mine(_));
        let role = match it.group.deed {
            Deed::Mine(_) => "miner",
            Deed::Traffic => "traffic",
            Deed::Browse => "chromium",
        };
        HostAnswer {
            address: it.site.host().into(),
            network: "inside".to_owned(),
            role: role.to_owned(),
            mining,
        }
    };
    Heading { hosts: ready.iter().map(host).collect(), ..world.heading() }
}
