//! Clues as they lie in a case, and read back with what was judged of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;

use anyhow::Context;
use minehound_clues::{Found, Table};
use minehound_model::{Answer, Clue, Graded, Standing, Who};
use minehound_report::JudgedClue;
use minehound_store::{Case, ClueList, StoredClue};
use serde::{Deserialize, Serialize};

/// What is kept of a list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptList {
    pub(super) tables: Vec<Table>,
    pub(super) found: Found,
    /// Clues that an earlier list has as well.
    pub(super) known_before: u64,
    /// The end of the day until which answers are due, for clues that name none.
    pub(super) due_ms: Option<i64>,
}

/// What is kept of an answer.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct KeptAnswer {
    pub(super) answer: Answer,
    pub(super) graded: Graded,
    /// Whom the outer end spoke to instead of whom the clue names.
    #[serde(default)]
    pub(super) other_far: Option<SocketAddr>,
}

/// What two clues have in common that say the same: the end, the minute, the pool.
pub(super) fn key(clue: &Clue) -> String {
    let Clue { address, port, seen, pool, .. } = clue;
    let port = port.map(|it| it.to_string()).unwrap_or_default();
    let seen = seen.map(|it| format!("{}-{}", it.from_ms / 60_000, it.to_ms / 60_000));
    let far = pool.address.map(|it| it.to_string()).or_else(|| pool.host.clone());
    let far = far.or_else(|| pool.name.clone()).unwrap_or_default();
    format!("{address} {port} {} {far}", seen.unwrap_or_default())
}

pub(super) fn clue(stored: &StoredClue) -> anyhow::Result<Clue> {
    serde_json::from_str(&stored.told).context("case.sqlite: clue")
}

pub(super) fn list(stored: &ClueList) -> anyhow::Result<KeptList> {
    serde_json::from_str(&stored.told).context("case.sqlite: list")
}

/// A list with its clues as they were judged last.
pub(super) struct WholeList {
    pub(super) list: ClueList,
    pub(super) kept: KeptList,
    pub(super) clues: Vec<JudgedClue>,
}

/// All lists of a case, or one of them by its number, with what was judged.
pub(super) fn lists(case: &Case, number: Option<i64>) -> anyhow::Result<Vec<WholeList>> {
    let answers = case.answers()?;
    let answered = |id: i64| -> anyhow::Result<KeptAnswer> {
        let told = answers.get(&id).map(|it| serde_json::from_str(it));
        Ok(told.transpose().context("case.sqlite: answer")?.unwrap_or_default())
    };
    let mut named = Named::default();
    let mut all = Vec::new();
    for list in case.lists()? {
        let mut rows = HashMap::new();
        let mut clues = Vec::new();
        for stored in case.clues(Some(list.id))? {
            let clue = self::clue(&stored)?;
            let KeptAnswer { answer, graded, other_far } = answered(stored.id)?;
            let same_as = rows.get(&stored.key).copied();
            rows.entry(stored.key).or_insert(clue.at);
            let before = named.lists(&answer, list.id);
            let sender = list.sender.clone();
            clues.push(JudgedClue {
                list: list.id,
                sender,
                clue,
                answer,
                graded,
                other_far,
                before,
                same_as,
            });
        }
        for it in &clues {
            named.note(it);
        }
        if number.is_none_or(|it| it == list.id) {
            let kept = self::list(&list)?;
            all.push(WholeList { list, kept, clues });
        }
    }
    Ok(all)
}

/// In which lists machines were named.
#[derive(Default)]
struct Named(BTreeMap<Who, BTreeSet<i64>>);

impl Named {
    fn lists(&self, answer: &Answer, own: i64) -> usize {
        let lists = device(answer).and_then(|it| self.0.get(it));
        lists.map_or(0, |it| it.iter().filter(|it| **it != own).count())
    }

    fn note(&mut self, judged: &JudgedClue) {
        if let Some(device) = device(&judged.answer) {
            self.0.entry(device.clone()).or_default().insert(judged.list);
        }
    }
}

/// The machine that an answer names, if it names one alone.
pub(crate) fn device(answer: &Answer) -> Option<&Who> {
    let first = answer.candidates.first().filter(|_| answer.standing() == Standing::One)?;
    matches!(first.who, Who::Machine(_)).then_some(&first.who)
}
