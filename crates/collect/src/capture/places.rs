//! Where in which file something was seen.

use std::collections::BTreeMap;
use std::net::IpAddr;

use minehound_model::{ArtefactId, EntityId, EntityKind, Provenance};
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

    /// Whom an address in the capture stands for. A loopback address is whatever machine speaks to
    /// itself: another one in every capture. So it is named by the capture, for now by the number of
    /// its first file, until that file is sealed: see [`sealed`].
    pub(crate) fn endpoint(&self, address: IpAddr) -> EntityId {
        let own = self.0.first().filter(|_| address.to_canonical().is_loopback());
        let name = own.map_or_else(|| address.to_string(), |it| format!("{address}@{}", it.0.0));
        EntityId::new(EntityKind::Endpoint, name)
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

/// How much of a digest tells captures apart, in hexadecimal digits.
const SHORT: usize = 8;

/// Names an endpoint that belongs to one capture by the digest of its file, which is the same in
/// every run.
pub(crate) fn sealed(
    entity: &EntityId,
    digests: &BTreeMap<ArtefactId, String>,
) -> Option<EntityId> {
    let (address, number) = entity.name().split_once('@')?;
    if entity.kind() != EntityKind::Endpoint || address.parse::<IpAddr>().is_err() {
        return None;
    }
    let digest = digests.get(&ArtefactId(number.parse().ok()?))?.get(..SHORT)?;
    Some(EntityId::new(EntityKind::Endpoint, format!("{address}@{digest}")))
}
