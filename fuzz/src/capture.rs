//! Captures cut into records.

use minehound_wire::capture::{Cutter, MAX_CAPTURED, MAX_NEED, Malformed, Step};

use crate::script::sizes;

/// What a file gave: its records and how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    steps: Vec<String>,
    records: u64,
    end: Result<(), Malformed>,
}

/// A capture gives the same records however it is offered.
pub(crate) fn cut(bytes: &[u8]) {
    let whole = read(bytes, &mut std::iter::repeat(usize::MAX));
    let parts = read(bytes, &mut sizes(bytes, 600));
    assert_eq!(whole, parts, "offered in parts, the capture is another");
}

/// Offers a file in parts of these sizes and tells what it gives.
fn read(file: &[u8], sizes: &mut dyn Iterator<Item = usize>) -> Told {
    let mut cutter = Cutter::new();
    let (mut taken, mut given) = (0, 0);
    let mut told = Told { steps: Vec::new(), records: 0, end: Ok(()) };
    loop {
        let at_end = given >= file.len();
        let offered = file.get(taken..given).unwrap_or_default();
        let step = match cutter.next(offered, at_end) {
            Ok(step) => step,
            Err(why) => {
                told.end = Err(why);
                assert_eq!(cutter.next(offered, at_end), Err(why), "the reason is kept");
                break;
            }
        };
        match step {
            Step::Record { consumed, record } => {
                assert!(record.captured.len() <= MAX_CAPTURED && consumed > 0);
                assert_eq!(record.frame, cutter.records());
                told.steps.push(format!("{record:?}"));
                taken += consumed;
            }
            Step::Skip { consumed, what } => {
                assert!(consumed > 0, "a skip that takes nothing never ends");
                told.steps.extend(what.map(|it| format!("{it:?}")));
                taken += consumed;
            }
            Step::Need(bytes) => {
                assert!(!at_end && bytes <= MAX_NEED && bytes > offered.len());
                let size = sizes.next().unwrap_or(usize::MAX);
                given = given.saturating_add(size).min(file.len());
            }
            Step::Cut { missing } => {
                told.steps.push(format!("cut, {missing} missing"));
                break;
            }
            Step::End => break,
        }
        assert!(taken <= given, "more was taken than offered");
    }
    told.records = cutter.records();
    told
}
