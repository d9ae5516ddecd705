//! What is answered to a clue, and the sheets about clues, in the words of the catalogue.

use std::net::SocketAddr;

use jiff::tz::TimeZone;
use minehound_model::{
    Answer, Behaviour, Candidate, Clue, Graded, ListRow, Missing, Objection, Standing, Support, Who,
};

use crate::catalogue::fill;
use crate::proof::{Words, percent};
use crate::{Catalogue, CatalogueError, Lang, visible};

/// Whoever has less does not fit.
const FITS: f64 = 0.005;
/// Candidates that an answer names where several fit.
const NAMED: usize = 3;
/// Below this share a candidate is not worth a visit.
const WORTH: f64 = 0.05;

/// A clue with what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedClue {
    /// The number of the list in the case.
    pub list: i64,
    /// Who sent the list.
    pub sender: String,
    /// What it says.
    pub clue: Clue,
    /// Who it may have been.
    pub answer: Answer,
    /// How far it is borne out.
    pub graded: Graded,
    /// Whom the outer end spoke to at that moment instead of whom the clue names.
    pub other_far: Option<SocketAddr>,
    /// In how many earlier lists the same machine was named.
    pub before: usize,
    /// The earlier row of the list that says the same.
    pub same_as: Option<ListRow>,
}

/// What stands in the cells of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// What was found, in sentences.
    pub result: String,
    /// The inner address.
    pub inner: Option<String>,
    /// The hardware address.
    pub mac: Option<String>,
    /// What the machine calls itself.
    pub machine: Option<String>,
    /// The account; not a person.
    pub account: Option<String>,
    /// Where it was.
    pub place: Option<String>,
}

/// The words of answers in one language.
#[derive(Debug)]
pub struct ClueWords {
    catalogue: Catalogue,
    tz: TimeZone,
}

impl JudgedClue {
    /// How far its answer goes; nothing can be said of a clue without a moment.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.clue.seen.map(|_| self.answer.standing())
    }

    /// Whether there is something that speaks against the sender's claim.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        // That we do not know a pool speaks against nobody's clue: it is asked about.
        let against = |it: &Objection| *it != Objection::UnknownPool;
        let objected = self.graded.objections.iter().any(against) || self.other_far.is_some();
        objected && self.graded.found < Some(Behaviour::LoggedIn)
    }
}

impl ClueWords {
    /// The words of a language; times are shown in a zone.
    ///
    /// # Errors
    ///
    /// Returns [`CatalogueError`] when the catalogue is broken, which a test rules out.
    pub fn new(lang: Lang, tz: TimeZone) -> Result<Self, CatalogueError> {
        Ok(Self { catalogue: Catalogue::of(lang)?, tz })
    }

    /// A message about clues.
    #[must_use]
    pub fn say(&self, message: &str) -> String {
        self.catalogue.named("clue", message)
    }

    /// The same with what it speaks of in its places.
    #[must_use]
    pub fn filled(&self, message: &str, args: &[(&str, Option<String>)]) -> String {
        let pattern = self.say(message);
        fill(&pattern, |name| args.iter().find(|it| it.0 == name).and_then(|it| it.1.clone()))
    }

    /// A moment.
    #[must_use]
    pub fn moment(&self, at_ms: i64) -> String {
        crate::moment(at_ms, &self.tz)
    }

    /// A log that would decide.
    #[must_use]
    pub fn missing(&self, missing: &Missing) -> String {
        Words::new(&self.catalogue, &self.tz).missing(missing)
    }

    /// Whom a candidate is.
    #[must_use]
    pub fn who(&self, candidate: &Candidate) -> String {
        Words::new(&self.catalogue, &self.tz).who(&candidate.who)
    }

    fn first_account(candidate: &Candidate) -> Option<String> {
        let (account, share) = candidate.accounts.first()?;
        Some(if *share > 0.995 {
            visible(account)
        } else {
            format!("{} ({})", visible(account), percent(*share))
        })
    }

    fn first_place(&self, candidate: &Candidate) -> Option<String> {
        let (place, share) = candidate.places.first()?;
        let text = self.filled(
            "place",
            &[
                ("device", Some(visible(&place.device))),
                ("port", place.port.as_deref().map(visible)),
            ],
        );
        Some(if *share > 0.995 { text } else { format!("{text} ({})", percent(*share)) })
    }

    /// What is answered.
    #[must_use]
    pub fn reply(&self, judged: &JudgedClue) -> Reply {
        let first = judged.answer.candidates.first();
        let mut sentences = Vec::new();
        if let Some(row) = judged.same_as {
            sentences.push(self.filled("same-as", &[("row", Some(row.row.to_string()))]));
        }
        sentences.push(self.whom(judged));
        if judged.standing().is_some_and(|it| it != Standing::Unknown)
            || judged.graded.found.is_some()
        {
            sentences.push(self.grade(&judged.graded));
        }
        sentences.extend(self.other_far(judged));
        sentences.extend(judged.graded.objections.iter().map(|it| self.say(it.id())));
        if judged.before > 0 {
            sentences.push(self.filled("before", &[("count", Some(judged.before.to_string()))]));
        }
        let result = sentences.join(if self.catalogue.lang() == Lang::Zh { "" } else { " " });
        let one = first.filter(|_| judged.standing() == Some(Standing::One));
        let mac = one.and_then(|it| match it.who {
            Who::Machine(mac) => Some(mac.to_string()),
            Who::Holder(_) | Who::Behind(_) => None,
        });
        Reply {
            result,
            inner: one.and_then(Candidate::inner_address).map(|it| it.to_string()),
            mac,
            machine: one.and_then(|it| it.host_name.as_deref().map(visible)),
            // A cell that names somebody holds no other: a doubtful one is told in the sentence alone.
            account: one
                .filter(|it| it.accounts.first().is_some_and(|it| it.1 >= Answer::ALONE))
                .and_then(Self::first_account),
            place: one.and_then(|it| self.first_place(it)),
        }
    }

    /// That the end spoke to somebody else.
    #[must_use]
    pub fn other_far(&self, judged: &JudgedClue) -> Option<String> {
        let far = judged.other_far?;
        Some(self.filled("other-far", &[("far", Some(far.to_string()))]))
    }

    /// Whose it was.
    fn whom(&self, judged: &JudgedClue) -> String {
        let answer = &judged.answer;
        let missing = answer.missing.first().map(|it| self.missing(it));
        let Some(standing) = judged.standing() else { return self.say("no-moment") };
        match (standing, answer.candidates.first()) {
            (Standing::One, Some(it)) => self.filled(
                "one",
                &[
                    ("who", Some(self.who(it))),
                    (
                        "inner",
                        it.inner_address()
                            .filter(|_| matches!(it.who, Who::Machine(_)))
                            .map(|it| it.to_string()),
                    ),
                    ("name", it.host_name.as_deref().map(visible)),
                    ("account", Self::first_account(it)),
                    ("place", self.first_place(it)),
                ],
            ),
            (Standing::Several, Some(_)) => self.several(answer, missing),
            (Standing::Behind, Some(it)) => {
                self.filled("behind", &[("who", Some(self.who(it))), ("missing", missing)])
            }
            _ => self.filled("unknown", &[("missing", missing)]),
        }
    }

    /// That nobody can be singled out: who fits, how well, and how much is left to others.
    fn several(&self, answer: &Answer, missing: Option<String>) -> String {
        let fits = answer.candidates.iter().filter(|it| it.probability >= FITS);
        let count = fits.clone().count();
        let named: Vec<_> = fits.take(NAMED).collect();
        let said: Vec<_> = named
            .iter()
            .map(|it| format!("{} {}", self.who(it), percent(it.probability)))
            .collect();
        let rest = 1.0 - named.iter().map(|it| it.probability).sum::<f64>();
        self.filled(
            if count == 1 { "likeliest" } else { "several" },
            &[
                ("count", Some(count.to_string())),
                ("list", Some(said.join(self.catalogue.comma()))),
                ("rest", (rest >= FITS).then(|| percent(rest))),
                ("missing", missing),
            ],
        )
    }

    /// How far a clue is borne out, and by what.
    #[must_use]
    pub fn grade(&self, graded: &Graded) -> String {
        let Some(Support { behaviour, device, what, span }) = graded.because.first() else {
            return self.say("found-none");
        };
        self.filled(
            &format!("found-{}", behaviour.id()),
            &[
                ("device", Some(visible(device))),
                ("what", Some(visible(what))),
                ("when", Some(self.moment(span.from_ms))),
            ],
        )
    }

    /// The candidates that are worth a look, how likely each is, and what is known of it.
    #[must_use]
    pub fn worth<'a>(&self, answer: &'a Answer) -> Vec<(&'a Who, f64, String)> {
        let worth = answer.candidates.iter().filter(|it| it.probability >= WORTH).take(NAMED);
        let told = worth.filter(|it| !matches!(it.who, Who::Behind(_))).map(|it| {
            let text = self.filled(
                "worth",
                &[
                    ("who", Some(self.who(it))),
                    ("share", Some(percent(it.probability))),
                    ("place", self.first_place(it)),
                    ("name", it.host_name.as_deref().map(visible)),
                ],
            );
            (&it.who, it.probability, text)
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests;
