//! Several runs made one: ties in order and entries in order come in, the same come out, so that
//! memory is a block and a stretch of each, and four bytes for each tie.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::path::Path;

use super::write::Writer;
use super::{Entry, Run};

/// Writes what all of these runs hold into one, in the same way as [`super::write()`].
pub(crate) fn merge(path: &Path, runs: &[&Run]) -> io::Result<String> {
    let mut writer = Writer::create(path)?;
    let mut new_rows: Vec<Vec<u32>> = runs.iter().map(|_| Vec::new()).collect();
    let mut ties: Vec<_> = runs.iter().map(|it| it.ties()).collect();
    merged(&mut ties, |place, tie| {
        let row = writer.tie(&tie)?;
        if let Some(rows) = new_rows.get_mut(place) {
            rows.push(row);
        }
        Ok(())
    })?;
    let mut writer = writer.end_ties()?;
    // Ties keep their order, so the entries of one run do as well.
    let mut entries: Vec<_> =
        runs.iter().zip(new_rows).map(|(run, rows)| renumbered(run, rows)).collect();
    merged(&mut entries, |_, entry| writer.entry(entry))?;
    writer.finish()
}

fn renumbered(run: &Run, rows: Vec<u32>) -> impl Iterator<Item = io::Result<Entry>> {
    run.entries().map(move |it| {
        let entry = it?;
        let row = rows.get(entry.row as usize).copied();
        let row = row.ok_or_else(|| io::Error::other("a row beyond the last"))?;
        Ok(Entry { row, ..entry })
    })
}

/// Puts what ordered iterators give, in order, with the place of the one that gave it.
fn merged<T: Ord, I: Iterator<Item = io::Result<T>>>(
    from: &mut [I],
    mut put: impl FnMut(usize, T) -> io::Result<()>,
) -> io::Result<()> {
    let mut next = BinaryHeap::with_capacity(from.len());
    for (place, it) in from.iter_mut().enumerate() {
        next.extend(it.next().transpose()?.map(|it| Reverse((it, place))));
    }
    while let Some(Reverse((it, place))) = next.pop() {
        put(place, it)?;
        let following = from.get_mut(place).and_then(Iterator::next).transpose()?;
        next.extend(following.map(|it| Reverse((it, place))));
    }
    Ok(())
}
