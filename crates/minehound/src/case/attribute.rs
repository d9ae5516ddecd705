//! `minehound attribute`: from an address that others saw to the machines it may have been.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use jiff::tz::TimeZone;
use minehound_collect::Collected;
use minehound_collect::stated::{self, Net};
use minehound_link::attribute::{Network, Translator};
use minehound_link::clocks::Clocks;
use minehound_model::{ArtefactId, LogClock, Question, Ties, Who};
use minehound_report::{self as report, Options, Proof, prove};
use minehound_store::Case;

use super::read::{Manner, Outcome, logs};
use super::{lines, moment};
use crate::args::{Attribute, ProofFormat, Proto};
use crate::locale::{not_read, word};
use crate::usage::wrong;
use crate::zone::zone;
use crate::{inspect, output};

/// Asks and writes the proof sheet.
pub(crate) fn run(args: &Attribute, lang: report::Lang) -> anyhow::Result<ExitCode> {
    let tz = args.tz.as_deref().map_or_else(|| Ok(TimeZone::system()), zone)?;
    let question = question(args, &tz)?;
    let format = format(args)?;
    let network = args.site.as_deref().map(network).transpose()?.unwrap_or_default();
    let manner = Manner::of(&args.reading)?;
    let mut borrowed = None;
    let case = match &args.case {
        Some(folder) if args.logs.is_empty() => open(folder)?,
        kept => {
            let folder = match kept {
                Some(folder) => folder.clone(),
                None => borrowed.insert(tempfile::tempdir()?).path().to_owned(),
            };
            let mut case = Case::open(&folder)?;
            logs(&mut case, &folder, &args.logs, &manner, &mut |path, outcome| {
                if let (Outcome::NotRead { why, cause }, false) = (outcome, args.quiet) {
                    let shown = report::visible(&path.to_string_lossy());
                    eprintln!("{}", not_read(&shown, why, cause));
                }
            })?;
            case
        }
    };
    let clocks = Clocks::estimate(&case);
    let answer = minehound_link::attribute::attribute(&question, &case, &clocks, &network);
    if let Some(trouble) = case.trouble() {
        anyhow::bail!(trouble);
    }
    let lines = lines::of([&answer].into_iter(), case.logs());
    let known =
        case.logs().iter().map(|it| (it.id, (it.clone(), clocks.of(it.id), clocks.loss(it.id))));
    let proof = Proof { question, answer, logs: known.collect(), lines };
    let code = exit(&proof);
    let options = Options {
        lang,
        tz,
        width: inspect::terminal_width(),
        colour: false,
        mask: false,
        run: None,
    };
    output::stream(args.out.as_deref(), |out| prove(&[proof], &options, format, out))?;
    if let (Some(out), false) = (&args.out, args.quiet) {
        eprintln!("{} {}", word("written"), out.display());
    }
    Ok(code.into())
}

fn open(folder: &Path) -> anyhow::Result<Case> {
    if !folder.join("case.sqlite").exists() {
        return Err(wrong(&folder.display(), "no-case"));
    }
    Ok(Case::open_read_only(folder)?)
}

fn exit(proof: &Proof) -> u8 {
    match proof.answer.candidates.first() {
        Some(it) if !matches!(it.who, Who::Behind(_)) && proof.stands_alone() => 0,
        Some(it) if matches!(it.who, Who::Behind(_)) && it.probability > 0.999 => 30,
        Some(_) => 5,
        None => 30,
    }
}

fn question(args: &Attribute, tz: &TimeZone) -> anyhow::Result<Question> {
    if !(0.0..=86_400.0).contains(&args.clock_error) {
        return Err(wrong(&args.clock_error, "bad-clock-error"));
    }
    Ok(Question {
        address: args.ip,
        port: args.port,
        proto: args.proto.map(Proto::number),
        far: args.to.as_deref().map(far).transpose()?,
        moment: moment::moment(&args.at, tz)?,
        clock: LogClock::assumed(args.clock_error * 1_000.0),
    })
}

/// `203.0.113.7`, `203.0.113.7:3333`, `[2001:db8::7]:3333`.
fn far(text: &str) -> anyhow::Result<(IpAddr, Option<u16>)> {
    if let Ok(end) = text.parse::<SocketAddr>() {
        return Ok((end.ip(), Some(end.port())));
    }
    let ip = text.parse().map_err(|_| wrong(&text, "bad-end"))?;
    Ok((ip, None))
}

fn format(args: &Attribute) -> anyhow::Result<report::ProofFormat> {
    let ending = args.out.as_deref().and_then(Path::extension).and_then(|it| it.to_str());
    let format = match (args.format, ending) {
        (Some(format), _) => format,
        (None, Some("json")) => ProofFormat::Json,
        (None, Some("html" | "htm")) => ProofFormat::Html,
        (None, None | Some("txt")) => ProofFormat::Plain,
        (None, Some(other)) => return Err(wrong(&other, "bad-proof-ending")),
    };
    Ok(match format {
        ProofFormat::Plain => report::ProofFormat::Plain,
        ProofFormat::Json => report::ProofFormat::Json,
        ProofFormat::Html => report::ProofFormat::Html,
    })
}

/// The translators that a site file describes.
pub(super) fn network(path: &Path) -> anyhow::Result<Network> {
    let text = String::from_utf8_lossy(&inspect::read(path)?).into_owned();
    let mut unused = Collected::default();
    let site = stated::site(&text, ArtefactId(0), &mut unused)
        .with_context(|| path.display().to_string())?;
    let prefixes = |nets: &[Net]| nets.iter().map(Net::prefix).collect();
    let translators = site.translator.iter().map(|it| Translator {
        device: it.device.clone(),
        outer: prefixes(&it.outer),
        inner: prefixes(&it.inner),
    });
    Ok(Network { translators: translators.collect() })
}
