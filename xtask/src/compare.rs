//! Whether the range is like reality: real sessions beside generated ones of the same kind and
//! length, by message sizes, gaps and counts.

mod heard;
pub(crate) mod live;
mod page;
mod sample;

use std::fs;
use std::path::Path;

use anyhow::Context;
use minehound_range::capture::PcapStyle;
use minehound_range::carrier::{Carrier, Sni, Tls};
use minehound_range::rhythm::Refresh;
use minehound_range::scenario::{Dialect, JsonStyle, Naming, Session};

use heard::Talk;
use sample::{Role, Sample};

/// Generated sessions beside each real one.
const TWINS: u64 = 40;
/// Shorter real connections tell nothing.
const LEAST_S: f64 = 30.0;

/// A real session and its generated twins.
struct Pair {
    name: String,
    twin: String,
    real: Sample,
    range: Sample,
}

/// Compares and writes the page. Each half of it is written anew where there are captures for it:
/// real ones of others, and those of live runs.
pub(crate) fn run(data: Option<&Path>, runs: Option<&Path>) -> anyhow::Result<()> {
    let path = crate::root().join("docs/comparison.md");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let (mut real, mut imitated) = page::halves(&old);
    let (mut count, data) = (0, data.map(Path::to_owned).or_else(crate::shared_data));
    if let Some(data) = data {
        let network = data.join("network");
        let mut pairs = readable(&network)?;
        pairs.extend(trojans(&network)?);
        (real, count) = (page::real(&pairs)?, pairs.len());
    } else {
        println!("notice: no real captures to compare the range with");
    }
    if let Some(runs) = runs {
        let pairs = live::pairs(runs)?;
        (imitated, count) = (page::imitated(&pairs)?, count + pairs.len());
    } else {
        println!("notice: no live runs to compare tunnels with; name their folder with --live");
    }
    fs::write(&path, real + &imitated)?;
    println!("wrote {}: {count} sessions", path.display());
    Ok(())
}

/// Sessions in the clear, each in the dialect that it is read in.
fn readable(network: &Path) -> anyhow::Result<Vec<Pair>> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut manifest = csv::Reader::from_path(network.join("MANIFEST.csv"))?;
    let headers = manifest.headers()?.clone();
    let column = |name: &str| headers.iter().position(|it| it == name).context("MANIFEST column");
    let (file, kind) = (column("file")?, column("kind")?);
    for row in manifest.records() {
        let row = row?;
        let path = network.join(row.get(file).unwrap_or_default());
        let wanted =
            row.get(kind) == Some("pool-mining") && path.parent() != Some(&network.join("trojan"));
        if !wanted || !path.is_file() {
            continue;
        }
        for talk in heard::talks(&fs::read(&path)?)? {
            let dialect = talk.dialect.as_deref().and_then(Dialect::from_name);
            let Some(dialect) = dialect.filter(|_| talk.seconds() >= LEAST_S) else { continue };
            let real = Sample::readable(&talk);
            if real.count(Role::Job) == 0 || pairs.iter().any(|it| it.real.sizes == real.sizes) {
                continue;
            }
            pairs.push(Pair {
                name: format!("{}, in the clear, {:.0} s", dialect.name(), talk.seconds()),
                twin: "usual pools and programs".to_owned(),
                range: twins(&usual(dialect), &real, Sample::readable)?,
                real,
            });
        }
    }
    Ok(pairs)
}

/// The two runs of trojans of which only headers are known.
fn trojans(network: &Path) -> anyhow::Result<Vec<Pair>> {
    let slow = Session {
        naming: Naming::Wallet,
        hashrate: 400.0,
        keepalive_seconds: f64::INFINITY,
        retarget_seconds: f64::INFINITY,
        ..Session::new(Dialect::CryptoNote, 0)
    };
    let tls = Session {
        carrier: Carrier::Tls(Tls { sni: Sni::None, ..Tls::default() }),
        refresh: Refresh::AfterJob(22.0),
        job_after_share: 0.7,
        ..slow.clone()
    };
    let plain = Session { refresh: Refresh::AfterJob(10.0), ..slow };
    let known = [
        (
            "13675cca.headers.pcap",
            "trojan, TLS",
            "cryptonote, TLS 1.3, timer 22 s after a job",
            tls,
        ),
        (
            "42b9ec9a.headers.pcap",
            "trojan, in the clear",
            "cryptonote, timer 10 s after a job",
            plain,
        ),
    ];
    let mut pairs = Vec::new();
    for (file, name, twin, session) in known {
        let path = network.join("trojan").join(file);
        if !path.is_file() {
            continue;
        }
        let talks = heard::talks(&fs::read(&path)?)?;
        let longest = talks.iter().max_by(|one, two| one.seconds().total_cmp(&two.seconds()));
        let Some(talk) = longest else { continue };
        let real = Sample::blind(talk);
        pairs.push(Pair {
            name: format!("{name}, {:.0} s", talk.seconds()),
            twin: twin.to_owned(),
            range: twins(&[session], &real, Sample::blind)?,
            real,
        });
    }
    Ok(pairs)
}

/// What pools and programs usually do, one of each.
fn usual(dialect: Dialect) -> Vec<Session> {
    let base = Session { retarget_seconds: f64::INFINITY, ..Session::new(dialect, 0) };
    let timers = [
        Refresh::AfterJob(30.0),
        Refresh::Steady(30.0),
        Refresh::AfterJob(60.0),
        Refresh::Between(30.0, 60.0),
        Refresh::Never,
    ];
    let styles = [JsonStyle::Compact, JsonStyle::Compact, JsonStyle::Spaced];
    let named = [Naming::WalletAndWorker, Naming::Wallet];
    let mut all = Vec::new();
    for refresh in timers {
        for style in styles {
            all.extend(named.map(|naming| Session { refresh, style, naming, ..base.clone() }));
        }
    }
    all
}

/// Generated sessions as long as the real one, as far from the pool and with as many shares a
/// minute, read as it was.
fn twins(sessions: &[Session], real: &Sample, hear: fn(&Talk) -> Sample) -> anyhow::Result<Sample> {
    let mut all = Sample::default();
    let rtt_ms = real.median_answer_s().map(|it| it * 1e3);
    let shares = real.in_ten_minutes(Role::Share) / 10.0;
    for (seed, session) in (1..=TWINS).zip(sessions.iter().cycle()) {
        let made = Session {
            seed,
            seconds: real.seconds + 1.0,
            shares_per_minute: shares.max(0.02),
            rtt_ms: rtt_ms.unwrap_or(session.rtt_ms),
            ..session.clone()
        };
        for talk in heard::talks(&made.generate().to_pcap(PcapStyle::default()))? {
            all.join(hear(&talk));
        }
    }
    Ok(all)
}
