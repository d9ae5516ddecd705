//! The main job: collect, link, detect, assess, report.

mod blocks;
mod country;
mod evidence;
mod exit;
mod from_case;
mod machine;
mod overlay;
mod people;
mod region;
mod target;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minehound_assess::people::place;
use minehound_assess::{Case, conclude};
use minehound_report::{self as report, Options, Run};

use crate::args::{Format, Inspect};
use crate::usage::{Usage, wrong};
use crate::zone;
use crate::{known, locale, output};

/// Runs the inspection and says how to exit.
pub(crate) fn run(args: &Inspect, lang: report::Lang) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let started = Timestamp::now();
    let plan = Plan::of(args, lang)?;
    target::check(args)?;
    let (mut knowledge, overlays) = overlay::knowledge(args)?;
    let blocks = blocks::learn(args, &mut knowledge)?;
    let rules = known::rules(&knowledge)?;
    // What people wrote is read first: whoever gave the wrong file learns it at once.
    let manual = args.manual.as_deref().map(people::read).transpose()?;
    let mut gathered = evidence::gather(args, &knowledge, &blocks)?;
    gathered.stamp.overlays = overlays;
    let mut judged = evidence::judge(gathered, &knowledge);
    if let (Some(filled), Some(path)) = (manual, &args.manual) {
        place(filled, &mut judged, &rules.items).with_context(|| path.display().to_string())?;
    }
    let case = conclude(judged, &rules);
    let options = Options {
        lang: plan.lang,
        tz: plan.tz,
        width: terminal_width(),
        colour: plan.colour,
        mask: args.mask,
        run: Some(Run {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_ms: started.as_millisecond(),
            seconds: began.elapsed().as_secs_f64(),
        }),
    };
    let (texts, format) = (known::texts(&knowledge), plan.format.into());
    output::stream(args.out.as_deref(), |out| {
        report::render(&case, &texts, &options, format, out)
    })?;
    if !args.quiet {
        tell(&case, args);
        people::tell(&case, &options, &texts);
    }
    let code = exit::code(&case);
    // The program ends here: the system takes all memory back at once.
    std::mem::forget(case);
    Ok(code.into())
}

/// How the report is to be written, settled before anything is read.
struct Plan {
    lang: report::Lang,
    tz: TimeZone,
    format: Format,
    colour: bool,
}

impl Plan {
    fn of(args: &Inspect, lang: report::Lang) -> anyhow::Result<Self> {
        use std::io::IsTerminal;
        let on_terminal = args.out.is_none() && std::io::stdout().is_terminal();
        let format = match (args.format, args.out.as_deref()) {
            (Some(format), _) => format,
            (None, Some(out)) => {
                by_ending(out).ok_or_else(|| wrong(&out.display(), "bad-ending"))?
            }
            (None, None) => Format::Table,
        };
        if format == Format::Xlsx && on_terminal {
            return Err(Usage::error(locale::word("xlsx-needs-file")));
        }
        if !(0.0..=3600.0).contains(&args.sample) {
            return Err(Usage::error(locale::word("bad-sample")));
        }
        let machine = args.sources.is_empty() || args.this_machine || args.root.is_some();
        if args.save.is_some() && !machine {
            return Err(Usage::error(locale::word("save-needs-machine")));
        }
        if !country::is_code(&args.home) {
            return Err(wrong(&args.home, "bad-home"));
        }
        Ok(Self {
            lang,
            tz: zone::or_system(args.tz.as_deref())?,
            format,
            colour: on_terminal && std::env::var_os("NO_COLOR").is_none(),
        })
    }
}

fn by_ending(out: &Path) -> Option<Format> {
    let Some(ending) = out.extension() else { return Some(Format::Table) };
    Some(match ending.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Format::Json,
        "html" | "htm" => Format::Html,
        "xlsx" => Format::Xlsx,
        "csv" => Format::Csv,
        "sarif" => Format::Sarif,
        "txt" | "log" => Format::Table,
        _ => return None,
    })
}

/// The columns of the terminal, as far as anything says; a page's width otherwise.
pub(crate) fn terminal_width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    let size = || rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|it| it.ws_col.into());
    said.or_else(size).filter(|it| *it > 0).unwrap_or(100).clamp(60, 160)
}

/// What whoever waits should know at once: inputs that were not read, and where the report lies.
fn tell(case: &Case, args: &Inspect) {
    for it in &case.inputs {
        if let Some(why) = &it.not_read {
            let path = report::visible(&it.path);
            eprintln!("{}", locale::not_read(&path, why, it.cause.as_deref().unwrap_or_default()));
        }
    }
    if let Some(out) = &args.out {
        eprintln!("{} {}", locale::word("written"), out.display());
    }
}

pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| {
        format!("`{}`{}{}", path.display(), locale::colon(), locale::word("cannot-read-file"))
    })
}
