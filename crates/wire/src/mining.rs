//! What messages say about mining, and the session they amount to.
//!
//! A dialect is told by what only mining has: methods together with parameters of the right shape, in
//! the right direction. Words alone prove nothing, since `login`, `submit` and `job` belong to
//! everyone. Until something is proven the book is kept all the same, because a login comes before the
//! job that makes it one.

mod answer;
mod asker;
mod coinhive;
mod cryptonote;
mod difficulty;
mod ethproxy;
mod graph;
mod ironfish;
mod ledger;
mod nimiq;
mod notify;
mod pending;
mod stratum;
mod stratum_v2;
mod template;

use serde_json::{Map, Value};

use crate::jsonrpc::{Id, Kind, Message, objects};
use crate::session::Dialect;
use crate::{End, Stamp};

pub(crate) use asker::Asker;
pub(crate) use ledger::{Ledger, Surety, clip};
pub(crate) use stratum_v2::{Cutter, could_begin as could_begin_stratum_v2};

use answer::{error_code, is_nothing, outcome};
use ledger::Share;
use pending::{Ask, Pending};

/// Most objects that say nothing about mining before the conversation is given up.
const MAX_FOREIGN: u64 = 64;

/// Who says something, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    /// The end that spoke.
    pub(crate) from: End,
    /// When its last byte was seen.
    pub(crate) at: Stamp,
}

/// What two ends have said to each other so far.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) ledger: Ledger,
    pub(crate) asker: Option<Asker>,
    /// Whether the messages travel in the bodies of HTTP.
    pub(crate) over_http: bool,
    pub(crate) channels: stratum_v2::Channels,
    pending: Pending,
    foreign: u64,
    /// Whether the end of the message at hand was lost.
    cut_short: bool,
    /// Whether an answer was seen that can only be one to a login, the miner being silent.
    login_overheard: bool,
    /// Answers over HTTP that look like work.
    overheard_work: u64,
    last_work: Option<Box<str>>,
}

impl Talk {
    pub(crate) fn new(first: Stamp, from_start: bool) -> Self {
        Self {
            ledger: Ledger::new(first, from_start),
            asker: None,
            over_http: false,
            channels: stratum_v2::Channels::default(),
            pending: Pending::default(),
            foreign: 0,
            cut_short: false,
            login_overheard: false,
            overheard_work: 0,
            last_work: None,
        }
    }

    /// Whether enough was said that is not mining.
    pub(crate) fn is_foreign(&self) -> bool {
        !self.ledger.proven() && self.foreign >= MAX_FOREIGN
    }

    /// Counts something that says nothing about mining.
    pub(crate) fn foreign(&mut self) {
        self.foreign += 1;
    }

    /// Takes the beginning of a JSON value of which the rest was lost.
    pub(crate) fn beginning(&mut self, said: Said, value: &Value) {
        self.cut_short = true;
        self.value(said, value);
        self.cut_short = false;
    }

    /// Takes one JSON value.
    pub(crate) fn value(&mut self, said: Said, value: &Value) {
        let mut any = false;
        for object in objects(value) {
            any = true;
            if self.object(said, object) {
                self.ledger.message(said);
            } else {
                self.foreign += 1;
            }
        }
        if !any {
            self.foreign += 1;
        }
    }

    fn object(&mut self, said: Said, object: &Map<String, Value>) -> bool {
        // Their shares have a `result` like an answer.
        if object.contains_key("identifier") {
            return coinhive::object(self, said, object);
        }
        let message = Message::of(object);
        match message.kind {
            Kind::Request { method, params } => self.request(said, &message, method, params),
            Kind::Answer { result, error } => self.answer(said, &message, result, error),
            Kind::Other => {
                coinhive::object(self, said, object) || nimiq::object(self, said, object)
            }
        }
    }

    fn request(&mut self, said: Said, message: &Message<'_>, method: &str, params: &Value) -> bool {
        if is_record(message.object) {
            return false;
        }
        if ethproxy::request(self, said, message, method, params)
            || template::request(self, said, message, method, params)
        {
            return true;
        }
        // The others never travel in bodies of HTTP; examples of them do.
        !self.over_http
            && (stratum::request(self, said, message, method, params)
                || graph::request(self, said, message, method, params)
                || cryptonote::request(self, said, message, method, params))
    }

    fn answer(&mut self, said: Said, message: &Message<'_>, result: &Value, error: &Value) -> bool {
        let ask = self.pending.answered(said.from, &message.id, self.over_http);
        let alone = ask.is_none() && !self.ledger.spoke(said.from.other());
        if alone && self.pending.answers_itself(said.from, &message.id, result) {
            self.ledger.contradicts();
        }
        let stream = !self.over_http
            && (cryptonote::result(self, said, result)
                || graph::result(self, said, result, ask)
                || stratum::result(self, said, result, ask));
        let shaped = stream
            || ethproxy::result(self, said, result, ask)
            || template::result(self, said, result, ask);
        match ask {
            Some(Ask::Login(account)) => {
                let accepted =
                    is_nothing(error) && !matches!(result, Value::Bool(false) | Value::Null);
                self.ledger.login_answer(account, accepted, said.at);
                true
            }
            Some(Ask::Share(share)) => {
                let outcome = outcome(self.ledger.dialect(), result, error);
                self.ledger.share_answer(share, outcome, said.at);
                true
            }
            Some(Ask::Work) => {
                if !shaped && is_nothing(error) && !result.is_null() && !self.cut_short {
                    self.ledger.gets_no_work();
                }
                true
            }
            Some(Ask::Subscribe) => true,
            Some(Ask::Other) => shaped || self.ledger.proven(),
            None => shaped || self.overhear(said, result, error),
        }
    }

    /// An answer to a question that was not captured, when only the pool can be heard.
    fn overhear(&mut self, said: Said, result: &Value, error: &Value) -> bool {
        if !self.ledger.proven() || !self.ledger.miner_is_silent() {
            return false;
        }
        let cryptonote = self.ledger.dialect() == Dialect::Cryptonote;
        let accepted = is_nothing(error)
            && (*result == Value::Bool(true) && !cryptonote
                || cryptonote && result.get("status").is_some_and(|status| status == "OK"));
        if accepted && !cryptonote && self.ledger.jobs() == 0 {
            self.login_overheard = true;
            self.ledger.login_answer(None, true, said.at);
            return true;
        }
        if accepted && self.expects_login() {
            self.login_overheard = true;
            self.ledger.login_answer(None, true, said.at);
            return true;
        }
        let refused = matches!(error_code(error), Some(20..=23));
        if !(accepted || refused && self.ledger.jobs() > 0) {
            return false;
        }
        let share = self.ledger.share(said.at);
        let outcome = outcome(self.ledger.dialect(), result, error);
        self.ledger.share_answer(share, outcome, said.at);
        true
    }

    fn expects_login(&self) -> bool {
        let opened = self.ledger.subscribed();
        opened && !self.login_overheard && self.ledger.dialect() != Dialect::Cryptonote
    }

    /// A login that waits for its answer.
    pub(crate) fn logs_in(&mut self, said: Said, id: Id, login: &str, worker: Option<&str>) {
        let account = self.ledger.login(login, worker, said.at);
        self.pending.ask(said.from, id, Ask::Login(account));
    }

    /// A share that waits for its answer.
    pub(crate) fn hands_in(&mut self, said: Said, id: Id) {
        let share = self.ledger.share(said.at);
        self.pending.ask(said.from, id, Ask::Share(share));
    }

    /// A request for work that waits for its answer.
    pub(crate) fn asks_work(&mut self, said: Said, id: Id) {
        self.ledger.asks_work(said.at);
        self.pending.ask(said.from, id, Ask::Work);
    }

    /// Another request of the dialect.
    pub(crate) fn asks(&mut self, said: Said, id: Id, ask: Ask) {
        self.pending.ask(said.from, id, ask);
    }

    /// What was asked under this identifier.
    pub(crate) fn answered(&mut self, said: Said, id: &Id) -> Option<Ask> {
        self.pending.answered(said.from, id, false)
    }

    /// The oldest share of the other end, answered without an identifier.
    pub(crate) fn share_answered(&mut self, said: Said) -> Option<Share> {
        self.pending.share_answered(said.from)
    }

    /// The oldest login of the other end, answered without an identifier.
    pub(crate) fn login_answered(&mut self, said: Said, accepted: bool) {
        if let Some(Ask::Login(account)) = self.pending.login_answered(said.from) {
            self.ledger.login_answer(account, accepted, said.at);
        }
    }

    /// Work that came; the same work once more is no new job.
    pub(crate) fn takes_work(&mut self, said: Said, work: &str) {
        self.ledger.admits(said.at);
        let work: Box<str> = clip(work).into();
        if self.last_work.as_ref() != Some(&work) {
            self.last_work = Some(work);
            self.ledger.job(said.at);
        }
    }

    /// Work that came. Over HTTP anybody may ask for it once, and the requests show who mines; over a
    /// stream, and where only the answers were captured, the work does.
    fn proves_work(&mut self, dialect: Dialect, surety: Surety, said: Said, asked: Option<Ask>) {
        if self.over_http && asked == Some(Ask::Work) {
            self.ledger.hint(dialect, surety);
            self.ledger.mines(said.from.other());
        } else {
            self.prove(dialect, surety, said.from.other());
        }
    }

    /// Takes over what the head of the HTTP request said about who mines.
    pub(crate) fn introduce_asker(&mut self, said: Said) {
        self.introduce_agent();
        let Some(asker) = self.asker.as_ref() else { return };
        if let Some((login, worker)) = &asker.path {
            self.ledger.login(login, worker.as_deref(), said.at);
        } else if let Some(user) = &asker.user {
            self.ledger.login(user, None, said.at);
        }
    }

    /// Takes over what the head of the HTTP request said about the software.
    pub(crate) fn introduce_agent(&mut self) {
        if let Some(agent) = self.asker.as_ref().and_then(|asker| asker.agent.as_deref()) {
            self.ledger.calls_itself(agent);
        }
    }

    /// Whether the target of the HTTP request names a wallet.
    pub(crate) fn asker_names_wallet(&self) -> bool {
        self.asker.as_ref().is_some_and(|asker| asker.path.is_some())
    }

    /// Whether the one who asks over HTTP says that it mines.
    pub(crate) fn asker_mines(&self) -> bool {
        self.asker.as_ref().is_some_and(Asker::is_miner)
    }

    /// A message whose dialect and miner are proven by its shape.
    pub(crate) fn prove(&mut self, dialect: Dialect, surety: Surety, miner: End) {
        self.ledger.prove(dialect, surety, miner);
    }
}

/// Whether an object is a record about a message, such as a line of a log, and not the message.
fn is_record(object: &Map<String, Value>) -> bool {
    const FIELDS: [&str; 6] = ["@timestamp", "timestamp", "event_type", "level", "msg", "log"];
    object.len() > 9 || FIELDS.iter().any(|field| object.contains_key(*field))
}
