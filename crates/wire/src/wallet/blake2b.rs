//! `BLAKE2b` with a digest of 256 bits, for texts of at most one block: RFC 7693.

/// Section 2.6: the initialisation vector is that of SHA-512.
const INITIAL: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Section 2.7: which words of the block each round takes; rounds 10 and 11 repeat 0 and 1.
const SCHEDULE: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// Section 3.2: the columns, then the diagonals of the state that are mixed.
const MIXED: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// The digest of at most 128 bytes; `None` for more.
pub(super) fn hash_256(text: &[u8]) -> Option<[u8; 32]> {
    let mut padded = [0; 128];
    padded.get_mut(..text.len())?.copy_from_slice(text);
    let mut block = [0; 16];
    for (word, bytes) in block.iter_mut().zip(padded.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    let mut chained = INITIAL;
    // The parameter block of section 2.8: depth 1, fanout 1, no key, 32 bytes of digest.
    *chained.first_mut()? ^= 0x0101_0020;
    let mut state = [0; 16];
    for (word, from) in state.iter_mut().zip(chained.iter().chain(&INITIAL)) {
        *word = *from;
    }
    *state.get_mut(12)? ^= u64::try_from(text.len()).ok()?;
    *state.get_mut(14)? = !*state.get(14)?;
    for order in SCHEDULE.iter().cycle().take(12) {
        for (places, words) in MIXED.iter().zip(order.as_chunks::<2>().0) {
            let words = words.map(|at| block.get(at).copied().unwrap_or_default());
            mix(&mut state, *places, words)?;
        }
    }
    let (low, high) = state.split_at_checked(8)?;
    let mut digest = [0; 32];
    let words = chained.iter().zip(low).zip(high).map(|((h, a), b)| h ^ a ^ b);
    for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    Some(digest)
}

/// Section 3.1.
fn mix(state: &mut [u64; 16], places: [usize; 4], words: [u64; 2]) -> Option<()> {
    let [va, vb, vc, vd] = state.get_disjoint_mut(places).ok()?;
    for (word, [first, second]) in words.into_iter().zip([[32, 24], [16, 63]]) {
        *va = va.wrapping_add(*vb).wrapping_add(word);
        *vd = (*vd ^ *va).rotate_right(first);
        *vc = vc.wrapping_add(*vd);
        *vb = (*vb ^ *vc).rotate_right(second);
    }
    Some(())
}
