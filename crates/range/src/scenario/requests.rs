//! A connection for each request, as small scripts fetch their work.

use std::collections::VecDeque;

use crate::dialogue::{Dialogue, Side, Turn};
use crate::truth::{Mining, Shares};

/// The requests of a connection that speaks HTTP, each on a connection of its own.
pub(super) fn apart(whole: &Dialogue) -> Vec<Dialogue> {
    let mut answers: VecDeque<&Turn> =
        whole.turns.iter().filter(|turn| turn.from == Side::Server).collect();
    let asked = whole.turns.iter().filter(|turn| turn.from == Side::Client);
    let mut all = Vec::new();
    for (number, ask) in (0_u16..).zip(asked) {
        let answer = answers.pop_front();
        let mut flow = Dialogue::tcp(whole.client, whole.server, 0, &whole.kind);
        flow.client.set_port(32_768 + whole.client.port().wrapping_add(number) % 28_000);
        flow.rtt_ns = whole.rtt_ns;
        flow.start_ns = ask.time_ns.saturating_sub(flow.rtt_ns + 200_000);
        flow.say(ask.time_ns, Side::Client, closing(&ask.bytes));
        if let Some(answer) = answer {
            flow.say(answer.time_ns, Side::Server, closing(&answer.bytes));
        }
        flow.mining = whole.mining.as_ref().map(|mining| truth(mining, &ask.bytes, answer));
        all.push(flow);
    }
    all
}

/// An HTTP message whose sender closes the connection after it.
fn closing(message: &[u8]) -> Vec<u8> {
    const BODY: &[u8] = b"\r\n\r\n";
    const KEEP: &str = "Connection: keep-alive\r\n";
    let end = message.windows(BODY.len()).position(|at| at == BODY).unwrap_or(message.len());
    let (head, body) = message.split_at_checked(end).unwrap_or((message, b""));
    let head = format!("{}\r\n", String::from_utf8_lossy(head)).replace(KEEP, "");
    [head.as_bytes(), b"Connection: close", body].concat()
}

/// What is true about one request: it fetched a job, or it was a share.
fn truth(mining: &Mining, ask: &[u8], answer: Option<&Turn>) -> Mining {
    let has =
        |bytes: &[u8], needle: &str| bytes.windows(needle.len()).any(|at| at == needle.as_bytes());
    let share = ["submitblock", "eth_submitWork", r#""method":"getwork","params":[""#];
    let share = share.iter().any(|needle| has(ask, needle));
    let good = [r#""result":true"#, r#""result":null,"error":null"#];
    let accepted =
        share && answer.is_some_and(|it| good.iter().any(|needle| has(&it.bytes, needle)));
    let answered = u64::from(share && answer.is_some());
    let shares = Shares {
        submitted: u64::from(share),
        accepted: u64::from(accepted),
        rejected: answered - u64::from(accepted),
    };
    Mining {
        shares,
        expected_shares: 0.0,
        accepted_work: 0.0,
        jobs: u64::from(!share),
        ..mining.clone()
    }
}
