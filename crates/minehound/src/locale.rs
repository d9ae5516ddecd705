//! The language of the program itself: help, errors, progress.
//!
//! Chinese first: English is spoken to whoever's locale names a language other than Chinese.

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::{Command, CommandFactory};
use minehound_report::{Catalogue, Lang};

use crate::args::Cli;

static LANG: OnceLock<Lang> = OnceLock::new();

/// The language asked for on the command line, else that of the locale.
pub(crate) fn chosen(asked: Option<crate::args::Lang>) -> Lang {
    asked.map_or_else(current, Into::into)
}

fn current() -> Lang {
    *LANG.get_or_init(|| of_locale(|name| std::env::var(name).ok()))
}

fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
    let locale = set.map(|it| it.to_lowercase()).find(|it| !it.is_empty());
    match locale.as_deref() {
        None => Lang::Zh,
        Some(it) if it.starts_with("zh") || it == "c" || it == "posix" => Lang::Zh,
        Some(it) if it.starts_with("c.") => Lang::Zh,
        Some(_) => Lang::En,
    }
}

/// The command line in the language that `arguments` or the locale ask for.
pub(crate) fn localised(arguments: impl Iterator<Item = OsString>) -> Command {
    let mut asked = None;
    let mut after_flag = false;
    for argument in arguments {
        let text = argument.to_string_lossy();
        let value = if after_flag { Some(&*text) } else { text.strip_prefix("--lang=") };
        asked = value.map(str::to_lowercase).or(asked);
        after_flag = text == "--lang";
    }
    let lang = match asked.as_deref() {
        Some(it) if it.starts_with("zh") => Lang::Zh,
        Some(it) if it.starts_with("en") => Lang::En,
        _ => current(),
    };
    // What follows on standard error speaks the same language.
    let lang = *LANG.get_or_init(|| lang);
    let command = Cli::command();
    if lang == Lang::En { command } else { translate(command, "minehound") }
}

/// The command line in the language of the program, without its arguments.
pub(crate) fn command() -> Command {
    if is_chinese() { translate(Cli::command(), "minehound") } else { Cli::command() }
}

/// Replaces every help text that the catalogue has; the English ones stand in the declarations.
fn translate(command: Command, key: &str) -> Command {
    let text = |key: &str| said(Lang::Zh, "cli", key);
    let mut command = in_chinese(command, key == "minehound");
    command = match text(key) {
        Some(about) => {
            let long = text(&format!("{key}-long")).unwrap_or_else(|| about.clone());
            command.about(about).long_about(long)
        }
        None => command,
    };
    let ids: Vec<_> = command.get_arguments().map(|it| it.get_id().to_string()).collect();
    for id in ids {
        let name = id.replace('_', "-");
        let own = text(&format!("{key}-{name}")).or_else(|| text(&format!("minehound-{name}")));
        if let Some(help) = own {
            let told = |it: clap::Arg| {
                let takes = it.get_action().takes_values();
                let it = it.help(help.clone()).long_help(help);
                if takes { it.hide_possible_values(true) } else { it }
            };
            command = command.mut_arg(id, told);
        }
    }
    let names: Vec<_> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    for name in names {
        let below = if key == "minehound" { name.clone() } else { format!("{key}-{name}") };
        command = command.mut_subcommand(&name, |it| translate(it, &below));
    }
    command
}

/// The words that the library would say in English.
fn in_chinese(command: Command, whole: bool) -> Command {
    let flag = |name: &'static str, short, action| {
        let help = said(Lang::Zh, "cli", name).unwrap_or_default();
        clap::Arg::new(name).short(short).long(name).action(action).help(help)
    };
    let parent = command.get_subcommands().next().is_some();
    let template = if parent {
        "{about}\n\n用法：{usage}\n\n命令：\n{subcommands}\n\n选项：\n{options}\n"
    } else {
        "{about}\n\n用法：{usage}\n\n参数：\n{positionals}\n\n选项：\n{options}\n"
    };
    let command = command.disable_help_flag(true).help_template(template).arg(flag(
        "help",
        'h',
        clap::ArgAction::Help,
    ));
    if !whole {
        return command;
    }
    command.disable_version_flag(true).arg(flag("version", 'V', clap::ArgAction::Version))
}

fn said(lang: Lang, section: &str, key: &str) -> Option<String> {
    // The help alone asks for dozens of words.
    static READ: [OnceLock<Option<Catalogue>>; 2] = [const { OnceLock::new() }; 2];
    let [chinese, english] = &READ;
    let read = if lang == Lang::Zh { chinese } else { english };
    let catalogue = read.get_or_init(|| Catalogue::of(lang).ok()).as_ref()?;
    catalogue.pattern(&format!("{section}.{key}")).map(str::to_owned)
}

/// A word or sentence of the program, in the current language.
pub(crate) fn word(key: &str) -> String {
    said(current(), "program", key).unwrap_or_else(|| key.to_owned())
}

/// That an input was not read, and why: message ids, with what the system said where it said more.
pub(crate) fn not_read(path: &str, why: &str, cause: &str) -> String {
    let colon = colon();
    let (why, cause) = match Catalogue::of(current()) {
        Ok(it) if cause.is_empty() => (it.named("not-read", why), String::new()),
        Ok(it) => (it.named("not-read", why), format!(" ({})", it.cause(cause))),
        Err(_) => (why.to_owned(), String::new()),
    };
    format!("{}{colon}{path}{colon}{why}{cause}", word("not-read"))
}

/// Whether the program speaks Chinese.
pub(crate) fn is_chinese() -> bool {
    current() == Lang::Zh
}

/// What stands between a thing and what is said of it.
pub(crate) fn colon() -> &'static str {
    if is_chinese() { "：" } else { ": " }
}

/// The same with what it speaks of in the place of each `{name}`.
pub(crate) fn filled(key: &str, arguments: &[(&str, &str)]) -> String {
    fill(word(key), arguments)
}

/// What an error of a library says in Chinese.
pub(crate) fn chinese_error(key: &str, arguments: &[(&str, &str)]) -> String {
    fill(said(Lang::Zh, "error", key).unwrap_or_else(|| key.to_owned()), arguments)
}

fn fill(text: String, arguments: &[(&str, &str)]) -> String {
    let fill =
        |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
    arguments.iter().fold(text, fill)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(set: &[(&str, &str)], expected: Lang) {
        let found = of_locale(|name| set.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()));
        assert_eq!(found, expected, "{set:?}");
    }

    #[test]
    fn chinese_is_spoken_unless_the_locale_names_another_language() {
        check(&[], Lang::Zh);
        check(&[("LANG", "C.UTF-8")], Lang::Zh);
        check(&[("LANG", "zh_CN.GB18030")], Lang::Zh);
        check(&[("LANG", "en_US.UTF-8")], Lang::En);
        check(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_GB.UTF-8")], Lang::En);
    }
}
