//! WebSocket frames of one direction (RFC 6455), with permessage-deflate (RFC 7692).
//!
//! Contents are unmasked, decompressed and handed on in pieces; nothing but the decompressor's window is
//! kept. Context takeover needs no special case: a window that is kept serves both ways.

use flate2::{Decompress, FlushDecompress, Status};

/// Most bytes of a frame's header.
const MAX_HEADER: usize = 14;
/// Most bytes that one frame may hold.
const MAX_FRAME: u64 = 64 << 20;
/// Most bytes that one call may yield: a bomb gives more.
const MAX_YIELD: usize = 8 << 20;
/// What a sender takes off the end of every compressed message.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// Reads the frames of one direction.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    header: Vec<u8>,
    frame: Option<Frame>,
    /// Whether the message that is being read is compressed.
    compressed: bool,
    inflate: Option<Box<Decompress>>,
}

#[derive(Debug)]
struct Frame {
    left: u64,
    mask: [u8; 4],
    masked: usize,
    content: bool,
    last: bool,
}

impl Reader {
    /// Takes bytes and hands on what the data frames hold; whether this still is WebSocket.
    pub(crate) fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(&[u8])) -> bool {
        let mut rest = bytes;
        let mut room = MAX_YIELD;
        while !rest.is_empty() {
            let Some(frame) = &mut self.frame else {
                let Some((&byte, after)) = rest.split_first() else { break };
                rest = after;
                self.header.push(byte);
                if !self.begin(&mut room, each) {
                    return false;
                }
                continue;
            };
            let count = usize::try_from(frame.left).unwrap_or(usize::MAX).min(rest.len());
            let (part, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = after;
            frame.left -= u64::try_from(count).unwrap_or(0);
            let mask = frame.mask.iter().cycle().skip(frame.masked);
            let content: Vec<u8> = part.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
            frame.masked = (frame.masked + count) % 4;
            let (wanted, done) = (frame.content, frame.left == 0);
            if wanted && !self.content(&content, &mut room, each) {
                return false;
            }
            if done && !self.end(&mut room, each) {
                return false;
            }
        }
        true
    }

    /// Reads the header once it is whole; whether it can be one.
    fn begin(&mut self, room: &mut usize, each: &mut dyn FnMut(&[u8])) -> bool {
        let Some((&[first, second], rest)) = self.header.split_first_chunk::<2>() else {
            return true;
        };
        let (operation, control) = (first & 0x0f, first & 0x08 != 0);
        let short = u64::from(second & 0x7f);
        // Two bits and ten operations are reserved, and control frames are short and whole.
        let known = first & 0x30 == 0 && matches!(operation, 0..=2 | 8..=10);
        if !known || control && (short > 125 || first & 0x80 == 0) {
            return false;
        }
        let (length, rest) = match short {
            126 => match rest.split_first_chunk::<2>() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return true,
            },
            127 => match rest.split_first_chunk::<8>() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return true,
            },
            _ => (short, rest),
        };
        let mask = match (second & 0x80 != 0, rest.first_chunk::<4>()) {
            (false, _) => [0; 4],
            (true, Some(mask)) => *mask,
            (true, None) => return self.header.len() < MAX_HEADER,
        };
        if matches!(operation, 1 | 2) {
            self.compressed = first & 0x40 != 0;
        }
        self.header.clear();
        let last = first & 0x80 != 0;
        self.frame = Some(Frame { left: length, mask, masked: 0, content: !control, last });
        if length == 0 {
            return self.end(room, each);
        }
        length <= MAX_FRAME
    }

    fn end(&mut self, room: &mut usize, each: &mut dyn FnMut(&[u8])) -> bool {
        let frame = self.frame.take();
        let whole = frame.is_some_and(|frame| frame.content && frame.last);
        !(whole && self.compressed) || self.content(&TAIL, room, each)
    }

    fn content(&mut self, bytes: &[u8], room: &mut usize, each: &mut dyn FnMut(&[u8])) -> bool {
        if !self.compressed {
            each(bytes);
            return true;
        }
        let inflate = self.inflate.get_or_insert_with(|| Box::new(Decompress::new(false)));
        let mut output = [0; 4096];
        let mut rest = bytes;
        loop {
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(rest, &mut output, FlushDecompress::Sync);
            let read = usize::try_from(inflate.total_in() - read).unwrap_or(usize::MAX);
            let written = usize::try_from(inflate.total_out() - written).unwrap_or(usize::MAX);
            rest = rest.get(read..).unwrap_or_default();
            // What came before damage counts, however much of it came in one piece with the damage.
            each(output.get(..written).unwrap_or_default());
            *room = room.saturating_sub(written);
            let Ok(status) = status else { return false };
            if status == Status::StreamEnd {
                inflate.reset(false);
            }
            if *room == 0 {
                return false;
            }
            if rest.is_empty() && written < output.len() || read == 0 && written == 0 {
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};
    use proptest::prelude::*;

    fn frame(first: u8, content: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
        let mut bytes = vec![first];
        let flag = if mask.is_some() { 0x80 } else { 0 };
        match content.len() {
            length @ 0..=125 => bytes.push(flag | u8::try_from(length).unwrap()),
            length => {
                bytes.push(flag | 0x7e);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        bytes.extend(mask.into_iter().flatten());
        let key = mask.unwrap_or_default();
        bytes.extend(content.iter().enumerate().map(|(index, byte)| byte ^ key[index % 4]));
        bytes
    }

    fn check(frames: &[u8], expect: Option<&[u8]>) {
        for size in [1, 7, frames.len().max(1)] {
            let mut reader = Reader::default();
            let mut content = Vec::new();
            let alive = frames
                .chunks(size)
                .all(|part| reader.push(part, &mut |bytes| content.extend_from_slice(bytes)));
            assert_eq!(alive.then_some(content.as_slice()), expect);
        }
    }

    #[test]
    fn masked_and_bare_frames_yield_their_content() {
        check(&frame(0x81, b"hello", Some([1, 2, 3, 4])), Some(b"hello"));
        check(&frame(0x82, &[7; 300], None), Some(&[7; 300]));
    }

    #[test]
    fn fragments_and_control_frames_between_them_make_one_message() {
        let mut frames = frame(0x01, b"hel", Some([9, 8, 7, 6]));
        frames.extend(frame(0x89, b"ping", Some([1, 1, 1, 1])));
        frames.extend(frame(0x80, b"lo", Some([5, 4, 3, 2])));
        check(&frames, Some(b"hello"));
    }

    #[test]
    fn compressed_messages_share_their_window() {
        let mut compress = Compress::new(Compression::default(), false);
        let mut frames = Vec::new();
        for _ in 0..3 {
            let mut content = Vec::with_capacity(256);
            compress
                .compress_vec(b"{\"type\":\"job\"}", &mut content, FlushCompress::Sync)
                .unwrap();
            content.truncate(content.len() - 4);
            frames.extend(frame(0xc1, &content, Some([3, 1, 4, 1])));
        }
        check(&frames, Some(b"{\"type\":\"job\"}{\"type\":\"job\"}{\"type\":\"job\"}"));
    }

    #[test]
    fn what_stands_before_damage_is_read_however_the_frame_is_cut() {
        let mut compress = Compress::new(Compression::none(), false);
        let mut content = Vec::with_capacity(256);
        compress.compress_vec(b"{\"type\":\"job\"}", &mut content, FlushCompress::Sync).unwrap();
        // The last kind of block is not assigned (RFC 1951 section 3.2.3).
        content.push(0x07);
        let frames = frame(0xc1, &content, None);
        for size in 1..=frames.len() {
            let (mut reader, mut read) = (Reader::default(), Vec::new());
            let mut push = |part| reader.push(part, &mut |bytes| read.extend_from_slice(bytes));
            assert!(!frames.chunks(size).all(&mut push), "the damage is seen");
            assert_eq!(read, b"{\"type\":\"job\"}", "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        check(b"HTTP/1.1 400 Bad Request\r\n", None);
        check(&[0x83, 0], None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            Reader::default().push(&bytes, &mut |_| {});
        }
    }
}
