//! Command lines: arguments as the program got them, or as a shell was told.

use super::{MAX_ARGUMENTS, MinerCommand, Payee, Server, Signs, shapes, shorten};

/// Options that take a pool and nothing else: XMRig, cgminer, ethminer, T-Rex, lolMiner, Claymore,
/// `PhoenixMiner`, `NBMiner`, `SRBMiner`. `-o host:port` is what no other program is told.
const POOL: [&str; 9] =
    ["-o", "--pool", "-pool", "--pool1", "-P", "-epool", "--epool", "-zpool", "-xpool"];
/// Options that take a pool, or another program's server: `GMiner`, `BzMiner`, XMRig, miniZ.
const SERVER: [&str; 5] = ["--url", "--server", "-s", "-S", "-p"];
/// Options that take a login.
const LOGIN: [&str; 10] =
    ["-u", "--user", "-wal", "-ewal", "--ewal", "--username", "-zwal", "-xwal", "-O", "--userpass"];
/// Options that take a wallet, in miners as in whatever else has one.
const WALLET: [&str; 4] = ["--wallet", "-w", "--account", "--address"];
/// Options that take an algorithm or a coin.
const ALGORITHM: [&str; 8] =
    ["-a", "--algo", "-algo", "--algorithm", "--coin", "-coin", "--uri-algo", "--algorithms"];
/// Options that only miners have, by beginning.
///
/// xmrig/xmrig:src/core/config/usage.h, trexminer/T-Rex:README, Lolliedieb/lolMiner-releases,
/// develsoftware/GMinerRelease:README, Claymore's and `PhoenixMiner`'s readme.
const EXCLUSIVE: [&str; 40] = [
    "--algo-perf",
    "--api-bind-telnet",
    "--argon2-impl",
    "--cpu-max-threads-hint",
    "--cpu-memory-pool",
    "--cuda-bfactor-hint",
    "--cuda-bsleep-hint",
    "--cuda-loader",
    "--daemon-poll-interval",
    "--daemon-zmq-port",
    "--dag-build-mode",
    "--disable-gpu-tweaking",
    "--donate-level",
    "--donate-over-proxy",
    "--dualmode",
    "--dualpool",
    "--ethstratum",
    "--huge-pages-jit",
    "--hugepage-size",
    "--lhr-tune",
    "--mallob-endpoint",
    "--nicehash",
    "--opencl-loader",
    "--opencl-platform",
    "--randomx-1gb-pages",
    "--randomx-cache-qos",
    "--randomx-init",
    "--randomx-mode",
    "--randomx-no-numa",
    "--randomx-no-rdmsr",
    "--randomx-wrmsr",
    "--rig-id",
    "--self-select",
    "--submit-to-origin",
    "--tls-fingerprint",
    "--zilpool",
    "-allpools",
    "-epsw",
    "-esm",
    "-mclock",
];
/// Programs whose arguments are texts, files or hosts: a miner's settings among them are looked
/// for, edited or fetched. They count only when nothing is missing from a miner's set.
const READERS: [&str; 44] = [
    "ack", "ag", "awk", "cat", "clang", "curl", "diff", "echo", "ed", "egrep", "emacs", "fgrep",
    "file", "find", "findstr", "gawk", "gcc", "git", "grep", "head", "less", "ls", "more", "mysql",
    "nano", "nc", "nmap", "notepad", "printf", "psql", "rg", "rsync", "scp", "sed", "ssh",
    "strings", "tail", "tcpdump", "tshark", "vi", "vim", "wget", "zgrep", "zpool",
];
const SHELLS: [&str; 9] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "cmd", "powershell", "pwsh"];

/// Reads a command line; `None` is any other program's.
///
/// A shell's command (`sh -c '…'`) is taken apart once, and the first miner in it told.
#[must_use]
pub fn command_line(args: &[&str]) -> Option<MinerCommand> {
    let args = args.get(..MAX_ARGUMENTS).unwrap_or(args);
    if let Some(found) = single(args) {
        return Some(found);
    }
    let shell = args.iter().position(|arg| SHELLS.contains(&program(arg).as_str()))?;
    let told = args.get(shell + 1..)?;
    let at = told.iter().position(|arg| {
        matches!(arg.to_ascii_lowercase().as_str(), "-c" | "/c" | "-lc" | "-ic" | "-command")
    })?;
    let script = told.get(at + 1..)?.join(" ");
    commands(&script).iter().filter(|it| !is_shown(it)).find_map(|words| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        single(words.get(..MAX_ARGUMENTS).unwrap_or(&words))
    })
}

/// The name of a program without its folder and ending.
fn program(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

fn single(args: &[&str]) -> Option<MinerCommand> {
    let mut command = MinerCommand {
        pool_url: None,
        user: None,
        algorithm: None,
        options: Vec::new(),
        strength: super::Strength::OptionSet,
    };
    let mut signs = Signs::default();
    for (at, arg) in args.iter().enumerate().skip(1) {
        if !arg.starts_with('-') {
            continue;
        }
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*arg, args.get(at + 1).copied()),
        };
        let value = value.filter(|value| !value.is_empty() && !value.starts_with('-'));
        command.take(name, value, &mut signs);
    }
    command.options.sort_unstable();
    command.options.dedup();
    signs.exclusive = command.options.len();
    let mut before = args.iter().take_while(|arg| !arg.starts_with('-'));
    let reader = before.any(|arg| READERS.contains(&program(arg).as_str()));
    let whole = signs.payee > Payee::Unnamed
        && signs.server >= Server::Pool
        && (signs.algorithm || signs.exclusive > 0);
    command.strength = signs.weigh().filter(|_| !reader || whole)?;
    Some(command)
}

impl MinerCommand {
    fn take(&mut self, name: &str, value: Option<&str>, signs: &mut Signs) {
        self.options.extend(EXCLUSIVE.into_iter().filter(|option| *option == name));
        let Some(value) = value else { return };
        if POOL.contains(&name) {
            self.take_address(value, Server::Pool, signs);
        } else if SERVER.contains(&name) {
            self.take_address(value, Server::Any, signs);
        } else if LOGIN.contains(&name) || WALLET.contains(&name) {
            // A prefix such as `kaspa:` is part of the login; only here a password follows.
            let both = matches!(name, "-O" | "--userpass");
            let user = if both { value.rsplit_once(':').map_or(value, |(u, _)| u) } else { value };
            let wallet = shapes::names_wallet(user);
            if wallet {
                let login = LOGIN.contains(&name);
                signs.payee = signs.payee.max(if login { Payee::Login } else { Payee::Wallet });
            }
            if wallet || self.user.is_none() {
                self.user = Some(shorten(user));
            }
        } else if ALGORITHM.contains(&name) && self.algorithm.is_none() {
            signs.algorithm |= shapes::miners_algorithm(value);
            self.algorithm = Some(shorten(value));
        }
    }

    fn take_address(&mut self, value: &str, place: Server, signs: &mut Signs) {
        let Some(address) = shapes::address(value) else { return };
        let place = if address.stratum { Server::Stratum } else { place };
        // The first of several pools is the one used; a server that is no pool gives way to one.
        if place <= signs.server {
            return;
        }
        signs.server = place;
        if let Some(login) = address.login.filter(|login| !login.is_empty()) {
            if shapes::names_wallet(login) {
                signs.payee = Payee::Login;
            }
            self.user.get_or_insert_with(|| shorten(login));
        }
        self.pool_url = Some(address.url);
    }
}

/// Whether a command of a script only shows its words, or looks for them. By its bare name it is the
/// system's own; a program with a folder before it may be anything that bears the name.
fn is_shown(words: &[String]) -> bool {
    words.first().is_some_and(|it| READERS.contains(&it.as_str()) || it == ":")
}

/// The commands of a shell's script, as words without quotes; expansions are left as they are, and
/// comments left out.
fn commands(script: &str) -> Vec<Vec<String>> {
    const MAX_SCRIPT: usize = 16 * 1024;
    let (mut commands, mut words, mut word) = (Vec::new(), Vec::new(), String::new());
    let (mut quote, mut comment) = (None, false);
    for letter in script.chars().take(MAX_SCRIPT) {
        comment &= letter != '\n';
        match (letter, quote) {
            _ if comment => {}
            ('#', None) if word.is_empty() => comment = true,
            (_, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => quote = Some(letter),
            (' ' | '\t', None) => words.extend(take_word(&mut word)),
            (';' | '&' | '|' | '\n' | '(' | ')', None) => {
                words.extend(take_word(&mut word));
                commands.push(std::mem::take(&mut words));
            }
            _ => word.push(letter),
        }
    }
    words.extend(take_word(&mut word));
    commands.push(words);
    commands
}

fn take_word(word: &mut String) -> Option<String> {
    (!word.is_empty()).then(|| std::mem::take(word))
}
