//! Canonical JSON: sorted names, no spaces.
//!
//! Written in one pass, without a tree of values in between: a report may hold a hundred thousand
//! sessions.

mod digester;
mod members;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::Write as _;

use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::Error;

pub(super) use self::digester::{Digester, sha256};
use self::members::{Elements, Members};

/// Members that are kept whole: their names are not ours.
const WHOLE: [&str; 3] = ["args", "manual", "profile"];

/// The canonical text of a value, without the members of these names.
#[cfg(test)]
pub(super) fn text(value: &impl Serialize, without: &'static [&str]) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    value.serialize(Writer { text: &mut text, without })?;
    Ok(text)
}

/// Appends one value.
struct Writer<'t> {
    text: &'t mut Vec<u8>,
    without: &'static [&'static str],
}

impl<'t> Writer<'t> {
    fn plain(self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(self.text, value)
    }

    fn array(self) -> Elements<'t> {
        self.text.push(b'[');
        Elements { text: self.text, without: self.without, first: true, close: b"]", undo: None }
    }

    fn object(self, expected: usize) -> Members<'t> {
        Members::new(self.text, self.without, b"}", expected)
    }

    /// Opens the object of one member that an enumeration's variant with contents is; where the
    /// member is left out, says from where on the text is to be taken back.
    fn variant(&mut self, name: &str) -> Result<Option<usize>, Error> {
        self.text.push(b'{');
        let start = self.text.len();
        serde_json::to_writer(&mut *self.text, name)?;
        self.text.push(b':');
        let undo = self.without.contains(&name).then_some(start);
        if WHOLE.contains(&name) {
            self.without = &[];
        }
        Ok(undo)
    }
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
        self.plain(&it)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, it: &T) -> Result<(), Error> {
        serde_json::Serializer::new(self.text).collect_str(it)
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
        self.plain(&name)
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
        let undo = self.variant(name)?;
        Ok(Elements { close: b"]}", undo, ..self.array() })
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
        let undo = self.variant(name)?;
        let mut members = Members::new(self.text, self.without, b"}}", members);
        members.undo = undo;
        Ok(members)
    }
}
