//! Boosted oblivious trees: how a learned model scores, and what drove a score.
//!
//! An oblivious tree asks the same question of every row on each level, so that its leaves are
//! found by a few comparisons. The score of a row is the sum over all trees, in natural logarithms
//! of odds; knots turn it into a probability. A model is a small text, so that what it does can be
//! read; learning it is not done here.

use std::fmt;

/// The first line of a model.
const FORMAT: &str = "minehound.trees/1";
/// Most trees, levels of a tree, inputs and knots that are read.
const MAX_TREES: usize = 1_000;
const MAX_LEVELS: usize = 8;
const MAX_INPUTS: usize = 256;
const MAX_KNOTS: usize = 256;
/// Leaves are written in units of this.
const LEAF_UNIT: f64 = 1e-4;
/// So much weight has a leaf that no example fell into.
const EMPTY: f64 = 1e-3;

/// One tree: a question a level, a value and a weight a leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Which input, and what it must be greater than; the first level decides the highest bit.
    pub splits: Vec<(usize, f64)>,
    /// What each leaf adds, in units of 1/10,000.
    pub leaves: Vec<i32>,
    /// How many examples fell into each.
    pub weights: Vec<u32>,
}

impl Tree {
    fn leaf(&self, row: &[f64]) -> usize {
        let asked = self.splits.iter().map(|(input, least)| {
            let value = row.get(*input).copied().unwrap_or(0.0);
            usize::from(value > *least)
        });
        asked.fold(0, |leaf, bit| leaf << 1 | bit)
    }

    fn value(&self, leaf: usize) -> f64 {
        self.leaves.get(leaf).map_or(0.0, |it| f64::from(*it) * LEAF_UNIT)
    }

    /// The mean over leaves from one to another, by weight.
    fn mean(&self, from: usize, to: usize) -> f64 {
        let weight = |leaf: usize| EMPTY + self.weights.get(leaf).map_or(0.0, |it| f64::from(*it));
        let (sum, weights) = (from..to).fold((0.0, 0.0), |(sum, weights), leaf| {
            (sum + weight(leaf) * self.value(leaf), weights + weight(leaf))
        });
        if weights > 0.0 { sum / weights } else { 0.0 }
    }
}

/// A model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The names of its inputs, in order.
    pub inputs: Vec<String>,
    /// The score of nothing known.
    pub base: f64,
    /// From this score on a row stands out.
    pub alarm: f64,
    /// Score and probability, both rising.
    pub knots: Vec<(f64, f64)>,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// Why a text is no model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoModel {
    /// Counted from one.
    pub line: usize,
    /// What is wrong there.
    pub why: &'static str,
}

impl fmt::Display for NoModel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for NoModel {}

impl Model {
    /// Reads a model as [`Display`](fmt::Display) writes it; lines that begin with `#` are remarks.
    ///
    /// # Errors
    ///
    /// The first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, NoModel> {
        let mut lines = (1..).zip(text.lines()).filter(|it| !it.1.starts_with('#'));
        if lines.next().map(|it| it.1) != Some(FORMAT) {
            return Err(NoModel { line: 1, why: "not `minehound.trees/1`" });
        }
        let mut model = Self::default();
        for (line, row) in lines {
            model.line(row).map_err(|why| NoModel { line, why })?;
        }
        Ok(model)
    }

    fn line(&mut self, row: &str) -> Result<(), &'static str> {
        let (word, rest) = row.split_once(' ').unwrap_or((row, ""));
        let number = |it: &str| it.parse::<f64>().ok().filter(|it| it.is_finite());
        match word {
            "" => {}
            "input" if self.inputs.len() < MAX_INPUTS => self.inputs.push(rest.to_owned()),
            "base" => self.base = number(rest).ok_or("`base` takes a number")?,
            "alarm" => self.alarm = number(rest).ok_or("`alarm` takes a number")?,
            "knot" if self.knots.len() < MAX_KNOTS => {
                let (score, probability) =
                    rest.split_once(' ').ok_or("`knot` takes two numbers")?;
                let knot = number(score).zip(number(probability));
                let knot = knot.ok_or("`knot` takes two numbers")?;
                if self.knots.last().is_some_and(|it| it.0 > knot.0 || it.1 > knot.1) {
                    return Err("knots must rise");
                }
                if knot.1 <= 0.0 || knot.1 >= 1.0 {
                    return Err("nothing is certain: a probability lies between 0 and 1");
                }
                self.knots.push(knot);
            }
            "tree" if self.trees.len() < MAX_TREES => {
                let tree =
                    tree(rest).ok_or("`tree` takes `input>number ... : leaves : weights`")?;
                if tree.splits.iter().any(|it| it.0 >= self.inputs.len()) {
                    return Err("a tree asks for an input that is not there");
                }
                self.trees.push(tree);
            }
            _ => return Err("`input`, `base`, `alarm`, `knot` or `tree`, not so many"),
        }
        Ok(())
    }

    /// The score of a row of inputs: the natural logarithm of odds, before it is calibrated.
    #[must_use]
    pub fn score(&self, row: &[f64]) -> f64 {
        self.trees.iter().fold(self.base, |sum, it| sum + it.value(it.leaf(row)))
    }

    /// The probability that a score stands for: between knots the odds' logarithms lie on a straight
    /// line, beyond them all is as at the last.
    #[must_use]
    pub fn probability(&self, score: f64) -> f64 {
        let above = self.knots.iter().position(|it| it.0 >= score);
        let (Some(first), Some(last)) = (self.knots.first(), self.knots.last()) else {
            return 1.0 / (1.0 + (-score).exp());
        };
        match above {
            None => last.1,
            Some(0) => first.1,
            Some(place) => {
                let pair = self.knots.get(place - 1).zip(self.knots.get(place));
                let (low, high) = pair.map_or((*first, *last), |(low, high)| (*low, *high));
                let part = (score - low.0) / (high.0 - low.0).max(1e-12);
                let odds = |it: f64| (it / (1.0 - it)).ln();
                let between = odds(low.1) + part * (odds(high.1) - odds(low.1));
                1.0 / (1.0 + (-between).exp())
            }
        }
    }

    /// What each input added to the score of a row, in order of the inputs: on its way through a
    /// tree a row's expected value changes with each question, and that change is put down to the
    /// input asked for. The sum over all inputs is the score less what is expected of any row.
    #[must_use]
    pub fn shares(&self, row: &[f64]) -> Vec<f64> {
        let mut shares = vec![0.0; self.inputs.len()];
        for tree in &self.trees {
            let leaf = tree.leaf(row);
            let levels = tree.splits.len();
            let mut expected = tree.mean(0, 1 << levels);
            for (level, (input, _)) in (1..).zip(&tree.splits) {
                let width = levels - level;
                let from = leaf >> width << width;
                let now = if width == 0 {
                    tree.value(leaf)
                } else {
                    tree.mean(from, from + (1 << width))
                };
                if let Some(share) = shares.get_mut(*input) {
                    *share += now - expected;
                }
                expected = now;
            }
        }
        shares
    }
}

fn tree(text: &str) -> Option<Tree> {
    let mut parts = text.split(':');
    let (splits, leaves, weights) = (parts.next()?, parts.next()?, parts.next()?);
    let split = |it: &str| {
        let (input, least) = it.split_once('>')?;
        Some((input.parse().ok()?, least.parse::<f64>().ok().filter(|it| it.is_finite())?))
    };
    let splits = splits.split_whitespace().map(split).collect::<Option<Vec<_>>>()?;
    let leaves = leaves.split_whitespace().map(|it| it.parse().ok()).collect::<Option<Vec<_>>>()?;
    let weights =
        weights.split_whitespace().map(|it| it.parse().ok()).collect::<Option<Vec<_>>>()?;
    let wanted = (splits.len() <= MAX_LEVELS).then(|| 1_usize << splits.len())?;
    let fits = parts.next().is_none() && leaves.len() == wanted && weights.len() == wanted;
    fits.then_some(Tree { splits, leaves, weights })
}

impl fmt::Display for Model {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{FORMAT}")?;
        for it in &self.inputs {
            writeln!(out, "input {it}")?;
        }
        writeln!(out, "base {}\nalarm {}", self.base, self.alarm)?;
        for (score, probability) in &self.knots {
            writeln!(out, "knot {score} {probability}")?;
        }
        for tree in &self.trees {
            write!(out, "tree")?;
            for (input, least) in &tree.splits {
                write!(out, " {input}>{least}")?;
            }
            write!(out, " :")?;
            tree.leaves.iter().try_for_each(|it| write!(out, " {it}"))?;
            write!(out, " :")?;
            tree.weights.iter().try_for_each(|it| write!(out, " {it}"))?;
            writeln!(out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "minehound.trees/1\ninput size\ninput gap\nbase -1\nalarm 0.5\n\
        knot -2 0.1\nknot 2 0.9\n\
        tree 0>100 1>2.5 : -10000 0 5000 20000 : 10 10 10 10\n\
        tree 1>1 : -1000 1000 : 30 10\n";

    #[test]
    fn a_model_reads_as_it_was_written_and_scores_by_hand() {
        let model = Model::parse(TEXT).unwrap();
        assert_eq!(model.to_string(), TEXT);
        assert!((model.score(&[200.0, 3.0]) - (-1.0 + 2.0 + 0.1)).abs() < 1e-12);
        assert!((model.score(&[50.0, 0.0]) - (-1.0 - 1.0 - 0.1)).abs() < 1e-12);
        assert!((model.probability(0.0) - 0.5).abs() < 1e-12);
        assert!((model.probability(9.0) - 0.9).abs() < 1e-12);
        assert!((model.probability(-9.0) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn what_drove_a_score_adds_up_to_it() {
        let model = Model::parse(TEXT).unwrap();
        let expected =
            model.base + model.trees.iter().map(|it| it.mean(0, it.leaves.len())).sum::<f64>();
        for row in [[200.0, 3.0], [50.0, 0.0], [200.0, 0.0], [f64::NAN, f64::INFINITY]] {
            let sum: f64 = model.shares(&row).iter().sum();
            assert!((expected + sum - model.score(&row)).abs() < 1e-9, "{row:?}");
        }
        let driven = model.shares(&[200.0, 3.0]);
        assert!(driven[0] > 0.0 && driven[1] > 0.0);
    }

    #[test]
    fn what_is_no_model_is_told_by_line() {
        for (text, line) in [
            ("", 1),
            ("minehound.trees/2", 1),
            ("minehound.trees/1\ntree 0>1 : 1 2 : 3 4", 2),
            ("minehound.trees/1\ninput a\ntree 0>1 : 1 : 3 4", 3),
            ("minehound.trees/1\nbase much", 2),
            ("minehound.trees/1\nknot 2 0.9\nknot 1 0.95", 3),
            ("minehound.trees/1\ninput a\ntree 0>1 0>1 0>1 0>1 0>1 0>1 0>1 0>1 0>1 : 1 : 1", 3),
        ] {
            assert_eq!(Model::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
