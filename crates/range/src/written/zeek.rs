//! Zeek's `conn.log`, `dns.log`, `ssl.log` and `x509.log`, as TSV (its ASCII writer) or JSON lines.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::Open;
use super::stamp::{epoch, uid};
use crate::world::answers::HostAnswer;
use crate::world::notes::{Certificate, Notes};
use crate::world::sink::{Ended, Seen, Sink};

type Fields = &'static [(&'static str, &'static str)];

const ID: [(&str, &str); 6] = [
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
];
const CONN: Fields = &[
    ("proto", "enum"),
    ("service", "string"),
    ("duration", "interval"),
    ("orig_bytes", "count"),
    ("resp_bytes", "count"),
    ("conn_state", "string"),
    ("local_orig", "bool"),
    ("local_resp", "bool"),
    ("missed_bytes", "count"),
    ("history", "string"),
    ("orig_pkts", "count"),
    ("orig_ip_bytes", "count"),
    ("resp_pkts", "count"),
    ("resp_ip_bytes", "count"),
];
const DNS: Fields = &[
    ("proto", "enum"),
    ("trans_id", "count"),
    ("rtt", "interval"),
    ("query", "string"),
    ("qclass", "count"),
    ("qclass_name", "string"),
    ("qtype", "count"),
    ("qtype_name", "string"),
    ("rcode", "count"),
    ("rcode_name", "string"),
    ("answers", "vector[string]"),
    ("TTLs", "vector[interval]"),
    ("rejected", "bool"),
];
const SSL: Fields = &[
    ("version", "string"),
    ("cipher", "string"),
    ("server_name", "string"),
    ("resumed", "bool"),
    ("next_protocol", "string"),
    ("established", "bool"),
    ("cert_chain_fps", "vector[string]"),
];
const X509: Fields = &[
    ("ts", "time"),
    ("fingerprint", "string"),
    ("certificate.version", "count"),
    ("certificate.serial", "string"),
    ("certificate.subject", "string"),
    ("certificate.issuer", "string"),
    ("certificate.not_valid_before", "time"),
    ("certificate.not_valid_after", "time"),
    ("certificate.key_alg", "string"),
    ("certificate.sig_alg", "string"),
    ("certificate.key_type", "string"),
    ("certificate.key_length", "count"),
];

/// One log.
struct Log {
    out: Box<dyn Write>,
    json: bool,
    fields: Vec<(&'static str, &'static str)>,
}

impl Log {
    fn new(
        out: Box<dyn Write>,
        name: &str,
        fields: Vec<(&'static str, &'static str)>,
        json: bool,
    ) -> io::Result<Self> {
        let mut log = Self { out, json, fields };
        if !json {
            let names: Vec<_> = log.fields.iter().map(|it| it.0).collect();
            let types: Vec<_> = log.fields.iter().map(|it| it.1).collect();
            writeln!(
                log.out,
                "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{name}"
            )?;
            writeln!(log.out, "#fields\t{}\n#types\t{}", names.join("\t"), types.join("\t"))?;
        }
        Ok(log)
    }

    /// One line; values stand in the order of the fields, null for none.
    fn line(&mut self, values: Vec<Value>) -> io::Result<()> {
        if self.json {
            let pairs = self.fields.iter().zip(values).filter(|(_, value)| !value.is_null());
            let line: Map<String, Value> =
                pairs.map(|(field, value)| (field.0.to_owned(), value)).collect();
            serde_json::to_writer(&mut self.out, &line)?;
            return self.out.write_all(b"\n");
        }
        let cells: Vec<String> =
            values.iter().zip(&self.fields).map(|(value, field)| cell(value, field.1)).collect();
        writeln!(self.out, "{}", cells.join("\t"))
    }
}

fn cell(value: &Value, kind: &str) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(it) => if *it { "T" } else { "F" }.to_owned(),
        Value::String(it) => it.clone(),
        Value::Number(it) if matches!(kind, "time" | "interval") => {
            format!("{:.6}", it.as_f64().unwrap_or(0.0))
        }
        Value::Array(list) => list.iter().map(|it| cell(it, "")).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The four logs.
pub(super) struct Zeek {
    conn: Log,
    dns: Log,
    ssl: Log,
    x509: Log,
}

impl Zeek {
    pub(super) fn new(folder: &str, json: bool, open: &mut Open<'_>) -> io::Result<Self> {
        let mut log = |name: &str, fields: Vec<_>| {
            Log::new(open(&format!("{folder}/{name}.log"))?, name, fields, json)
        };
        let with_id = |more: Fields| ID.iter().chain(more).copied().collect::<Vec<_>>();
        Ok(Self {
            conn: log("conn", with_id(CONN))?,
            dns: log("dns", with_id(DNS))?,
            ssl: log("ssl", with_id(SSL))?,
            x509: log("x509", X509.to_vec())?,
        })
    }

    fn certificate(
        &mut self,
        flow: &Ended<'_>,
        it: &Certificate,
        fingerprint: &str,
    ) -> io::Result<()> {
        self.x509.line(vec![
            time(flow.first_ns),
            fingerprint.into(),
            3.into(),
            it.serial.as_str().into(),
            it.subject.as_str().into(),
            it.issuer.as_str().into(),
            json!(it.valid.0),
            json!(it.valid.1),
            "rsaEncryption".into(),
            "sha256WithRSAEncryption".into(),
            "rsa".into(),
            2_048.into(),
        ])
    }
}

fn time(time_ns: u64) -> Value {
    // as text and back: six decimals, no more
    epoch(time_ns).parse::<f64>().map_or(Value::Null, |it| json!(it))
}

fn interval(time_ns: u64) -> Value {
    json!(crate::dialogue::seconds(time_ns / 1_000 * 1_000))
}

fn id(flow: &Ended<'_>) -> Vec<Value> {
    vec![
        time(flow.first_ns),
        uid('C', flow.flow).into(),
        flow.client.ip().to_string().into(),
        flow.client.port().into(),
        flow.server.ip().to_string().into(),
        flow.server.port().into(),
    ]
}

fn cipher(number: u16) -> &'static str {
    match number {
        0x1301 => "TLS_AES_128_GCM_SHA256",
        0x1302 => "TLS_AES_256_GCM_SHA384",
        0x1303 => "TLS_CHACHA20_POLY1305_SHA256",
        0xc02f => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xc030 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xc027 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        _ => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    }
}

impl Sink for Zeek {
    fn packet(&mut self, _: &Seen<'_>) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()> {
        let service = match flow.notes {
            Notes::Dns(_) => json!("dns"),
            Notes::Tls(_) => json!("ssl"),
            Notes::None => Value::Null,
        };
        let both = flow.up.flags & 1 != 0 && flow.down.flags & 1 != 0;
        let state = match () {
            () if flow.down.packets == 0 => "S0",
            () if !flow.tcp || both => "SF",
            () => "S1",
        };
        let local = |ip| json!(crate::packets::inner(ip));
        let mut line = id(flow);
        line.extend([
            json!(if flow.tcp { "tcp" } else { "udp" }),
            service,
            interval(flow.last_ns - flow.first_ns),
            json!(flow.up.payload),
            json!(flow.down.payload),
            json!(state),
            local(flow.client.ip()),
            local(flow.server.ip()),
            json!(0),
            json!(flow.history),
            json!(flow.up.packets),
            json!(flow.up.bytes),
            json!(flow.down.packets),
            json!(flow.down.bytes),
        ]);
        self.conn.line(line)?;
        match flow.notes {
            Notes::None => Ok(()),
            Notes::Dns(note) => {
                let mut line = id(flow);
                let (code, name) =
                    if note.answer.is_some() { (0, "NOERROR") } else { (3, "NXDOMAIN") };
                let answers = note.answer.map_or(Value::Null, |it| json!([it.to_string()]));
                let ttls = note.answer.map_or(Value::Null, |_| json!([f64::from(note.ttl)]));
                line.extend([
                    json!("udp"),
                    json!(note.id),
                    interval(flow.last_ns - flow.first_ns),
                    json!(note.name),
                    json!(1),
                    json!("C_INTERNET"),
                    json!(1),
                    json!("A"),
                    json!(code),
                    json!(name),
                    answers,
                    ttls,
                    json!(false),
                ]);
                self.dns.line(line)
            }
            Notes::Tls(note) => {
                let fingerprint = note.certificate.as_ref().map(|it| {
                    use sha2::Digest as _;
                    crate::rng::hex(&sha2::Sha256::digest(&it.der))
                });
                let mut line = id(flow);
                line.extend([
                    json!(if note.new { "TLSv13" } else { "TLSv12" }),
                    json!(cipher(note.cipher)),
                    json!(note.sni),
                    json!(false),
                    if note.new { Value::Null } else { json!(note.alpn) },
                    json!(true),
                    fingerprint.as_ref().map_or(Value::Null, |it| json!([it])),
                ]);
                self.ssl.line(line)?;
                match (&note.certificate, fingerprint) {
                    (Some(it), Some(fingerprint)) => self.certificate(flow, it, &fingerprint),
                    _ => Ok(()),
                }
            }
        }
    }

    fn finish(&mut self, _: u64, _: &[HostAnswer]) -> io::Result<()> {
        [&mut self.conn, &mut self.dns, &mut self.ssl, &mut self.x509]
            .into_iter()
            .try_for_each(|log| log.out.flush())
    }
}
