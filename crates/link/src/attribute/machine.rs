//! From an address to the machine that held it, and what else is known of that machine then.

use std::collections::BTreeMap;
use std::net::IpAddr;

use minehound_model::{Candidate, HardwareAddress, LogId, Place, Span, Step, Tie, Tied, Who};

use super::walk::{MAX_TIES, Walk};
use super::weigh::{ms, of_missing};
use minehound_model::Ask;

/// How long a sighting at one moment stays likely, in milliseconds: an address is kept for hours.
const SIGHTING_LASTS_MS: f64 = 2.0 * 3_600_000.0;
/// How far away a sighting may be.
const SIGHTING_REACH_MS: i64 = 12 * 3_600_000;

/// Who held an address then, with the share of each and the line that says so; shares sum to less
/// than one as far as the line that counts may be missing.
pub(super) fn holders(
    walk: &Walk<'_>,
    ip: IpAddr,
    asked: Span,
    translator: Option<&str>,
) -> Vec<(HardwareAddress, f64, Step)> {
    let mut best = BTreeMap::<HardwareAddress, (f64, Tie)>::new();
    for tie in who_held(walk, ip, asked, translator) {
        let (Tied::Lease { mac, .. } | Tied::Account { mac: Some(mac), .. }) = tie.what else {
            continue;
        };
        let held = stood(walk, &tie, asked);
        if best.get(&mac).is_none_or(|(known, _)| held > *known) {
            best.insert(mac, (held, tie));
        }
    }
    let touching: Vec<f64> = best.values().map(|it| it.0).filter(|it| *it > 1e-6).collect();
    // Behind the end of a log the line that counts is not in it, whoever has the address then.
    let missing = |it: LogId| if walk.had_ended(it, asked) { 1.0 } else { walk.clocks.loss(it) };
    let loss = best.values().map(|it| missing(it.1.line.log)).fold(0.0, f64::max);
    let total = touching.iter().sum::<f64>() + of_missing(&touching, loss, true);
    let shares = best.into_iter().map(|(mac, (held, tie))| {
        let share = held / total;
        let step =
            Step { line: Some(tie.line), tied: tie.what, span: tie.span, probability: share };
        (mac, share, step)
    });
    shares.filter(|it| it.1 > 1e-6).collect()
}

/// Whether a log can speak of the address behind this translator: a router that leases addresses and
/// translates speaks of those behind itself, where others have the same ones. A server that only leases
/// speaks of all.
fn speaks_of(walk: &Walk<'_>, log: LogId, translator: Option<&str>) -> bool {
    let Some(translator) = translator else { return true };
    !walk.clocks.is_of_router(log) || walk.device(log).is_none_or(|it| it == translator)
}

/// Fills in what logs say of a candidate: its name, its places, the accounts on line from it.
pub(super) fn describe(
    walk: &mut Walk<'_>,
    candidate: &mut Candidate,
    address: Option<IpAddr>,
    asked: Span,
) {
    let mut places = BTreeMap::<Place, f64>::new();
    let mut accounts = BTreeMap::<String, f64>::new();
    let machine = match candidate.who {
        Who::Machine(mac) => Some(mac),
        Who::Holder(_) => None,
        Who::Behind(_) => return,
    };
    let of_machine = machine.map(Ask::Machine);
    let mut translated = candidate.steps.iter().rev();
    let through = translated.find_map(|it| match it.tied {
        Tied::Translation { .. } => it.line,
        _ => None,
    });
    let translator = through.and_then(|it| walk.device(it.log));
    let of_machine = of_machine.into_iter().flat_map(|it| around(walk, it, asked, translator));
    let of_address = address.into_iter().flat_map(|it| who_held(walk, it, asked, translator));
    for tie in of_machine.chain(of_address) {
        let share = stood(walk, &tie, asked);
        if share < 0.01 {
            continue;
        }
        match tie.what {
            Tied::Attachment { place, .. } => keep(&mut places, place, share),
            Tied::Account { account, mac, through, .. } => {
                // Somebody else's account at the same address, before or after.
                if mac.is_some() && machine.is_some() && mac != machine {
                    continue;
                }
                keep(&mut accounts, account, share);
                if let Some(place) = through {
                    keep(&mut places, place, share);
                }
            }
            Tied::Lease { mac, host_name, .. } if Some(mac) == machine => {
                candidate.host_name = candidate.host_name.take().or(host_name);
            }
            _ => {}
        }
    }
    candidate.places = likeliest(places);
    candidate.accounts = likeliest(accounts);
}

/// Who held an address about that time. What a router itself leases behind itself is looked for first: with
/// thousands of routers the same address has thousands of holders.
fn who_held(walk: &Walk<'_>, ip: IpAddr, asked: Span, translator: Option<&str>) -> Vec<Tie> {
    let own = translator.map_or(&[][..], |it| walk.clocks.holding(it));
    let by_router = own.iter().map(|log| Ask::HolderIn(ip, *log));
    let by_router: Vec<Tie> =
        by_router.flat_map(|it| around(walk, it, asked, translator)).collect();
    if by_router.is_empty() { around(walk, Ask::Holder(ip), asked, translator) } else { by_router }
}

/// Ties about that time, of logs that can speak of what is behind this translator; sightings also from
/// further away.
fn around(walk: &Walk<'_>, ask: Ask, asked: Span, translator: Option<&str>) -> Vec<Tie> {
    let wide = Span {
        from_ms: asked.from_ms.saturating_sub(SIGHTING_REACH_MS),
        to_ms: asked.to_ms.saturating_add(SIGHTING_REACH_MS),
    };
    let window = |log| speaks_of(walk, log, translator).then(|| walk.window(log, wide));
    walk.ties.find(ask, &window, MAX_TIES)
}

/// The probability that a tie stood then; one that was seen now and then fades before and after.
fn stood(walk: &Walk<'_>, tie: &Tie, asked: Span) -> f64 {
    if !tie.sighted && tie.span.from_ms < tie.span.to_ms {
        return walk.touching(tie, asked);
    }
    let seen = walk.clocks.of(tie.line.log).true_span(tie.span);
    let (after, before) =
        (asked.from_ms.saturating_sub(seen.to_ms), seen.from_ms.saturating_sub(asked.to_ms));
    let off = after.max(before).max(0);
    0.95 * (-ms(off) / SIGHTING_LASTS_MS).exp()
}

fn keep<K: Ord>(known: &mut BTreeMap<K, f64>, key: K, share: f64) {
    let kept = known.entry(key).or_default();
    *kept = kept.max(share);
}

fn likeliest<K: Ord + Clone>(known: BTreeMap<K, f64>) -> Vec<(K, f64)> {
    let mut sorted: Vec<_> = known.into_iter().collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted
}
