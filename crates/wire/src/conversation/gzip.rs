//! Compressed JSON, decompressed within bounds.
//!
//! Most of what the web compresses is something else: it is given up at its first byte, so that
//! pages and scripts cost nothing.

use std::io::Write;

use flate2::write::MultiGzDecoder;

/// Input given to the decompressor at once, so that its output, at most 1,032 times as much, is
/// taken away before it grows. Each step costs the clearing of 32 KiB inside `flate2`.
const STEP: usize = 2048;
/// What may stand before a value: white space, NUL, commas, a byte order mark.
const SEPARATORS: &[u8] = b" \t\r\n\0,\xEF\xBB\xBF";
/// Most bytes that one call may yield: a bomb gives more.
const MAX_YIELD: usize = 8 << 20;

/// A gzip stream, of one member or of many.
#[derive(Debug)]
pub(super) struct Inflated {
    decoder: MultiGzDecoder<Vec<u8>>,
    /// Whether a JSON value has begun.
    begun: bool,
}

impl Default for Inflated {
    fn default() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), begun: false }
    }
}

impl Inflated {
    /// Takes compressed bytes and hands on what they yield; whether the stream is still good, and
    /// can be JSON.
    pub(super) fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(&[u8])) -> bool {
        let mut yielded = 0;
        for step in bytes.chunks(STEP) {
            let good = self.decoder.write_all(step).is_ok() && self.decoder.flush().is_ok();
            let output = self.decoder.get_mut();
            yielded += output.len();
            let first = output.iter().find(|byte| !SEPARATORS.contains(byte));
            if let (false, Some(first)) = (self.begun, first) {
                if !matches!(first, b'{' | b'[') {
                    return false;
                }
                self.begun = true;
            }
            each(output);
            output.clear();
            output.shrink_to(4096);
            if !good || yielded > MAX_YIELD {
                return false;
            }
        }
        true
    }
}
