//! An object that is too large to hold its text.

use std::io;

use serde::Serialize;

use super::{Layout, Writer, plainly_quoted};
use crate::RenderError;

/// Text is handed on in pieces of so many bytes at least: more than the program's own buffer holds, so
/// that they are not copied once more.
const PIECE: usize = 1 << 18;

/// Hands on the text of an object whose members are handed in one after the other: for the canonical
/// layout in the order of their names.
pub(in crate::json) struct Outline<O> {
    out: O,
    text: Vec<u8>,
    layout: Layout,
    first: bool,
}

impl<O: FnMut(&[u8]) -> io::Result<()>> Outline<O> {
    /// Begins; `out` takes the text, piece by piece.
    pub(in crate::json) fn new(layout: Layout, out: O) -> Self {
        Self { out, text: b"{".to_vec(), layout: layout.inside(), first: true }
    }

    /// A member of the object.
    pub(in crate::json) fn member(
        &mut self,
        name: &'static str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), RenderError> {
        self.name(name);
        let layout = self.layout.under(name);
        value.serialize(Writer { text: &mut self.text, layout })?;
        self.next()
    }

    /// A member that is a list, of which few elements are held at a time.
    pub(in crate::json) fn list(
        &mut self,
        name: &'static str,
        elements: impl Iterator<Item = impl Serialize>,
    ) -> Result<(), RenderError> {
        self.name(name);
        self.text.push(b'[');
        let (layout, mut first) = (self.layout.inside(), true);
        for element in elements {
            layout.line(&mut self.text, std::mem::take(&mut first));
            element.serialize(Writer { text: &mut self.text, layout })?;
            self.next()?;
        }
        layout.end(&mut self.text, first);
        self.text.push(b']');
        Ok(())
    }

    /// Ends the object and hands on the rest of its text.
    pub(in crate::json) fn close(mut self) -> Result<(), RenderError> {
        self.layout.end(&mut self.text, self.first);
        self.text.push(b'}');
        Ok((self.out)(&self.text)?)
    }

    fn name(&mut self, name: &str) {
        self.layout.line(&mut self.text, std::mem::take(&mut self.first));
        plainly_quoted(&mut self.text, name);
        self.layout.colon(&mut self.text);
    }

    fn next(&mut self) -> Result<(), RenderError> {
        if self.text.len() >= PIECE {
            (self.out)(&self.text)?;
            self.text.clear();
        }
        Ok(())
    }
}
