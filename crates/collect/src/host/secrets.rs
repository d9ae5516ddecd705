//! Passwords are never kept of a command line, and logins are told, so that a report can hide them.
//!
//! A password proves nothing that its login does not, and a report passes through many hands: `***`
//! stands in its place, in facts, saved snapshots and reports alike.

/// What stands in place of a password.
const HIDDEN: &str = "***";
/// Options that take a password, whatever the program, and do not end with such a word.
const PASSWORD: [&str; 5] = ["-epsw", "-psw", "-xpsw", "-zpsw", "-cdmpass"];
/// Last words of the names of options, variables and headers that hold a password or a token.
const SECRET: [&str; 12] = [
    "apikey",
    "authkey",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "psw",
    "pwd",
    "secret",
    "token",
    "userpwd",
];
/// Words before `key` that make it a secret one.
const SECRET_KEY: [&str; 5] = ["access", "api", "auth", "private", "secret"];
/// Words in a name that say that no password follows.
const ASKED: [&str; 3] = ["ask", "no", "prompt"];
/// Options of miners that take a password; elsewhere a port, a path or a process.
const MINERS_PASSWORD: [&str; 3] = ["-p", "-px", "--pass1"];
/// Options of miners that take a login, a wallet, a worker or a rig, some of them a password with it.
const MINERS_LOGIN: [&str; 28] = [
    "--account",
    "--address",
    "--ewal",
    "--eworker",
    "--rig",
    "--rig-id",
    "--rig-name",
    "--rigid",
    "--rigname",
    "--user",
    "--username",
    "--userpass",
    "--wal",
    "--wallet",
    "--worker",
    "--worker-name",
    "-O",
    "-ewal",
    "-eworker",
    "-rig",
    "-u",
    "-w",
    "-wal",
    "-wallet",
    "-worker",
    "-xwal",
    "-zwal",
    "-zworker",
];
/// Options that take `user:password` in other programs: curl(1), wget(1).
const USER: [&str; 4] = ["--proxy-user", "--user", "-U", "-u"];
/// What may stand around a word of a shell's command.
const AROUND: [char; 9] = ['"', '\'', '(', ')', '`', ';', '&', '|', '$'];
/// What follows a coin's prefix in an address is longer than passwords are.
const ADDRESS: usize = 25;

/// A command without its passwords.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The command, with `***` in place of each password.
    pub(super) text: String,
    /// The logins, workers and rigs in it, each once.
    pub(super) logins: Vec<String>,
}

/// Leaves the passwords out of a command; of a miner's, those after short options too.
pub(super) fn hidden(command: &str, miner: bool) -> Shown {
    let mut hider = Hider { miner, ..Hider::default() };
    let text = hider.text(command);
    Shown { text, logins: hider.logins }
}

/// Leaves the passwords out of arguments as a program got them.
pub(super) fn of_arguments(args: &mut [String], miner: bool) {
    let mut hider = Hider { miner, ..Hider::default() };
    for arg in args {
        let whole = hider.expected.is_some() || arg.starts_with('-') && hider.value_at(arg) > 0;
        // What a shell is told is a command of its own.
        let spaced = arg.contains([' ', '\n']) && !whole;
        *arg = if spaced { hider.text(arg) } else { hider.word(arg) };
    }
}

/// What the word after an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Password,
    /// A login, with a password after a colon if the program takes both.
    Login,
    /// How a header proves who asks, and the proof after it (RFC 9110 section 11.6.2).
    Scheme,
    /// The options of sshpass(1), whose `-p` takes a password.
    Sshpass,
}

#[derive(Default)]
struct Hider {
    miner: bool,
    expected: Option<Value>,
    logins: Vec<String>,
}

impl Hider {
    fn text(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let blank = rest.find(|it: char| !it.is_whitespace()).unwrap_or(rest.len());
            let (before, after) = rest.split_at_checked(blank).unwrap_or((rest, ""));
            shown.push_str(before);
            let end = self.end_of_word(after);
            let (word, after) = after.split_at_checked(end).unwrap_or((after, ""));
            let core = word.trim_start_matches(AROUND);
            let (open, core) = word.split_at_checked(word.len() - core.len()).unwrap_or(("", core));
            let bare = core.trim_end_matches(AROUND);
            let (bare, close) = core.split_at_checked(bare.len()).unwrap_or((bare, ""));
            shown.push_str(open);
            shown.push_str(&self.word(bare));
            shown.push_str(close);
            // What ends a command ends what its last option waits for.
            if close.contains([';', '|', '&']) {
                self.expected = None;
            }
            rest = after;
        }
        shown
    }

    /// Where the word ends: a password in quotes may hold blanks.
    fn end_of_word(&self, text: &str) -> usize {
        let end = blank_of(text);
        let word = text.get(..end).unwrap_or(text);
        let core = word.trim_start_matches(AROUND);
        let open = word.len() - core.len();
        let value = match self.value_at(core) {
            0 if self.expected == Some(Value::Password) => 0,
            0 => return text.find(char::is_whitespace).unwrap_or(text.len()),
            at => open + at,
        };
        // The quotes may stand around the value, or around option and value together.
        let around = word.get(..open).unwrap_or("").chars().next_back();
        let around = around.filter(|it| value > 0 && matches!(it, '"' | '\''));
        let quoted = |rest: &str| {
            let quote = ["\"", "'", "\\\"", "\\'"].into_iter().find(|it| rest.starts_with(it))?;
            Some(quote.len() * 2 + rest.get(quote.len()..)?.find(quote)?)
        };
        let rest = text.get(value..).unwrap_or("");
        let closing = match around {
            Some(quote) => rest.find(quote).map(|it| it + 1),
            None => quoted(rest),
        };
        closing.map_or(end, |it| value + it)
    }

    /// Where in a word the password of its own option or name begins; 0 if it holds none.
    fn value_at(&self, word: &str) -> usize {
        let named = word.split_once('=').filter(|it| self.kind(it.0) == Some(Value::Password));
        match named {
            Some((name, _)) => name.len() + 1,
            None if self.attached(word) == Some(Value::Password) => 2,
            None => 0,
        }
    }

    /// What a short option takes that its value stands right behind: `-p"…"`, `-uname:password`.
    fn attached(&self, word: &str) -> Option<Value> {
        let (option, value) = word.split_at_checked(2).filter(|it| !it.1.is_empty())?;
        let quoted = value.starts_with(['"', '\'']);
        let kind = match self.expected {
            Some(Value::Sshpass) if option == "-p" => return Some(Value::Password),
            _ => self.kind(option)?,
        };
        // A word of small letters is an option of its own: `-pool`, `-uall`.
        let is_value = match kind {
            Value::Password => !value.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'),
            _ => value.contains(':') && !value.contains("://") && !value.contains('='),
        };
        (quoted || is_value && !value.starts_with('=')).then_some(kind)
    }

    /// One word, without quotes.
    fn word(&mut self, word: &str) -> String {
        if word.is_empty() {
            return String::new();
        }
        let attached = self.attached(word);
        match self.expected.take() {
            // BzMiner and GMiner name their pool with `-p`.
            Some(Value::Password) if !word.contains("://") => return HIDDEN.to_owned(),
            Some(Value::Login) if !word.starts_with('-') => return self.login(word),
            Some(Value::Scheme) => self.expected = Some(Value::Password),
            Some(Value::Sshpass) if word == "-p" => self.expected = Some(Value::Password),
            _ => {}
        }
        if self.expected.is_some() {
            return word.to_owned();
        }
        if let Some((kind, (option, value))) = attached.zip(word.split_at_checked(2)) {
            let bare = value.trim_start_matches(['"', '\'']);
            let quote = value.get(..value.len() - bare.len()).unwrap_or("");
            let shown = match kind {
                Value::Password => HIDDEN.to_owned(),
                _ => self.login(bare),
            };
            return format!("{option}{quote}{shown}");
        }
        let (name, value) = word.split_once('=').map_or((word, None), |it| (it.0, Some(it.1)));
        match (self.kind(name), value) {
            (Some(Value::Password), Some(_)) => return format!("{name}={HIDDEN}"),
            (Some(Value::Login), Some(value)) => return format!("{name}={}", self.login(value)),
            (Some(Value::Scheme | Value::Sshpass), Some(_)) | (None, _) => {}
            (kind, None) => self.expected = kind.filter(|_| is_asking(word)),
        }
        self.url(word)
    }

    fn kind(&self, name: &str) -> Option<Value> {
        match name {
            "sshpass" | "/usr/bin/sshpass" => Some(Value::Sshpass),
            it if it.eq_ignore_ascii_case("authorization:") => Some(Value::Scheme),
            it if PASSWORD.contains(&it) || names_secret(it) => Some(Value::Password),
            it if self.miner && MINERS_PASSWORD.contains(&it) => Some(Value::Password),
            it if self.miner && MINERS_LOGIN.contains(&it) => Some(Value::Login),
            it if USER.contains(&it) => Some(Value::Login),
            _ => None,
        }
    }

    /// A login, and `***` for a password after its colon; a coin's prefix is no login.
    fn login(&mut self, word: &str) -> String {
        let (login, password) = match word.rsplit_once(':') {
            Some((login, after)) if after.len() < ADDRESS && !word.contains("://") => {
                (login, Some(after))
            }
            _ => (word, None),
        };
        self.learn(login);
        password.map_or_else(|| login.to_owned(), |_| format!("{login}:{HIDDEN}"))
    }

    /// An address, and `***` for a password before its host (RFC 3986 section 3.2.1).
    fn url(&mut self, word: &str) -> String {
        let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let path = query(path);
        let Some((info, host)) = authority.rsplit_once('@') else {
            return format!("{scheme}://{authority}{path}");
        };
        let (user, password) = info.split_once(':').map_or((info, None), |it| (it.0, Some(it.1)));
        self.learn(user);
        let password = password.map(|_| format!(":{HIDDEN}")).unwrap_or_default();
        format!("{scheme}://{user}{password}@{host}{path}")
    }

    fn learn(&mut self, login: &str) {
        if self.miner && !login.is_empty() && !self.logins.iter().any(|it| it == login) {
            self.logins.push(login.to_owned());
        }
    }
}

/// Where an unescaped blank ends a word.
fn blank_of(text: &str) -> usize {
    let mut escaped = false;
    let mut blank = text.char_indices().filter(|(_, it)| {
        let ends = it.is_whitespace() && !escaped;
        escaped = *it == '\\' && !escaped;
        ends
    });
    blank.next().map_or(text.len(), |it| it.0)
}

/// Whether a value stands in the word after this one: options and headers take one, variables do
/// not.
fn is_asking(word: &str) -> bool {
    word.starts_with('-') || word.ends_with(':') || word.ends_with("sshpass")
}

/// Whether the last word of the name of an option, a variable or a header is that of a secret.
fn names_secret(name: &str) -> bool {
    // The working directory of a shell.
    if matches!(name, "PWD" | "OLDPWD") {
        return false;
    }
    let name = name.trim_start_matches('-').trim_end_matches(':').to_ascii_lowercase();
    let mut words = name.rsplit(['-', '_', '.']);
    let last = words.next().unwrap_or_default();
    let secret = SECRET.contains(&last)
        || last == "key" && words.next().is_some_and(|it| SECRET_KEY.contains(&it));
    secret && !name.split(['-', '_']).any(|it| ASKED.contains(&it))
}

/// The path of an address, and `***` for a secret in its query (RFC 3986 section 3.4).
fn query(path: &str) -> String {
    let Some((before, query)) = path.split_once('?') else { return path.to_owned() };
    let (query, fragment) =
        query.split_at_checked(query.find('#').unwrap_or(query.len())).unwrap_or((query, ""));
    let pair = |it: &str| match it.split_once('=') {
        Some((name, _)) if names_secret(name) => format!("{name}={HIDDEN}"),
        _ => it.to_owned(),
    };
    let pairs: Vec<_> = query.split('&').map(pair).collect();
    format!("{before}?{}{fragment}", pairs.join("&"))
}

#[cfg(test)]
mod tests;
