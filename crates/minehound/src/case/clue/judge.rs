//! The clues of a list, held against the logs of the case.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;

use minehound_detect::Knowledge;
use minehound_detect::clue::{Sighted, grade};
use minehound_model::{
    Answer, Candidate, Clue, LogClock, Question, Span, Standing, Tied, Ties as _,
};
use minehound_store::{Case, StoredClue};

use super::stored::{KeptAnswer, clue};
use crate::case::answering::Answering;
use crate::case::list::question;

/// How far from the moment of a clue other logs are asked about its machine: sessions of miners last.
const AROUND_MS: i64 = 1_800_000;
/// What is taken of what they say.
const MAX_SIGHTED: u32 = 200;

/// Judges clues and gives what is to be kept: number of the clue and its answer as JSON. Clues that say
/// the same are judged once.
pub(super) fn judge(
    case: &Case,
    clues: &[StoredClue],
    site: Option<&Path>,
    clock: LogClock,
    knowledge: &Knowledge,
) -> anyhow::Result<Vec<(i64, String)>> {
    let read = clues.iter().map(clue).collect::<anyhow::Result<Vec<Clue>>>()?;
    let answering = Answering::new(case, site)?;
    // The first of those that say the same, by their key.
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (place, it) in clues.iter().enumerate() {
        first.entry(&it.key).or_insert(place);
    }
    let asked: Vec<(usize, Question)> = read
        .iter()
        .zip(clues)
        .enumerate()
        .filter(|(place, (_, stored))| first.get(stored.key.as_str()) == Some(place))
        .filter_map(|(place, (clue, _))| Some((place, question(clue, clock)?)))
        .collect();
    let (places, mut questions): (Vec<usize>, Vec<Question>) = asked.into_iter().unzip();
    answering.settle(&mut questions);
    let answers = answering.answers(&questions)?;
    let mut others = others_far(&answering, &places, &questions, &answers)?;
    let mut answers: HashMap<usize, Answer> = places.into_iter().zip(answers).collect();
    let mut told: HashMap<&str, String> = HashMap::new();
    let mut judged = Vec::new();
    for (place, (stored, clue)) in clues.iter().zip(&read).enumerate() {
        if let Some(known) = told.get(stored.key.as_str()) {
            judged.push((stored.id, known.clone()));
            continue;
        }
        let answer = answers.remove(&place).unwrap_or_default();
        let sighted = sighted(case, clue, &answer)?;
        let graded = grade(clue, &answer, case.logs(), &sighted, knowledge);
        let other_far = others.remove(&place);
        let kept = serde_json::to_string(&KeptAnswer { answer, graded, other_far })?;
        judged.push((stored.id, kept.clone()));
        told.insert(&stored.key, kept);
    }
    answering.check()?;
    Ok(judged)
}

/// Whom outer ends spoke to at that moment, where logs say so and it is not whom the clue names; by the
/// place of the clue.
fn others_far(
    answering: &Answering<'_>,
    places: &[usize],
    questions: &[Question],
    answers: &[Answer],
) -> anyhow::Result<HashMap<usize, SocketAddr>> {
    let open = |question: &Question, answer: &Answer| {
        let named = question.far.is_some() && question.port.is_some();
        named && !matches!(answer.standing(), Standing::One | Standing::Several)
    };
    let asked = places.iter().zip(questions).zip(answers).filter(|((_, q), a)| open(q, a));
    let (places, questions): (Vec<usize>, Vec<Question>) =
        asked.map(|((place, it), _)| (*place, Question { far: None, ..it.clone() })).unzip();
    let spoke_to = |other: &Answer| {
        let first = other.candidates.first().filter(|_| other.standing() == Standing::One)?;
        first.steps.iter().find_map(|it| it.tied.far())
    };
    let others = answering.answers(&questions)?;
    let told = places.into_iter().zip(&others);
    Ok(told.filter_map(|(place, it)| Some((place, spoke_to(it)?))).collect())
}

/// What logs say of the machine around the moment of a clue, and of the outer address itself.
fn sighted(case: &Case, clue: &Clue, answer: &Answer) -> anyhow::Result<Vec<Sighted>> {
    let Some(seen) = clue.seen else { return Ok(Vec::new()) };
    let around = Span {
        from_ms: seen.from_ms.saturating_sub(AROUND_MS),
        to_ms: seen.to_ms.saturating_add(AROUND_MS),
    };
    let inner = answer.candidates.first().filter(|it| it.probability >= Answer::ALONE);
    let Some(address) = inner.and_then(Candidate::inner_address) else { return Ok(Vec::new()) };
    // What was said of the address while somebody else may have held it says nothing of this one.
    let held = inner.and_then(|it| {
        let leases = it
            .steps
            .iter()
            .filter(|it| matches!(it.tied, Tied::Lease { address: of, .. } if of == address));
        leases.map(|it| it.span).reduce(Span::hull)
    });
    let window = held.map_or(around, |held| Span {
        from_ms: around.from_ms.max(held.from_ms),
        to_ms: around.to_ms.min(held.to_ms),
    });
    let found = case.sightings(&address.to_string(), window, MAX_SIGHTED)?;
    let whole = found.into_iter().filter(|it| held.is_none_or(|held| held.covers(it.span)));
    whole.map(|it| Ok(Sighted { span: it.span, fact: serde_json::from_str(&it.told)? })).collect()
}
