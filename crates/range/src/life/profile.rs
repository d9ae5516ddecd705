//! Whole machines: which kinds of life one host has, drawn for each.

use super::place::{Life, Place};
use super::{
    browsing, bulk, chain, chat, games, look_up, monitoring, mqtt, push, remote, rpc_stream, sql,
    telemetry, ticker, time, tor, voice, vpn,
};
use crate::rng::Rng;

type Part = (f64, super::Plan);

fn draw(parts: &[Part], place: &Place, rng: &mut Rng) -> Vec<Life> {
    let mut lives = Vec::new();
    for (chance, plan) in parts {
        if rng.chance(*chance) {
            lives.extend(plan(place, rng));
        }
    }
    lives
}

/// What a desktop does beside video, calls and games.
const QUIET_DESKTOP: [Part; 14] = [
    (1.0, look_up::names),
    (1.0, browsing::pages),
    (1.0, time::ntp),
    (0.8, push::desktop),
    (0.9, telemetry::batches),
    (0.6, chat::app),
    (0.05, chat::xmpp),
    (0.1, ticker::dashboard),
    (0.05, ticker::prices),
    (0.2, ticker::event_stream),
    (0.15, ticker::long_polling),
    (0.06, remote::ssh_idle),
    (0.02, vpn::busy),
    (0.01, tor::client),
];

/// The same of a phone.
const QUIET_PHONE: [Part; 6] = [
    (1.0, look_up::names),
    (0.9, push::phone),
    (0.8, chat::app),
    (0.8, browsing::pages),
    (0.8, telemetry::batches),
    (0.04, vpn::idle),
];

pub(super) fn desktop(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let mut lives = draw(&QUIET_DESKTOP, place, rng);
    lives.extend(draw(
        &[(0.25, bulk::video), (0.15, voice::call), (0.08, games::ticks)],
        place,
        rng,
    ));
    lives
}

/// A desktop without video, calls and games, for worlds of many hosts and hours.
pub(super) fn office_desktop(place: &Place, rng: &mut Rng) -> Vec<Life> {
    draw(&QUIET_DESKTOP, place, rng)
}

pub(super) fn phone(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let mut lives = draw(&QUIET_PHONE, place, rng);
    lives.extend(draw(&[(0.3, bulk::video), (0.1, voice::call)], place, rng));
    lives
}

/// A phone without video and calls.
pub(super) fn office_phone(place: &Place, rng: &mut Rng) -> Vec<Life> {
    draw(&QUIET_PHONE, place, rng)
}

pub(super) fn server(place: &Place, rng: &mut Rng) -> Vec<Life> {
    const PARTS: [Part; 13] = [
        (1.0, time::ntp),
        (0.7, look_up::names),
        (0.5, monitoring::zabbix),
        (0.5, monitoring::prometheus),
        (0.3, monitoring::statsd),
        (0.3, monitoring::snmp),
        (0.4, monitoring::agent),
        (0.5, sql::pools),
        (0.3, sql::cache),
        (0.3, rpc_stream::grpc),
        (0.3, bulk::backup),
        (0.1, remote::ssh_forward),
        (0.02, chain::bitcoin_sealed),
    ];
    draw(&PARTS, place, rng)
}

pub(super) fn device(place: &Place, rng: &mut Rng) -> Vec<Life> {
    const PARTS: [Part; 5] = [
        (0.5, mqtt::telemetry),
        (0.5, mqtt::events),
        (0.2, mqtt::plain),
        (0.25, telemetry::camera),
        (1.0, time::ntp),
    ];
    draw(&PARTS, place, rng)
}

/// One life of those that look most like mining.
pub(super) fn look_alike(place: &Place, rng: &mut Rng) -> Vec<Life> {
    const PLANS: [super::Plan; 18] = [
        mqtt::telemetry,
        mqtt::events,
        mqtt::events,
        push::phone,
        push::desktop,
        chat::xmpp,
        chat::app,
        ticker::prices,
        ticker::dashboard,
        ticker::event_stream,
        ticker::long_polling,
        monitoring::agent,
        sql::pools,
        rpc_stream::grpc,
        telemetry::camera,
        vpn::idle,
        remote::ssh_forward,
        chain::bitcoin_sealed,
    ];
    let at = rng.index(PLANS.len());
    PLANS.get(at).map_or_else(Vec::new, |plan| plan(place, rng))
}
