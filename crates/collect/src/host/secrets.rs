//! Passwords are never kept of a command line, and logins are told, so that a report can hide them.
//!
//! A password proves nothing that its login does not, and a report passes through many hands: `***`
//! stands in its place, in facts, saved snapshots and reports alike.

/// What stands in place of a password.
const HIDDEN: &str = "***";
/// Options that take a password or a token, whatever the program.
const PASSWORD: [&str; 19] = [
    "--access-token",
    "--api-access-token",
    "--api-password",
    "--auth-token",
    "--http-access-token",
    "--http-password",
    "--pass",
    "--passphrase",
    "--passwd",
    "--password",
    "--pool-password",
    "--psw",
    "--token",
    "-epsw",
    "-pass",
    "-password",
    "-psw",
    "-xpsw",
    "-zpsw",
];
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
        // What a shell is told is a command of its own.
        let spaced = arg.contains([' ', '\n']) && hider.expected.is_none();
        *arg = if spaced { hider.text(arg) } else { hider.word(arg) };
    }
}

/// What the word after an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Password,
    /// A login, with a password after a colon if the program takes both.
    Login,
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
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let word = text.get(..end).unwrap_or(text);
        let joined = word.split_once('=').filter(|it| self.kind(it.0) == Some(Value::Password));
        let value = match joined {
            Some((name, _)) => name.len() + 1,
            None if self.expected == Some(Value::Password) => 0,
            None => return end,
        };
        let closing = || {
            let rest = text.get(value..)?;
            let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
            Some(value + rest.get(1..)?.find(quote)? + 2)
        };
        closing().unwrap_or(end)
    }

    /// One word, without quotes.
    fn word(&mut self, word: &str) -> String {
        if word.is_empty() {
            return String::new();
        }
        match self.expected.take() {
            // BzMiner and GMiner name their pool with `-p`.
            Some(Value::Password) if !word.contains("://") => return HIDDEN.to_owned(),
            Some(Value::Login) if !word.starts_with('-') => return self.login(word),
            _ => {}
        }
        let (name, value) = word.split_once('=').map_or((word, None), |it| (it.0, Some(it.1)));
        match (self.kind(name), value) {
            (Some(Value::Password), Some(_)) => return format!("{name}={HIDDEN}"),
            (Some(Value::Login), Some(value)) => return format!("{name}={}", self.login(value)),
            (kind, None) => self.expected = kind,
            (None, _) => {}
        }
        self.url(word)
    }

    fn kind(&self, name: &str) -> Option<Value> {
        match name {
            it if PASSWORD.contains(&it) => Some(Value::Password),
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
        let Some((info, host)) = authority.rsplit_once('@') else { return word.to_owned() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &str, miner: bool, text: &str, logins: &[&str]) {
        let shown = hidden(command, miner);
        assert_eq!(
            (shown.text.as_str(), shown.logins.as_slice()),
            (text, &*logins.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
        );
    }

    #[test]
    fn a_miners_password_is_left_out_and_its_logins_are_told() {
        check(
            "/opt/x -o pool.example:3333 -u zhangsan.rig1 -p Secret123 --rig-id lab-7 -k",
            true,
            "/opt/x -o pool.example:3333 -u zhangsan.rig1 -p *** --rig-id lab-7 -k",
            &["zhangsan.rig1", "lab-7"],
        );
        check(
            "x -P stratum+tcp://alice.w1:pw@rvn.example:6060/a",
            true,
            "x -P stratum+tcp://alice.w1:***@rvn.example:6060/a",
            &["alice.w1"],
        );
        check(
            "sh -c 'x -O bob:pw --pass=\"p q\" ; y -p \"a b\"' &",
            true,
            "sh -c 'x -O bob:*** --pass=***\" ; y -p \"***\"' &",
            &["bob"],
        );
    }

    #[test]
    fn an_address_with_its_prefix_is_no_password_and_a_pool_after_p_stays() {
        let wallet = format!("kaspa:{}", "q".repeat(61));
        let command = format!("bz -w {wallet} -p stratum+tcp://kas.example:1 --user={wallet}.rig");
        check(&command, true, &command, &[&wallet, &format!("{wallet}.rig")]);
    }

    #[test]
    fn ports_and_paths_of_other_programs_stay() {
        for command in ["ssh -p 2222 host", "mkdir -p /a/b", "ps -p 1 -u root", "a & b | c"] {
            check(command, false, command, &[]);
        }
        check("curl -u me:pw http://a:b@h/", false, "curl -u me:*** http://a:***@h/", &[]);
    }

    #[test]
    fn no_text_is_a_panic() {
        let parts = ["-p", "'", "\"", " ", "é", "=", "--pass", "://", "@", ":", ";", "x"];
        for a in parts {
            for b in parts {
                for c in parts {
                    hidden(&format!("{a}{b} {c}{a}"), true);
                }
            }
        }
    }

    #[test]
    fn arguments_are_taken_as_they_are() {
        let mut args = ["x", "-p", "two words", "-u", "me", "--token", "-t"].map(str::to_owned);
        of_arguments(&mut args, true);
        assert_eq!(args, ["x", "-p", "***", "-u", "me", "--token", "***"]);
    }
}
