//! Innocent life that is made while it is written out, for worlds of many hosts and many hours.
//!
//! Each kind is a file of its own that says what it imitates and where sizes and times come from.
//! Sizes and periods are drawn per host from broad distributions, so that no detector can lean on
//! one constant. Profiles (`desktop`, `phone`, `server`, `device`) draw several kinds for one host.

mod browsing;
mod bulk;
mod chain;
mod chat;

mod games;
mod look_up;
mod monitoring;
mod mqtt;
mod place;
mod profile;
mod push;
mod remote;
mod rpc_stream;
mod sql;
mod telemetry;
mod ticker;
mod time;
mod tor;
mod voice;
mod vpn;
mod whole;

pub(crate) use look_up::look_up;
pub(crate) use place::{Life, Make, Place};

use crate::innocent::Innocent;
use crate::rng::Rng;

type Plan = fn(&Place, &mut Rng) -> Vec<Life>;

/// A kind of innocent host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(What);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// One of [`PLANS`].
    Made(usize),
    /// A conversation that can be read.
    Whole(Innocent),
}

/// Every kind that is made on the way, by name.
const PLANS: [(&str, Plan); 44] = [
    ("desktop", profile::desktop),
    ("phone", profile::phone),
    ("office-desktop", profile::office_desktop),
    ("office-phone", profile::office_phone),
    ("server", profile::server),
    ("device", profile::device),
    ("look-alike", profile::look_alike),
    ("mqtt-telemetry", mqtt::telemetry),
    ("mqtt-events", mqtt::events),
    ("mqtt-plain", mqtt::plain),
    ("push-phone", push::phone),
    ("push-desktop", push::desktop),
    ("chat-xmpp", chat::xmpp),
    ("chat-app", chat::app),
    ("ticker-tls", ticker::prices),
    ("dashboard-tls", ticker::dashboard),
    ("event-stream", ticker::event_stream),
    ("long-polling", ticker::long_polling),
    ("zabbix", monitoring::zabbix),
    ("prometheus", monitoring::prometheus),
    ("statsd", monitoring::statsd),
    ("snmp", monitoring::snmp),
    ("agent-tls", monitoring::agent),
    ("sql-pool", sql::pools),
    ("cache-pool", sql::cache),
    ("grpc-stream", rpc_stream::grpc),
    ("telemetry-tls", telemetry::batches),
    ("camera", telemetry::camera),
    ("bitcoin-node", chain::bitcoin),
    ("bitcoin-node-v2", chain::bitcoin_sealed),
    ("monero-node", chain::monero),
    ("vpn-idle", vpn::idle),
    ("vpn-busy", vpn::busy),
    ("ssh-idle", remote::ssh_idle),
    ("ssh-forward", remote::ssh_forward),
    ("remote-desktop", remote::desktop),
    ("game", games::ticks),
    ("voice", voice::call),
    ("video", bulk::video),
    ("backup", bulk::backup),
    ("browsing", browsing::pages),
    ("dns-lookups", look_up::names),
    ("clock", time::ntp),
    ("tor-client", tor::client),
];

impl Kind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = Self> {
        let made = (0..PLANS.len()).map(|place| Self(What::Made(place)));
        made.chain(Innocent::ALL.into_iter().map(|kind| Self(What::Whole(kind))))
    }

    /// The name in scenario files and in the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            What::Made(place) => PLANS.get(place).map_or("", |(name, _)| name),
            What::Whole(kind) => kind.name(),
        }
    }

    /// What a host of this kind does.
    pub(crate) fn lives(self, place: &Place, rng: &mut Rng) -> Vec<Life> {
        match self.0 {
            What::Made(at) => PLANS.get(at).map_or_else(Vec::new, |(_, plan)| plan(place, rng)),
            What::Whole(kind) => whole::lives(kind, place, rng),
        }
    }
}
