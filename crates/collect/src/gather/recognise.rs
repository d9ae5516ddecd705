//! What a file is, by its content.

use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;

use crate::capture::{self, Head};
use crate::source::open_regular;
use crate::unpack::{PREFIX, prefix_of, unpack};
use crate::walk::Named;
use crate::{host, logs};

/// How much of a stream is looked at to recognise it.
const HEAD: usize = 1 << 20;
/// How much of a file is looked at to tell a log.
const OPENING: usize = 16 << 10;

/// What a file is, by its content.
pub(super) enum Kind {
    Capture(Head),
    Bundle,
    /// A log, and whether it tells of names that were asked for.
    Log(bool),
    Unread(&'static str),
}

/// A file to be read from its beginning, or what was taken from a stream already and its rest.
pub(super) enum Input {
    File,
    Stream(Vec<u8>, Box<dyn Read>),
}

pub(super) fn begin(named: &Named) -> io::Result<(Kind, Input)> {
    if let Some(mut stream) = stream(named)? {
        let taken = prefix_of(&mut stream, HEAD)?;
        let kind = recognise(&taken[..])?;
        return Ok((kind, Input::Stream(taken, stream)));
    }
    Ok((recognise(open_regular(&named.path)?)?, Input::File))
}

/// Standard input, or a pipe that the user named, as a shell's `<(command)` does. A pipe that
/// merely lies in a folder is not waited on.
fn stream(named: &Named) -> io::Result<Option<Box<dyn Read>>> {
    if named.path.as_os_str() == "-" {
        return Ok(Some(Box::new(io::stdin())));
    }
    let pipe = |it: std::fs::Metadata| it.file_type().is_fifo();
    if named.directly && std::fs::metadata(&named.path).is_ok_and(pipe) {
        return Ok(Some(Box::new(std::fs::File::open(&named.path)?)));
    }
    Ok(None)
}

fn recognise(reader: impl Read) -> io::Result<Kind> {
    let Ok((mut unpacked, packed)) = unpack(reader, std::rc::Rc::default()) else {
        return Ok(DAMAGED);
    };
    let prefix = match prefix_of(&mut unpacked, PREFIX) {
        Ok(prefix) => prefix,
        Err(_) if packed.is_some() => return Ok(DAMAGED),
        Err(cause) => return Err(cause),
    };
    if prefix.is_empty() {
        return Ok(Kind::Unread("empty-file"));
    }
    if host::is_bundle(&prefix) {
        return Ok(Kind::Bundle);
    }
    let Err(why) = capture::recognise(&prefix) else {
        return Ok(Kind::Capture(capture::head(io::Cursor::new(prefix).chain(unpacked))));
    };
    if why.is_none() {
        let opening = prefix_of(&mut io::Cursor::new(prefix).chain(unpacked), OPENING)?;
        if let Some(names) = logs::recognise(&opening) {
            return Ok(Kind::Log(names));
        }
    }
    Ok(Kind::Unread(why.unwrap_or("unknown-format")))
}

/// An archive that does not unpack is a damaged file, not a failure of the system.
const DAMAGED: Kind = Kind::Unread("damaged");
