//! JSON in the two layouts that a report needs: canonical for the digest, indented for its readers.
//!
//! Written in one pass, without a tree of values in between: a report may hold a hundred thousand
//! sessions.

mod layout;
mod members;
mod outline;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::Write as _;

use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::Error;

pub(super) use self::layout::Layout;
use self::layout::Variant;
use self::members::{Elements, Members};
pub(super) use self::outline::Outline;

/// The text of a value.
#[cfg(test)]
pub(super) fn text(value: &impl Serialize, layout: Layout) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    value.serialize(Writer { text: &mut text, layout })?;
    Ok(text)
}

/// Appends one value, inside of something laid out so.
struct Writer<'t> {
    text: &'t mut Vec<u8>,
    layout: Layout,
}

impl<'t> Writer<'t> {
    fn plain(self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(self.text, value)
    }

    fn array(self) -> Elements<'t> {
        self.text.push(b'[');
        Elements { text: self.text, layout: self.layout.inside(), first: true, variant: None }
    }

    fn object(self, expected: usize) -> Members<'t> {
        Members::new(self.text, self.layout.inside(), expected)
    }

    /// Opens the object of one member that an enumeration's variant with contents is.
    fn variant(&mut self, name: &str) -> Variant {
        let outer = self.layout.inside();
        self.text.push(b'{');
        let start = self.text.len();
        outer.line(self.text, true);
        plainly_quoted(self.text, name);
        outer.colon(self.text);
        self.layout = outer.under(name);
        Variant { outer, undo: outer.leaves_out(name).then_some(start) }
    }
}

/// Whether a byte is written in another way than as it is, RFC 8259 section 7.
fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends a text in quotes.
fn quoted(text: &mut Vec<u8>, it: &str) -> Result<(), Error> {
    // Looks at every byte, and so at many at once.
    if it.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        return serde_json::to_writer(text, it);
    }
    plainly_quoted(text, it);
    Ok(())
}

/// Appends a text of ours in quotes: a name in the code needs no escapes.
fn plainly_quoted(text: &mut Vec<u8>, it: &str) {
    debug_assert!(!it.bytes().any(is_escaped), "{it}");
    text.reserve(it.len() + 2);
    text.push(b'"');
    text.extend_from_slice(it.as_bytes());
    text.push(b'"');
}

impl<'t> Serializer for Writer<'t> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Elements<'t>;
    type SerializeTuple = Elements<'t>;
    type SerializeTupleStruct = Elements<'t>;
    type SerializeTupleVariant = Elements<'t>;
    type SerializeMap = Members<'t>;
    type SerializeStruct = Members<'t>;
    type SerializeStructVariant = Members<'t>;

    fn serialize_bool(self, it: bool) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_i8(self, it: i8) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_i16(self, it: i16) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_i32(self, it: i32) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_i64(self, it: i64) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_u8(self, it: u8) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_u16(self, it: u16) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_u32(self, it: u32) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_u64(self, it: u64) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_f32(self, it: f32) -> Result<(), Error> {
        self.plain(&f64::from(it))
    }

    fn serialize_f64(self, it: f64) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_char(self, it: char) -> Result<(), Error> {
        self.plain(&it)
    }

    fn serialize_str(self, it: &str) -> Result<(), Error> {
        quoted(self.text, it)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, it: &T) -> Result<(), Error> {
        let start = self.text.len();
        write!(self.text, "\"{it}\"").map_err(Error::io)?;
        let inside = start + 1..self.text.len() - 1;
        if self.text.get(inside).unwrap_or_default().iter().any(|byte| is_escaped(*byte)) {
            self.text.truncate(start);
            return quoted(self.text, &it.to_string());
        }
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(Error::custom("bytes have no canonical form"))
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, it: &T) -> Result<(), Error> {
        it.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.text.write_all(b"null").map_err(Error::io)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &str) -> Result<(), Error> {
        plainly_quoted(self.text, name);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        it: &T,
    ) -> Result<(), Error> {
        it.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        it: &T,
    ) -> Result<(), Error> {
        let mut object = self.object(1);
        object.add(name.into(), it)?;
        object.close();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'t>, Error> {
        Ok(self.array())
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'t>, Error> {
        Ok(self.array())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'t>, Error> {
        Ok(self.array())
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Elements<'t>, Error> {
        let variant = Some(self.variant(name));
        Ok(Elements { variant, ..self.array() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'t>, Error> {
        Ok(self.object(0))
    }

    fn serialize_struct(self, _: &'static str, members: usize) -> Result<Members<'t>, Error> {
        Ok(self.object(members))
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        members: usize,
    ) -> Result<Members<'t>, Error> {
        let variant = self.variant(name);
        let mut members = self.object(members);
        members.variant = Some(variant);
        Ok(members)
    }
}
