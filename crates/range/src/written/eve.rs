//! Suricata's `eve.json`: events of types `flow`, `dns` and `tls`, as version 7 writes them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::stamp::iso;
use crate::world::answers::HostAnswer;
use crate::world::notes::Notes;
use crate::world::sink::{Ended, Seen, Sink};

/// Writes `eve.json`.
pub(super) struct Eve<W: Write>(pub(super) W);

impl<W: Write> Eve<W> {
    fn event(
        &mut self,
        flow: &Ended<'_>,
        time_ns: u64,
        kind: &str,
        more: (&str, Value),
    ) -> io::Result<()> {
        let mut event = json!({
            "timestamp": iso(time_ns),
            // Suricata's number is a hash; any number that is the flow's own will do
            "flow_id": flow.flow.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12,
            "event_type": kind,
            "src_ip": flow.client.ip(),
            "src_port": flow.client.port(),
            "dest_ip": flow.server.ip(),
            "dest_port": flow.server.port(),
            "proto": if flow.tcp { "TCP" } else { "UDP" },
        });
        if let Value::Object(event) = &mut event {
            event.insert(more.0.to_owned(), more.1);
            let app = match flow.notes {
                Notes::Dns(_) => "dns",
                Notes::Tls(_) => "tls",
                Notes::None => "failed",
            };
            if kind == "flow" {
                event.insert("app_proto".to_owned(), app.into());
            }
        }
        serde_json::to_writer(&mut self.0, &event)?;
        self.0.write_all(b"\n")
    }
}

impl<W: Write> Sink for Eve<W> {
    fn packet(&mut self, _: &Seen<'_>) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()> {
        match flow.notes {
            Notes::Dns(note) => {
                let query = json!({ "type": "query", "id": note.id, "rrname": note.name, "rrtype": "A", "tx_id": 0, "opcode": 0 });
                self.event(flow, flow.first_ns, "dns", ("dns", query))?;
                let code = if note.answer.is_some() { "NOERROR" } else { "NXDOMAIN" };
                let answers: Vec<Value> = note.answer.iter().map(|it| json!({ "rrname": note.name, "rrtype": "A", "ttl": note.ttl, "rdata": it })).collect();
                let answer = json!({ "version": 2, "type": "answer", "id": note.id, "flags": "8180", "qr": true, "rd": true, "ra": true, "rrname": note.name, "rrtype": "A", "rcode": code, "answers": answers });
                self.event(flow, flow.last_ns, "dns", ("dns", answer))?;
            }
            Notes::Tls(note) => {
                let day = |seconds: u64| {
                    iso(seconds * 1_000_000_000).chars().take(19).collect::<String>()
                };
                let certificate = note.certificate.as_ref();
                let tls = json!({
                    "version": if note.new { "TLS 1.3" } else { "TLS 1.2" },
                    "sni": note.sni,
                    "subject": certificate.map(|it| &it.subject),
                    "issuerdn": certificate.map(|it| &it.issuer),
                    "serial": certificate.map(|it| &it.serial),
                    "notbefore": certificate.map(|it| day(it.valid.0)),
                    "notafter": certificate.map(|it| day(it.valid.1)),
                });
                let tls = match tls {
                    // what is not there is not named
                    Value::Object(all) => all.into_iter().filter(|(_, it)| !it.is_null()).collect(),
                    other => other,
                };
                self.event(flow, flow.first_ns, "tls", ("tls", tls))?;
            }
            Notes::None => {}
        }
        let seconds = (flow.last_ns - flow.first_ns) / 1_000_000_000;
        let counts = json!({
            "pkts_toserver": flow.up.packets,
            "pkts_toclient": flow.down.packets,
            "bytes_toserver": flow.up.bytes + 14 * flow.up.packets,
            "bytes_toclient": flow.down.bytes + 14 * flow.down.packets,
            "start": iso(flow.first_ns),
            "end": iso(flow.last_ns),
            "age": seconds,
            "state": if flow.up.flags & 1 != 0 { "closed" } else { "established" },
            "reason": if flow.up.flags & 1 != 0 { "timeout" } else { "shutdown" },
            "alerted": false,
        });
        self.event(flow, flow.last_ns, "flow", ("flow", counts))
    }

    fn finish(&mut self, _: u64, _: &[HostAnswer]) -> io::Result<()> {
        self.0.flush()
    }
}
