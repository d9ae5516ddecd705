//! Work for all cores, whose results come in order.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::anyhow;

/// Most threads: each holds a capture in memory.
const MOST: usize = 4;

/// Does every job, each thread with a folder of its own, and gives the results in order.
pub(super) fn each<J: Sync, R: Send>(
    jobs: &[J],
    work: impl Fn(&J, &Path) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let run = || -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(place) else { return Ok(()) };
            let result = work(job, scratch.path())?;
            done.lock().map_err(|_| anyhow!("a thread broke off"))?.push((place, result));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .try_for_each(|it| it.join().map_err(|_| anyhow!("a thread broke off"))?)
    })?;
    let mut done = done.into_inner().map_err(|_| anyhow!("a thread broke off"))?;
    done.sort_by_key(|it| it.0);
    Ok(done.into_iter().map(|it| it.1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_jobs_and_a_failure_is_told() {
        let jobs: Vec<u64> = (0..50).collect();
        let squares = each(&jobs, |it, _| Ok(it * it)).unwrap();
        assert_eq!(squares, jobs.iter().map(|it| it * it).collect::<Vec<_>>());
        assert!(each(&jobs, |it, _| if *it == 9 { Err(anyhow!("nine")) } else { Ok(()) }).is_err());
    }
}
