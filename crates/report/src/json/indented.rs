//! The layout of the report: one line a member, two spaces a level.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

/// A comma, the end of the line and the indentation of as many levels as reports have, and more.
const LINE: [u8; 2 + 2 * LEVELS] = {
    let mut line = [b' '; 2 + 2 * LEVELS];
    line[0] = b',';
    line[1] = b'\n';
    line
};
const LEVELS: usize = 32;

/// The layout of `serde_json`'s own pretty writer, with one write for a line's beginning: a report
/// has millions of lines.
#[derive(Debug, Default)]
pub(super) struct Indented {
    depth: usize,
    /// Whether the innermost list or object holds anything yet.
    filled: bool,
}

impl Indented {
    fn line<W: Write + ?Sized>(&self, out: &mut W, first: bool) -> Result<()> {
        let shown = self.depth.min(LEVELS);
        let line = LINE.get(usize::from(first)..2 + 2 * shown).unwrap_or_default();
        out.write_all(line)?;
        (shown..self.depth).try_for_each(|_| out.write_all(b"  "))
    }

    fn open<W: Write + ?Sized>(&mut self, out: &mut W, bracket: u8) -> Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(&[bracket])
    }

    fn close<W: Write + ?Sized>(&mut self, out: &mut W, bracket: u8) -> Result<()> {
        self.depth -= 1;
        if std::mem::replace(&mut self.filled, true) {
            self.line(out, true)?;
        }
        out.write_all(&[bracket])
    }
}

impl Formatter for Indented {
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.open(out, b'[')
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.close(out, b']')
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.line(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.open(out, b'{')
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        self.close(out, b'}')
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.line(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Serializer, Value, json};

    use super::*;

    #[track_caller]
    fn check(value: &Value) {
        let mut text = Vec::new();
        let mut writer = Serializer::with_formatter(&mut text, Indented::default());
        value.serialize(&mut writer).unwrap();
        assert_eq!(text, serde_json::to_vec_pretty(value).unwrap());
    }

    #[test]
    fn the_layout_is_the_usual_one() {
        check(&json!({"a": [], "b": {}, "c": [1, {"d": null, "e": [[]]}], "f": "x"}));
        check(&json!([]));
        let deep = (0..80).fold(json!([1, 2]), |inner, _| json!({ "a": [inner] }));
        check(&deep);
    }
}
