//! # Mining rhythm
//!
//! A connection whose words cannot be read, wrapped in TLS, a WebSocket, encrypted Stratum V2 or
//! anything else that adds the same to every message, has the rhythm of mining. Five patterns
//! count. *Shares and jobs*: one end sends messages of one length at moments without memory, each
//! answered at once by a shorter one; the other end pushes longer messages of one or two lengths
//! unasked. *Padded*: the same, with every message lengthened at random: its
//! lengths are spread evenly, and as widely for one end as for the other. *Jobs alone*: nothing but such pushes, by a timer that something irregular cuts short
//! and winds up again, as a pool does to a slow miner; without a single question that was answered
//! as a share or a sign of life is, that is a circumstance only. *Blocks alone*: the same without a timer,
//! which is a circumstance only, since a quiet notice board looks alike. So are shares with pushes
//! that come by the clock alone: a pool breaks off at each block. And so is what the learned model
//! (*learned rhythm*) does not take for mining, or not surely enough (below one in a hundred it is dismissed), but for Stratum V2, whose handshake speaks for itself. *Stratum V2*: the lengths
//! of its handshake (64 bytes, then 234) and of what must follow.
//!
//! A sixth, weaker test asks only whether everything said has its place in mining: what is asked is
//! answered in turn, shortly and in one form, and what is pushed is longer and of few forms; how
//! often, how irregularly and with how many shares is left open. Some innocent long flows pass it, so
//! by itself it says nothing. It suspects where the learned model, which was not shown it, gives mining
//! nine to one or more as well: two looks must be wrong at once.
//!
//! Source: lengths and times of segments, which a capture of headers alone has too; Stratum V2
//! specification sections 3.2 and 4.5. Shares without memory: hashing has none. The bounds
//! were set on worlds of the range; how often they hold, and on what they raise a false alarm, is
//! measured on any other world by `minehound range gen` and `minehound range score`. It says that
//! somebody is served work and hands it in; not which coin and not for whom. The rate of shares is
//! told with the interval that holds it nine times in ten; a hashrate follows only where somebody
//! says what a share costs there (`--share-work`, see the pool's page of the account), since pools
//! steer the difficulty so that miners of any size hand in about equally often.
//!
//! Of TLS, what the client says of itself stands beside the pattern: JA3 and JA4, which name a library
//! and its settings and never a purpose, and whether it names the server and offers a protocol. A client
//! that does neither, as miners do and many other programs, is a weak circumstance there, and nothing
//! without a pattern. Up to TLS 1.2 the server's certificate is in the clear: subject, issuer, days and
//! names stand beside the pattern as well (RFC 5280; nothing of it is verified). One that vouches for
//! itself, as private pools, proxies and many devices have, is as weak a circumstance.
//!
//! ## False positives
//!
//! A service that pushes its state in one form, after a quiet time or at once on a change, can have
//! jobs alone. Telemetry that is sent on events, acknowledged in a short form and steered in a form
//! of its own comes near to shares and jobs.
//!
//! ## Response
//!
//! Keep the capture. Find the process that owns the connection: the host settles it. Ask for the
//! log of the proxy or firewall for the name of the other end. If blocks of a coin are at hand
//! (`--blocks`), the block clock tells the coin. Beside each finding stands what a learned model
//! thinks of the same messages; where it does not agree, the host or such a log decides, not the
//! one or the other.

use minehound_model::{
    Arg, Because, DetectorId, Dimension, Dossier, Element, FactKind, Grade, Lengths, Nature,
    Observation, QuietFlow, RhythmPattern, Row, SessionRow, Sign, TlsCertificate, TlsClient,
};

use super::learned::{Opinion, opinion};
use super::serving::{Serving, behind, serving, sum};
use super::session_row::unread;
use super::share_rate::{share_rate, worth};
use crate::detector::{with_names, with_text};
use crate::hashrate;
use crate::{Detector, Example, Judgement, Knowledge, Meta};

mod examples;

pub(super) struct MiningRhythm;

const SHARES: (Sign, Nature) = (Sign("rhythm-shares-and-jobs"), Nature::Direct);
const PADDED: (Sign, Nature) = (Sign("rhythm-padded"), Nature::Direct);
const REGULAR: (Sign, Nature) = (Sign("rhythm-regular-pushes"), Nature::Circumstance);
const JOBS: (Sign, Nature) = (Sign("rhythm-jobs-alone"), Nature::Direct);
const UNHEARD: (Sign, Nature) = (Sign("rhythm-jobs-unheard"), Nature::Circumstance);
const ALIKE: (Sign, Nature) = (Sign("rhythm-alike"), Nature::Direct);
const DOUBTED: (Sign, Nature) = (Sign("rhythm-doubted"), Nature::Circumstance);
const BLOCKS: (Sign, Nature) = (Sign("rhythm-blocks-alone"), Nature::Circumstance);
const BARE_TLS: (Sign, Nature) = (Sign("tls-bare-client"), Nature::Circumstance);
const TLS: (Sign, Nature) = (Sign("tls-client"), Nature::Context);
const SELF_ISSUED: (Sign, Nature) = (Sign("tls-self-issued"), Nature::Circumstance);
const CERTIFICATE: (Sign, Nature) = (Sign("tls-certificate"), Nature::Context);
const STRATUM_V2: (Sign, Nature) = (Sign("stratum-v2-encrypted"), Nature::Direct);

/// Fewer jobs out of turn are no blocks: what is pushed by a clock alone is somebody's telemetry.
const MIN_IRREGULAR: u64 = 3;
/// At least this part of the stretches must show the pattern.
const MIN_PATTERNED: f64 = 0.5;
/// How probable the learned model must find mining where a rhythm is only like it. Its probabilities
/// are those of worlds where one long flow in sixty mines.
const SURE: f64 = 0.9;

/// Below this probability of the learned model a pattern is not even a clue.
const DISMISSED: f64 = 0.01;

static META: Meta = Meta {
    id: DetectorId("MH-NET-011"),
    name: "mining-rhythm",
    dimension: Dimension::Network,
    items: &["NET-5", "NET-6"],
    techniques: &["T1496.001", "T1573"],
    since: "0.2.0",
    needs: &[FactKind::QuietFlow],
    needs_any: &[],
    signs: &[
        SHARES,
        PADDED,
        ALIKE,
        REGULAR,
        JOBS,
        UNHEARD,
        DOUBTED,
        BLOCKS,
        STRATUM_V2,
        BARE_TLS,
        TLS,
        SELF_ISSUED,
        CERTIFICATE,
    ],
    source: include_str!("mining_rhythm.rs"),
    chinese: include_str!("mining_rhythm.zh.md"),
};

impl Detector for MiningRhythm {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        let serving = serving(dossier);
        for (seen, flow) in dossier.facts::<Box<QuietFlow>>() {
            let opinion = opinion(seen, flow);
            let Some((kind, because)) = told(flow, opinion.as_ref()) else { continue };
            let found = finding(kind, seen, flow);
            judgement.findings.push(match &opinion {
                Some(it) => it.beside(found),
                None => found,
            });
            judgement.findings.extend(flow.tls.as_ref().map(|it| client(seen, flow, it)));
            let shown = flow.certificate.as_ref();
            judgement.findings.extend(shown.map(|it| certificate(seen, flow, it)));
            let row = row(seen, flow, because, opinion.as_ref(), knowledge);
            let row = match behind(&serving, flow.client.ip(), flow.server) {
                Some(served) => upstream(row, served, knowledge),
                None => row,
            };
            judgement.rows.push(Row::Session(Box::new(row)));
        }
        judgement
    }
}

/// What the rhythm of a flow comes to, with the model's opinion of it.
pub(super) fn told(
    flow: &QuietFlow,
    opinion: Option<&Opinion>,
) -> Option<((Sign, Nature), Because)> {
    let tested = shown(flow).filter(|it| !dismissed(it.0, opinion));
    let tested = tested.map(|(kind, because)| doubted(kind, because, opinion));
    let direct = tested.is_some_and(|it| it.0.1 == Nature::Direct);
    let sure = opinion.is_some_and(|it| it.stands_out && it.probability >= SURE);
    if !direct && sure && is_alike(flow) { Some((ALIKE, Because::RhythmAlike)) } else { tested }
}

/// Whether a flow is like mining in everything, for long enough: the weaker test. Somebody must have
/// asked and been answered.
fn is_alike(flow: &QuietFlow) -> bool {
    let enough = flow.quiet_s >= QuietFlow::LEAST_S && flow.heard > 0;
    enough && part(flow.alike, flow.stretches) >= MIN_PATTERNED
}

/// Whether bounds alone show a pattern where the learned model is as good as sure of the contrary: telemetry
/// that is acknowledged passes by the hundred, and a second look at each would wear everybody out.
fn dismissed(kind: (Sign, Nature), opinion: Option<&Opinion>) -> bool {
    let bounds_alone = [SHARES, PADDED, JOBS].contains(&kind);
    bounds_alone && opinion.is_some_and(|it| !it.stands_out && it.probability < DISMISSED)
}

/// What is left of a pattern that the learned model, which looks at more, takes for innocent: nobody is
/// suspected of what two looks disagree on.
fn doubted(
    kind: (Sign, Nature),
    because: Because,
    opinion: Option<&Opinion>,
) -> ((Sign, Nature), Because) {
    let bounds_alone = [SHARES, PADDED, JOBS].contains(&kind);
    match opinion {
        Some(it) if bounds_alone && !it.stands_out => (DOUBTED, Because::RhythmDoubted),
        _ => (kind, because),
    }
}

/// The pattern that a flow shows for long enough to count.
pub(super) fn shown(flow: &QuietFlow) -> Option<((Sign, Nature), Because)> {
    let found = match flow.pattern? {
        RhythmPattern::StratumV2 => return Some((STRATUM_V2, Because::OpensAsStratumV2)),
        RhythmPattern::SharesAndJobs | RhythmPattern::Padded if flow.irregular < MIN_IRREGULAR => {
            (REGULAR, Because::RhythmWithoutBlocks)
        }
        RhythmPattern::SharesAndJobs => (SHARES, Because::RhythmOfSharesAndJobs),
        RhythmPattern::Padded => (PADDED, Because::RhythmUnderPadding),
        // A miner hands something in sooner or later, or asks whether the pool is there.
        RhythmPattern::JobsAlone if flow.heard == 0 => (UNHEARD, Because::RhythmOfJobsUnheard),
        RhythmPattern::JobsAlone => (JOBS, Because::RhythmOfJobs),
        RhythmPattern::BlocksAlone => (BLOCKS, Because::RhythmOfBlocks),
    };
    let enough = part(flow.patterned, flow.stretches) >= MIN_PATTERNED;
    (flow.quiet_s >= QuietFlow::LEAST_S && enough).then_some(found)
}

#[expect(clippy::cast_precision_loss, reason = "counts of stretches")]
fn part(some: u64, all: u64) -> f64 {
    some as f64 / all.max(1) as f64
}

fn finding(kind: (Sign, Nature), seen: &Observation, flow: &QuietFlow) -> minehound_model::Finding {
    let stretch = &flow.stretch;
    let finding = META
        .finding(kind, seen)
        .with("client", Arg::Text(flow.client.to_string()))
        .with("server", Arg::Text(server_shown(flow)))
        .with("wrap", Arg::Text(flow.carrier().to_owned()))
        .with("minutes", Arg::Number((flow.quiet_s / 6.0).round() / 10.0))
        .with("shares", Arg::Count(flow.shares))
        .with("heard", Arg::Count(flow.heard))
        .with("share_bytes", Arg::Text(range(stretch.share)))
        .with("answer_bytes", Arg::Text(range(stretch.answer)))
        .with("jobs", Arg::Count(flow.jobs))
        .with("job_bytes", Arg::Text(range(stretch.job)))
        .with("padding", Arg::Count(u64::from(stretch.padding)))
        .with("timer", Arg::Number((stretch.timer_s * 10.0).round() / 10.0))
        .with("cut_short", Arg::Count(stretch.timer_cut))
        .with("irregular", Arg::Count(flow.irregular));
    // Whose server it is does not show, but for the handshake of a pool.
    if kind == STRATUM_V2 { finding.showing(Element::PoolAccess) } else { finding }
}

/// What the TLS client of such a flow said of itself. Programs for people name the server and offer a
/// protocol; miners do as their library does, like many other programs.
fn client(seen: &Observation, flow: &QuietFlow, tls: &TlsClient) -> minehound_model::Finding {
    let bare = !tls.named && tls.alpn.is_empty();
    let finding = META
        .finding(if bare { BARE_TLS } else { TLS }, seen)
        .with("client", Arg::Text(flow.client.to_string()))
        .with("server", Arg::Text(flow.server.to_string()));
    let finding = with_text(finding, "ja3", tls.ja3.clone());
    let finding = with_text(finding, "ja4", tls.ja4.clone());
    with_names(finding, "alpn", tls.alpn.iter().map(String::as_str))
}

/// What the server of such a flow showed of itself, in TLS up to 1.2. Whoever sets a pool or a proxy up for
/// oneself issues the certificate oneself, as for many devices and services inside a house.
fn certificate(
    seen: &Observation,
    flow: &QuietFlow,
    shown: &TlsCertificate,
) -> minehound_model::Finding {
    let finding = META
        .finding(if shown.self_issued { SELF_ISSUED } else { CERTIFICATE }, seen)
        .with("client", Arg::Text(flow.client.to_string()))
        .with("server", Arg::Text(flow.server.to_string()))
        .with("from", Arg::Text(shown.from.clone()))
        .with("until", Arg::Text(shown.until.clone()));
    let finding = with_text(finding, "subject", shown.subject.clone());
    let finding = with_text(finding, "issuer", shown.issuer.clone());
    with_names(finding, "names", shown.names.iter().map(String::as_str))
}

/// The other end by its name, where one is known.
pub(super) fn server_shown(flow: &QuietFlow) -> String {
    let named = flow.server_names.first().map(|it| it.name.as_str());
    named.map_or_else(|| flow.server.to_string(), |name| format!("{name}:{}", flow.server.port()))
}

fn range(lengths: Lengths) -> String {
    match lengths {
        Lengths { low, high, .. } if low == high => low.to_string(),
        Lengths { low, high, .. } => format!("{low}-{high}"),
    }
}

/// The line of a session that was recognised by its rhythm.
fn row(
    seen: &Observation,
    flow: &QuietFlow,
    because: Because,
    opinion: Option<&Opinion>,
    knowledge: &Knowledge,
) -> SessionRow {
    let names = &flow.server_names;
    let pool = names.iter().find_map(|it| knowledge.pool_for_host(&it.name));
    let v2 = because == Because::OpensAsStratumV2;
    let mut labels = Vec::new();
    if !flow.from_start {
        labels.push("mid-session".to_owned());
    }
    let rate = share_rate(flow);
    let known = rate.as_ref().and_then(|it| worth(flow, it, knowledge));
    if known.is_some() {
        labels.push("difficulty-stated".to_owned());
    }
    let power =
        known.and_then(|(algorithm, it)| hashrate::power(&it, &algorithm.name, false, knowledge));
    let base = unread(seen, (flow.client, flow.server), carrier(flow, v2));
    SessionRow {
        server_name: names.first().map(|it| it.name.clone()),
        pool: pool.map(|it| it.pool.name.clone()),
        dialect: if v2 { "stratum-v2".to_owned() } else { String::new() },
        grade: Grade::Behaviour,
        because: [because].into_iter().chain(opinion.map(Opinion::beside_tests)).collect(),
        probability: opinion.map(|it| it.probability),
        labels,
        jobs: flow.jobs,
        share_rate: rate,
        hashrate: known.map(|it| it.1),
        algorithm: known.map(|it| it.0.name.clone()),
        power_w: power,
        frames: flow.frames,
        ..base
    }
}

/// The line of a pool proxy's own connection: its work is that of the miners behind it.
fn upstream(mut row: SessionRow, served: Serving<'_>, knowledge: &Knowledge) -> SessionRow {
    row.labels.push("proxy-upstream".to_owned());
    row.power_w = None;
    if let Some((algorithm, hashrate)) = sum(served, knowledge) {
        (row.algorithm, row.hashrate) = (Some(algorithm.name.clone()), Some(hashrate));
    }
    row
}

/// What carried it, as far as that shows: `noise` for encrypted Stratum V2.
pub(super) fn carrier(flow: &QuietFlow, v2: bool) -> String {
    if v2 && flow.wrap.is_none() { "noise" } else { flow.carrier() }.to_owned()
}
