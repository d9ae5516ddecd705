//! The book of one session: who logged in, what was handed in, which difficulty was in force.

mod closing;
mod exposure;
mod proof;
mod tip;
mod voices;

use crate::session::{
    Account, Carrier, Dialect, DifficultyUnit, Login, MAX_ACCOUNTS, MAX_SHARE_TIMES, MAX_TEXT,
    Mark, Session,
};
use crate::{End, Stamp};

use super::Said;
use exposure::Channel;
use proof::{Proof, SmallHashes};

/// Who keeps work fresh asks again within this; a monitor looks once or a few times a minute.
const POLL_PAUSE_NS: i64 = 12_000_000_000;

/// How surely a message tells its dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Surety {
    /// Nothing said yet.
    Nothing,
    /// Its family, of which the commonest member is named.
    Family,
    /// Its words hint at the member.
    Hint,
    /// A message that few members have.
    Likely,
    /// A message whose shape only this member has.
    Shape,
}

/// What became of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Accepted.
    Accepted,
    /// Refused: wrong, too easy or repeated.
    Rejected,
    /// Refused only because it came too late.
    Stale,
}

/// A share waiting for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Whether its difficulty was known when it was handed in.
    pub(crate) exposed: bool,
}

/// The book of one session.
#[derive(Debug)]
pub(crate) struct Ledger {
    session: Session,
    proof: Proof,
    surety: Surety,
    /// The end that mines, once it is known.
    miner: Option<End>,
    /// Messages by which the other end would mine.
    contradictions: u64,
    heard: [bool; 2],
    /// Whether an end said anything that belongs to a dialect.
    spoke: [bool; 2],
    /// The last such message, and how many came at once after one of the same end.
    spoken: Option<Said>,
    rapid: u64,
    lost: [bool; 2],
    channels: Vec<Channel>,
    /// A difficulty that the next job brings into force.
    next: Option<(f64, Stamp)>,
    job_seen: bool,
    /// A digest of the block that the last job builds on.
    tip: Option<u64>,
    /// Whether work was given out, which only those get who were let in.
    admitted: bool,
    small_hashes: SmallHashes,
    /// Answers to requests for work that hold none.
    not_work: u64,
    /// When work was asked for last, and how many requests followed each other soon.
    asking: (i64, u64),
    settled_ns: i64,
    target_stride: u64,
    target_changes: u64,
    /// Exposed shares whose answer has not been seen.
    open_shares: u64,
    first: Stamp,
    last: Stamp,
}

fn slot(end: End) -> usize {
    match end {
        End::Opener => 0,
        End::Answerer => 1,
    }
}

/// Text cut to [`MAX_TEXT`] bytes at a character.
pub(crate) fn clip(text: &str) -> String {
    text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default().to_owned()
}

impl Ledger {
    pub(crate) fn new(first: Stamp, from_start: bool) -> Self {
        let session = Session {
            dialect: Dialect::StratumOther,
            carriers: Vec::new(),
            miner: End::Opener,
            named_host: None,
            subscribed: false,
            agent: None,
            algorithm: None,
            accounts: Vec::new(),
            accounts_beyond: 0,
            jobs: 0,
            work_requests: 0,
            work_answers: 0,
            submitted: 0,
            accepted: 0,
            rejected: 0,
            stale: 0,
            targets: Vec::new(),
            difficulty_unit: DifficultyUnit::PoolDifficulty,
            exposure: 0.0,
            exposed_shares: 0,
            exposed_s: 0.0,
            reported_hashrate: None,
            share_times_ns: Vec::new(),
            block_times_ns: Vec::new(),
            marks: std::collections::BTreeMap::new(),
            frames: 0,
            messages: 0,
            malformed: 0,
            gaps: !from_start,
            from_start,
            shares_alone: false,
            words_alone: false,
            at_once: false,
            unanswered: false,
            pool_unheard: false,
            overheard: false,
        };
        Self {
            session,
            proof: Proof::Nothing,
            surety: Surety::Nothing,
            miner: None,
            contradictions: 0,
            heard: [false; 2],
            spoke: [false; 2],
            spoken: None,
            rapid: 0,
            lost: [false; 2],
            channels: Vec::new(),
            next: None,
            job_seen: false,
            tip: None,
            admitted: false,
            small_hashes: SmallHashes::default(),
            not_work: 0,
            asking: (i64::MIN, 0),
            settled_ns: first.time_ns,
            target_stride: 1,
            target_changes: 0,
            open_shares: 0,
            first,
            last: first,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.session.dialect
    }

    pub(crate) fn named_host(&self) -> Option<&str> {
        self.session.named_host.as_deref()
    }

    pub(crate) fn jobs(&self) -> u64 {
        self.session.jobs
    }

    pub(crate) fn subscribed(&self) -> bool {
        self.session.subscribed
    }

    pub(crate) fn has_accounts(&self) -> bool {
        !self.session.accounts.is_empty()
    }

    pub(crate) fn work_answers(&self) -> u64 {
        self.session.work_answers
    }

    pub(crate) fn work_requests(&self) -> u64 {
        self.session.work_requests
    }

    pub(crate) fn frame(&mut self, at: Stamp) {
        self.session.frames += 1;
        self.last = at;
    }

    pub(crate) fn malformed(&mut self) {
        self.session.malformed += 1;
    }

    pub(crate) fn mark(&mut self, mark: Mark, at: Stamp) {
        self.session.marks.entry(mark).or_insert(at);
    }

    pub(crate) fn carried_by(&mut self, carrier: Carrier, at: Stamp) {
        if !self.session.carriers.contains(&carrier) {
            self.session.carriers.push(carrier);
            self.mark(Mark::Carrier, at);
        }
    }

    pub(crate) fn carriers(&self) -> &[Carrier] {
        &self.session.carriers
    }

    pub(crate) fn names_host(&mut self, host: &str) {
        if self.session.named_host.is_none() && !host.is_empty() {
            self.session.named_host = Some(clip(host));
        }
    }

    pub(crate) fn subscribes(&mut self, at: Stamp) {
        self.session.subscribed = true;
        self.mark(Mark::Subscribe, at);
    }

    pub(crate) fn calls_itself(&mut self, agent: &str) {
        if self.session.agent.is_none() && !agent.is_empty() {
            self.session.agent = Some(clip(agent));
        }
    }

    pub(crate) fn runs(&mut self, algorithm: &str) {
        if self.session.algorithm.is_none() && !algorithm.is_empty() {
            self.session.algorithm = Some(clip(algorithm));
        }
    }

    /// A login; the number that names it in [`Self::login_answer`].
    pub(crate) fn login(&mut self, login: &str, worker: Option<&str>, at: Stamp) -> Option<usize> {
        self.mark(Mark::Login, at);
        self.names_account(login, worker, at)
    }

    /// An account that is named, though its login may not have been captured.
    pub(crate) fn names_account(
        &mut self,
        login: &str,
        worker: Option<&str>,
        at: Stamp,
    ) -> Option<usize> {
        let login = clip(login);
        let worker = worker.filter(|worker| !worker.is_empty()).map(clip);
        let accounts = &mut self.session.accounts;
        let known = accounts.iter_mut().position(|known| known.login == login);
        if let Some(index) = known {
            if let Some(Account { worker: unsaid @ None, .. }) = accounts.get_mut(index) {
                *unsaid = worker;
            }
            return known;
        }
        if accounts.len() >= MAX_ACCOUNTS {
            self.session.accounts_beyond += 1;
            return None;
        }
        accounts.push(Account { login, worker, state: Login::Unanswered, seen: at });
        Some(accounts.len() - 1)
    }

    pub(crate) fn login_answer(&mut self, account: Option<usize>, accepted: bool, at: Stamp) {
        self.settle(at);
        self.mark(Mark::LoginAnswer, at);
        if let Some(account) = account.and_then(|index| self.session.accounts.get_mut(index)) {
            // A proxy may ask again and be refused for a repeated login; what stood, stands.
            if account.state != Login::Accepted {
                account.state = if accepted { Login::Accepted } else { Login::Refused };
            }
        }
    }

    /// A share handed in.
    pub(crate) fn share(&mut self, at: Stamp) -> Share {
        self.settle(at);
        self.session.submitted += 1;
        if self.session.share_times_ns.len() < MAX_SHARE_TIMES {
            self.session.share_times_ns.push(at.time_ns);
        }
        self.mark(Mark::Share, at);
        self.session.marks.insert(Mark::LastShare, at);
        let exposed = self.running();
        self.open_shares += u64::from(exposed);
        Share { exposed }
    }

    pub(crate) fn share_answer(&mut self, share: Share, outcome: Outcome, at: Stamp) {
        self.settle(at);
        // No share is answered twice, whatever the pool says.
        let open = self.session.submitted > self.session.accepted + self.session.rejected;
        if share.exposed && open {
            self.open_shares = self.open_shares.saturating_sub(1);
            self.session.exposed_shares += u64::from(outcome != Outcome::Rejected);
        }
        match outcome {
            _ if !open => {}
            Outcome::Accepted => {
                self.session.accepted += 1;
                self.mark(Mark::Accepted, at);
                // Only a miner that is logged in has its shares accepted.
                if let [account] = self.session.accounts.as_mut_slice() {
                    account.state = Login::Accepted;
                }
            }
            Outcome::Rejected | Outcome::Stale => {
                self.session.rejected += 1;
                self.session.stale += u64::from(outcome == Outcome::Stale);
                self.mark(Mark::Rejected, at);
            }
        }
    }

    /// A share that is answered though it was not remembered: one of too many at a time, or handed in by
    /// a miner that cannot be heard. `None` where the answer belongs to a time before the capture.
    pub(crate) fn forgotten_share(&mut self, at: Stamp) -> Option<Share> {
        if self.session.submitted > self.session.accepted + self.session.rejected {
            return Some(Share { exposed: self.running() });
        }
        self.miner_is_silent().then(|| self.share(at))
    }

    pub(crate) fn reports(&mut self, hashes_per_s: f64) {
        if hashes_per_s.is_finite() && (0.0..1e24).contains(&hashes_per_s) {
            self.session.reported_hashrate = Some(hashes_per_s);
        }
    }

    pub(crate) fn asks_work(&mut self, at: Stamp) {
        self.session.work_requests += 1;
        let (last_ns, run) = self.asking;
        let soon = at.time_ns.saturating_sub(last_ns) <= POLL_PAUSE_NS;
        self.asking = (at.time_ns, if soon { run + 1 } else { 1 });
    }

    /// How many requests for work came one soon after the other, up to the last.
    pub(crate) fn polls(&self) -> u64 {
        self.asking.1
    }

    pub(crate) fn gets_work(&mut self) {
        self.session.work_answers += 1;
    }

    /// What was asked for as work was answered with something else.
    pub(crate) fn gets_no_work(&mut self) {
        self.not_work += 1;
    }

    /// Work was given out at once when it was asked for: whoever asked was let in.
    pub(crate) fn admits(&mut self, at: Stamp) {
        self.settle(at);
        self.admitted = true;
        if let [account] = self.session.accounts.as_mut_slice()
            && account.state == Login::Unanswered
        {
            account.state = Login::Accepted;
            self.mark(Mark::LoginAnswer, at);
        }
    }
}
