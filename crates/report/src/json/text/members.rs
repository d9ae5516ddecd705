//! What objects and arrays hold.

use std::borrow::Cow;
use std::ops::Range;

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};
use serde_json::{Error, Value};

use super::{Layout, Variant, Writer, plainly_quoted, quoted};

/// The elements of an array, in their order.
pub(super) struct Elements<'t> {
    pub(super) text: &'t mut Vec<u8>,
    pub(super) layout: Layout,
    pub(super) first: bool,
    /// The variant whose contents these are.
    pub(super) variant: Option<Variant>,
}

impl Elements<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), Error> {
        self.layout.line(self.text, std::mem::take(&mut self.first));
        element.serialize(Writer { text: &mut *self.text, layout: self.layout })
    }

    fn close(self) {
        self.layout.end(self.text, self.first);
        self.text.push(b']');
        if let Some(variant) = self.variant {
            variant.close(self.text);
        }
    }
}

/// The name of a member; almost always its beginning alone says which of two comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    beginning: u64,
    whole: Cow<'static, str>,
}

impl Name {
    fn of(whole: Cow<'static, str>) -> Self {
        let mut beginning = [0; 8];
        for (to, from) in beginning.iter_mut().zip(whole.bytes()) {
            *to = from;
        }
        Self { beginning: u64::from_be_bytes(beginning), whole }
    }
}

/// The members of an object: written as they come, put in order at the end where that is asked for.
pub(super) struct Members<'t> {
    text: &'t mut Vec<u8>,
    layout: Layout,
    start: usize,
    /// Name and text of each, from the name's first quote to the end of the value.
    places: Vec<(Name, Range<usize>)>,
    next: Cow<'static, str>,
    /// As in [`Elements`].
    pub(super) variant: Option<Variant>,
}

impl<'t> Members<'t> {
    pub(super) fn new(text: &'t mut Vec<u8>, layout: Layout, expected: usize) -> Self {
        text.push(b'{');
        let start = text.len();
        let places = Vec::with_capacity(if layout.sorts() { expected } else { 0 });
        Self { text, layout, start, places, next: Cow::Borrowed(""), variant: None }
    }

    pub(super) fn add<T: Serialize + ?Sized>(
        &mut self,
        name: Cow<'static, str>,
        value: &T,
    ) -> Result<(), Error> {
        let layout = self.layout;
        if layout.leaves_out(&name) {
            return Ok(());
        }
        layout.line(self.text, self.text.len() == self.start);
        let start = self.text.len();
        match name {
            Cow::Borrowed(ours) => plainly_quoted(self.text, ours),
            Cow::Owned(ref others) => quoted(self.text, others)?,
        }
        layout.colon(self.text);
        value.serialize(Writer { text: &mut *self.text, layout: layout.under(&name) })?;
        if layout.sorts() {
            self.places.push((Name::of(name), start..self.text.len()));
        }
        Ok(())
    }

    pub(super) fn close(mut self) {
        if !self.places.is_sorted_by(|one, other| one.0 < other.0) {
            self.sort();
        }
        self.layout.end(self.text, self.text.len() == self.start);
        self.text.push(b'}');
        if let Some(variant) = self.variant {
            variant.close(self.text);
        }
    }

    fn sort(&mut self) {
        self.places.sort_by(|one, other| one.0.cmp(&other.0));
        // Of members with one name the last counts, as in a map.
        let mut sorted = Vec::with_capacity(self.text.len() - self.start);
        for (at, (name, place)) in self.places.iter().enumerate() {
            if self.places.get(at + 1).is_some_and(|next| next.0 == *name) {
                continue;
            }
            let first = sorted.is_empty();
            self.layout.line(&mut sorted, first);
            sorted.extend_from_slice(self.text.get(place.clone()).unwrap_or_default());
        }
        self.text.truncate(self.start);
        self.text.append(&mut sorted);
    }
}

impl SerializeSeq for Elements<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.add(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeTuple for Elements<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.add(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeTupleStruct for Elements<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.add(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeTupleVariant for Elements<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.add(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        // Names that are numbers or variants become texts, as everywhere in JSON.
        self.next = Cow::Owned(match serde_json::to_value(it)? {
            Value::String(name) => name,
            name @ (Value::Number(_) | Value::Bool(_)) => name.to_string(),
            _ => return Err(Error::custom("the name of a member must be a text")),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        let name = std::mem::take(&mut self.next);
        self.add(name, it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        it: &T,
    ) -> Result<(), Error> {
        self.add(Cow::Borrowed(name), it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeStructVariant for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        it: &T,
    ) -> Result<(), Error> {
        self.add(Cow::Borrowed(name), it)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}
