//! An initiator that follows the specification step by step reads what the range writes.

use super::*;

/// A second reading of the specification: the initiator's side, and decryption.
fn decrypt(cipher: &mut Cipher, associated: &[u8], sealed: &[u8]) -> Vec<u8> {
    let nonce = cipher.nonce();
    let (text, tag) = sealed.split_at(sealed.len() - TAG);
    let mut out = text.to_vec();
    ChaCha20Poly1305::new(&cipher.key.into())
        .decrypt_inout_detached(
            &nonce.into(),
            associated,
            (&mut out[..]).into(),
            tag.try_into().unwrap(),
        )
        .unwrap();
    out
}

fn initiate(pair: &swift::Pair, act2: &[u8]) -> (Vec<u8>, Channel) {
    let mut state = Handshake::new();
    state.mix_hash(&pair.public);
    state.mix_hash(&[]);
    let (theirs, rest) = act2.split_at(64);
    let (identity, certificate) = rest.split_at(80);
    state.mix_hash(theirs);
    state.mix_key(&pair.shared(theirs.try_into().unwrap(), true));
    let hash = state.hash;
    let known = decrypt(state.cipher.as_mut().unwrap(), &hash, identity);
    state.mix_hash(identity);
    state.mix_key(&pair.shared(known.as_slice().try_into().unwrap(), true));
    let hash = state.hash;
    let signed = decrypt(state.cipher.as_mut().unwrap(), &hash, certificate);
    let (up, down) = derive(&state.chain, &[]);
    (signed, Channel { up: Cipher::new(up), down: Cipher::new(down) })
}

fn message(kind: u8, length: usize) -> Vec<u8> {
    let mut out = vec![0, 0x80, kind];
    out.extend(&u32::try_from(length).unwrap().to_le_bytes()[..3]);
    out.extend(vec![kind; length]);
    out
}

#[test]
fn the_acts_have_the_lengths_of_their_fields() {
    let (_, flights) = open(1_767_600_000, &mut Rng::new(1));
    let [one, two] = &flights[..] else { panic!("two acts") };
    assert_eq!((one.from, one.bytes.len()), (Side::Client, 64));
    assert_eq!((two.from, two.bytes.len()), (Side::Server, 64 + (64 + 16) + (74 + 16)));
}

#[test]
fn an_initiator_reads_the_answer_and_both_directions() {
    let (mut channel, flights) = open(1_767_600_000, &mut Rng::new(9));
    // the first pair that the seed gives is the initiator's
    let pair = swift::Pair::new(&mut Rng::new(9));
    assert_eq!(flights[0].bytes, pair.public);
    let (signed, mut other) = initiate(&pair, &flights[1].bytes);
    assert_eq!(signed.len(), 74);
    for (from, length) in [(Side::Client, 24), (Side::Server, 20), (Side::Server, 140_000)] {
        let plain = message(0x1a, length);
        let sealed = channel.seal(from, &plain);
        assert_eq!(sealed.len(), 22 + length + 16 * length.div_ceil(PIECE));
        let cipher = if from == Side::Client { &mut other.up } else { &mut other.down };
        let (header, rest) = sealed.split_at(22);
        let mut heard = decrypt(cipher, &[], header);
        for piece in rest.chunks(65_535) {
            heard.extend(decrypt(cipher, &[], piece));
        }
        assert_eq!(heard, plain);
    }
}

#[test]
fn shares_and_answers_have_the_sizes_of_the_specification() {
    let (mut channel, _) = open(1_767_600_000, &mut Rng::new(2));
    assert_eq!(channel.seal(Side::Client, &message(0x1a, 24)).len(), 62);
    assert_eq!(channel.seal(Side::Server, &message(0x1c, 20)).len(), 58);
    let two = [message(0x15, 48), message(0x20, 48)].concat();
    assert_eq!(channel.seal(Side::Server, &two).len(), 2 * 86);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let make = |seed| {
        let (mut channel, flights) = open(1, &mut Rng::new(seed));
        let mut out: Vec<Vec<u8>> = flights.into_iter().map(|flight| flight.bytes).collect();
        out.push(channel.seal(Side::Client, &message(1, 5)));
        out
    };
    assert_eq!(make(3), make(3));
    assert_ne!(make(3), make(4));
}
