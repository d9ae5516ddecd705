//! `minehound attribute`: from an address that others saw to the machines it may have been.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::tz::TimeZone;
use minehound_clues::moment;
use minehound_model::{Answer, ListRow, Question, Standing};
use minehound_report::{self as report, Options, Proof, prove};
use minehound_store::Case;

use super::answering::{Answering, asker, open};
use super::read::{Manner, Outcome, logs};
use super::{lines, list};
use crate::args::{Attribute, ProofFormat, Proto};
use crate::locale::{filled, not_read, word};
use crate::usage::wrong;
use crate::zone;
use crate::{inspect, output};

/// Asks and writes the proof sheet.
pub(crate) fn run(args: &Attribute, lang: report::Lang) -> anyhow::Result<ExitCode> {
    let tz = zone::or_system(args.tz.as_deref())?;
    let (rows, mut questions): (Vec<_>, Vec<_>) = questions(args, &tz)?.into_iter().unzip();
    let format = format(args.format, args.out.as_deref())?;
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
    let answering = Answering::new(&case, args.site.as_deref())?;
    answering.settle(&mut questions);
    let answers = answering.answers(&questions)?;
    answering.check()?;
    let code = exit(&answers);
    // A list of thousands is for programs, or is printed without the lines.
    let lines = if answers.len() <= MAX_QUOTED {
        lines::of(answers.iter(), &answering.logs)
    } else {
        BTreeMap::new()
    };
    let asked = rows.into_iter().zip(questions).zip(answers);
    let proofs: Vec<Proof> = asked
        .map(|((row, question), answer)| {
            let own = lines::needed(&answer, &lines);
            Proof { row, question, answer, logs: Arc::clone(&answering.logs), lines: own }
        })
        .collect();
    let options = Options {
        lang,
        tz,
        width: inspect::terminal_width(),
        colour: false,
        mask: false,
        run: None,
    };
    output::stream(args.out.as_deref(), |out| prove(&proofs, &options, format, out))?;
    if let (Some(out), false) = (&args.out, args.quiet) {
        eprintln!("{} {}", word("written"), out.display());
    }
    Ok(code.into())
}

/// Questions whose lines are quoted from the logs.
const MAX_QUOTED: usize = 1_000;

/// 0 where each has one answer, 30 where none has any, 5 between.
fn exit(answers: &[Answer]) -> u8 {
    let standings: Vec<_> = answers.iter().map(Answer::standing).collect();
    if standings.iter().all(|it| *it == Standing::One) {
        return 0;
    }
    let nobody = |it: &Standing| matches!(it, Standing::Behind | Standing::Unknown);
    if standings.iter().all(nobody) { 30 } else { 5 }
}

/// What is asked, with the rows of the list that asks.
fn questions(args: &Attribute, tz: &TimeZone) -> anyhow::Result<Vec<(Option<ListRow>, Question)>> {
    let clock = asker(args.clock_error)?;
    if let Some(path) = &args.list {
        let list = list::list(path, list::given(args.columns.as_deref())?, tz)?;
        let without = list.found.without_moment;
        if without > 0 && !args.quiet {
            eprintln!("{}", filled("clues-without-moment", &[("count", &without.to_string())]));
        }
        let asked = |it: &minehound_model::Clue| Some((Some(it.at), list::question(it, clock)?));
        return Ok(list.clues.iter().filter_map(asked).collect());
    }
    // The command line requires both where there is no list.
    let (Some(end), Some(at)) = (args.ip.as_deref(), args.at.as_deref()) else {
        return Ok(Vec::new());
    };
    let (address, port) = far(end)?;
    let question = Question {
        address,
        port: args.port.or(port),
        proto: args.proto.map(Proto::number),
        far: args.to.as_deref().map(far).transpose()?,
        moment: moment(at, tz).ok_or_else(|| wrong(&at, "bad-moment"))?,
        clock,
    };
    Ok(vec![(None, question)])
}

/// `203.0.113.7`, `203.0.113.7:3333`, `[2001:db8::7]:3333`.
fn far(text: &str) -> anyhow::Result<(IpAddr, Option<u16>)> {
    if let Ok(end) = text.parse::<SocketAddr>() {
        return Ok((end.ip(), Some(end.port())));
    }
    let ip = text.parse().map_err(|_| wrong(&text, "bad-end"))?;
    Ok((ip, None))
}

/// The format that was asked for, or that the ending of the file tells.
pub(super) fn format(
    asked: Option<ProofFormat>,
    out: Option<&Path>,
) -> anyhow::Result<report::ProofFormat> {
    let ending = out.and_then(Path::extension).and_then(|it| it.to_str());
    let format = match (asked, ending) {
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
