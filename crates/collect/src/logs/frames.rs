//! dnstap: what a resolver was asked, in frames.

use std::io::Read;

use minehound_logs::dnstap::Frames;
use minehound_logs::{Entry, Line};

use super::doubts::{LastClock, UntilCut};
use super::spans::Spans;
use super::taking::Taking;
use super::{LogError, LogRead, Reading, TieSink};
use crate::Reason;

/// The name under which its entries are counted.
const NAME: &str = "dnstap";

/// Reads a stream of frames; the number of a frame stands for that of a line. `opening` is what was taken from the
/// source already.
pub(super) fn read(
    opening: &[u8],
    mut source: UntilCut<'_>,
    reading: &Reading<'_>,
    sink: &mut dyn TieSink,
    hear: &mut dyn FnMut(&Entry<'_>, u64),
    refused: &mut dyn FnMut(u64, &[u8]),
) -> Result<LogRead, LogError> {
    let mut frames = Frames::new(opening.chain(&mut source));
    let (mut read, mut spans, mut last) =
        (LogRead::default(), Spans::default(), LastClock::default());
    let mut entries = 0;
    loop {
        let number = frames.number() + 1;
        match frames.next_frame()? {
            None => break,
            Some(Line::Entry(entry)) => {
                entries += 1;
                hear(&entry, number);
                let (spans, read, last) = (&mut spans, &mut read, &mut last);
                Taking { spans, read, last, reading }.take(&entry, number, sink)?;
            }
            Some(Line::Nothing) => read.silent += 1,
            Some(Line::Refused(why)) => {
                read.skips.add(number, Reason(why.id()));
                refused(number, b"");
            }
        }
    }
    let frames_read = frames.number();
    drop(frames);
    if source.cut_off {
        read.cut_off = true;
        read.skips.add(frames_read + 1, Reason("cut-off"));
    }
    if entries > 0 {
        read.entries.push((NAME.to_owned(), entries));
    }
    Ok(read)
}
