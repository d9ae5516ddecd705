//! Where in which file something was seen.

use minehound_model::{ArtefactId, Provenance};
use minehound_wire::Stamp;

use super::FRAME_BITS;

/// Milliseconds since 1970.
pub(crate) fn ms(stamp: Stamp) -> i64 {
    stamp.time_ns.div_euclid(1_000_000)
}

/// The files a capture consists of, each with its number of records.
pub(crate) struct Places<'p>(pub(crate) &'p [(ArtefactId, u64)]);

impl Places<'_> {
    /// The part of a stamp and the frame number in it.
    pub(crate) fn split(stamp: Stamp) -> (usize, u64) {
        let part = usize::try_from(stamp.frame >> FRAME_BITS).unwrap_or(usize::MAX);
        (part, stamp.frame & ((1 << FRAME_BITS) - 1))
    }

    /// The records from one stamp to another, as far as they lie in the file of the first.
    pub(crate) fn of(&self, first: Stamp, last: Stamp) -> Provenance {
        let ((part, from), (last_part, to)) = (Self::split(first), Self::split(last));
        let (artefact, records) = self.0.get(part).copied().unwrap_or_default();
        let to = if last_part == part { to } else { records };
        Provenance::at(artefact, from, to.max(from))
    }

    /// What lies between the stamps in the files after that of the first.
    pub(crate) fn after(&self, first: Stamp, last: Stamp) -> Vec<Provenance> {
        let ((part, _), (last_part, to)) = (Self::split(first), Self::split(last));
        let later = self.0.iter().enumerate().skip(part + 1).take(last_part.saturating_sub(part));
        let place = |(at, (artefact, records)): (usize, &(ArtefactId, u64))| {
            Provenance::at(*artefact, 1, if at == last_part { to } else { *records })
        };
        later.map(place).collect()
    }
}
