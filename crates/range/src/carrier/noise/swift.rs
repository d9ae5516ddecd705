//! Keys on secp256k1 whose public half looks like 64 random bytes: `ElligatorSwift` as in BIP 324
//! ("`ElligatorSwift` encoding of curve X coordinates", "Shared secret computation").

use k256::elliptic_curve::bigint::modular::ConstMontyForm;
use k256::elliptic_curve::bigint::{U256, const_monty_params};
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use k256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use sha2::{Digest, Sha256};

use crate::rng::Rng;

const_monty_params!(
    Prime,
    U256,
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
    "The prime of secp256k1's field: 2^256 - 2^32 - 977 (SEC 2, 2.4.1)."
);

type Field = ConstMontyForm<Prime, 4>;

fn number(value: u64) -> Field {
    Field::new(&U256::from_u64(value))
}

/// The root of -3 that is itself a square (BIP 324, `MINUS_3_SQRT`).
fn root_of_minus_three() -> Field {
    root(number(3).neg()).unwrap_or(Field::ZERO)
}

/// A square root, for a prime that is 3 modulo 4: the power (p + 1) / 4.
fn root(value: Field) -> Option<Field> {
    const EXPONENT: U256 =
        U256::from_be_hex("3fffffffffffffffffffffffffffffffffffffffffffffffffffffffbfffff0c");
    let root = value.pow_vartime(&EXPONENT);
    (root.square() == value).then_some(root)
}

/// 1 / value; 0 for 0, which only chances of 2^-256 meet.
fn inverse(value: Field) -> Field {
    value.invert_vartime().into_option().unwrap_or(Field::ZERO)
}

fn half() -> Field {
    inverse(number(2))
}

/// u^3 + 7.
fn curve(x: Field) -> Field {
    x.square() * x + number(7)
}

fn on_curve(x: Field) -> bool {
    root(curve(x)).is_some()
}

fn field(bytes: &[u8]) -> Field {
    let mut whole = [0; 32];
    for (to, from) in whole.iter_mut().zip(bytes) {
        *to = *from;
    }
    // numbers above the prime are taken modulo it
    Field::new(&U256::from_be_slice(&whole))
}

fn bytes(value: Field) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(value.retrieve().to_be_bytes().as_ref());
    out
}

/// The x that (u, t) stand for (BIP 324, `XSwiftEC`).
fn decode(u: Field, t: Field) -> Option<Field> {
    let u = if u == Field::ZERO { Field::ONE } else { u };
    let mut t = if t == Field::ZERO { Field::ONE } else { t };
    if curve(u) + t.square() == Field::ZERO {
        t = t.double();
    }
    let x = (curve(u) - t.square()) * inverse(t.double());
    let y = (x + t) * inverse(root_of_minus_three() * u);
    let ratio = x * inverse(y);
    let candidates = [u + number(4) * y.square(), (ratio.neg() - u) * half(), (ratio - u) * half()];
    candidates.into_iter().find(|x| on_curve(*x))
}

/// A t for which (u, t) stand for x, in one of eight ways (BIP 324, `XSwiftECInv`).
fn encode(x: Field, u: Field, case: u64) -> Option<Field> {
    let (v, s) = if case & 2 == 0 {
        if on_curve((x + u).neg()) {
            return None;
        }
        let v = if case & 1 == 0 { x } else { (x + u).neg() };
        (v, (curve(u) * inverse(u.square() + u * v + v.square())).neg())
    } else {
        let s = x - u;
        if s == Field::ZERO {
            return None;
        }
        let side = root((s * (number(4) * curve(u) + number(3) * s * u.square())).neg())?;
        if case & 1 == 1 && side == Field::ZERO {
            return None;
        }
        let side = if case & 1 == 1 { side.neg() } else { side };
        ((side * inverse(s) - u) * half(), s)
    };
    let factor = root(s)?;
    let factor = if case & 4 == 0 { factor } else { factor.neg() };
    Some(factor * (u * (root_of_minus_three() - Field::ONE) * half() - v))
}

/// A secret and what it shows.
pub(super) struct Pair {
    secret: Scalar,
    /// The encoded public key: u and t.
    pub(super) public: [u8; 64],
}

impl Pair {
    /// A pair from the seed.
    pub(super) fn new(rng: &mut Rng) -> Self {
        let secret = <Scalar as Reduce<FieldBytes>>::reduce(&rng.hash().into());
        let x = field(&x_of(ProjectivePoint::mul_by_generator(&secret)));
        let mut public = [0; 64];
        // about one try in four finds one
        for _ in 0..256 {
            let u = field(&rng.hash());
            if let Some(t) = encode(x, u, rng.below(8)) {
                for (to, from) in public.iter_mut().zip(bytes(u).into_iter().chain(bytes(t))) {
                    *to = from;
                }
                break;
            }
        }
        Self { secret, public }
    }

    /// The public key's x as 32 bytes (BIP 340).
    pub(super) fn x(&self) -> [u8; 32] {
        x_of(ProjectivePoint::mul_by_generator(&self.secret))
    }

    /// The secret shared with the holder of `theirs` (sv2-spec 04 §4.4.2, `v2_ecdh`); `first` if
    /// this end began the handshake.
    pub(super) fn shared(&self, theirs: &[u8; 64], first: bool) -> [u8; 32] {
        let tag = Sha256::digest(b"bip324_ellswift_xonly_ecdh");
        let (one, two) = if first { (&self.public, theirs) } else { (theirs, &self.public) };
        Sha256::new()
            .chain_update(tag)
            .chain_update(tag)
            .chain_update(one)
            .chain_update(two)
            .chain_update(self.product(theirs))
            .finalize()
            .into()
    }

    /// The x of our secret times their point.
    fn product(&self, theirs: &[u8; 64]) -> [u8; 32] {
        let (u, t) = theirs.split_at(32);
        let point = decode(field(u), field(t))
            .and_then(|x| AffinePoint::decompress(&bytes(x).into(), 0.into()).into_option());
        point.map_or([0; 32], |point| x_of(ProjectivePoint::from(point) * self.secret))
    }
}

fn x_of(point: ProjectivePoint) -> [u8; 32] {
    point.to_affine().x().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn shared_secrets_match_the_vectors_of_bip_324() {
        // bip-0324/packet_encoding_test_vectors.csv, rows 1 and 2
        let rows = [
            (
                true,
                "e79f04ad4c684525ff3e3cf7c19f4cdb11193d387d7f3fe82a948a0c3165f5fe",
                "4eff53ea1945e57b5d170565e760d771e5d496101c1005c302fd687af80d8b858c5a681c474fc4c0546ee464a1b95899ecb9d4f50c2c0854fe029fc054ae6777",
                "824a1da0530fa695b95b375fee2a56ec96ce375ddd2fcf8367cc8ec1c0b751a3304bbef5dc96543acaac50c24be8cb39906ef8521727de0c6e96c2060a026bd7",
                "961fa6c9491bde887a6e67898c9335579d1931b435af16d969f3c9f12e58c698",
                "05ac09c882b2cddd57fd4a1a14f93ae78d78a2ab2adb8cb6d67176cdb3101e15",
            ),
            (
                false,
                "53a915e6d8f6c5bbb93e537081085e9e642dc525649acf05be74e3a825e20921",
                "715d7b8357dd4d15a07b3f8c6764ebd9927140f75047fb50478c33ea8889d710511cdf39aa0fd6b1e94ea660d87f9d97bffc548646f9e2aaebc1468fe563fb97",
                "cea7abc3112397b894bd3e89a615248af473f897bbdd30997c20e53e7ce499a295e55c4c5655cd3d21191e76c8af0aa1bbea10fd1b540a42d0fbed388dc59877",
                "ed679745127d32714ff84bcce7651a14b9f275bf4b18bc8e880ff51cd7ac012b",
                "08cbe6a86ff92a9757b2aeea92b8b2f4d78426786a2caec99c3cc73d7dda47ab",
            ),
        ];
        for (first, secret, ours, theirs, product, shared) in rows {
            let secret: [u8; 32] = unhex(secret).try_into().unwrap();
            let pair = Pair {
                secret: <Scalar as Reduce<FieldBytes>>::reduce(&secret.into()),
                public: unhex(ours).try_into().unwrap(),
            };
            let theirs: [u8; 64] = unhex(theirs).try_into().unwrap();
            let (u, t) = pair.public.split_at(32);
            assert_eq!(decode(field(u), field(t)).map(bytes), Some(pair.x()));
            assert_eq!(pair.product(&theirs).to_vec(), unhex(product));
            assert_eq!(pair.shared(&theirs, first).to_vec(), unhex(shared));
        }
    }

    #[test]
    fn encoded_keys_decode_to_their_x_in_every_way() {
        let x = field(&Pair::new(&mut Rng::new(4)).x());
        let mut rng = Rng::new(5);
        let mut seen = [0_u32; 8];
        for _ in 0..40 {
            let u = field(&rng.hash());
            for (case, count) in (0..).zip(&mut seen) {
                if let Some(t) = encode(x, u, case) {
                    assert_eq!(decode(u, t), Some(x));
                    *count += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    }
}
