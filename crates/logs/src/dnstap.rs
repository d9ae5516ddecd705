//! dnstap: what a resolver was asked and answered, as frames of Protocol Buffers.
//!
//! Sources: the Frame Streams format (`fstrm`), `dnstap.proto`, RFC 1035 for the messages within.

mod message;
mod name;

use std::io::{self, Read};

use crate::{Line, Refusal};

/// The longest frame: a message of the domain name system and what dnstap says beside it.
const MAX_FRAME: usize = 128 << 10;
/// The longest control frame that the format allows.
const MAX_CONTROL: u32 = 512;
const CONTROL_START: u32 = 2;
const CONTROL_STOP: u32 = 3;
const CONTENT_TYPE: &[u8] = b"protobuf:dnstap.Dnstap";

/// Whether a file's first bytes are those of a stream of dnstap frames.
#[must_use]
pub fn is_stream(head: &[u8]) -> bool {
    let number = |at: usize| head.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let length = number(4).unwrap_or(0);
    number(0) == Some(0)
        && (4..=MAX_CONTROL).contains(&length)
        && number(8) == Some(CONTROL_START)
        && memchr::memmem::find(head.get(..512).unwrap_or(head), CONTENT_TYPE).is_some()
}

/// Reads the frames of a stream. Holds one frame at a time.
#[derive(Debug)]
pub struct Frames<R> {
    source: R,
    frame: Vec<u8>,
    number: u64,
    stopped: bool,
}

impl<R: Read> Frames<R> {
    /// The frames of `source`.
    pub fn new(source: R) -> Self {
        Self { source, frame: Vec::new(), number: 0, stopped: false }
    }

    /// The number of the frame that was read last, counted from one.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next frame; `None` behind the last one. What resolvers ask each other says nothing of
    /// a client.
    ///
    /// # Errors
    ///
    /// What the source says.
    pub fn next_frame(&mut self) -> io::Result<Option<Line<'_>>> {
        if self.stopped {
            return Ok(None);
        }
        let Some(length) = self.number_of_four()? else { return Ok(None) };
        self.number += 1;
        if length == 0 {
            return self.control();
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            let skipped = io::copy(&mut self.source.by_ref().take(length as u64), &mut io::sink())?;
            self.stopped = skipped < length as u64;
            return Ok(Some(Line::Refused(Refusal::TooLong)));
        }
        if !self.fill(length)? {
            return Ok(Some(Line::Refused(Refusal::CutOff)));
        }
        Ok(Some(message::read(&self.frame)))
    }

    fn control(&mut self) -> io::Result<Option<Line<'_>>> {
        let length = self.number_of_four()?.filter(|it| (4..=MAX_CONTROL).contains(it));
        let Some(length) = length else {
            // Without a known length nothing behind it can be found.
            self.stopped = true;
            return Ok(Some(Line::Refused(Refusal::Shape)));
        };
        if !self.fill(usize::try_from(length).unwrap_or(0))? {
            return Ok(Some(Line::Refused(Refusal::CutOff)));
        }
        let kind = self.frame.first_chunk().map(|it| u32::from_be_bytes(*it));
        self.stopped = kind == Some(CONTROL_STOP);
        Ok(Some(Line::Nothing))
    }

    /// A number of four bytes; `None` at the end of the stream, whole or not.
    fn number_of_four(&mut self) -> io::Result<Option<u32>> {
        Ok(if self.fill(4)? {
            self.frame.first_chunk().map(|it| u32::from_be_bytes(*it))
        } else {
            None
        })
    }

    /// Reads so many bytes. Whether there were as many.
    fn fill(&mut self, length: usize) -> io::Result<bool> {
        self.frame.clear();
        let read = self.source.by_ref().take(length as u64).read_to_end(&mut self.frame)?;
        self.stopped |= read < length;
        Ok(read == length)
    }
}

#[cfg(test)]
mod tests;
