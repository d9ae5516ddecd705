//! What a bare flow record tells.

use super::{RECORD, log_ratio, log2};

/// A flow record: what any exporter of flows counts, both directions joined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Record {
    /// From the first packet to the last, in seconds.
    pub seconds: f64,
    /// Packets from the client.
    pub packets_up: f64,
    /// Packets from the server.
    pub packets_down: f64,
    /// Payload bytes from the client; where only bytes of IP packets are counted, less about 40 a
    /// packet.
    pub bytes_up: f64,
    /// Payload bytes from the server.
    pub bytes_down: f64,
}

/// The features of a flow record, in the order of [`RECORD`].
#[must_use]
pub fn of_record(it: &Record) -> [f64; RECORD.len()] {
    let seconds = it.seconds.max(1.0);
    let (up, down) = (it.packets_up.max(1.0), it.packets_down.max(1.0));
    [
        log2((it.packets_up + it.packets_down) / seconds),
        log2(it.bytes_up / seconds),
        log2(it.bytes_down / seconds),
        log2(it.bytes_up / up),
        log2(it.bytes_down / down),
        log2(it.bytes_up / down),
        log2(it.bytes_down / up),
        log2((it.bytes_up + it.bytes_down) / (up + down)),
        log_ratio(it.bytes_up, it.bytes_down),
        log_ratio(it.packets_up, it.packets_down),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_any_numbers_give_numbers() {
        for value in [0.0, 1.0, 1e18] {
            for other in [0.0, 1.0, 1e18] {
                let record = Record {
                    seconds: value,
                    packets_up: other,
                    packets_down: value,
                    bytes_up: other,
                    bytes_down: value,
                };
                assert!(of_record(&record).iter().all(|it| it.is_finite()), "{record:?}");
            }
        }
        let usual = Record {
            seconds: 600.0,
            packets_up: 60.0,
            packets_down: 60.0,
            bytes_up: 9_600.0,
            bytes_down: 19_200.0,
        };
        let told = of_record(&usual);
        assert!((told[0] - 0.2_f64.log2()).abs() < 1e-9 && (told[8] + 1.0).abs() < 1e-9);
    }
}
