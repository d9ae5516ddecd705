//! Names to numbers: a small open table, since every name of every line is looked up in it.

/// A set of names, each with a number.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Places in `names` plus one; 0 is free.
    slots: Vec<u16>,
    names: Vec<(Box<[u8]>, u16)>,
}

impl Keys {
    pub(crate) fn new(names: impl IntoIterator<Item = (Vec<u8>, u16)>) -> Self {
        let names: Vec<(Box<[u8]>, u16)> =
            names.into_iter().map(|(name, number)| (name.into_boxed_slice(), number)).collect();
        let mut slots = vec![0_u16; (names.len() * 4).next_power_of_two().max(4)];
        let mask = slots.len() - 1;
        for (place, (name, _)) in (1_u16..).zip(&names) {
            let mut at = hash(name) & mask;
            while slots.get(at).is_some_and(|it| *it != 0) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = place;
            }
        }
        Self { slots, names }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The number of a name.
    #[inline]
    pub(crate) fn get(&self, name: &[u8]) -> Option<u16> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash(name) & mask;
        // The table is never more than a quarter full: a free slot ends every search.
        loop {
            let place = *self.slots.get(at)?;
            let (known, number) = self.names.get(usize::from(place).checked_sub(1)?)?;
            if **known == *name {
                return Some(*number);
            }
            at = (at + 1) & mask;
        }
    }
}

#[inline]
fn hash(name: &[u8]) -> usize {
    let at = |place: usize| name.get(place).map_or(0, |it| usize::from(*it));
    let length = name.len();
    at(0)
        .wrapping_add(at(length / 2).wrapping_mul(7))
        .wrapping_add(at(length.wrapping_sub(1)).wrapping_mul(31))
        .wrapping_add(length.wrapping_mul(131))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_others_are_not() {
        let names: Vec<_> =
            (0..200_u16).map(|it| (format!("field{it}").into_bytes(), it)).collect();
        let keys = Keys::new(names.clone());
        for (name, number) in &names {
            assert_eq!(keys.get(name), Some(*number));
        }
        assert_eq!(keys.get(b"field200"), None);
        assert_eq!(keys.get(b""), None);
        assert_eq!(Keys::default().get(b"a"), None);
    }
}
