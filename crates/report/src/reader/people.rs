//! What people wrote: where it comes from, and what of it is about nothing in this run.

use minehound_assess::case::{Origin, Workbook};
use minehound_assess::people::MASKED;
use minehound_assess::{Case, Exclusion, exclusion};
use minehound_model::{EntityId, Verdict};

use super::Reader;
use crate::{quantity, visible};

/// Inputs that are named one by one.
const SHOWN: usize = 5;
/// Digits that a digest is shown with in a sentence.
const DIGITS: usize = 12;

impl Reader<'_> {
    /// Where what people wrote comes from, how its inputs differ from those of this run, and what
    /// of it is about nothing in this run; nothing where no workbook was given.
    #[must_use]
    pub fn workbook(&self, case: &Case) -> Vec<String> {
        let Some(workbook) = &case.workbook else { return Vec::new() };
        let made = visible(&workbook.made);
        let digest = short(&workbook.sha256);
        let mut lines = vec![self.fill("say.workbook", &[("digest", digest), ("made", &made)])];
        lines.extend(self.workbook_warnings(case));
        lines
    }

    /// The same, only what asks for attention.
    #[must_use]
    pub fn workbook_warnings(&self, case: &Case) -> Vec<String> {
        let Some(workbook) = &case.workbook else { return Vec::new() };
        let mut lines = Vec::new();
        let differs = self.differs(case, workbook);
        let excluded = case.entities.iter().filter(|it| it.verdict == Verdict::Excluded).count();
        if excluded > 0 && !differs.is_empty() {
            let n = quantity::grouped(excluded as u64);
            lines.push(self.fill("say.workbook-excludes", &[("n", &n)]));
        }
        let unsigned = case.manual.iter().filter(|it| exclusion(it.1) == Exclusion::Incomplete);
        let unsigned: Vec<_> = unsigned.filter(|it| !workbook.absent.contains_key(it.0)).collect();
        if !unsigned.is_empty() {
            let n = quantity::grouped(unsigned.len() as u64);
            let names = self.some(unsigned.iter().map(|it| self.row_name(it.0)), unsigned.len());
            lines.push(self.fill("say.workbook-unsigned", &[("n", &n), ("rows", &names)]));
        }
        if !workbook.absent.is_empty() {
            let n = quantity::grouped(workbook.absent.len() as u64);
            let names = workbook.absent.keys().map(|it| self.row_name(it));
            let names = self.some(names, workbook.absent.len());
            lines.push(self.fill("say.workbook-absent", &[("n", &n), ("rows", &names)]));
        }
        differs.into_iter().chain(lines).collect()
    }

    /// How the inputs of the workbook differ from those of this run.
    fn differs(&self, case: &Case, workbook: &Workbook) -> Vec<String> {
        if !workbook.stamped {
            return vec![self.say("say.workbook-unstamped")];
        }
        let then: Vec<_> = workbook.only_then(&case.inputs).collect();
        let now: Vec<_> = workbook.only_now(&case.inputs).collect();
        let labelled = |sha256: &str, path: &str| format!("{} {}", short(sha256), visible(path));
        let mut lines = Vec::new();
        if !then.is_empty() {
            let names = then.iter().map(|it| labelled(&it.sha256, &it.path));
            let names = self.some(names, then.len());
            let n = then.len().to_string();
            lines.push(self.fill("say.workbook-only-then", &[("n", &n), ("inputs", &names)]));
        }
        if !now.is_empty() {
            let names = now.iter().map(|it| labelled(&it.sha256, &it.path));
            let (names, n) = (self.some(names, now.len()), now.len().to_string());
            lines.push(self.fill("say.workbook-only-now", &[("n", &n), ("inputs", &names)]));
        }
        if !then.is_empty() && then.len() == workbook.inputs.len() {
            lines.push(self.say("say.workbook-nothing-shared"));
        }
        lines
    }

    /// The first few of a list.
    fn some(&self, names: impl Iterator<Item = String>, total: usize) -> String {
        let mut names: Vec<_> = names.take(SHOWN).collect();
        if total > SHOWN {
            names.push(format!("… (+{})", total - SHOWN));
        }
        self.list(names)
    }

    /// Whom or what a row is about, by its id.
    pub(crate) fn row_name(&self, id: &str) -> String {
        if id.starts_with("no-id-") {
            return self.fill("say.row-without-id", &[("id", &visible(id))]);
        }
        if let Some(rest) = id.strip_prefix(MASKED) {
            return self.fill("say.row-masked", &[("id", &visible(rest))]);
        }
        match EntityId::try_from(id.to_owned()) {
            Ok(entity) => self.entity(&entity),
            Err(_) => visible(id),
        }
    }

    /// Where entries about nothing in this run come from.
    pub(crate) fn origin(&self, origin: &Origin) -> String {
        let made = visible(&origin.made);
        let inputs = origin.inputs.iter().map(|it| short(it).to_owned());
        let beyond = usize::try_from(origin.beyond).unwrap_or(usize::MAX);
        let inputs = self.some(inputs, origin.inputs.len().saturating_add(beyond));
        let at = visible(&origin.at);
        let args = [("made", &*made), ("inputs", &*inputs), ("at", &*at)];
        self.fill("say.entries-from", &args)
    }
}

fn short(sha256: &str) -> &str {
    sha256.get(..DIGITS).unwrap_or(sha256)
}
