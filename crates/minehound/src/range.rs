//! The range on the command line: lists scenarios, writes and plays them.

mod live;
mod problem;
mod scored;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use minehound_range::campus_logs::Campus;
use minehound_range::live::Courier;
use minehound_range::scenario_file::{
    LogsScenario, SHIPPED, SHIPPED_LIVE, SHIPPED_LOGS, Scenario, is_live, is_logs, shipped,
};
use minehound_range::world::{Summary, World};
use minehound_range::written::{Export, Open};
use minehound_report::Lang;

use crate::args::{Exported, Range, RangeGen};
use crate::{locale, output};

/// Files are handed to the system in pieces of so many bytes.
const BUFFER: usize = 1 << 20;

pub(crate) fn run(command: &Range, lang: Lang) -> anyhow::Result<ExitCode> {
    match command {
        Range::List => list(lang),
        Range::Gen(args) => generate(args, lang),
        Range::Run(args) => live::run(args, lang),
        Range::Score(args) => scored::run(args),
    }
}

/// One scenario a line, its name first; a header only for people.
fn list(lang: Lang) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    if io::stdout().is_terminal() {
        let (name, duration) = (locale::word("range-name"), locale::word("range-duration"));
        let _ = writeln!(text, "{name:<24}  {duration:<6}  {}", locale::word("range-title"));
    }
    let mut line = |name: &str, seconds: f64, zh: &str, en: &str| {
        let title = if lang == Lang::Zh { zh } else { en };
        let _ = writeln!(text, "{name:<24}  {:<6}  {title}", length(seconds));
    };
    for (name, _) in SHIPPED {
        let scenario = load(name, lang)?;
        line(name, scenario.seconds, &scenario.zh, &scenario.en);
    }
    for (name, text) in SHIPPED_LOGS {
        let scenario = logs_scenario(name, text, lang)?;
        line(name, seconds(scenario.long_ms), &scenario.zh, &scenario.en);
    }
    for (name, _) in SHIPPED_LIVE {
        let scenario = live::load(name, lang)?;
        line(name, scenario.seconds, &scenario.zh, &scenario.en);
    }
    output::write(text.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}

/// A length of time as scenario files write it.
fn length(seconds: f64) -> String {
    if seconds >= 3_600.0 {
        format!("{}h", seconds / 3_600.0)
    } else if seconds < 60.0 {
        format!("{seconds}s")
    } else {
        format!("{}m", seconds / 60.0)
    }
}

/// A scenario by its name or from a file.
fn load(name: &str, lang: Lang) -> anyhow::Result<Scenario> {
    let parsed = if let Some(parsed) = shipped(name) {
        parsed
    } else {
        let text = text_of(name)?;
        if is_live(&text) {
            bail!("`{name}`{}{}", locale::colon(), locale::word("range-is-live"));
        }
        Scenario::parse(name, &text)
    };
    parsed.map_err(|problem| anyhow!("{}", problem::told(&problem, lang)))
}

/// The text of a scenario that comes with the program, or of a file.
fn text_of(name: &str) -> anyhow::Result<String> {
    let told = SHIPPED_LIVE.iter().chain(&SHIPPED_LOGS).chain(&SHIPPED);
    if let Some((_, text)) = told.into_iter().find(|(it, _)| *it == name) {
        return Ok((*text).to_owned());
    }
    let path = Path::new(name);
    let is_file = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("toml"));
    if !is_file && !path.is_file() {
        bail!("`{name}`{}{}", locale::colon(), locale::word("range-no-scenario"));
    }
    fs::read_to_string(path)
        .with_context(|| format!("`{name}`{}{}", locale::colon(), locale::word("cannot-read-file")))
}

fn logs_scenario(name: &str, text: &str, lang: Lang) -> anyhow::Result<LogsScenario> {
    LogsScenario::parse(name, text).map_err(|problem| anyhow!("{}", problem::told(&problem, lang)))
}

#[expect(clippy::cast_precision_loss, reason = "a day in milliseconds")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

/// Writes the logs of a campus.
fn logs(args: &RangeGen, text: &str, lang: Lang) -> anyhow::Result<ExitCode> {
    let mut scenario = logs_scenario(&args.scenario, text, lang)?;
    if let Some(factor) = args.scale {
        scenario = scenario.scaled(factor);
    }
    let Some(out) = args.out.as_ref().filter(|it| it.as_path() != Path::new("-")) else {
        bail!("{}", locale::word("logs-need-folder"));
    };
    let refused =
        || format!("`{}`{}{}", out.display(), locale::colon(), locale::word("cannot-write-here"));
    let campus = Campus::new(scenario, args.seed);
    let told = folder(out, |open| Ok(campus.write(open)?)).with_context(refused)?;
    if !args.quiet {
        let (lines, rows) = (told.lines.to_string(), told.rows.to_string());
        let (terminals, out) = (told.terminals.to_string(), out.display().to_string());
        let args = [("path", &*out), ("lines", &lines), ("rows", &rows), ("terminals", &terminals)];
        eprintln!("{}", locale::filled("logs-written", &args));
    }
    Ok(ExitCode::SUCCESS)
}

fn generate(args: &RangeGen, lang: Lang) -> anyhow::Result<ExitCode> {
    // A scenario of another kind is not asked for its text twice.
    if shipped(&args.scenario).is_none() {
        let text = text_of(&args.scenario)?;
        if is_logs(&text) {
            return logs(args, &text, lang);
        }
    }
    let mut scenario = load(&args.scenario, lang)?;
    if let Some(hours) = args.hours {
        scenario = World::hours(scenario, hours);
    }
    if let Some(factor) = args.scale {
        scenario = World::scaled(scenario, factor);
        scenario
            .fits(&args.scenario)
            .map_err(|problem| anyhow!("{}", problem::told(&problem, lang)))?;
    }
    let world = World::new(scenario, args.seed);
    if let (Some(to), Some(format)) = (args.send, args.format) {
        return send(&world, to, format, args);
    }
    let Some(out) = &args.out else { bail!("{}", locale::word("cannot-write-here")) };
    if out == Path::new("-") {
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        return match world.stream(&mut out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            other => {
                other.context(locale::word("cannot-write-here"))?;
                Ok(ExitCode::SUCCESS)
            }
        };
    }
    let refused =
        || format!("`{}`{}{}", out.display(), locale::colon(), locale::word("cannot-write-here"));
    let summary = folder(out, |open| Ok(world.write(open)?)).with_context(refused)?;
    if !args.quiet {
        tell(&summary, "range-written", &out.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends what an exporter would.
fn send(
    world: &World,
    to: SocketAddr,
    format: Exported,
    args: &RangeGen,
) -> anyhow::Result<ExitCode> {
    if !to.ip().is_loopback() {
        bail!("`{to}`{}{}", locale::colon(), locale::word("send-loopback"));
    }
    let export = match format {
        Exported::NetFlow5 => Export::NetFlow5,
        Exported::NetFlow9 => Export::NetFlow9,
        Exported::Ipfix => Export::Ipfix,
        Exported::SFlow5 => Export::Sflow,
    };
    let summary = world.send(export, Courier::new(to, args.speed)?)?;
    if !args.quiet {
        tell(&summary, "range-sent", &to.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to a folder that appears only when it is whole.
fn folder<T>(
    out: &Path,
    write: impl FnOnce(&mut Open<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let exists = match fs::read_dir(out) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                bail!("{}", locale::word("range-not-empty"));
            }
            true
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    let above = out.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // the name of the temporary folder would only confuse
    let draft = tempfile::Builder::new()
        .prefix(".range-")
        .tempdir_in(above)
        .map_err(|error| io::Error::from(error.kind()))?;
    let mut open = |name: &str| -> io::Result<Box<dyn Write>> {
        let path = draft.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Box::new(BufWriter::with_capacity(BUFFER, File::create(path)?)))
    };
    let summary = write(&mut open)?;
    readable_as_usual(draft.path())?;
    if exists {
        fs::remove_dir(out)?;
    }
    fs::rename(draft.keep(), out)?;
    Ok(summary)
}

/// Temporary folders are private; a world holds nobody's secrets.
fn readable_as_usual(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

fn tell(summary: &Summary, done: &str, out: &str) {
    let word = locale::word;
    eprintln!(
        "{} {}: {} {}, {} {} ({} {}), {} {}",
        word(done),
        out,
        summary.packets,
        word("range-packets"),
        summary.flows,
        word("range-flows"),
        summary.mining,
        word("range-mining"),
        summary.hosts,
        word("range-hosts"),
    );
    if summary.idle_miners > 0 {
        let count = summary.idle_miners.to_string();
        eprintln!("{}", locale::filled("range-idle-miners", &[("count", &count)]));
    }
}
