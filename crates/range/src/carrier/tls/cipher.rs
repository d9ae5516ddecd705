//! The record protection of TLS 1.2 (RFC 5288, RFC 7905) and TLS 1.3 (RFC 8446 §5.2) with
//! AES-128-GCM and ChaCha20-Poly1305, and record padding (RFC 8446 §5.4).

use aes_gcm::Aes128Gcm;
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, NONCE_LEN, Nonce, OutboundOpaqueMessage, OutboundPlainMessage,
    PrefixedPayload, Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError,
    make_tls12_aad, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

use super::chance::{self, Pad};

const TAG: usize = 16;
/// The part of the nonce that AES-GCM records of TLS 1.2 carry.
const EXPLICIT: usize = 8;

/// Which cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AesGcm,
    ChaCha,
}

enum Cipher {
    AesGcm(Box<Aes128Gcm>),
    ChaCha(Box<ChaCha20Poly1305>),
    /// A key of the wrong length, which rustls never gives.
    Broken,
}

impl Cipher {
    fn new(kind: Kind, key: &AeadKey) -> Self {
        let key = key.as_ref();
        match kind {
            Kind::AesGcm => Aes128Gcm::new_from_slice(key)
                .map_or(Self::Broken, |cipher| Self::AesGcm(Box::new(cipher))),
            Kind::ChaCha => ChaCha20Poly1305::new_from_slice(key)
                .map_or(Self::Broken, |cipher| Self::ChaCha(Box::new(cipher))),
        }
    }

    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], text: &mut [u8]) -> Option<[u8; TAG]> {
        let nonce = nonce.into();
        let tag = match self {
            Self::AesGcm(cipher) => cipher.encrypt_inout_detached(nonce, aad, text.into()),
            Self::ChaCha(cipher) => cipher.encrypt_inout_detached(nonce, aad, text.into()),
            Self::Broken => return None,
        };
        tag.ok().map(Into::into)
    }

    /// Opens what ends with its tag, in place; the answer is how much of it is text.
    fn open(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], sealed: &mut [u8]) -> Option<usize> {
        let length = sealed.len().checked_sub(TAG)?;
        let (text, tag) = sealed.split_at_mut_checked(length)?;
        let (nonce, tag) = (nonce.into(), (&*tag).try_into().ok()?);
        match self {
            Self::AesGcm(cipher) => cipher.decrypt_inout_detached(nonce, aad, text.into(), tag),
            Self::ChaCha(cipher) => cipher.decrypt_inout_detached(nonce, aad, text.into(), tag),
            Self::Broken => return None,
        }
        .ok()?;
        Some(length)
    }
}

/// The protection of TLS 1.3.
pub(super) struct Aead13(pub(super) Kind);

struct Sealer13 {
    cipher: Cipher,
    iv: Iv,
    pad: Pad,
}

struct Opener13 {
    cipher: Cipher,
    iv: Iv,
}

impl Tls13AeadAlgorithm for Aead13 {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Sealer13 { cipher: Cipher::new(self.0, &key), iv, pad: chance::pad() })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(Opener13 { cipher: Cipher::new(self.0, &key), iv })
    }

    fn key_len(&self) -> usize {
        match self.0 {
            Kind::AesGcm => 16,
            Kind::ChaCha => 32,
        }
    }

    fn extract_keys(
        &self,
        _key: AeadKey,
        _iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

impl MessageEncrypter for Sealer13 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let padding = match message.typ {
            ContentType::ApplicationData => self.pad.take(message.payload.len()),
            _ => 0,
        };
        let total = self.encrypted_payload_len(message.payload.len() + padding);
        let mut payload = PrefixedPayload::with_capacity(total);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&[u8::from(message.typ)]);
        payload.extend_from_slice(&vec![0; padding]);
        let nonce = Nonce::new(&self.iv, sequence).0;
        let aad = make_tls13_aad(total);
        let tag = self.cipher.seal(&nonce, &aad, payload.as_mut()).ok_or(Error::EncryptError)?;
        payload.extend_from_slice(&tag);
        let version = ProtocolVersion::TLSv1_2;
        Ok(OutboundOpaqueMessage::new(ContentType::ApplicationData, version, payload))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        length + 1 + TAG
    }
}

impl MessageDecrypter for Opener13 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let nonce = Nonce::new(&self.iv, sequence).0;
        let aad = make_tls13_aad(message.payload.len());
        let opened = self.cipher.open(&nonce, &aad, &mut message.payload);
        message.payload.truncate(opened.ok_or(Error::DecryptError)?);
        message.into_tls13_unpadded_message()
    }
}

/// The protection of TLS 1.2.
pub(super) struct Aead12(pub(super) Kind);

struct Sealer12 {
    kind: Kind,
    cipher: Cipher,
    iv: Iv,
}

struct Opener12 {
    kind: Kind,
    cipher: Cipher,
    /// For AES-GCM only the first four bytes count.
    iv: Iv,
}

/// The fixed and the explicit part of a nonce, whatever their lengths.
fn joined(fixed: &[u8], explicit: &[u8]) -> Iv {
    let mut whole = [0; NONCE_LEN];
    for (to, from) in whole.iter_mut().zip(fixed.iter().chain(explicit)) {
        *to = *from;
    }
    Iv::from(whole)
}

impl Tls12AeadAlgorithm for Aead12 {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        let (kind, cipher) = (self.0, Cipher::new(self.0, &key));
        Box::new(Sealer12 { kind, cipher, iv: joined(iv, extra) })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        let (kind, cipher) = (self.0, Cipher::new(self.0, &key));
        Box::new(Opener12 { kind, cipher, iv: joined(iv, &[]) })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        match self.0 {
            Kind::AesGcm => {
                KeyBlockShape { enc_key_len: 16, fixed_iv_len: 4, explicit_nonce_len: EXPLICIT }
            }
            Kind::ChaCha => {
                KeyBlockShape { enc_key_len: 32, fixed_iv_len: 12, explicit_nonce_len: 0 }
            }
        }
    }

    fn extract_keys(
        &self,
        _key: AeadKey,
        _iv: &[u8],
        _explicit: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

impl Kind {
    fn explicit(self) -> usize {
        match self {
            Self::AesGcm => EXPLICIT,
            Self::ChaCha => 0,
        }
    }
}

impl MessageEncrypter for Sealer12 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let length = message.payload.len();
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(length));
        let nonce = Nonce::new(&self.iv, sequence).0;
        let skipped = self.kind.explicit();
        if let (true, Some(explicit)) = (skipped > 0, nonce.get(NONCE_LEN - EXPLICIT..)) {
            payload.extend_from_slice(explicit);
        }
        payload.extend_from_chunks(&message.payload);
        let aad = make_tls12_aad(sequence, message.typ, message.version, length);
        let text = payload.as_mut().get_mut(skipped..).ok_or(Error::EncryptError)?;
        let tag = self.cipher.seal(&nonce, &aad, text).ok_or(Error::EncryptError)?;
        payload.extend_from_slice(&tag);
        Ok(OutboundOpaqueMessage::new(message.typ, message.version, payload))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        length + self.kind.explicit() + TAG
    }
}

impl MessageDecrypter for Opener12 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let skipped = self.kind.explicit();
        let length = message.payload.len().checked_sub(skipped + TAG);
        let length = length.ok_or(Error::DecryptError)?;
        let aad = make_tls12_aad(sequence, message.typ, message.version, length);
        let nonce = if skipped > 0 {
            let mut nonce = [0; NONCE_LEN];
            let salt = self.iv.as_ref().iter().take(NONCE_LEN - EXPLICIT);
            for (to, from) in nonce.iter_mut().zip(salt.chain(message.payload.iter())) {
                *to = *from;
            }
            nonce
        } else {
            Nonce::new(&self.iv, sequence).0
        };
        let sealed = message.payload.get_mut(skipped..).ok_or(Error::DecryptError)?;
        self.cipher.open(&nonce, &aad, sealed).ok_or(Error::DecryptError)?;
        Ok(message.into_plain_message_range(skipped..skipped + length))
    }
}
