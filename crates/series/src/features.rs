//! Numbers that describe a flow, for models that learn from examples.
//!
//! Three sets, each documented below with units: [`SESSION`] for the messages of a quiet flow,
//! [`RECORD`] for what a bare flow record tells, [`BINS`] for counts of half seconds. None holds a port, an address, a name, a time of
//! day or how long the flow was watched, so that a model cannot lean on where or when examples were
//! taken. Sizes and times go in by their logarithm to base 2, so that what an encryption adds to
//! every message shifts them little. Next to exact lengths stand spreads and counts in windows,
//! which random padding, held back messages and throttling change little. What is not there (no
//! answer, no push) is 0; how many there are is told beside it.

mod bins;
mod counts;
mod record;
mod session;

pub use bins::{BIN_MS, Bin, of_bins};
pub use record::{Record, of_record};
pub use session::of_session;

/// One number: its name in model files, its unit, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// The name in model files.
    pub name: &'static str,
    /// The unit; `-` for a part, `log2 ...` for a logarithm.
    pub unit: &'static str,
    /// What it is.
    pub about: &'static str,
}

const fn is(name: &'static str, unit: &'static str, about: &'static str) -> Described {
    Described { name, unit, about }
}

/// What is told of the messages of a stretch, without the opening of the session. *Asks* are
/// messages from the end that may be mining, *answers* come back within a round trip, *pushes*
/// unasked; see [`crate::roles`].
pub const SESSION: [Described; 58] = [
    is("messages_per_minute", "1/min", "messages both ways"),
    is("asks_per_minute", "1/min", "asks"),
    is("pushes_per_minute", "1/min", "pushes"),
    is("asks_part", "-", "the part of the messages that asks"),
    is("pushes_part", "-", "the part of the messages that is pushed"),
    is("answered_part", "-", "the part of the asks that is answered"),
    is("answer_wait", "log2 ms", "the median wait for an answer"),
    is("answer_wait_spread", "-", "nine tenths of the waits are below so many medians"),
    is("pushed_at_once", "-", "the part of the pushes that follow an ask within a second"),
    is("followed_at_once", "-", "messages within 50 ms of one the same way"),
    is("ask_low", "log2 B", "one tenth of the asks are shorter"),
    is("ask_size", "log2 B", "the median size of asks"),
    is("ask_high", "log2 B", "nine tenths of the asks are shorter"),
    is("answer_size", "log2 B", "the median size of answers"),
    is("answer_spread", "-", "from one tenth to nine tenths of answers, over the median"),
    is("push_low", "log2 B", "one tenth of the pushes are shorter"),
    is("push_size", "log2 B", "the median size of pushes"),
    is("push_high", "log2 B", "nine tenths of the pushes are shorter"),
    is("ask_over_answer", "log2", "the median ask over the median answer"),
    is("push_over_answer", "log2", "the median push over the median answer"),
    is("push_over_ask", "log2", "the median push over the median ask"),
    is("ask_largest", "log2 B", "the longest ask"),
    is("down_largest", "log2 B", "the longest message from the other end"),
    is("long_part", "-", "the part of the messages of more than 1,300 bytes"),
    is("bytes_up_over_down", "log2", "bytes of asks over bytes of all others"),
    is("ask_one_form", "-", "the part of the asks within 8 bytes of each other, at most"),
    is("ask_three_forms", "-", "the part of the asks in three such forms"),
    is("push_one_form", "-", "the part of the pushes in one such form"),
    is("push_three_forms", "-", "the part of the pushes in three such forms"),
    is("answer_one_form", "-", "the part of the answers in one such form"),
    is("ask_lengths", "-", "different lengths of asks, per ask"),
    is("push_lengths", "-", "different lengths of pushes, per push"),
    is("ask_gap", "log2 s", "the median time between asks"),
    is("ask_variation", "-", "the variation of that time: 0 for a clock, 1 for chance"),
    is("ask_near_median", "-", "the part of those times within a tenth of the median"),
    is("ask_memory", "-", "how far those times are from memoryless (Kolmogorov, Smirnov)"),
    is("share_variation", "-", "the variation of the time between asks of the likeliest shares"),
    is("share_near_median", "-", "the part of those times within a tenth of the median"),
    is("clock_part", "-", "the part of the messages that asks by the clock"),
    is("push_gap", "log2 s", "the median time between pushes"),
    is("push_variation", "-", "the variation of that time"),
    is("push_near_median", "-", "the part of those times within a tenth of the median"),
    is("push_memory", "-", "how far those times are from memoryless"),
    is("timer", "log2 s", "the timer of pushes that are jobs by their form"),
    is("timer_kept", "-", "the part of their gaps that is as long as the timer"),
    is("timer_sharp", "-", "of the gaps about as long, the part that is so to a tenth of a second"),
    is("timer_beyond", "-", "the part of their gaps that is longer"),
    is("timer_cut", "-", "the part of their gaps that is shorter"),
    is("timer_crowding", "-", "the most of the shorter gaps within a tenth of the timer"),
    is("ask_fano_10", "-", "variance over mean of asks in windows of 10 s"),
    is("ask_fano_60", "-", "variance over mean of asks in windows of 60 s"),
    is("push_fano_10", "-", "variance over mean of pushes in windows of 10 s"),
    is("push_fano_60", "-", "variance over mean of pushes in windows of 60 s"),
    is("silent_seconds", "-", "the part of the seconds without a message"),
    is("silent_tens", "-", "the part of the windows of 10 s without a message"),
    is("longest_silence", "log2 s", "the longest time without a message"),
    is("unexplained", "-", "the part of the messages that is no share, answer or job by its form"),
    is("opens_stratum_v2", "0 or 1", "the lengths of the opening of encrypted Stratum V2"),
];

/// What a bare flow record tells: packets and payload bytes each way, over how long.
pub const RECORD: [Described; 10] = [
    is("packets_per_second", "log2 1/s", "packets both ways"),
    is("bytes_per_second_up", "log2 B/s", "payload of the client"),
    is("bytes_per_second_down", "log2 B/s", "payload of the server"),
    is("packet_size_up", "log2 B", "mean payload of the client's packets, empty ones included"),
    is("packet_size_down", "log2 B", "the same of the server"),
    is("bytes_up_per_packet_down", "log2 B", "payload of the client over packets of the server"),
    is("bytes_down_per_packet_up", "log2 B", "payload of the server over packets of the client"),
    is("packet_size", "log2 B", "mean payload of packets both ways"),
    is("bytes_up_over_down", "log2", "payload of the client over payload of the server"),
    is("packets_up_over_down", "log2", "packets of the client over packets of the server"),
];

/// What the bins of ten minutes tell; a *run* is activity without a silent bin in between.
pub const BINS: [Described; 16] = [
    is("active_part", "-", "the part of the bins with anything in them"),
    is("runs_per_minute", "1/min", "runs"),
    is("run_length", "bins", "the mean length of runs"),
    is("run_gap", "log2 s", "the mean time between beginnings of runs"),
    is("run_variation", "-", "the variation of that time: 0 for a clock, 1 for chance"),
    is("run_near_median", "-", "the part of those times within a tenth of the median"),
    is("run_memory", "-", "how far those times are from memoryless"),
    is("run_longest_gap", "log2 s", "the longest of those times"),
    is("run_fano_10", "-", "variance over mean of runs in windows of 10 s"),
    is("run_fano_60", "-", "variance over mean of runs in windows of 60 s"),
    is("silent_tens", "-", "the part of the windows of 10 s with nothing in them"),
    is("up_size", "log2 B", "the median of bytes up in a bin that has any"),
    is("up_high", "log2 B", "nine tenths of those are less"),
    is("down_size", "log2 B", "the median of bytes down in a bin that has any"),
    is("down_high", "log2 B", "nine tenths of those are less"),
    is("bytes_up_over_down", "log2", "bytes up over bytes down"),
];

/// The logarithm to base 2, from a thousandth on; smaller numbers and what is no number give 0.
fn log2(value: f64) -> f64 {
    if value.is_finite() && value > 1e-3 { value.log2() } else { 0.0 }
}

/// The logarithm of a ratio, 0 where either side is nothing.
fn log_ratio(above: f64, below: f64) -> f64 {
    if above > 0.0 && below > 0.0 { (above / below).log2() } else { 0.0 }
}
