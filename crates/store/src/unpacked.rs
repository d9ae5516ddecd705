//! Blocks of ties that were unpacked last.

use std::collections::HashMap;
use std::rc::Rc;

use minehound_model::Tie;

/// Blocks that are kept unpacked, of those asked for last and of those before: some 200 MB.
const KEPT_BLOCKS: usize = 4_096;

/// Blocks by run and number, in two generations: the older one goes when the younger is full.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    young: HashMap<(usize, usize), Rc<[Tie]>>,
    old: HashMap<(usize, usize), Rc<[Tie]>>,
}

impl Unpacked {
    pub(crate) fn get(&mut self, place: (usize, usize)) -> Option<Rc<[Tie]>> {
        if let Some(kept) = self.young.get(&place) {
            return Some(Rc::clone(kept));
        }
        let kept = self.old.remove(&place)?;
        self.keep(place, &kept);
        Some(kept)
    }

    pub(crate) fn keep(&mut self, place: (usize, usize), ties: &Rc<[Tie]>) {
        if self.young.len() >= KEPT_BLOCKS {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(place, Rc::clone(ties));
    }
}
