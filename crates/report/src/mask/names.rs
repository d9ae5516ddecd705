//! What is hidden, and what stands in for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use minehound_assess::Case;
use minehound_model::{Arg, EntityKind, SessionRow};

/// A text this long is hidden wherever it stands; a shorter one only as a word of its own.
const UNMISTAKABLE: usize = 12;
/// A shorter text is hidden only where it stands alone.
const WORD: usize = 3;
/// Letters and digits without a break that may be a wallet nobody recognised.
const WALLET_LIKE: usize = 25;

/// What stand-ins other than addresses begin with.
const KINDS: [&str; 5] = ["wallet", "account", "login", "worker", "hidden"];

/// What stands in for what is hidden.
pub(super) struct Names {
    /// Texts to hide and their stand-ins.
    texts: HashMap<String, String>,
    /// The texts to hide by their first three bytes, the longest first.
    starts: HashMap<[u8; WORD], Vec<String>>,
    clients: BTreeSet<IpAddr>,
    addresses: BTreeMap<IpAddr, IpAddr>,
    /// How many stand-ins of each kind were given out.
    given: BTreeMap<&'static str, u32>,
}

impl Names {
    /// Everything in a case that has to be hidden.
    pub(super) fn of(case: &Case) -> Self {
        let ends = case.sessions.iter().map(|it| it.client);
        let ends = ends.chain(case.nodes.iter().map(|it| it.client));
        let clients = ends.map(|it| it.ip().to_canonical());
        let mut names = Self {
            texts: HashMap::new(),
            starts: HashMap::new(),
            clients: clients.collect(),
            addresses: BTreeMap::new(),
            given: BTreeMap::new(),
        };
        case.sessions.iter().for_each(|it| names.learn_session(it));
        for entity in &case.entities {
            if entity.id.kind() == EntityKind::Wallet {
                names.learn("wallet", entity.id.name());
            }
            // A lease names a machine by its network card.
            if entity.id.kind() == EntityKind::Host && is_hardware_address(entity.id.name()) {
                names.learn("hidden", entity.id.name());
            }
            for (name, arg) in entity.findings.iter().flat_map(|it| &it.finding.args) {
                names.learn_arg(name, arg);
            }
        }
        for starts in names.starts.values_mut() {
            starts.sort_by_key(|it| std::cmp::Reverse(it.len()));
        }
        names
    }

    fn learn_session(&mut self, it: &SessionRow) {
        it.wallets.iter().for_each(|it| self.learn("wallet", &it.address));
        for login in &it.logins {
            self.learn("account", &login.account);
            login.worker.iter().for_each(|it| self.learn("worker", it));
            self.learn("login", &login.login);
        }
    }

    fn learn_arg(&mut self, name: &str, arg: &Arg) {
        let kinds = ["wallet", "account", "login", "worker", "user"];
        let Some(kind) = kinds.into_iter().find(|it| name.contains(it)) else { return };
        let kind = if kind == "user" { "login" } else { kind };
        match arg {
            Arg::Text(text) => self.learn(kind, text),
            Arg::List(texts) => texts.iter().for_each(|it| self.learn(kind, it)),
            Arg::Count(_) | Arg::Number(_) | Arg::Term(_) => {}
        }
    }

    fn learn(&mut self, kind: &'static str, text: &str) {
        if text.is_empty() || self.texts.contains_key(text) {
            return;
        }
        let name = self.stand_in(kind);
        self.texts.insert(text.to_owned(), name);
        if let Some(start) = text.as_bytes().first_chunk() {
            self.starts.entry(*start).or_default().push(text.to_owned());
        }
    }

    fn stand_in(&mut self, kind: &'static str) -> String {
        let given = self.given.entry(kind).or_default();
        *given += 1;
        format!("{kind}-{given}")
    }

    /// Hides everything in a text that has to be hidden.
    pub(super) fn hide(&mut self, text: &mut String) {
        if let Some(name) = self.texts.get(text.as_str()) {
            name.clone_into(text);
            return;
        }
        let known = self.without_texts(text);
        *text = self.without_words(&known);
    }

    fn without_texts(&self, text: &str) -> String {
        let mut hidden = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(letter) = rest.chars().next() {
            if let Some((found, name)) = self.begins(rest, before) {
                hidden.push_str(name);
                before = found.chars().next_back().unwrap_or(' ');
                rest = rest.get(found.len()..).unwrap_or_default();
                continue;
            }
            hidden.push(letter);
            before = letter;
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
        hidden
    }

    /// The longest text to hide that stands here.
    fn begins(&self, rest: &str, before: char) -> Option<(&str, &str)> {
        let found = self.starts.get(rest.as_bytes().first_chunk::<WORD>()?)?;
        let stands = |it: &&String| {
            let after = rest.strip_prefix(it.as_str()).map(|it| it.chars().next());
            after.is_some_and(|after| {
                let word = !before.is_alphanumeric() && !after.is_some_and(char::is_alphanumeric);
                it.len() >= UNMISTAKABLE || word
            })
        };
        let found = found.iter().find(stands)?;
        Some((found, self.texts.get(found)?))
    }

    /// Hides addresses, and what may be a wallet.
    fn without_words(&mut self, text: &str) -> String {
        let mut hidden = String::with_capacity(text.len());
        for part in
            text.split_inclusive(|it: char| !(it.is_ascii_alphanumeric() || ".:".contains(it)))
        {
            let end = part.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
            let (word, rest) = part.split_at(end.len());
            hidden.push_str(&self.word(word));
            hidden.push_str(rest);
        }
        hidden
    }

    fn word(&mut self, word: &str) -> String {
        if let Ok(address) = word.parse::<IpAddr>() {
            return self.address(address).to_string();
        }
        if let Some((address, port)) = word.rsplit_once(':')
            && let Ok(address) = address.parse::<Ipv4Addr>()
        {
            return format!("{}:{port}", self.address(address.into()));
        }
        let mut parts = word.split(['.', ':']).map(str::to_owned).collect::<Vec<_>>();
        let marks: Vec<_> = word.matches(['.', ':']).collect();
        self.embedded(&mut parts);
        parts.iter_mut().filter(|it| wallet_like(it)).for_each(|it| self.wallet(it));
        let mut joined = String::with_capacity(word.len());
        for (place, part) in parts.iter().enumerate() {
            joined.push_str(part);
            joined.push_str(marks.get(place).copied().unwrap_or_default());
        }
        joined
    }

    /// Hides an address within a longer word, as file names have it: `10.0.0.5.pcap`.
    fn embedded(&mut self, parts: &mut [String]) {
        for start in 0..parts.len().saturating_sub(3) {
            let Some(four) = parts.get_mut(start..start + 4) else { return };
            let Ok(address) = four.join(".").parse::<Ipv4Addr>() else { continue };
            let hidden = self.address(address.into()).to_string();
            for (part, octet) in four.iter_mut().zip(hidden.split('.')) {
                octet.clone_into(part);
            }
        }
    }

    fn wallet(&mut self, word: &mut String) {
        let name = match self.texts.get(word.as_str()) {
            Some(name) => name.clone(),
            None => self.stand_in("hidden"),
        };
        let known = self.texts.entry(std::mem::take(word)).or_insert(name);
        known.clone_into(word);
    }

    /// The address, or what stands in for it.
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        let address = address.to_canonical();
        if !inner(address) && !self.clients.contains(&address) {
            return address;
        }
        if let Some(known) = self.addresses.get(&address) {
            return *known;
        }
        let kind = if address.is_ipv4() { "IPv4" } else { "IPv6" };
        let given = self.given.entry(kind).or_default();
        *given += 1;
        let stand_in = match address {
            IpAddr::V4(_) => Ipv4Addr::from_bits(0xf000_0000 | (*given & 0x0fff_ffff)).into(),
            IpAddr::V6(_) => Ipv6Addr::from_bits((0x0100_u128 << 112) | u128::from(*given)).into(),
        };
        self.addresses.insert(address, stand_in);
        stand_in
    }
}

/// Whether an id looks like one whose name was hidden.
pub(crate) fn is_stand_in(id: &str) -> bool {
    let Some((_, name)) = id.split_once(':') else { return false };
    let address = |it: &str| match it.parse::<IpAddr>() {
        Ok(IpAddr::V4(it)) => it.to_bits() >> 28 == 0xf,
        Ok(IpAddr::V6(it)) => it.to_bits() >> 64 == 0x0100_u128 << 48,
        Err(_) => false,
    };
    let numbered = |it: &str| {
        let numbered = it.rsplit_once('-').filter(|it| KINDS.contains(&it.0));
        numbered.is_some_and(|it| it.1.parse::<u32>().is_ok())
    };
    name.split([' ', '/', '@']).any(|it| address(it) || numbered(it))
}

/// Whether an address belongs to an inside: private, shared, link-local or unique local.
fn inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            let [first, second, ..] = it.octets();
            it.is_private() || it.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(it) => it.is_unique_local() || it.is_unicast_link_local(),
    }
}

/// Whether a run of letters and digits may be a wallet: long, and of more than one kind of letter.
/// The lengths of usual digests in hexadecimal are not.
fn wallet_like(word: &str) -> bool {
    let has = |of: fn(&u8) -> bool| word.bytes().any(|it| of(&it));
    let digest = [32, 40, 64, 128].contains(&word.len())
        && word.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
    word.len() >= WALLET_LIKE
        && !digest
        && has(u8::is_ascii_digit)
        && (has(u8::is_ascii_lowercase) || has(u8::is_ascii_uppercase))
}

/// Whether a name is that of a network card, as in `00:00:5e:00:53:07`.
fn is_hardware_address(name: &str) -> bool {
    let parts: Vec<&str> = name.split(':').collect();
    parts.len() == 6
        && parts.iter().all(|it| it.len() == 2 && it.bytes().all(|it| it.is_ascii_hexdigit()))
}
