//! What cells hold: addresses, ports, hosts, counts, in the many ways that people write them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use jiff::tz::TimeZone;
use minehound_model::{Behaviour, Span};
use minehound_sheets::{Cell, Kind};

use crate::moment::{moment, time};
use crate::role::Holds;

/// Ends that one cell may name.
const MAX_ENDS: usize = 16;

/// Whether a cell looks as those of such a column should.
pub(crate) fn fits(cell: &Cell, holds: Holds, tz: &TimeZone) -> bool {
    match holds {
        Holds::Address => !ends(&cell.text).is_empty(),
        Holds::Port => !ports(&cell.text).is_empty(),
        Holds::Moment => moment_of(cell, tz).is_some(),
        Holds::TimeOfDay => clock_of(cell).is_some(),
        Holds::Host => host(&cell.text).is_some(),
        Holds::Count => count(&cell.text).is_some(),
        Holds::Text | Holds::Answer => true,
    }
}

/// The addresses of a cell, each with its port where it has one: `203.0.113.7`, `203[.]0[.]113[.]7:3333`,
/// `[2001:db8::7]:443`, several with commas, semicolons, blanks or line ends between, words in brackets
/// after them.
pub(crate) fn ends(text: &str) -> Vec<(IpAddr, Option<u16>)> {
    let text = narrow(text).replace("[.]", ".").replace("[:]", ":").replace("(.)", ".");
    let between = |it: char| it.is_whitespace() || matches!(it, ',' | ';' | '、' | '|' | '(' | ')');
    let mut found = Vec::new();
    for part in text.split(between).filter(|it| !it.is_empty()).take(4 * MAX_ENDS) {
        let part = part.split_once("://").map_or(part, |it| it.1);
        let part = part.trim_end_matches(['/', '.', '。']);
        if let Some(end) = end(part)
            && !found.contains(&end)
            && found.len() < MAX_ENDS
        {
            found.push(end);
        }
    }
    found
}

fn end(text: &str) -> Option<(IpAddr, Option<u16>)> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some((ip.to_canonical(), None));
    }
    if let Ok(end) = text.parse::<SocketAddr>() {
        return Some((end.ip().to_canonical(), port_number(end.port())));
    }
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    inner.parse::<Ipv6Addr>().ok().map(|it| (IpAddr::V6(it).to_canonical(), None))
}

fn port_number(port: u16) -> Option<u16> {
    (port != 0).then_some(port)
}

/// The ports of a cell: `51234`, `51234/tcp`, `51234.0`, several.
pub(crate) fn ports(text: &str) -> Vec<u16> {
    let text = narrow(text);
    let between = |it: char| it.is_whitespace() || matches!(it, ',' | ';' | '、' | '|');
    let mut found = Vec::new();
    for part in text.split(between).filter(|it| !it.is_empty()) {
        let digits = part.split(['/', '.']).next().unwrap_or_default();
        match digits.parse::<u16>() {
            Ok(port) if port > 0 && found.len() < MAX_ENDS => found.push(port),
            // One word that is no port: the cell is something else.
            _ => return Vec::new(),
        }
    }
    found
}

/// The protocol that a cell names: 6 TCP, 17 UDP.
pub(crate) fn proto(text: &str) -> Option<u8> {
    let text = narrow(text).to_ascii_lowercase();
    match &text {
        it if it.contains("udp") || it.trim() == "17" => Some(17),
        it if it.contains("tcp") || it.contains("stratum") || it.trim() == "6" => Some(6),
        _ => None,
    }
}

/// A host and its port: `pool.example:3333`, `stratum+tcp://pool.example:3333`, an address.
pub(crate) fn host(text: &str) -> Option<(String, Option<u16>)> {
    let text = narrow(text).replace("[.]", ".").to_lowercase();
    let text = text.split(['\n', ',', ';', '、', ' ']).find(|it| !it.is_empty())?;
    let text = text.split_once("://").map_or(text, |it| it.1);
    let text = text.split(['/', '?', '#']).next()?;
    if let Some((ip, port)) = end(text) {
        return Some((ip.to_string(), port));
    }
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, Some(port.parse::<u16>().ok().filter(|it| *it > 0)?)),
        None => (text, None),
    };
    let name = name.trim_end_matches('.');
    let letter = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let labels = name.split('.').all(|it| !it.is_empty() && it.len() <= 63);
    // A version number or an address that is none is no name.
    let top = name.rsplit('.').next()?.chars().any(char::is_alphabetic);
    let fits = name.contains('.') && labels && top && name.len() <= 253 && name.chars().all(letter);
    fits.then(|| (name.to_owned(), port))
}

/// A number of times: `12`, `1,204`, `37次`.
pub(crate) fn count(text: &str) -> Option<u64> {
    let text = narrow(text);
    let text = text.trim().trim_end_matches(['次', '条', '个', '台']).replace(',', "");
    let whole = text
        .split_once('.')
        .map_or(&*text, |(whole, part)| if part.bytes().all(|it| it == b'0') { whole } else { "" });
    whole.parse().ok()
}

/// A moment, from a cell that holds one or says one.
pub(crate) fn moment_of(cell: &Cell, tz: &TimeZone) -> Option<Span> {
    // A workbook's moments are shown as text in the same way, and as wide.
    match cell.kind {
        Kind::Duration(_) | Kind::Error | Kind::Blank => None,
        Kind::Moment(_) | Kind::Text | Kind::Number(_) => moment(&cell.text, tz),
    }
}

/// A time of day, with how wide it is written: milliseconds both.
pub(crate) fn clock_of(cell: &Cell) -> Option<(i64, i64)> {
    let text = narrow(&cell.text).replace(['时', '点', '分'], ":").replace('秒', "");
    if !text.contains(':') {
        return None;
    }
    let (hour, minute, second, ms, wide_ms) = time(text.trim())?;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some((seconds * 1000 + ms, wide_ms))
}

/// What a sender's words say that it did.
pub(crate) fn behaviour(text: &str) -> Option<Behaviour> {
    const WORDS: [(Behaviour, &[&str]); 4] = [
        (Behaviour::Shares, &["提交", "submit", "share", "算力上报", "上报算力"]),
        (
            Behaviour::LoggedIn,
            &["登录", "登陆", "认证", "login", "logged in", "authorize", "subscribe", "订阅"],
        ),
        (
            Behaviour::Queried,
            &["dns", "域名解析", "域名请求", "域名查询", "解析", "query", "queried", "look"],
        ),
        (
            Behaviour::Connected,
            &["连接", "通信", "访问", "外联", "心跳", "connect", "contact", "traffic", "beacon"],
        ),
    ];
    let text = narrow(text).to_lowercase();
    WORDS.iter().find(|it| it.1.iter().any(|word| text.contains(word))).map(|it| it.0)
}

/// Wide letters as narrow ones.
pub(crate) fn narrow(text: &str) -> String {
    text.chars()
        .map(|it| match it {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(it) - 0xfee0).unwrap_or(it),
            '\u{3000}' | '\u{a0}' => ' ',
            '。' => '.',
            _ => it,
        })
        .filter(|it| !matches!(it, '\u{200b}' | '\u{feff}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_as_people_write_them() {
        let shown = |text| {
            let ends = ends(text).into_iter();
            let shown =
                ends.map(|(ip, port)| port.map_or(ip.to_string(), |it| format!("{ip} {it}")));
            shown.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(shown("203.0.113.7"), "203.0.113.7");
        assert_eq!(shown("203[.]0[.]113[.]7:3333"), "203.0.113.7 3333");
        assert_eq!(shown("２０３．０．１１３．７：３３３３"), "203.0.113.7 3333");
        assert_eq!(shown("203.0.113.7（电信）"), "203.0.113.7");
        assert_eq!(shown("203.0.113.7、203.0.113.8\n203.0.113.7"), "203.0.113.7; 203.0.113.8");
        assert_eq!(shown("[2001:db8::7]:443 2001:DB8::8"), "2001:db8::7 443; 2001:db8::8");
        assert_eq!(shown("stratum+tcp://203.0.113.7:3333/"), "203.0.113.7 3333");
        assert_eq!(shown("::ffff:203.0.113.7"), "203.0.113.7");
        for text in ["", "203.0.113.0/24", "203.0.113", "203.0.113.256", "某公司", "2026-11-25"]
        {
            assert_eq!(shown(text), "", "{text}");
        }
    }

    #[test]
    fn ports_hosts_and_counts_are_read_as_people_write_them() {
        assert_eq!(ports("51234/tcp"), [51234]);
        assert_eq!(ports("51234.0"), [51234]);
        assert_eq!(ports("51234，51235"), [51234, 51235]);
        assert!(ports("0").is_empty() && ports("70000").is_empty() && ports("abc").is_empty());
        assert_eq!(
            host("stratum+tcp://XMR.pool.example:3333"),
            Some(("xmr.pool.example".into(), Some(3333)))
        );
        assert_eq!(host("pool[.]example"), Some(("pool.example".into(), None)));
        assert_eq!(host("203.0.113.7:80"), Some(("203.0.113.7".into(), Some(80))));
        for text in ["", "F2Pool", "1.2.3", "鱼池", "a..b.example"] {
            assert_eq!(host(text), None, "{text}");
        }
        assert_eq!(
            [count("1,204"), count("37次"), count("12.0"), count("1.5")],
            [Some(1204), Some(37), Some(12), None]
        );
    }

    #[test]
    fn what_a_sender_says_it_did_is_read_by_how_far_it_went() {
        assert_eq!(behaviour("登录矿池并提交算力"), Some(Behaviour::Shares));
        assert_eq!(behaviour("mining.authorize"), Some(Behaviour::LoggedIn));
        assert_eq!(behaviour("DNS解析矿池域名"), Some(Behaviour::Queried));
        assert_eq!(behaviour("与矿池地址通信"), Some(Behaviour::Connected));
        assert_eq!(behaviour("挖矿"), None);
    }
}
