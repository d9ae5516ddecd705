//! What tools say, read from the forms they say it in.

use std::net::{IpAddr, SocketAddr};

use serde_json::Value;

/// A tool whose output can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// This program's JSON (`minehound.assessment/1`).
    Own,
    /// Suricata's `eve.json`: alerts whose signature speaks of mining.
    SuricataEve,
    /// Zeek's `notice.log` or `signatures.log` as JSON lines or TSV.
    Zeek,
    /// `ndpiReader -C`: the CSV of flows.
    Ndpi,
    /// Falco's JSON lines.
    Falco,
}

/// One accusation, or a probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Both ends, if the tool says which flow.
    pub ends: Option<(SocketAddr, SocketAddr)>,
    /// The host, if that is all it says.
    pub host: Option<IpAddr>,
    /// First and last moment, nanoseconds since 1970, if it says.
    pub span_ns: Option<(u64, u64)>,
    /// When the tool knew, nanoseconds since 1970, if it says.
    pub known_ns: Option<u64>,
    /// Whether it accuses; else it only gives a probability.
    pub accuses: bool,
    /// How probable mining is, if it says.
    pub probability: Option<f64>,
    /// The rate in units per second with its interval, if it says.
    pub rate: Option<(f64, f64, f64)>,
    /// Shares per minute with their interval, if it says.
    pub share_rate: Option<(f64, f64, f64)>,
}

impl Claim {
    fn bare() -> Self {
        Self {
            ends: None,
            host: None,
            span_ns: None,
            known_ns: None,
            accuses: true,
            probability: None,
            rate: None,
            share_rate: None,
        }
    }
}

/// An output that cannot be read: why, and at which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Counted from one.
    pub line: usize,
    /// In the words of the reader.
    pub why: String,
}

/// Words that make an alert one about mining.
const WORDS: [&str; 8] =
    ["coinminer", "cryptomin", "crypto min", "miner", "mining", "stratum", "xmrig", "cryptojack"];

fn speaks_of_mining(text: &str) -> bool {
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// Reads a tool's output.
///
/// # Errors
///
/// The first line that is not what the tool writes.
pub fn read(tool: Tool, text: &str) -> Result<Vec<Claim>, Unreadable> {
    match tool {
        Tool::Own => own(text),
        Tool::SuricataEve => lines(text, |event| {
            let alert = event.get("alert")?;
            let said = [alert.get("signature"), alert.get("category")];
            let about = said.iter().flatten().filter_map(|it| it.as_str()).any(speaks_of_mining);
            about.then(|| flow(event, ["src_ip", "src_port", "dest_ip", "dest_port"], "timestamp"))
        }),
        Tool::Falco => lines(text, |event| {
            let said = event.get("rule").and_then(Value::as_str).unwrap_or_default();
            let fields = event.get("output_fields")?;
            let names = ["fd.cip", "fd.cport", "fd.sip", "fd.sport"];
            speaks_of_mining(said).then(|| Claim {
                known_ns: event.get("time").and_then(moment),
                ..flow(fields, names, "")
            })
        }),
        Tool::Zeek => zeek(text),
        Tool::Ndpi => ndpi(text),
    }
}

fn lines(text: &str, of: impl Fn(&Value) -> Option<Claim>) -> Result<Vec<Claim>, Unreadable> {
    let mut claims = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        if row.trim().is_empty() {
            continue;
        }
        let event: Value = serde_json::from_str(row)
            .map_err(|error| Unreadable { line, why: error.to_string() })?;
        claims.extend(of(&event));
    }
    Ok(claims)
}

/// The two ends of an event by the names of its members.
fn flow(event: &Value, names: [&str; 4], time: &str) -> Claim {
    let [one, one_port, other, other_port] = names;
    let address = |name: &str| event.get(name).and_then(Value::as_str)?.parse::<IpAddr>().ok();
    let port =
        |name: &str| event.get(name).and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let ends = || {
        let one = SocketAddr::new(address(one)?, port(one_port)?);
        Some((one, SocketAddr::new(address(other)?, port(other_port)?)))
    };
    let known_ns = event.get(time).and_then(moment);
    Claim {
        ends: ends(),
        host: address(one),
        known_ns,
        span_ns: known_ns.map(|it| (it, it)),
        ..Claim::bare()
    }
}

/// A moment written as RFC 3339 (or Suricata's offset without a colon) or as seconds since 1970.
fn moment(value: &Value) -> Option<u64> {
    if let Some(seconds) = value.as_f64() {
        return Some(crate::dialogue::nanos(seconds));
    }
    let text = value.as_str()?;
    let mut text = text.to_owned();
    let tail = text.len().checked_sub(5)?;
    if text.get(tail..).is_some_and(|it| it.starts_with(['+', '-']) && !it.contains(':')) {
        text.insert(tail + 3, ':');
    }
    crate::scenario_file::moment_ns(&text)
}

fn own(text: &str) -> Result<Vec<Claim>, Unreadable> {
    let case: Value = serde_json::from_str(text)
        .map_err(|error| Unreadable { line: error.line(), why: error.to_string() })?;
    if case.get("schema").and_then(Value::as_str) != Some("minehound.assessment/1") {
        return Err(Unreadable { line: 1, why: "no minehound.assessment/1".to_owned() });
    }
    let sessions = case.get("sessions").and_then(Value::as_array).into_iter().flatten();
    Ok(sessions.map(session).collect())
}

/// Why a session is listed that makes nobody suspected.
const HINTS: [&str; 5] = [
    "model_alone",
    "rhythm_of_blocks",
    "rhythm_without_blocks",
    "rhythm_of_jobs_unheard",
    "rhythm_doubted",
];

/// What the block clock found accuses, whatever hints stand beside it.
const FOLLOWS_BLOCKS: &str = "follows_blocks";

/// A session of ours: it accuses from `behaviour` on, unless that is a hint only.
fn session(it: &Value) -> Claim {
    let end = |name: &str| it.get(name).and_then(Value::as_str)?.parse::<SocketAddr>().ok();
    let time = |name: &str| it.get(name).and_then(moment);
    let grade = it.get("grade").and_then(Value::as_str).unwrap_or_default();
    let because = it.get("because").and_then(Value::as_array).into_iter().flatten();
    let because: Vec<&str> = because.filter_map(Value::as_str).collect();
    let hints = because.iter().any(|it| HINTS.contains(it)) && !because.contains(&FOLLOWS_BLOCKS);
    let estimate = |name: &str| {
        let it = it.get(name)?;
        let value = |name: &str| it.get(name).and_then(Value::as_f64);
        Some((value("value")?, value("low")?, value("high")?))
    };
    Claim {
        ends: end("client").zip(end("server")),
        host: end("client").map(|it| it.ip()),
        span_ns: time("first_seen").zip(time("last_seen")),
        // a login tells at once; a behaviour shows over time, and not every test tells when
        known_ns: match grade {
            "logged_in" | "shares_submitted" => time("first_seen"),
            _ => time("known_at"),
        },
        accuses: matches!(grade, "logged_in" | "shares_submitted")
            || grade == "behaviour" && !hints,
        probability: it.get("probability").and_then(Value::as_f64),
        rate: estimate("hashrate"),
        share_rate: estimate("share_rate"),
    }
}

fn zeek(text: &str) -> Result<Vec<Claim>, Unreadable> {
    let names = ["id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"];
    let of = |event: &Value| {
        let said = ["note", "msg", "sig_id", "event_msg", "sub"];
        let about = said.iter().filter_map(|it| event.get(*it)?.as_str()).any(speaks_of_mining);
        about.then(|| {
            let mut claim = flow(event, names, "ts");
            claim.host = claim.host.or_else(|| event.get("src")?.as_str()?.parse().ok());
            claim
        })
    };
    if !text.starts_with('#') {
        return lines(text, of);
    }
    let mut fields: Vec<&str> = Vec::new();
    let mut claims = Vec::new();
    for row in text.lines() {
        if let Some(names) = row.strip_prefix("#fields\t") {
            fields = names.split('\t').collect();
        } else if !row.starts_with('#') {
            let number = |cell: &str| cell.parse::<f64>().ok().map(Value::from);
            let value = |(name, cell): (&&str, &str)| {
                let value = match *name {
                    "ts" => number(cell),
                    "id.orig_p" | "id.resp_p" => cell.parse::<u64>().ok().map(Value::from),
                    _ => Some(Value::from(cell)),
                };
                ((*name).to_owned(), value.unwrap_or(Value::Null))
            };
            let event = fields.iter().zip(row.split('\t')).map(value).collect();
            claims.extend(of(&Value::Object(event)));
        }
    }
    Ok(claims)
}

/// The CSV has a header that begins with `#`; columns are found by their names.
fn ndpi(text: &str) -> Result<Vec<Claim>, Unreadable> {
    let mut rows = text.lines();
    let head = rows.next().unwrap_or_default().trim_start_matches('#');
    let names: Vec<&str> = head.split([',', '|']).map(str::trim).collect();
    // the first of the wanted names that there is
    let find =
        |wanted: &[&str]| wanted.iter().find_map(|it| names.iter().position(|name| name == it));
    let columns = (
        find(&["src_ip"]),
        find(&["src_port"]),
        find(&["dst_ip"]),
        find(&["dst_port"]),
        find(&["ndpi_proto", "proto_by_ip", "protocol"]),
    );
    let (Some(one), Some(one_port), Some(other), Some(other_port), Some(protocol)) = columns else {
        return Err(Unreadable {
            line: 1,
            why: "no src_ip, src_port, dst_ip, dst_port and ndpi_proto in the header".to_owned(),
        });
    };
    let (first, last) = (find(&["first_seen"]), find(&["last_seen"]));
    let mut claims = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split([',', '|']).map(str::trim).collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        if !speaks_of_mining(cell(protocol)) {
            continue;
        }
        let end = |ip: usize, port: usize| {
            Some(SocketAddr::new(cell(ip).parse().ok()?, cell(port).parse().ok()?))
        };
        let time = |at: Option<usize>| {
            let number: f64 = cell(at?).parse().ok()?;
            // milliseconds in some versions, seconds in others
            Some(crate::dialogue::nanos(if number > 1e11 { number / 1e3 } else { number }))
        };
        claims.push(Claim {
            ends: end(one, one_port).zip(end(other, other_port)),
            span_ns: time(first).zip(time(last)),
            ..Claim::bare()
        });
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_about_mining_are_read_from_every_form_and_others_are_not() {
        let eve = r#"{"timestamp":"2026-01-05T08:01:00.000000+0000","event_type":"alert","src_ip":"10.0.0.5","src_port":4000,"dest_ip":"203.0.113.7","dest_port":3333,"alert":{"signature":"ET COINMINER Stratum"}}
{"event_type":"alert","src_ip":"10.0.0.6","src_port":1,"dest_ip":"203.0.113.7","dest_port":80,"alert":{"signature":"ET SCAN"}}
{"event_type":"flow"}"#;
        let zeek = "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tsig_id\n1767600060.000000\t10.0.0.5\t4000\t203.0.113.7\t3333\tdpd_cryptomining\n";
        let ndpi = "#flow_id,protocol,first_seen,last_seen,src_ip,src_port,dst_ip,dst_port,ndpi_proto_num,ndpi_proto\n1,6,1767600050.0,1767600070.0,10.0.0.5,4000,203.0.113.7,3333,42,Mining\n2,6,1,2,10.0.0.6,1,10.0.0.7,2,7,HTTP\n";
        let ends = ("10.0.0.5:4000".parse().unwrap(), "203.0.113.7:3333".parse().unwrap());
        for (tool, text) in [(Tool::SuricataEve, eve), (Tool::Zeek, zeek), (Tool::Ndpi, ndpi)] {
            let claims = read(tool, text).unwrap();
            assert_eq!(claims.len(), 1, "{tool:?}");
            assert_eq!(claims[0].ends, Some(ends), "{tool:?}");
            let (from, to) = claims[0].span_ns.unwrap();
            assert!(
                from <= 1_767_600_060_000_000_000 && to >= 1_767_600_060_000_000_000,
                "{tool:?}"
            );
        }
    }

    #[test]
    fn what_follows_blocks_accuses_beside_a_hint_and_tells_when_it_was_known() {
        let session = |because: &str| {
            format!(
                r#"{{"client":"10.0.0.5:4000","server":"203.0.113.7:51820","grade":"behaviour",
                "because":[{because}],"first_seen":"2026-01-05T08:00:00Z",
                "last_seen":"2026-01-05T20:00:00Z","known_at":"2026-01-05T08:30:00Z"}}"#
            )
        };
        let both = [r#""rhythm_of_blocks","follows_blocks""#, r#""rhythm_of_blocks""#];
        let sessions = both.map(session).join(",");
        let text = format!(r#"{{"schema":"minehound.assessment/1","sessions":[{sessions}]}}"#);
        let claims = read(Tool::Own, &text).unwrap();
        assert_eq!(claims.iter().map(|it| it.accuses).collect::<Vec<_>>(), [true, false]);
        assert_eq!(claims[0].known_ns, Some(1_767_601_800_000_000_000));
    }

    #[test]
    fn a_line_that_is_not_what_the_tool_writes_is_told() {
        assert_eq!(read(Tool::SuricataEve, "{}\nno\n").unwrap_err().line, 2);
        assert!(read(Tool::Own, "{}").is_err());
        assert!(read(Tool::Ndpi, "a,b\n").is_err());
    }
}
