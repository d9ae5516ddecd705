//! A direction that speaks HTTP: what its heads lead to, and the JSON in its bodies.

use crate::http::{Follows, Head, Part, Reader};
use crate::jsonrpc::Framer;
use crate::mining::{Asker, Said, Talk};
use crate::session::Carrier;

use super::{Change, Inflated, Lane, Shared, frame};

/// Most requests remembered until their responses come.
const MAX_REQUESTS: usize = 32;
/// Most HTTP messages of one direction without JSON before the conversation is given up.
const FOREIGN_HTTP: u8 = 3;

/// What was asked over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Plain,
    Head,
    Connect,
    Upgrade,
}

/// A direction that speaks HTTP.
#[derive(Debug, Default)]
pub(in crate::conversation) struct HttpLane {
    reader: Reader,
    body: Body,
    foreign: u8,
}

#[derive(Debug, Default)]
enum Body {
    #[default]
    Unknown,
    Json(Framer),
    Gzip(Box<Inflated>, Framer),
    Skipped,
}

impl HttpLane {
    pub(super) fn push(
        &mut self,
        talk: &mut Talk,
        shared: &mut Shared,
        said: Said,
        bytes: &[u8],
    ) -> Change {
        let mut next = Lane::fresh(false);
        let (body, foreign) = (&mut self.body, &mut self.foreign);
        let rest = self.reader.push(bytes, &mut |part| match part {
            Part::Head(head) => {
                *body = if head.gzip {
                    Body::Gzip(Box::default(), Framer::default())
                } else {
                    Body::Unknown
                };
                let (follows, lane) = begins(talk, shared, said, head);
                next = lane;
                follows
            }
            Part::Body(content) => {
                body.push(talk, said, content);
                Follows::Body
            }
            Part::End => {
                *foreign =
                    if matches!(body, Body::Json(_)) { 0 } else { foreign.saturating_add(1) };
                *body = Body::Unknown;
                Follows::Body
            }
        });
        if let Some(rest) = rest {
            return Some((next, rest.to_vec()));
        }
        if self.foreign > FOREIGN_HTTP && !talk.ledger.proven() {
            shared.hopeless = true;
        }
        self.reader.failed().then_some((Lane::Dead, Vec::new()))
    }
}

#[cfg(test)]
impl HttpLane {
    pub(super) fn held(&self) -> usize {
        let body = match &self.body {
            Body::Json(framer) | Body::Gzip(_, framer) => framer.held(),
            Body::Unknown | Body::Skipped => 0,
        };
        body + self.reader.held()
    }
}

impl Body {
    fn push(&mut self, talk: &mut Talk, said: Said, content: &[u8]) {
        if matches!(self, Self::Unknown) {
            match content.trim_ascii_start().first() {
                None => return,
                Some(b'{' | b'[') => *self = Self::Json(Framer::default()),
                Some(_) => *self = Self::Skipped,
            }
        }
        match self {
            Self::Json(framer) => {
                frame(talk, said, framer, content);
            }
            Self::Gzip(inflated, framer) => {
                let alive = inflated.push(content, &mut |content| {
                    frame(talk, said, framer, content);
                });
                if !alive {
                    *self = Self::Skipped;
                }
            }
            Self::Unknown | Self::Skipped => return,
        }
        if talk.ledger.proven() || talk.ledger.work_requests() > 0 {
            talk.ledger.carried_by(Carrier::Http, said.at);
        }
    }
}

/// Acts on the head of an HTTP message: what follows it, and the lane for what is no HTTP.
fn begins(talk: &mut Talk, shared: &mut Shared, said: Said, head: &Head) -> (Follows, Lane) {
    if head.status > 0 {
        responds(talk, shared, said, head)
    } else {
        requests(talk, shared, said, head)
    }
}

fn requests(talk: &mut Talk, shared: &mut Shared, said: Said, head: &Head) -> (Follows, Lane) {
    let (asked, then) = match head.method.as_str() {
        "CONNECT" => {
            talk.ledger.names_host(&head.target);
            talk.ledger.carried_by(Carrier::HttpConnect, said.at);
            let lane = if shared.enter_tunnel() { Lane::fresh(false) } else { Lane::Dead };
            (Asked::Connect, (Follows::Other, lane))
        }
        _ if head.websocket => {
            let lane = Lane::WebSocket(Box::default(), Framer::default());
            (Asked::Upgrade, (Follows::Other, lane))
        }
        "HEAD" => (Asked::Head, (Follows::Body, Lane::Dead)),
        _ => (Asked::Plain, (Follows::Body, Lane::Dead)),
    };
    if let Some(host) = head.host.as_deref().filter(|_| asked != Asked::Connect) {
        talk.ledger.names_host(host);
    }
    if asked == Asked::Plain {
        talk.asker = Some(Asker {
            agent: head.agent.clone(),
            user: head.user.clone(),
            path: http_path(&head.target),
            mining_headers: head.mining,
        });
    }
    if shared.requests.len() >= MAX_REQUESTS {
        shared.requests.pop_front();
    }
    shared.requests.push_back(asked);
    then
}

fn responds(talk: &mut Talk, shared: &mut Shared, said: Said, head: &Head) -> (Follows, Lane) {
    // An interim response leaves the request open.
    if matches!(head.status, 100 | 102 | 103) {
        return (Follows::Nothing, Lane::Dead);
    }
    if let Some(asker) = talk.asker.as_mut() {
        asker.mining_headers |= head.mining;
    }
    match shared.requests.pop_front() {
        Some(Asked::Connect) if (200..300).contains(&head.status) => {
            (Follows::Other, if shared.enter_tunnel() { Lane::fresh(false) } else { Lane::Dead })
        }
        Some(Asked::Head) => (Follows::Nothing, Lane::Dead),
        _ if head.status == 101 && head.websocket => {
            talk.ledger.carried_by(Carrier::Websocket, said.at);
            (Follows::Other, Lane::WebSocket(Box::default(), Framer::default()))
        }
        // The answer to a CONNECT that was not captured.
        None if head.status == 200
            && head.target.eq_ignore_ascii_case("connection established") =>
        {
            talk.ledger.carried_by(Carrier::HttpConnect, said.at);
            (Follows::Other, if shared.enter_tunnel() { Lane::fresh(false) } else { Lane::Dead })
        }
        _ => (Follows::Body, Lane::Dead),
    }
}

/// Login and worker in a request's target: `/0xWALLET/worker` or `?miner=30@0xWALLET@worker`.
fn http_path(target: &str) -> Option<(String, Option<String>)> {
    let path = target.split_once("://").map_or(target, |(_, rest)| {
        rest.find('/').and_then(|index| rest.get(index..)).unwrap_or("/")
    });
    let is_wallet = |word: &&str| {
        word.strip_prefix("0x")
            .is_some_and(|hex| hex.len() == 40 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
            || word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let mut words = path.split(['/', '?', '&', '=', '@', ':', '.', '#']);
    let wallet = words.by_ref().find(is_wallet)?;
    let worker = words.next().filter(|word| !word.is_empty()).map(str::to_owned);
    Some((wallet.to_owned(), worker))
}
