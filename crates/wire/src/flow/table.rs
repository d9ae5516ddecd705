//! A table of flows: found by key, swept in turn.
//!
//! Entries lie in one array, and the hash table holds their numbers alone: it stays small enough
//! for the cache, and the array can be walked a little at a time without touching the rest.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::entry::Entry;
use super::key::Key;

/// Flows by key. The seed is random against forged collisions; no order here depends on it.
pub(super) struct Table<K> {
    numbers: HashTable<u32>,
    places: Vec<Place<K>>,
    free: Vec<u32>,
    hand: usize,
    seed: RandomState,
}

struct Place<K> {
    key: K,
    entry: Option<Entry>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self {
            numbers: HashTable::new(),
            places: Vec::new(),
            free: Vec::new(),
            hand: 0,
            seed: RandomState::default(),
        }
    }
}

impl<K: Key> Table<K> {
    /// How many flows there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// How many places there are, free ones included.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// The number of the flow with this key.
    pub(super) fn find(&self, key: &K) -> Option<u32> {
        let found = self.numbers.find(self.seed.hash_one(key), |number| {
            self.places.get(index(*number)).is_some_and(|place| place.key == *key)
        });
        found.copied()
    }

    /// The flow of this number.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<(K, &mut Entry)> {
        let place = self.places.get_mut(index(number))?;
        let key = place.key;
        place.entry.as_mut().map(|entry| (key, entry))
    }

    /// Puts in a flow whose key is not there; gives its number, or nothing when 2^32 are there.
    pub(super) fn insert(&mut self, key: K, entry: Entry) -> Option<u32> {
        let place = Place { key, entry: Some(entry) };
        let number = if let Some(number) = self.free.pop() {
            *self.places.get_mut(index(number))? = place;
            number
        } else {
            let number = u32::try_from(self.places.len()).ok()?;
            self.places.push(place);
            number
        };
        let (places, seed) = (&self.places, &self.seed);
        self.numbers.insert_unique(seed.hash_one(key), number, |number| {
            places.get(index(*number)).map_or(0, |place| seed.hash_one(place.key))
        });
        Some(number)
    }

    /// Takes out the flow of this number.
    pub(super) fn remove(&mut self, number: u32) -> Option<(K, Entry)> {
        let place = self.places.get_mut(index(number))?;
        let (key, entry) = (place.key, place.entry.take()?);
        let hash = self.seed.hash_one(key);
        if let Ok(found) = self.numbers.find_entry(hash, |other| *other == number) {
            found.remove();
        }
        self.free.push(number);
        Some((key, entry))
    }

    /// The number under the hand, which moves on.
    pub(super) fn turn(&mut self) -> u32 {
        self.hand = if self.hand + 1 < self.places.len() { self.hand + 1 } else { 0 };
        u32::try_from(self.hand).unwrap_or(0)
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
