//! Lists whose elements are made only while they are written: there may be a hundred thousand.

use super::{EvidenceRecord, Maker};

/// A record for each of some parts of a case.
pub(super) struct Each<'m, 'c, 'r, T, R> {
    maker: &'m Maker<'c, 'r>,
    parts: &'c [T],
    make: fn(&'m Maker<'c, 'r>, &'c T) -> R,
}

impl<'m, 'c, 'r, T, R> Each<'m, 'c, 'r, T, R> {
    pub(super) fn of(
        maker: &'m Maker<'c, 'r>,
        parts: &'c [T],
        make: fn(&'m Maker<'c, 'r>, &'c T) -> R,
    ) -> Self {
        Self { maker, parts, make }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = R> {
        self.parts.iter().map(|it| (self.make)(self.maker, it))
    }
}

/// Every place that anything rests on, in the order of the numbers.
pub(super) struct Numbered<'m, 'c, 'r>(pub(super) &'m Maker<'c, 'r>);

impl<'c> Numbered<'_, 'c, '_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = EvidenceRecord<'c>> {
        let places = self.0.ledger.places().iter().enumerate();
        places.map(|(place, it)| self.0.at(place + 1, it))
    }
}
