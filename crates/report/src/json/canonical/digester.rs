//! The digest of an object that is too large to hold its text.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Error;
use sha2::{Digest, Sha256};

use super::{WHOLE, Writer};

/// Hashes the canonical text of an object, whose members are handed in in the order of their names.
pub(in crate::json) struct Digester {
    hash: Sha256,
    text: Vec<u8>,
    without: &'static [&'static str],
}

impl Digester {
    pub(in crate::json) fn new(without: &'static [&'static str]) -> Self {
        Self { hash: Sha256::new(), text: b"{".to_vec(), without }
    }

    /// A member of the object.
    pub(in crate::json) fn member(
        &mut self,
        name: &'static str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.name(name)?;
        let without = if WHOLE.contains(&name) { &[] } else { self.without };
        value.serialize(Writer { text: &mut self.text, without })?;
        self.next();
        Ok(())
    }

    /// A member that is a list, of which one element is held at a time.
    pub(in crate::json) fn list(
        &mut self,
        name: &'static str,
        elements: impl Iterator<Item = impl Serialize>,
    ) -> Result<(), Error> {
        self.name(name)?;
        self.text.push(b'[');
        for (at, element) in elements.enumerate() {
            if at > 0 {
                self.text.push(b',');
            }
            element.serialize(Writer { text: &mut self.text, without: self.without })?;
            self.next();
        }
        self.text.push(b']');
        Ok(())
    }

    /// The digest, in hexadecimal.
    pub(in crate::json) fn close(mut self) -> String {
        self.text.push(b'}');
        self.next();
        hex(&self.hash.finalize())
    }

    fn name(&mut self, name: &str) -> Result<(), Error> {
        if self.text != b"{" {
            self.text.push(b',');
        }
        serde_json::to_writer(&mut self.text, name)?;
        self.text.push(b':');
        Ok(())
    }

    fn next(&mut self) {
        self.hash.update(&self.text);
        self.text.clear();
    }
}

/// The SHA-256 of these bytes, in hexadecimal.
pub(in crate::json) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * digest.len());
    for byte in digest {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
