//! Looking up in a case.

use std::net::IpAddr;
use std::rc::Rc;

use minehound_model::{Ask, Log, LogId, Span, Tie, Ties};

use crate::case::{Case, Named};
use crate::run::BLOCK;

impl Case {
    /// What went wrong while ties were looked up, if anything did: an answer given since then may
    /// lack what was in the damaged part.
    pub fn trouble(&self) -> Option<String> {
        self.broken.borrow().clone()
    }

    fn block(&self, run: usize, block: usize) -> Rc<[Tie]> {
        if let Some(kept) = self.blocks.borrow_mut().get((run, block)) {
            return kept;
        }
        let read = self.runs.get(run).map(|it| it.run.block(block));
        let ties = match read {
            Some(Ok(ties)) => ties,
            Some(Err(cause)) => self.note_trouble(&cause),
            None => Rc::from([]),
        };
        self.blocks.borrow_mut().keep((run, block), &ties);
        ties
    }

    fn note_trouble(&self, cause: &std::io::Error) -> Rc<[Tie]> {
        self.broken.borrow_mut().get_or_insert_with(|| cause.to_string());
        Rc::from([])
    }
}

impl Ties for Case {
    fn logs(&self) -> &[Log] {
        &self.logs
    }

    fn find(&self, ask: Ask, window: &dyn Fn(LogId) -> Option<Span>, limit: usize) -> Vec<Tie> {
        let mut found = Vec::new();
        for (number, Named { run, .. }) in self.runs.iter().enumerate() {
            let rows = run.may_answer(ask, window, usize::MAX).unwrap_or_else(|cause| {
                self.note_trouble(&cause);
                Vec::new()
            });
            let fits = |it: &&Tie| {
                ask.is_answered_by(&it.what)
                    && ask.is_put_to(it.line.log)
                    && window(it.line.log).is_some_and(|window| window.overlaps(it.span))
            };
            for rows in rows.chunk_by(|a, b| a / BLOCK == b / BLOCK) {
                let Some(block) = rows.first().map(|it| it / BLOCK) else { continue };
                let ties = self.block(number, block);
                let ties = rows.iter().filter_map(|it| ties.get(it % BLOCK));
                let room = limit.saturating_sub(found.len());
                found.extend(ties.filter(fits).take(room).cloned());
                if found.len() >= limit {
                    break;
                }
            }
            if found.len() >= limit {
                break;
            }
        }
        found.sort();
        found
    }

    fn count(&self, ask: Ask, window: &dyn Fn(LogId) -> Option<Span>, limit: usize) -> usize {
        let mut count = 0;
        for Named { run, .. } in &self.runs {
            if count >= limit {
                break;
            }
            match run.may_answer(ask, window, limit) {
                Ok(rows) => count += rows.len(),
                Err(cause) => drop(self.note_trouble(&cause)),
            }
        }
        count
    }

    fn sample(&self, log: LogId, count: usize) -> Vec<Tie> {
        let of_runs = || self.runs.iter().map(|it| it.run.sampled(log)).enumerate();
        // Large runs name every so many of their ties only: of others no more are taken.
        let apart = of_runs().map(|(_, (_, apart))| apart).max().unwrap_or(1);
        let rows: Vec<(usize, usize)> = of_runs()
            .flat_map(|(run, (rows, own))| {
                let step = (apart / own).max(1) as usize;
                rows.iter().step_by(step).map(move |row| (run, *row as usize))
            })
            .collect();
        let step = rows.len().div_ceil(count.max(1)).max(1);
        let tie =
            |(run, row): (usize, usize)| self.block(run, row / BLOCK).get(row % BLOCK).cloned();
        rows.into_iter().step_by(step).filter_map(tie).collect()
    }

    fn translators(&self, outer: IpAddr) -> Vec<LogId> {
        self.outers.get(&outer).cloned().unwrap_or_default()
    }
}
