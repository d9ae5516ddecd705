//! The list that a superior sends: in its own encoding, with its usual flaws.

use std::io;
use std::net::SocketAddr;

use super::book::Book;
use super::stamp::Stamp;
use super::truth::RowTruth;
use crate::rng::Rng;

/// Text in GBK: a title, headers, and what cells say.
const TITLE: &[u8] =
    b"\xd2\xc9\xcb\xc6\xcd\xda\xbf\xf3\xcf\xdf\xcb\xf7\xc7\xe5\xb5\xa5,,,,,,,,,,,,,";
const HEADERS: &[u8] = b"\xd0\xf2\xba\xc5,\xb5\xa5\xce\xbb\xc3\xfb\xb3\xc6,\xb9\xab\xcd\xf8IP,\xb6\xcb\xbf\xda,\xb7\xa2\xcf\xd6\xca\xb1\xbc\xe4,\xbf\xf3\xb3\xd8\xd3\xf2\xc3\xfb,\xbf\xf3\xb3\xd8IP,\xbf\xf3\xb3\xd8\xb6\xcb\xbf\xda,\xca\xc2\xbc\xfe\xc0\xe0\xd0\xcd,\xba\xcb\xb2\xe9\xbd\xe1\xb9\xfb,\xc4\xda\xcd\xf8IP,MAC\xb5\xd8\xd6\xb7,\xca\xb9\xd3\xc3\xc8\xcb,\xb1\xb8\xd7\xa2";
const UNIT: &[u8] = b"\xc4\xb3\xb4\xf3\xd1\xa7";
const LOGGED_IN: &[u8] = b"\xb5\xc7\xc2\xbc\xbf\xf3\xb3\xd8";
const LOOKED_UP: &[u8] = b"\xbd\xe2\xce\xf6\xbf\xf3\xb3\xd8\xd3\xf2\xc3\xfb";
const TOTAL: &[u8] = b"\xba\xcf\xbc\xc6";
/// Rows above the first.
const ABOVE: u32 = 2;

/// A session that may be listed.
#[derive(Clone, Debug)]
pub(super) struct Listable {
    pub(super) outer: SocketAddr,
    pub(super) far: SocketAddr,
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) truth: RowTruth,
}

/// Writes so many rows about sessions; gives the truth of each.
pub(super) fn write(
    book: &mut Book<'_>,
    sessions: &[Listable],
    count: usize,
    sender_offset_ms: i64,
    rng: &mut Rng,
) -> io::Result<Vec<RowTruth>> {
    let file = book.file("list.csv");
    for line in [TITLE, HEADERS] {
        book.put(file, line)?;
        book.put(file, b"\r\n")?;
    }
    let mut drawn: Vec<(i64, usize)> = Vec::with_capacity(count);
    if !sessions.is_empty() {
        for _ in 0..count {
            let place = rng.index(sessions.len());
            let Some(it) = sessions.get(place) else { continue };
            let long = u64::try_from(it.to_ms - it.from_ms).unwrap_or(0).max(1);
            let at_ms = it.from_ms + i64::try_from(rng.below(long)).unwrap_or(0);
            drawn.push((at_ms, place));
        }
    }
    drawn.sort_unstable();
    let mut rows: Vec<RowTruth> = Vec::new();
    let mut last: Option<Vec<u8>> = None;
    let mut number = ABOVE;
    for (at_ms, place) in drawn {
        let Some(it) = sessions.get(place) else { continue };
        number += 1;
        let again = last.as_ref().filter(|_| rng.chance(0.02));
        if let (Some(line), Some(row)) = (again, rows.last()) {
            // The same once more.
            let row = RowTruth { row: number, ..row.clone() };
            let line = line.clone();
            book.put(file, &line)?;
            rows.push(row);
            continue;
        }
        let (line, exact) = row(it, at_ms + sender_offset_ms, number - ABOVE, rng);
        book.put(file, &line)?;
        rows.push(RowTruth { row: number, at_ms, exact, ..it.truth.clone() });
        last = Some(line);
    }
    book.put(file, TOTAL)?;
    book.put(file, format!(",{}\r\n", rows.len()).as_bytes())?;
    Ok(rows)
}

/// A row, and whether it says port and second.
fn row(it: &Listable, shown_ms: i64, number: u32, rng: &mut Rng) -> (Vec<u8>, bool) {
    let at = Stamp::at(shown_ms);
    let flaw = rng.unit();
    let (to_the_minute, without_port) = (flaw < 0.08, (0.08..0.11).contains(&flaw));
    let when = match number % 3 {
        _ if to_the_minute => format!("{} {}", at.date('/'), at.minute()),
        0 => at.iso(),
        1 => format!("{} {}", at.date('/'), at.clock()),
        _ => format!("{}T{}+08:00", at.date('-'), at.clock()),
    };
    let port = if without_port { String::new() } else { it.outer.port().to_string() };
    let (host, deed) = match it.truth.kind.as_str() {
        "looked-up" => ("xmr.pool.example", LOOKED_UP),
        "expired-pool" => ("xmr.crypto-pool.fr", LOGGED_IN),
        _ => ("xmr.pool.example", LOGGED_IN),
    };
    let far = (it.far.ip(), it.far.port());
    let mut line = format!("{number},").into_bytes();
    line.extend(UNIT);
    line.extend(format!(",{},{port},{when},{host},{},{},", it.outer.ip(), far.0, far.1).bytes());
    line.extend(deed);
    line.extend(b",,,,,\r\n");
    (line, !to_the_minute && !without_port)
}
