//! What a proof sheet says, in one language.

use std::net::SocketAddr;

use jiff::tz::TimeZone;
use minehound_model::{
    Answer, Candidate, LogClock, LogKind, Missing, Place, Question, Span, Step, Tied, Who,
};

use crate::catalogue::fill;
use crate::{Catalogue, moment, visible};

/// Below this share a candidate stands among "the others".
pub(super) const NAMED: f64 = 0.005;
/// From this share on a candidate stands alone.
pub(super) const ALONE: f64 = Answer::ALONE;

pub(crate) struct Words<'a> {
    catalogue: &'a Catalogue,
    tz: &'a TimeZone,
}

impl<'a> Words<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue, tz: &'a TimeZone) -> Self {
        Self { catalogue, tz }
    }

    pub(super) fn say(&self, message: &str) -> String {
        self.catalogue.named("proof", message)
    }

    fn fill(&self, message: &str, args: &[(&str, Option<String>)]) -> String {
        let pattern = self.say(message);
        fill(&pattern, |name| args.iter().find(|it| it.0 == name).and_then(|it| it.1.clone()))
    }

    pub(super) fn comma(&self) -> &'static str {
        self.catalogue.comma()
    }

    pub(super) fn moment(&self, at_ms: i64) -> String {
        moment::shown(at_ms, self.tz)
    }

    pub(super) fn span(&self, span: Span) -> String {
        if span.from_ms == span.to_ms {
            return self.moment(span.from_ms);
        }
        format!("{} – {}", self.moment(span.from_ms), self.moment(span.to_ms))
    }

    pub(super) fn asked(&self, question: &Question) -> String {
        let proto = match question.proto {
            Some(6) => "/tcp",
            Some(17) => "/udp",
            _ => "",
        };
        let end = ended(question.address, question.port) + proto;
        let far = question.far.map(|(ip, port)| ended(ip, port));
        let Span { from_ms, to_ms } = question.moment;
        let long = to_ms.saturating_sub(from_ms) > 1_000;
        self.fill(
            "asked",
            &[
                ("end", Some(end)),
                ("far", far),
                ("from", Some(self.moment(from_ms))),
                ("to", long.then(|| self.moment(to_ms))),
            ],
        )
    }

    pub(super) fn asker(&self, clock: &LogClock) -> String {
        let args =
            [("offset", Some(self.offset(clock.offset_ms))), ("sd", Some(seconds(clock.sd_ms)))];
        self.fill("asker-clock", &args)
    }

    pub(crate) fn who(&self, who: &Who) -> String {
        match who {
            Who::Machine(mac) => self.fill("machine", &[("mac", Some(mac.to_string()))]),
            Who::Holder(ip) => self.fill("holder", &[("address", Some(ip.to_string()))]),
            Who::Behind(ip) => self.fill("behind", &[("address", Some(ip.to_string()))]),
        }
    }

    /// What else is known of a candidate.
    pub(super) fn known(&self, candidate: &Candidate) -> Vec<String> {
        let mut known = Vec::new();
        if let Some(name) = &candidate.host_name {
            known.push(self.fill("host-name", &[("name", Some(visible(name)))]));
        }
        let with = |text: String, share: f64| {
            if share > 0.995 { text } else { format!("{text} ({})", percent(share)) }
        };
        for (place, share) in candidate.places.iter().take(3) {
            known.push(with(self.place(place), *share));
        }
        for (account, share) in candidate.accounts.iter().take(3) {
            let text = self.fill("account", &[("account", Some(visible(account)))]);
            known.push(with(text, *share));
        }
        if matches!(candidate.who, Who::Machine(mac) if mac.is_local()) {
            known.push(self.say("local-mac"));
        }
        known
    }

    fn place(&self, place: &Place) -> String {
        let args = [
            ("device", Some(visible(&place.device))),
            ("port", place.port.as_deref().map(visible)),
        ];
        self.fill("place", &args)
    }

    /// What a step says.
    pub(super) fn says(&self, step: &Step) -> String {
        match &step.tied {
            Tied::Translation { outer, inner, .. } if step.line.is_none() => self
                .fill("bridged", &[("outer", Some(bare(*outer))), ("inner", Some(bare(*inner)))]),
            Tied::Translation { outer, inner, far, .. } => self.fill(
                "translation",
                &[
                    ("outer", Some(bare(*outer))),
                    ("inner", Some(bare(*inner))),
                    ("far", far.map(bare)),
                ],
            ),
            Tied::PortBlock { outer, ports, inner } => self.fill(
                "port-block",
                &[
                    ("first", Some(ports.0.to_string())),
                    ("last", Some(ports.1.to_string())),
                    ("outer", Some(outer.to_string())),
                    ("inner", Some(inner.to_string())),
                ],
            ),
            Tied::Session { inner, far, .. } => {
                self.fill("session", &[("inner", Some(bare(*inner))), ("far", Some(bare(*far)))])
            }
            Tied::Lease { address, mac, host_name } => self.fill(
                "lease",
                &[
                    ("address", Some(address.to_string())),
                    ("mac", Some(mac.to_string())),
                    ("name", host_name.as_deref().map(visible)),
                ],
            ),
            Tied::Account { account, address, mac, .. } => self.fill(
                "login",
                &[
                    ("account", Some(visible(account))),
                    ("address", address.map(|it| it.to_string())),
                    ("mac", mac.map(|it| it.to_string())),
                ],
            ),
            Tied::Attachment { mac, place } => self.fill(
                "attachment",
                &[
                    ("mac", Some(mac.to_string())),
                    ("device", Some(visible(&place.device))),
                    ("port", place.port.as_deref().map(visible)),
                ],
            ),
        }
    }

    pub(super) fn line(&self, number: u64) -> String {
        self.fill("line", &[("number", Some(number.to_string()))])
    }

    pub(super) fn log_kind(&self, kind: LogKind) -> String {
        self.say(match kind {
            LogKind::Translation => "log-translation",
            LogKind::Session => "log-session",
            LogKind::Lease => "log-lease",
            LogKind::Account => "log-account",
            LogKind::Attachment => "log-attachment",
        })
    }

    /// A clock: its offset, how sure that is, and what it is read off.
    pub(super) fn clock(&self, clock: &LogClock, at_ms: i64) -> String {
        let args = [
            ("offset", Some(self.offset(clock.ahead_ms(at_ms)))),
            ("sd", Some(seconds(clock.sd_ms))),
        ];
        let mut told = vec![self.fill("clock", &args)];
        let hourly = clock.drift_ppm * 3.6e-3;
        if hourly.abs() >= 0.1 {
            let args = [("seconds", Some(format!("{hourly:+.1}")))];
            told.push(self.fill("drift", &args));
        }
        told.push(if clock.pairs == 0 {
            self.say("clock-assumed")
        } else {
            self.fill("clock-read", &[("pairs", Some(clock.pairs.to_string()))])
        });
        told.join(self.comma())
    }

    fn offset(&self, offset_ms: i64) -> String {
        #[expect(clippy::cast_precision_loss, reason = "hours in milliseconds")]
        let time = seconds(offset_ms.abs() as f64);
        let message = match offset_ms {
            -499..=499 => return self.say("no-offset"),
            500.. => "ahead",
            _ => "behind-time",
        };
        self.fill(message, &[("time", Some(time))])
    }

    pub(crate) fn missing(&self, missing: &Missing) -> String {
        let message = match missing.kind {
            LogKind::Translation | LogKind::Session => "missing-translation",
            _ => "missing-lease",
        };
        let device = missing.device.as_deref().map(visible);
        self.fill(
            message,
            &[
                ("device", Some(device.unwrap_or_else(|| self.say("some-device")))),
                ("address", Some(missing.of.to_string())),
                ("from", Some(self.moment(missing.span.from_ms))),
                ("to", Some(self.moment(missing.span.to_ms))),
                ("share", Some(percent(missing.probability))),
            ],
        )
    }
}

/// An end without a port that nobody told.
fn bare(end: SocketAddr) -> String {
    ended(end.ip(), Some(end.port()).filter(|it| *it > 0))
}

fn ended(ip: std::net::IpAddr, port: Option<u16>) -> String {
    port.map_or_else(|| ip.to_string(), |port| SocketAddr::new(ip, port).to_string())
}

/// A length of time, with as many units as it takes.
fn seconds(ms: f64) -> String {
    let s = ms / 1000.0;
    match s {
        _ if s < 10.0 => format!("{s:.1} s"),
        _ if s < 120.0 => format!("{s:.0} s"),
        _ if s < 7_200.0 => format!("{:.0} min {:02.0} s", (s / 60.0).floor(), s % 60.0),
        _ => format!("{:.0} h {:02.0} min", (s / 3_600.0).floor(), s % 3_600.0 / 60.0),
    }
}

/// A share in percent; what is not certain never looks so.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        it if it > 99.9 && it < 99.999 => "> 99.9 %".to_owned(),
        it if it > 0.0 && it < 0.1 => "< 0.1 %".to_owned(),
        it => format!("{it:.1} %"),
    }
}
