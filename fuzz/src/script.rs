//! How two ends' turns are written in one input, so that a mutation spoils little of it.
//!
//! A turn begins with [`MARK`] and a byte that says who speaks, whether bytes were lost before it
//! and how many seconds passed. A mark within the text is written twice.

use minehound_wire::End;

/// Begins a turn. No UTF-8 text holds it.
pub const MARK: u8 = 0xf5;

/// What one end says at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub from: End,
    /// Whether bytes of this end were lost before these.
    pub lost: bool,
    /// Seconds since the turn before, at most 60.
    pub pause: u8,
    /// What is said.
    pub bytes: Vec<u8>,
}

impl Turn {
    fn of_head(head: u8) -> Self {
        let from = if head & 1 == 0 { End::Opener } else { End::Answerer };
        Self { from, lost: head & 2 != 0, pause: head >> 2, bytes: Vec::new() }
    }

    fn head(&self) -> u8 {
        u8::from(self.from == End::Answerer) | u8::from(self.lost) << 1 | self.pause.min(60) << 2
    }
}

/// Reads turns; bytes before the first mark are the opener's.
#[must_use]
pub fn read(bytes: &[u8]) -> Vec<Turn> {
    let mut turns = vec![Turn::of_head(0)];
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        let spoken = match (byte, turns.last_mut()) {
            (MARK, Some(turn)) => match rest.next() {
                Some(MARK) => Some((turn, MARK)),
                Some(head) => {
                    turns.push(Turn::of_head(head));
                    None
                }
                None => None,
            },
            (byte, Some(turn)) => Some((turn, byte)),
            (_, None) => None,
        };
        if let Some((turn, byte)) = spoken {
            turn.bytes.push(byte);
        }
    }
    turns.retain(|it| it.lost || !it.bytes.is_empty());
    turns
}

/// Writes turns as [`read`] reads them.
#[must_use]
pub fn write(turns: &[Turn]) -> Vec<u8> {
    let mut script = Vec::new();
    for turn in turns {
        script.extend([MARK, turn.head()]);
        for byte in &turn.bytes {
            script.push(*byte);
            if *byte == MARK {
                script.push(MARK);
            }
        }
    }
    script
}

/// Sizes between one and `most` that follow from the input, so that a run can be repeated.
pub(crate) fn sizes(bytes: &[u8], most: usize) -> impl Iterator<Item = usize> {
    let mut state = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let most = u64::try_from(most.max(1)).unwrap_or(1);
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Small sizes find more than large ones.
        let limit = if state >> 62 == 0 { most } else { most.min(9) };
        usize::try_from((state >> 33) % limit + 1).unwrap_or(1)
    })
}

/// Parts of `bytes` of the given sizes.
pub(crate) fn parts<'a>(
    bytes: &'a [u8],
    sizes: &mut impl Iterator<Item = usize>,
) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = sizes.next()?.min(rest.len());
        let (part, after) = rest.split_at_checked(size)?;
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let turn = |from, pause, bytes: &[u8]| Turn {
            from,
            lost: pause > 9,
            pause,
            bytes: bytes.to_vec(),
        };
        let turns = [
            turn(End::Opener, 0, b"hello"),
            turn(End::Answerer, 60, &[MARK, MARK, 1]),
            turn(End::Opener, 59, &[MARK]),
        ];
        assert_eq!(read(&write(&turns)), turns);
    }
}
