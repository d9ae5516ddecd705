//! Manual pages: of a detector, of the program.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use clap::CommandFactory;
use minehound_detect::{Detector, detectors};
use minehound_report::{Catalogue, Lang};

use crate::args::Cli;
use crate::usage::Usage;
use crate::{locale, output};

/// Prints the manual page of a detector, named by its id or its name.
pub(crate) fn explain(id: &str, lang: Lang) -> anyhow::Result<ExitCode> {
    let wanted = |it: &&dyn Detector| {
        it.meta().id.0.eq_ignore_ascii_case(id) || it.meta().name.eq_ignore_ascii_case(id)
    };
    let Some(detector) = detectors().find(wanted) else {
        return Err(Usage::error(format!(
            "`{id}`{}{}",
            locale::colon(),
            locale::word("no-detector")
        )));
    };
    let meta = detector.meta();
    let page = match lang {
        Lang::Zh => meta.chinese.to_owned(),
        Lang::En => meta.manual(),
    };
    let signs = meta.signs.iter().map(|(sign, nature)| format!("- {} ({nature})\n", sign.0));
    let text =
        format!("{}  {}\n\n{}\n{}", meta.id, meta.name, page.trim_end(), signs.collect::<String>());
    output::write(text.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}

/// Lists the detectors: id, name, dimension and the title of their page.
pub(crate) fn list(lang: Lang) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::of(lang)?;
    let mut text = String::new();
    let mut metas: Vec<_> = detectors().map(Detector::meta).collect();
    metas.sort_by_key(|it| it.id);
    for meta in metas {
        let page = match lang {
            Lang::Zh => meta.chinese.to_owned(),
            Lang::En => meta.manual(),
        };
        let title = page.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
        let dimension = catalogue.named("dimension", &meta.dimension.to_string());
        let _ = writeln!(text, "{}  {:<22}  {title}  [{dimension}]", meta.id, meta.name);
    }
    output::write(text.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "minehound", &mut text);
    output::write(&text, None)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page of the program and its commands.
pub(crate) fn man() -> anyhow::Result<ExitCode> {
    let mut text = Vec::new();
    let command = locale::command();
    render_man(&command, &mut text)?;
    for below in command.get_subcommands() {
        let named = below.clone().name(format!("minehound-{}", below.get_name()).leak() as &str);
        render_man(&named, &mut text)?;
    }
    let text = if locale::is_chinese() { headings(&text) } else { text };
    output::write(&text, None)?;
    Ok(ExitCode::SUCCESS)
}

/// A manual page whose headings, which the library writes in English, are Chinese.
fn headings(page: &[u8]) -> Vec<u8> {
    let named = [
        ("NAME", "名称"),
        ("SYNOPSIS", "概要"),
        ("DESCRIPTION", "说明"),
        ("OPTIONS", "选项"),
        ("SUBCOMMANDS", "命令"),
        ("VERSION", "版本"),
    ];
    let heading = |line: &str| {
        let name = line.strip_prefix(".SH ")?;
        let chinese = named.iter().find(|it| it.0 == name.trim_matches('"'))?.1;
        Some(format!(".SH {chinese}"))
    };
    let page = String::from_utf8_lossy(page);
    let lines = page.lines().map(|it| heading(it).unwrap_or_else(|| it.to_owned()) + "\n");
    lines.collect::<String>().into_bytes()
}

fn render_man(command: &clap::Command, into: &mut Vec<u8>) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(into)
}
