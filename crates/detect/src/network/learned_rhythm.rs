//! # Learned rhythm
//!
//! A model that learned from labelled examples takes a connection whose words cannot be read for
//! mining, though none of the tests of *mining rhythm* passed: padding, held back messages, a
//! tunnel that others share or a miner too slow may keep it below their bounds. The model is given
//! 58 numbers of the messages (sizes, directions, times; no port, address, name or hour) and adds
//! up what 160 small trees say. It is calibrated so that at most one in three thousand innocent
//! long flows of the range stands out, and only what is more likely mining than not does. Each
//! finding names the numbers that drove it.
//!
//! Source: `docs/model.md` says what it learned from, what it was tested on and how often it errs.
//! A model's word is a circumstance and nothing more, however sure it is: it cannot say why, and
//! it knows no life but that which it was shown.
//!
//! ## False positives
//!
//! Services with a rhythm that no example had. The model learned almost all it knows from generated
//! traffic.
//!
//! ## Response
//!
//! Look at the host: which process owns the connection settles it. Ask for the log of the proxy,
//! firewall or resolver for the name of the other end. Capture longer, an hour or more: the tests
//! of *mining rhythm* and, with block times (`--blocks`), the block clock may then pass or fail.

use minehound_model::{
    Arg, Because, DetectorId, Dimension, Dossier, FactKind, Grade, Nature, Observation, QuietFlow,
    Row, SessionRow, Sign,
};

use super::learned::{Opinion, opinion};
use super::mining_rhythm::{carrier, server_shown, told};
use super::session_row::unread;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct LearnedRhythm;

const LEARNED: (Sign, Nature) = (Sign("learned-rhythm"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-NET-014"),
    name: "learned-rhythm",
    dimension: Dimension::Network,
    items: &["NET-5", "NET-6"],
    techniques: &["T1496.001", "T1573"],
    since: "0.2.0",
    needs: &[FactKind::QuietFlow],
    needs_any: &[],
    signs: &[LEARNED],
    source: include_str!("learned_rhythm.rs"),
    chinese: include_str!("learned_rhythm.zh.md"),
};

impl Detector for LearnedRhythm {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        for (seen, flow) in dossier.facts::<Box<QuietFlow>>() {
            if flow.quiet_s < QuietFlow::LEAST_S {
                continue;
            }
            // What the tests pass is told by them, with the model's opinion beside it.
            let opinion = opinion(seen, flow).filter(|it| it.stands_out);
            if let Some(opinion) = opinion.filter(|it| told(flow, Some(it)).is_none()) {
                judgement.findings.push(finding(seen, flow, &opinion));
                judgement.rows.push(row(seen, flow, &opinion));
            }
        }
        judgement
    }
}

fn finding(seen: &Observation, flow: &QuietFlow, opinion: &Opinion) -> minehound_model::Finding {
    let finding = META
        .finding(LEARNED, seen)
        .with("client", Arg::Text(flow.client.to_string()))
        .with("server", Arg::Text(server_shown(flow)))
        .with("wrap", Arg::Text(flow.carrier().to_owned()))
        .with("minutes", Arg::Number((flow.quiet_s / 6.0).round() / 10.0));
    opinion.told(finding)
}

/// Its line: a connection, with the probability.
fn row(seen: &Observation, flow: &QuietFlow, opinion: &Opinion) -> Row {
    let base = unread(seen, (flow.client, flow.server), carrier(flow, false));
    Row::Session(Box::new(SessionRow {
        server_name: flow.server_names.first().map(|it| it.name.clone()),
        grade: Grade::Behaviour,
        because: vec![Because::ModelAlone],
        probability: Some(opinion.probability),
        frames: flow.frames,
        ..base
    }))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a pool over TLS whose records are padded at random: no form to be seen",
        given: include_str!("learned_rhythm/padded.toml"),
        expect: Expect::Found(&[LEARNED.0]),
    },
    Example {
        title: "events of a device over TLS, each acknowledged",
        given: include_str!("learned_rhythm/events.toml"),
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic without a quiet flow",
        given: "quiet_flow = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
