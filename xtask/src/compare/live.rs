//! The range's imitations of tunnels beside real ones: captures of `minehound range run`, each flow
//! that mines beside the same words at the same moments in the imitation.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context;
use minehound_range::capture::PcapStyle;
use minehound_range::carrier::{Carrier, Tls};
use minehound_range::live;
use minehound_range::scenario::Session;
use minehound_range::scenario_file::{Live, LiveGroup, SHIPPED_LIVE, Through};
use minehound_range::score::Sheet;
use minehound_range::tunnel::{Tunnel, TunnelKind};
use minehound_range::world::FlowAnswer;

use super::Pair;
use super::heard::{self, Talk};
use super::sample::Sample;

/// So many imitations beside each real flow.
pub(super) const IMITATIONS: u64 = 5;
/// Shorter flows tell nothing.
const LEAST_S: f64 = 60.0;
/// A host's last number is this more than its group's.
const FIRST_HOST: u16 = 20;

/// All flows that mine of all runs in a folder.
pub(super) fn pairs(folder: &Path) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for run in runs(folder)? {
        let sheet = Sheet::read(&fs::read(run.join("truth.json"))?)?;
        let Some(mut scenario) = played(&sheet)? else {
            println!("notice: {}: no live scenario of the program's own", run.display());
            continue;
        };
        let (start_ns, end_ns) = sheet.heading.span_ns;
        scenario.seconds = seconds(end_ns - start_ns);
        let talks = heard::talks(&fs::read(run.join("capture.pcapng"))?)?;
        for flow in &sheet.flows {
            let real =
                talks.iter().find(|it| it.ends == Some((flow.flow.client, flow.flow.server)));
            let Some(real) = real.filter(|it| it.seconds() >= LEAST_S) else { continue };
            pairs.extend(pair(&scenario, &sheet, flow, real)?);
        }
    }
    Ok(pairs)
}

/// The folders of runs in a folder, itself too, in order of name; a run that goes on has a hidden one.
pub(crate) fn runs(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut runs: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    let hidden =
        |it: &PathBuf| it.file_name().is_some_and(|it| it.as_encoded_bytes().starts_with(b"."));
    runs.retain(|it| !hidden(it));
    runs.push(folder.to_owned());
    runs.sort();
    runs.retain(|it| it.join("truth.json").is_file());
    Ok(runs)
}

/// The scenario that was played, if the program comes with it.
pub(crate) fn played(sheet: &Sheet) -> anyhow::Result<Option<Live>> {
    let known = SHIPPED_LIVE.iter().find(|(name, _)| *name == sheet.heading.scenario);
    Ok(known.map(|(name, text)| Live::parse(name, text)).transpose()?)
}

/// The group of a scenario that a flow is of.
pub(crate) fn group(scenario: &Live, client: SocketAddr) -> Option<&LiveGroup> {
    scenario.groups.get(usize::from(number(client)?.checked_sub(1)?))
}

fn pair(
    scenario: &Live,
    sheet: &Sheet,
    flow: &FlowAnswer,
    real: &Talk,
) -> anyhow::Result<Option<Pair>> {
    let Some(number) = number(flow.flow.client) else { return Ok(None) };
    let (seed, start_ns) = (sheet.heading.seed, sheet.heading.span_ns.0);
    let made = live::session(scenario, seed, start_ns, number);
    let (Some(session), Some(group), true) =
        (made, group(scenario, flow.flow.client), flow.flow.mining.is_some())
    else {
        return Ok(None);
    };
    let real_sample = Sample::blind(real);
    let mut range = Sample::default();
    for imitation in 0..IMITATIONS {
        range.join(imitated(&session, group.through, imitation)?);
    }
    let through = group.through.software;
    let other = match group.through.background {
        rate if rate > 0.0 => format!(", {rate} other packets a second"),
        _ => String::new(),
    };
    Ok(Some(Pair {
        name: format!("{}{other}, {:.0} s", through.name(), real.seconds()),
        twin: format!("the same {} session, imitated", session.dialect.name()),
        real: real_sample,
        range,
    }))
}

/// The same words in the range's imitation of what they went through.
fn imitated(session: &Session, through: Through, imitation: u64) -> anyhow::Result<Sample> {
    let kind = through.software.tunnel().and_then(TunnelKind::from_name);
    let tunnel = kind.map(|kind| Tunnel {
        other_per_second: through.background,
        keepalive_seconds: through.keepalive,
        rtt_ms: session.rtt_ms,
        ..Tunnel::new(kind)
    });
    let mut made = Session { tunnel, ..session.clone() };
    if through.software.is_tls() {
        made.carrier = Carrier::Tls(Tls {
            version: through.tls,
            sni: through.sni,
            certificates: 1,
            ..Tls::default()
        });
    }
    // the first says the same words, the others have the same settings and jobs
    made.seed = made.seed.wrapping_add(imitation);
    let made = made.generate();
    let mining: Vec<_> = made.truth.mining().map(|(it, _)| Some((it.client, it.server))).collect();
    let mut sample = Sample::default();
    for talk in heard::talks(&made.to_pcap(PcapStyle::default()))? {
        if mining.contains(&talk.ends) {
            sample.join(Sample::blind(&talk));
        }
    }
    Ok(sample)
}

fn number(client: SocketAddr) -> Option<u16> {
    match client.ip() {
        IpAddr::V4(address) => u16::from(address.octets()[3]).checked_sub(FIRST_HOST),
        IpAddr::V6(_) => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a run")]
fn seconds(time_ns: u64) -> f64 {
    time_ns as f64 / 1e9
}
