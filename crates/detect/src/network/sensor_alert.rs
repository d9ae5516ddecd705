//! # Another sensor's alert
//!
//! An intrusion detection system or a gateway raised an alert by a rule about mining. Its word counts
//! by what such a rule sees: only a name that was asked for, a connection, or what was said in one. An
//! alert is somebody's reading of traffic that is not at hand; it is never more than a circumstance.
//!
//! Source: logs of Suricata, Snort, Zeek and of gateways; the words of the rule and its class, graded
//! by a table of wordings.
//!
//! ## False positives
//!
//! Rules that match a name fire on every resolver and on whoever reads about mining. Rules of payload
//! have matched JSON-RPC of wallets and language servers. Old rules name pools whose names have new owners.
//!
//! ## Response
//!
//! Get the packets of the alert, or a capture of the same host, and let them be inspected here. Answer a
//! clue that rests on a rule about names alone as "looked up only".

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Observation, SensorAlert, Sign,
};

use crate::detector::with_text;
use crate::knowledge::schema::Sight;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct SensorAlerts;

const PAYLOAD: (Sign, Nature) = (Sign("alert-payload"), Nature::Circumstance);
const CONTACT: (Sign, Nature) = (Sign("alert-contact"), Nature::Circumstance);
const QUERIED: (Sign, Nature) = (Sign("alert-queried"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-NET-017"),
    name: "sensor-alert",
    dimension: Dimension::Network,
    items: &["NET-12"],
    techniques: &[],
    since: "0.3.0",
    needs: &[FactKind::SensorAlert],
    needs_any: &[],
    signs: &[PAYLOAD, CONTACT, QUERIED],
    source: include_str!("sensor_alert.rs"),
    chinese: include_str!("sensor_alert.zh.md"),
};

impl Detector for SensorAlerts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let told = |(seen, alert): (&Observation, &SensorAlert)| {
            let kind = match knowledge.sight(alert)? {
                Sight::Payload => PAYLOAD,
                Sight::Connected => CONTACT,
                Sight::Queried => QUERIED,
            };
            let finding = META
                .finding(kind, seen)
                .with("client", Arg::Text(alert.client.to_string()))
                .with("sensor", Arg::Text(alert.sensor.clone()))
                .with("words", Arg::Text(alert.words.clone()))
                .with("count", Arg::Count(alert.count));
            let finding = with_text(finding, "rule", alert.rule.clone());
            let finding = with_text(finding, "server", alert.server.map(|it| it.to_string()));
            Some(with_text(finding, "name", alert.name.clone()))
        };
        dossier.facts::<SensorAlert>().filter_map(told).collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a rule that read a login, one that saw a connection, one that saw a name asked for",
        given: r#"
            [[sensor_alert]]
            sensor = "ids-1"
            rule = "1:2024792"
            words = "Cryptocurrency Miner Checkin"
            name = "stratum.pool.example"
            client = "10.0.0.5"
            server = "192.0.2.7:3333"
            count = 4
            [[sensor_alert]]
            sensor = "fw-1"
            rule = "49999"
            words = "Coin.Miner"
            name = "stratum.pool.example"
            client = "10.0.0.5"
            server = "192.0.2.7:3333"
            count = 1
            [[sensor_alert]]
            sensor = "ids-1"
            rule = "1:2025000"
            words = "DNS Query to Coin Mining Domain"
            name = "stratum.pool.example"
            client = "10.0.0.5"
            count = 9
        "#,
        expect: Expect::Found(&[PAYLOAD.0, CONTACT.0, QUERIED.0]),
    },
    Example {
        title: "alerts about other things: a clock's stratum, a scan of ports",
        given: r#"
            [[sensor_alert]]
            sensor = "ids-1"
            words = "NTP stratum 0 kiss of death"
            client = "10.0.0.5"
            count = 1
            [[sensor_alert]]
            sensor = "ids-1"
            words = "SCAN Suspicious inbound to port 3306"
            client = "10.0.0.5"
            count = 30
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of a sensor without an alert",
        given: "sensor_alert = []",
        expect: Expect::Silent,
    },
    Example { title: "no sensor's log was read", given: "", expect: Expect::NotExamined },
];
