//! What a shell command looks like: fetched and run at once, decoded and run, run from a place
//! where programs do not live.
//!
//! Shapes are read from simple commands, not found as substrings: `echo "curl … | sh"` prints.

mod lexer;

use self::lexer::{Token, tokens};

/// How much of one command is looked at, in bytes.
pub(super) const MAX_COMMAND: usize = 16 * 1024;

const FETCHERS: [&str; 7] = ["curl", "wget", "fetch", "lwp-download", "aria2c", "axel", "lynx"];
const SHELLS: [&str; 12] = [
    "sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "python", "python2", "python3", "perl",
    "php",
];
/// Words that run the word after them.
const WRAPPERS: [&str; 22] = [
    "sudo", "env", "nohup", "exec", "setsid", "nice", "ionice", "timeout", "eval", "command",
    "time", "chrt", "taskset", "stdbuf", "flock", "then", "do", "else", "if", "while", "until",
    "!",
];
const PRINTERS: [&str; 3] = ["echo", "printf", ":"];
const TEMPORARY: [&str; 4] = ["/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/"];
/// Hidden folders that well-known programs install into.
const USUAL_HIDDEN: [&str; 24] = [
    ".local",
    ".config",
    ".cargo",
    ".rustup",
    ".nvm",
    ".npm",
    ".npm-global",
    ".pyenv",
    ".rbenv",
    ".rvm",
    ".bun",
    ".deno",
    ".sdkman",
    ".volta",
    ".yarn",
    ".asdf",
    ".dotnet",
    ".opam",
    ".ghcup",
    ".nix-profile",
    ".vscode-server",
    ".cursor-server",
    ".krew",
    ".linuxbrew",
];

/// A simple command: one program and its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Simple {
    words: Vec<String>,
    /// Whether the output of earlier commands flows into this one.
    piped_into: bool,
    /// Whether its output is used as text by the command around it.
    substituted: bool,
}

/// The shapes of a command, sorted.
pub(super) fn of(command: &str) -> Vec<String> {
    let commands = simple_commands(&tokens(cut(command, MAX_COMMAND)));
    let mut shapes = Vec::new();
    if flows_into_shell(&commands, |it| FETCHERS.contains(&it.program().as_str())) {
        shapes.push("fetch-pipe-shell");
    }
    if flows_into_shell(&commands, Simple::decodes) {
        shapes.push("decode-pipe-shell");
    }
    let fetches = commands.iter().any(|it| FETCHERS.contains(&it.program().as_str()));
    if fetches && commands.iter().any(Simple::makes_executable) {
        shapes.push("fetch-then-run");
    }
    let programs = || commands.iter().filter_map(Simple::run_file);
    if programs().any(is_hidden) {
        shapes.push("hidden-folder");
    }
    if programs().any(is_temporary) {
        shapes.push("temporary-folder");
    }
    shapes.sort_unstable();
    shapes.into_iter().map(str::to_owned).collect()
}

/// The words of each simple command that does something, without what runs it (`sudo`, `nohup` and
/// the like).
pub(super) fn programs(command: &str) -> Vec<Vec<String>> {
    let commands = simple_commands(&tokens(cut(command, MAX_COMMAND)));
    let acts = commands.iter().filter(|it| !PRINTERS.contains(&it.program().as_str()));
    let words = acts.map(|it| it.words.get(it.start()..).unwrap_or_default().to_vec());
    words.filter(|it| !it.is_empty()).collect()
}

/// Whether a path lies in a folder for temporary files.
pub(super) fn is_temporary(path: &str) -> bool {
    TEMPORARY.iter().any(|it| path.starts_with(it))
}

/// Whether a path passes through a hidden folder that no well-known program installs into, or is
/// a hidden file outside of a home.
pub(super) fn is_hidden(path: &str) -> bool {
    let at_home = ["/home/", "/root/", "~/", "$HOME/", "${HOME}/"];
    let at_home = at_home.iter().any(|it| path.starts_with(it));
    let is_hidden = |it: &&str| it.starts_with('.') && !matches!(*it, "." | "..");
    let Some((folders, file)) = path.rsplit_once('/') else { return false };
    let mut folders = folders.split('/').filter(is_hidden);
    folders.any(|it| !(at_home && USUAL_HIDDEN.contains(&it))) || (!at_home && is_hidden(&file))
}

/// At most `cap` bytes of a text, cut between characters.
pub(super) fn cut(text: &str, cap: usize) -> &str {
    text.get(..text.floor_char_boundary(cap)).unwrap_or(text)
}

/// Whether what one command puts out is run by a shell.
fn flows_into_shell(commands: &[Simple], puts_out: impl Fn(&Simple) -> bool) -> bool {
    let mut flowing = false;
    let mut runner_before = false;
    for command in commands {
        if command.piped_into && flowing && command.reads_script() {
            return true;
        }
        if puts_out(command) {
            if command.substituted && runner_before {
                return true;
            }
            flowing = true;
        } else if !command.piped_into && !command.substituted {
            flowing = false;
        }
        runner_before = command.takes_script() || (command.substituted && runner_before);
    }
    false
}

impl Simple {
    /// Where the program's own words begin: past assignments, wrappers and their options.
    fn start(&self) -> usize {
        let mut wrapped = false;
        for (place, word) in self.words.iter().enumerate() {
            let name = base(word);
            if WRAPPERS.contains(&name) {
                wrapped = true;
                continue;
            }
            let assignment = word.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
            });
            let of_wrapper = wrapped
                && (word.starts_with('-')
                    || word.bytes().next().is_some_and(|it| it.is_ascii_digit()));
            if !assignment && !of_wrapper {
                return place;
            }
        }
        self.words.len()
    }

    /// The words from the program on; of `sh -c program …`, from the inner program on.
    fn run_words(&self) -> &[String] {
        let words = self.words.get(self.start()..).unwrap_or_default();
        let script = words.iter().position(|it| it.starts_with('-') && it.ends_with('c'));
        match script {
            Some(place) if words.first().is_some_and(|it| SHELLS.contains(&base(it))) => {
                words.get(place + 1..).unwrap_or_default()
            }
            _ => words,
        }
    }

    /// The name of the program that is run, without its folder.
    fn program(&self) -> String {
        self.run_words().first().map(|it| base(it).to_owned()).unwrap_or_default()
    }

    /// The file that is run: the program, or the script it is to interpret.
    fn run_file(&self) -> Option<&str> {
        let words = self.run_words();
        let program = words.first()?;
        if !SHELLS.contains(&base(program)) && !matches!(base(program), "." | "source") {
            return Some(program);
        }
        words.iter().skip(1).find(|it| !it.starts_with('-')).map(String::as_str)
    }

    fn decodes(&self) -> bool {
        let has = |options: &[&str]| self.words.iter().any(|it| options.contains(&it.as_str()));
        match self.program().as_str() {
            "base64" | "base32" => has(&["-d", "-D", "-di", "-id", "--decode"]),
            "openssl" => has(&["-d"]),
            "xxd" => self.words.iter().any(|it| it.starts_with("-r")),
            _ => false,
        }
    }

    fn makes_executable(&self) -> bool {
        let mode = |it: &String| it.contains("+x") || it.contains("777") || it.contains("755");
        self.program() == "chmod" && self.words.iter().any(mode)
    }

    /// Whether it runs what it reads: a shell, not given a file of its own.
    fn reads_script(&self) -> bool {
        let words = self.run_words();
        let Some((program, rest)) = words.split_first() else { return false };
        let operand = rest.iter().find(|it| !it.starts_with('-') || it.as_str() == "-");
        let operand = operand.map_or("-", |it| it.as_str());
        let bare = rest.iter().any(|it| it == "-s") || matches!(operand, "-" | "/dev/stdin" | "sh");
        SHELLS.contains(&base(program)) && bare
    }

    /// Whether it runs text it is given: a shell, `eval`, `source`.
    fn takes_script(&self) -> bool {
        let first = self.words.get(self.start()).map(|it| base(it));
        let wrapped = self.words.iter().any(|it| it == "eval");
        wrapped || first.is_some_and(|it| SHELLS.contains(&it) || matches!(it, "." | "source"))
    }
}

/// The last part of a path.
fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Groups tokens into simple commands, in the order they are written.
fn simple_commands(tokens: &[Token]) -> Vec<Simple> {
    let mut commands = Vec::new();
    let mut command = Simple::default();
    let mut depth = 0_u32;
    for token in tokens {
        let next = match token {
            Token::Word(word) => {
                command.words.push(word.clone());
                continue;
            }
            Token::Pipe => {
                Simple { piped_into: true, substituted: command.substituted, ..Simple::default() }
            }
            // Within brackets, what one command puts out joins what the next puts out.
            Token::Next => Simple { piped_into: depth > 0, ..Simple::default() },
            Token::Open => {
                depth += 1;
                Simple { piped_into: command.piped_into, ..Simple::default() }
            }
            Token::Substitute => Simple { substituted: true, ..Simple::default() },
            Token::Close => {
                depth = depth.saturating_sub(1);
                Simple { piped_into: true, ..Simple::default() }
            }
        };
        let done = std::mem::replace(&mut command, next);
        commands.extend((!done.words.is_empty()).then_some(done));
    }
    commands.extend((!command.words.is_empty()).then_some(command));
    let prints = |it: &Simple| it.words.first().is_some_and(|it| PRINTERS.contains(&base(it)));
    commands.retain(|it| !prints(it));
    commands
}

#[cfg(test)]
mod tests;
