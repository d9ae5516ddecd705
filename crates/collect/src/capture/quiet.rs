//! Flows that stayed quiet for long: what their rhythm comes to.
//!
//! Windows of beats come in as they fill; of each flow only sums, the most telling stretch and the
//! moments of what was pushed are kept.

use std::collections::{HashMap, HashSet};

use minehound_model::{Lengths, QuietFlow, RhythmPattern, Stretch, TlsCertificate, TlsClient};
use minehound_series::Message;
use minehound_series::cadence::{Cadence, Pattern};
use minehound_series::features::{SESSION, of_session};
use minehound_series::sizes::Cluster;
use minehound_wire::flow::{Contact, Flow, Rhythm, Transport};
use minehound_wire::tls::{Certificate, Hello};
use minehound_wire::wrap::Wrap;
use minehound_wire::{End, Stamp};

use super::hidden::Hidden;
use super::places::ms;

/// A stretch shorter than this says nothing, and a flow shorter than this is not kept.
const MIN_SECONDS: f64 = 60.0;
/// Fewer messages say nothing.
const MIN_MESSAGES: usize = 6;
/// Most flows kept.
const MAX_FLOWS: usize = 100_000;
/// Most moments kept of one flow, and of all.
const MAX_MOMENTS: usize = 16_384;
const MAX_ALL_MOMENTS: usize = 4_000_000;

/// The quiet flows of one capture.
#[derive(Default)]
pub(super) struct QuietFlows {
    live: HashMap<Flow, Trace>,
    ended: Vec<(Flow, Contact, Trace)>,
    moments: usize,
    /// What TLS clients of live flows said.
    hellos: HashMap<Flow, Box<Hello>>,
    /// What their servers showed.
    certificates: HashMap<Flow, Box<Certificate>>,
    pub(super) hidden: Hidden,
}

/// What was seen of one flow so far.
#[derive(Default)]
struct Trace {
    wrap: Option<Wrap>,
    from_start: bool,
    /// Whether the opener is known to have opened it, from the first payload of a tunnel over UDP.
    opened: bool,
    stretches: u64,
    patterned: u64,
    alike: u64,
    pattern: Option<Pattern>,
    /// The most telling stretch, and whether the opener is the end that may mine.
    best: Cadence,
    opener_mines: bool,
    quiet_s: f64,
    busy_s: f64,
    shares: u64,
    share_s: f64,
    /// When the last stretch ended.
    until: Option<Stamp>,
    jobs: u64,
    irregular: u64,
    heard: u64,
    moments: Vec<i64>,
    hello: Option<Box<Hello>>,
    certificate: Option<Box<Certificate>>,
    /// The features of all stretches, each times its messages, and the sum of those.
    features: Option<Box<[f64; SESSION.len()]>>,
    described: usize,
}

impl QuietFlows {
    /// Takes what a TLS client said of itself.
    pub(super) fn hello(&mut self, flow: &Flow, hello: &Hello) {
        self.hidden.encrypted(flow);
        if self.hellos.len() < MAX_FLOWS {
            self.hellos.insert(*flow, Box::new(hello.clone()));
        }
    }

    /// Takes the certificate of its server.
    pub(super) fn certificate(&mut self, flow: &Flow, certificate: Certificate) {
        if self.certificates.len() < MAX_FLOWS {
            self.certificates.insert(*flow, Box::new(certificate));
        }
    }

    /// Takes a window of beats.
    pub(super) fn window(&mut self, flow: &Flow, window: &Rhythm) {
        if let Some(wrap) = window.wrap().filter(|_| window.is_first()) {
            self.hidden.begins(flow, wrap);
        }
        let long = seconds_between(window.first(), window.last()) >= MIN_SECONDS;
        let known = self.live.contains_key(flow);
        if !known && (!long || window.len() < MIN_MESSAGES || self.live.len() >= MAX_FLOWS) {
            return;
        }
        let trace = self.live.entry(*flow).or_insert_with(|| Trace {
            wrap: window.wrap(),
            from_start: window.is_first(),
            opened: window.is_first() && window.opens_tunnel(),
            opener_mines: true,
            ..Trace::default()
        });
        let room = MAX_ALL_MOMENTS.saturating_sub(self.moments);
        let before = trace.moments.len();
        trace.add(window, room);
        self.moments += trace.moments.len() - before;
    }

    /// A flow has ended.
    pub(super) fn ended(&mut self, flow: &Flow, contact: &Contact) {
        self.hidden.ended(flow, contact);
        let hello = if self.hellos.is_empty() { None } else { self.hellos.remove(flow) };
        let certificate = self.certificates.remove(flow);
        if self.live.is_empty() {
            return;
        }
        if let Some(mut trace) = self.live.remove(flow)
            && self.ended.len() < MAX_FLOWS
        {
            trace.from_start &= contact.from_start || flow.transport == Transport::Udp;
            (trace.hello, trace.certificate) = (hello, certificate);
            if contact.from_start && !trace.opener_mines {
                // Miners connect to pools; the other way round it is something else.
                (trace.pattern, trace.opener_mines) = (None, true);
            }
            self.ended.push((*flow, *contact, trace));
        }
    }

    /// What they come to, in order of their beginnings, without those whose words are known: those
    /// `spoken` in a mining dialect and those `of_nodes`.
    pub(super) fn facts(
        mut self,
        spoken: &HashSet<Flow>,
        of_nodes: &HashSet<Flow>,
    ) -> impl Iterator<Item = (Flow, Contact, QuietFlow)> {
        self.ended.retain(|it| !spoken.contains(&it.0) && !of_nodes.contains(&it.0));
        self.ended.sort_by_key(|it| (it.0.since, it.0));
        self.ended.into_iter().map(|(flow, contact, trace)| {
            let fact = trace.fact(&flow, &contact);
            (flow, contact, fact)
        })
    }
}

impl Trace {
    fn add(&mut self, window: &Rhythm, room: usize) {
        let begin_ms = ms(window.first());
        let mut told = messages(window, begin_ms, End::Opener);
        let mut cadence = Cadence::of(&told, window.is_first());
        let mut opener_mines = true;
        // Acknowledgements of TCP inside a tunnel of packets answer the pool as a pool answers shares.
        if cadence.pattern().is_none() && !self.opened {
            // Where the beginning was not captured it may be the other end that asks.
            let turned = messages(window, begin_ms, End::Answerer);
            let other = Cadence::of(&turned, false);
            if other.pattern().is_some() {
                (told, cadence, opener_mines) = (turned, other, false);
            }
        }
        if !window.is_text() {
            self.describe(&told, &cadence);
        }
        // Text was there to be read, and others did: what is no mining in words is none in rhythm.
        let pattern = cadence.pattern().filter(|_| !window.is_text());
        let room = if window.is_text() { 0 } else { room };
        let keep = room.min(MAX_MOMENTS.saturating_sub(self.moments.len()));
        self.moments.extend(cadence.jobs.telling_ms.iter().take(keep));
        self.stretches += 1;
        let alike = pattern.is_some() || !window.is_text() && cadence.is_alike();
        self.alike += u64::from(alike);
        self.quiet_s += cadence.seconds;
        self.busy_s += seconds(window.rested_ns());
        self.jobs += cadence.jobs.count as u64;
        self.heard += cadence.heard() as u64;
        // Between two stretches without a rest nothing was missed.
        let since = self.until.replace(window.last()).filter(|_| window.rested_ns() == 0);
        if pattern.is_some() {
            self.patterned += 1;
            self.irregular += cadence.jobs.irregular() as u64;
            self.shares += cadence.shares.form.count as u64;
            self.share_s += since.map_or(cadence.steady_s, |it| seconds_between(it, window.last()));
        }
        let better = match (pattern, self.pattern) {
            (Some(_), None) => true,
            (Some(Pattern::StratumV2), Some(old)) if old != Pattern::StratumV2 => true,
            (Some(_), Some(Pattern::StratumV2)) | (None, Some(_)) => false,
            (Some(_), Some(_)) | (None, None) => cadence.messages > self.best.messages,
        };
        if better {
            (cadence.jobs.times_ms, cadence.jobs.telling_ms) = (Vec::new(), Vec::new());
            (self.pattern, self.best, self.opener_mines) = (pattern, cadence, opener_mines);
        }
    }

    /// Adds the features of a stretch.
    fn describe(&mut self, messages: &[Message], cadence: &Cadence) {
        let sums = self.features.get_or_insert_with(|| Box::new([0.0; SESSION.len()]));
        let weight = count(cadence.messages);
        for (sum, value) in sums.iter_mut().zip(of_session(messages, cadence)) {
            *sum += weight * value;
        }
        self.described += cadence.messages;
    }

    /// The mean features over all messages, to the precision of the fact.
    fn features(&self) -> Vec<f32> {
        let sums = self.features.iter().flat_map(|it| it.iter());
        let all = count(self.described.max(1));
        #[expect(clippy::cast_possible_truncation, reason = "seven digits say enough")]
        let mean = |sum: &f64| (sum / all) as f32;
        sums.map(mean).collect()
    }

    fn fact(self, flow: &Flow, contact: &Contact) -> QuietFlow {
        let (sent, all) = (contact.frames_sent, contact.frames);
        let (client, server, up, down, frames_up) = if self.opener_mines {
            (flow.opener, flow.answerer, contact.sent, contact.received, sent)
        } else {
            (flow.answerer, flow.opener, contact.received, contact.sent, all.saturating_sub(sent))
        };
        let transport = if flow.transport == Transport::Tcp { "tcp" } else { "udp" };
        QuietFlow {
            features: self.features(),
            client,
            server,
            transport: transport.to_owned(),
            wrap: self.wrap.map(|it| it.to_string()),
            server_names: self
                .hello
                .iter()
                .filter_map(|it| it.server_name.as_deref())
                .map(|it| super::reduce::by_sni(it.into()))
                .collect(),
            tls: self.hello.as_deref().map(tls_client),
            certificate: self.certificate.map(|it| shown(*it)),
            from_start: self.from_start,
            pattern: self.pattern.map(pattern),
            stretches: self.stretches,
            patterned: self.patterned,
            alike: self.alike,
            stretch: stretch(&self.best),
            quiet_s: self.quiet_s,
            busy_s: self.busy_s,
            shares: self.shares,
            share_s: self.share_s,
            jobs: self.jobs,
            irregular: self.irregular,
            heard: self.heard,
            pushes_ms: self.moments,
            bytes_up: up,
            bytes_down: down,
            frames: all,
            frames_up,
        }
    }
}

fn shown(certificate: Certificate) -> TlsCertificate {
    let day = |seconds| {
        let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        moment.strftime("%Y-%m-%d").to_string()
    };
    TlsCertificate {
        from: day(certificate.not_before_s),
        until: day(certificate.not_after_s),
        subject: certificate.subject,
        issuer: certificate.issuer,
        self_issued: certificate.self_issued,
        names: certificate.names,
    }
}

fn tls_client(hello: &Hello) -> TlsClient {
    let (ja3, ja4) = hello.fingerprints().unzip();
    TlsClient { named: hello.server_name.is_some(), alpn: hello.alpn.clone(), ja3, ja4 }
}

/// The beats of a window as messages; `miner` is the end that may be mining.
fn messages(window: &Rhythm, begin_ms: i64, miner: End) -> Vec<Message> {
    let message = |beat: minehound_wire::flow::Beat| Message {
        at_ms: begin_ms + i64::from(beat.at_ms),
        up: beat.from == miner,
        bytes: beat.bytes,
    };
    window.beats().map(message).collect()
}

fn pattern(found: Pattern) -> RhythmPattern {
    match found {
        Pattern::SharesAndJobs => RhythmPattern::SharesAndJobs,
        Pattern::JobsAlone => RhythmPattern::JobsAlone,
        Pattern::BlocksAlone => RhythmPattern::BlocksAlone,
        Pattern::Padded => RhythmPattern::Padded,
        Pattern::StratumV2 => RhythmPattern::StratumV2,
    }
}

fn stretch(cadence: &Cadence) -> Stretch {
    let (shares, jobs) = (&cadence.shares, &cadence.jobs);
    Stretch {
        seconds: cadence.seconds,
        messages: cadence.messages as u64,
        share: lengths(&shares.form),
        answer: lengths(&shares.answer),
        answered: shares.answered,
        share_gap_s: shares.gaps.mean_s,
        share_variation: shares.gaps.variation,
        job: jobs.forms.first().map(lengths).unwrap_or_default(),
        pushed: jobs.count as u64,
        pushed_alike: jobs.alike,
        job_gap_s: jobs.gaps.median_s,
        timer_s: jobs.timer.period_s,
        timer_kept: jobs.timer.at_period,
        timer_cut: jobs.timer.cut_short as u64,
        unexplained: cadence.unexplained,
        padding: cadence.padded.unwrap_or(0),
    }
}

fn lengths(cluster: &Cluster) -> Lengths {
    Lengths { low: cluster.low, high: cluster.high, count: cluster.count as u64 }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn count(messages: usize) -> f64 {
    messages as f64
}

fn seconds_between(first: Stamp, last: Stamp) -> f64 {
    seconds(last.time_ns.saturating_sub(first.time_ns))
}

#[expect(clippy::cast_precision_loss, reason = "times of a capture, to the microsecond")]
fn seconds(ns: i64) -> f64 {
    ns as f64 / 1e9
}
