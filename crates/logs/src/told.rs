//! What an entry says, field by field, in the names that grammars use.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::time::{days, year_of};
use crate::{Action, Entry, Kind, Moment, Peer, Phase, Precision};

impl Kind {
    /// Its name in grammars.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Translation => "translation",
            Self::PortBlock => "port_block",
            Self::Query => "query",
            Self::Request => "request",
            Self::Lease => "lease",
            Self::Login => "login",
            Self::Neighbour => "neighbour",
            Self::Attachment => "attachment",
            Self::Alert => "alert",
        }
    }
}

impl Phase {
    /// Its name in grammars.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Start => "start",
            Self::Interim => "interim",
            Self::Stop => "stop",
            Self::Seen => "seen",
        }
    }
}

impl Action {
    /// Its name in grammars.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}

impl Moment {
    /// The moment as text, in UTC and as finely as it was written.
    #[must_use]
    pub fn text(&self) -> String {
        let day = self.ms.div_euclid(86_400_000);
        let of_day = self.ms.rem_euclid(86_400_000);
        let year = year_of(day);
        let from_new_year = day - days(year, 1, 1);
        let month =
            (1..=12_u8).rev().find(|it| days(year, *it, 1) - days(year, 1, 1) <= from_new_year);
        let month = month.unwrap_or(1);
        let day = day - days(year, month, 1) + 1;
        let mut text = format!("{year:04}-{month:02}-{day:02}");
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        if self.precision < Precision::Day || of_day != 0 {
            let _ = write!(text, "T{hour:02}:{minute:02}");
        }
        if self.precision < Precision::Minute {
            let _ = write!(text, ":{:02}", of_day / 1_000 % 60);
        }
        if self.precision < Precision::Second {
            let _ = write!(text, ".{:03}", of_day % 1_000);
        }
        text.push('Z');
        text
    }
}

impl Entry<'_> {
    /// All that it says, as pairs of a field's name and its text, in a fixed order.
    #[must_use]
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let mut told = Told(vec![("kind", self.kind.name().to_owned())]);
        told.text("phase", Some(self.phase.name()));
        told.text("at", self.at.map(|it| it.text()).as_deref());
        told.text("until", self.until.map(|it| it.text()).as_deref());
        told.borrowed("device", self.device.as_ref());
        told.shown("proto", self.proto);
        told.peer(["from.ip", "from.port"], self.from);
        told.peer(["to.ip", "to.port"], self.to);
        told.peer(["outer.ip", "outer.port"], self.outer);
        told.peer(["to_translated.ip", "to_translated.port"], self.to_translated);
        told.shown("block", self.block.map(|it| format!("{}-{}", it.first, it.last)));
        told.text("action", self.action.map(Action::name));
        told.shown("bytes_up", self.bytes_up);
        told.shown("bytes_down", self.bytes_down);
        told.borrowed("name", self.name.as_ref());
        told.shown("answer", self.answer);
        told.shown("mac", self.mac);
        told.borrowed("host_name", self.host_name.as_ref());
        told.borrowed("account", self.account.as_ref());
        told.borrowed("attached_to", self.attached_to.as_ref());
        told.borrowed("port_name", self.port_name.as_ref());
        told.borrowed("session", self.session.as_ref());
        told.borrowed("application", self.application.as_ref());
        if let Some(alert) = &self.alert {
            told.borrowed("alert.rule", alert.rule.as_ref());
            told.borrowed("alert.words", alert.words.as_ref());
            told.borrowed("alert.class", alert.class.as_ref());
            told.borrowed("alert.severity", alert.severity.as_ref());
        }
        told.0
    }
}

struct Told(Vec<(&'static str, String)>);

impl Told {
    fn text(&mut self, name: &'static str, value: Option<&str>) {
        self.0.extend(value.map(|it| (name, it.to_owned())));
    }

    fn borrowed(&mut self, name: &'static str, value: Option<&Cow<'_, str>>) {
        self.text(name, value.map(|it| &**it));
    }

    fn shown(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.0.extend(value.map(|it| (name, it.to_string())));
    }

    fn peer(&mut self, [ip, port]: [&'static str; 2], value: Peer) {
        self.shown(ip, value.ip);
        self.shown(port, value.port);
    }
}
