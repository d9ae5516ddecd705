//! # A clue from elsewhere
//!
//! A list that somebody sent, a superior or a sensor further out, has lines about this machine: logs lead
//! from the address and moment of each to it alone. How far logs bear a line out is told: only a name
//! was asked for, a connection was made, somebody logged in or handed in shares. It stays somebody's
//! word about traffic that is not at hand, and is never more than a circumstance.
//!
//! Source: lists in the case folder (`minehound clue import`), joined by leases and translations
//! (`minehound attribute`); objections as `minehound clue dispute` has them.
//!
//! ## False positives
//!
//! Lists are days old and repeat each other: many lines are one event. Addresses are shared, pools move, and
//! a resolver asks for everybody.
//!
//! ## Response
//!
//! Inspect the machine itself, or capture what it sends. Answer the sender with what was found
//! (`minehound clue feedback`), or dispute the lines (`minehound clue dispute`).

use minehound_model::{
    Arg, Behaviour, DetectorId, Dimension, Dossier, FactKind, Nature, Observation, ReportedClue,
    Sign,
};

use crate::detector::with_text;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct ReportedClues;

const MINED: (Sign, Nature) = (Sign("clue-mined"), Nature::Circumstance);
const CONTACT: (Sign, Nature) = (Sign("clue-contact"), Nature::Circumstance);
const QUERIED: (Sign, Nature) = (Sign("clue-queried"), Nature::Circumstance);
const UNSUPPORTED: (Sign, Nature) = (Sign("clue-unsupported"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-019"),
    name: "reported-clue",
    dimension: Dimension::Network,
    items: &["NET-11"],
    techniques: &[],
    since: "0.4.0",
    needs: &[FactKind::ReportedClue],
    needs_any: &[],
    signs: &[MINED, CONTACT, QUERIED, UNSUPPORTED],
    source: include_str!("reported_clue.rs"),
    chinese: include_str!("reported_clue.zh.md"),
};

impl Detector for ReportedClues {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let told = |(seen, clue): (&Observation, &ReportedClue)| {
            let kind = match clue.found {
                // What something speaks against in every line is for the answer to the sender alone.
                _ if clue.objected >= clue.lines => return None,
                Some(Behaviour::Shares | Behaviour::LoggedIn) => MINED,
                Some(Behaviour::Connected) => CONTACT,
                Some(Behaviour::Queried) => QUERIED,
                None => UNSUPPORTED,
            };
            let finding = META
                .finding(kind, seen)
                .with("sender", Arg::Text(clue.sender.clone()))
                .with("list", Arg::Text(clue.list.clone()))
                .with("lines", Arg::Count(clue.lines))
                .with("objected", Arg::Count(clue.objected));
            Some(with_text(finding, "pool", clue.pool.clone()))
        };
        dossier.facts::<ReportedClue>().filter_map(told).collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "lists that logs bear out, as shares, a connection, a look-up, and one that nothing bears out",
        given: r#"
            [[reported_clue]]
            sender = "province"
            list = "list.xlsx"
            lines = 4
            found = "shares"
            pool = "xmr.pool.example"
            [[reported_clue]]
            sender = "province"
            list = "list2.xlsx"
            lines = 1
            found = "connected"
            pool = "xmr.pool.example"
            [[reported_clue]]
            sender = "city"
            list = "list3.csv"
            lines = 2
            found = "queried"
            pool = "xmr.pool.example"
            [[reported_clue]]
            sender = "city"
            list = "list4.csv"
            lines = 1
            pool = "xmr.pool.example"
        "#,
        expect: Expect::Found(&[MINED.0, CONTACT.0, QUERIED.0, UNSUPPORTED.0]),
    },
    Example {
        title: "a list that something speaks against in every line: an old pool, a shared address",
        given: r#"
            [[reported_clue]]
            sender = "province"
            list = "list.xlsx"
            lines = 2
            objected = 2
            found = "connected"
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "no list names it", given: "reported_clue = []", expect: Expect::Silent },
    Example { title: "no case was given", given: "", expect: Expect::NotExamined },
];
