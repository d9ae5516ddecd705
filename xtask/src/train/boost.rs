//! Boosting of oblivious trees over binned inputs, with logistic loss.
//!
//! J. H. Friedman, "Greedy function approximation: a gradient boosting machine", 2001; oblivious
//! trees as in A. Dorogush, V. Ershov, A. Gulin, `CatBoost`, 2018. One thread, sums in one order:
//! the same rows give the same trees.

use minehound_series::trees::{Model, Tree};

/// How a model is learnt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Trees.
    pub(crate) trees: usize,
    /// Questions of a tree.
    pub(crate) levels: usize,
    /// What part of its best step each tree takes.
    pub(crate) rate: f64,
    /// Values an input is cut into, at most.
    pub(crate) bins: usize,
    /// Weight of a leaf's value being 0.
    pub(crate) shrink: f64,
    /// The part of the inputs that each tree may ask for, so that none is leant on alone.
    pub(crate) offered: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { trees: 160, levels: 4, rate: 0.1, bins: 64, shrink: 2.0, offered: 0.4 }
    }
}

/// Examples: a row of inputs each, and whether it mines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Vec<f64>>,
    mines: Vec<bool>,
}

impl Rows {
    pub(crate) fn add(&mut self, row: &[f64], mines: bool) {
        self.rows.push(row.to_vec());
        self.mines.push(mines);
    }
}

/// Sum of gradients, sum of second derivatives, rows.
type Sums = (f64, f64, u32);

fn plus(one: Sums, other: Sums) -> Sums {
    (one.0 + other.0, one.1 + other.1, one.2 + other.2)
}

struct Booster<'a> {
    settings: &'a Settings,
    /// Per input: where it is cut, rising.
    cuts: Vec<Vec<f64>>,
    /// Per input and row: how many cuts its value lies above.
    binned: Vec<Vec<u8>>,
    slopes: Vec<(f64, f64)>,
}

/// Learns a model of these inputs; without rows of both kinds it says the same of all.
pub(crate) fn boost(rows: &Rows, inputs: &[&str], settings: &Settings) -> Model {
    let count = real(rows.rows.len()).max(1.0);
    let mining = real(rows.mines.iter().filter(|it| **it).count());
    let base = rounded(((mining + 0.5) / (count - mining + 0.5)).ln());
    let inputs: Vec<String> = inputs.iter().map(|it| (*it).to_owned()).collect();
    let mut model = Model { inputs, base, ..Model::default() };
    let cuts: Vec<Vec<f64>> =
        (0..model.inputs.len()).map(|it| cuts(&rows.rows, it, settings.bins)).collect();
    let binned = (0..).zip(&cuts).map(|(input, cuts)| binned(&rows.rows, input, cuts)).collect();
    let mut booster = Booster { settings, cuts, binned, slopes: Vec::new() };
    let mut scores = vec![base; rows.rows.len()];
    for number in 0..settings.trees {
        let slope = |(score, mines): (&f64, &bool)| {
            let said = 1.0 / (1.0 + (-score).exp());
            (said - f64::from(u8::from(*mines)), said * (1.0 - said))
        };
        booster.slopes = scores.iter().zip(&rows.mines).map(slope).collect();
        let Some((tree, leaves)) = booster.tree(number) else { continue };
        for (score, leaf) in scores.iter_mut().zip(leaves) {
            *score += tree.leaves.get(leaf).map_or(0.0, |it| f64::from(*it) * 1e-4);
        }
        model.trees.push(tree);
    }
    model
}

impl Booster<'_> {
    /// The next tree and the leaf of every row; none when no question helps.
    fn tree(&self, number: usize) -> Option<(Tree, Vec<usize>)> {
        let mut leaves = vec![0_usize; self.slopes.len()];
        let mut splits = Vec::new();
        for level in 0..self.settings.levels {
            // Few inputs are all offered.
            let few = self.cuts.len() <= 16;
            let offered = (0..self.cuts.len()).filter(|it| few || self.is_offered(number, *it));
            let best = offered.filter_map(|it| self.best(it, &leaves, 1 << level));
            // Of equals the first.
            let best = best.reduce(|one, two| if two.0 > one.0 { two } else { one });
            let Some((_, input, cut)) = best.filter(|it| it.0 > 1e-9) else { break };
            let value = self.cuts.get(input).and_then(|it| it.get(cut)).copied()?;
            splits.push((input, value));
            for (leaf, bin) in leaves.iter_mut().zip(self.binned.get(input)?) {
                *leaf = *leaf << 1 | usize::from(usize::from(*bin) > cut);
            }
        }
        if splits.is_empty() {
            return None;
        }
        let mut sums = vec![(0.0, 0.0, 0); 1 << splits.len()];
        for (leaf, slope) in leaves.iter().zip(&self.slopes) {
            if let Some(sum) = sums.get_mut(*leaf) {
                *sum = plus(*sum, (slope.0, slope.1, 1));
            }
        }
        let step = |it: &Sums| -self.settings.rate * it.0 / (it.1 + self.settings.shrink);
        #[expect(clippy::cast_possible_truncation, reason = "steps are a few units at most")]
        let values = sums.iter().map(|it| (step(it) * 1e4).round() as i32).collect();
        let weights = sums.iter().map(|it| it.2).collect();
        Some((Tree { splits, leaves: values, weights }, leaves))
    }

    /// Whether a tree may ask for an input: by a hash of both, the same on every run.
    fn is_offered(&self, tree: usize, input: usize) -> bool {
        let mut it = (tree as u64) << 32 | input as u64;
        for multiplier in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
            it = (it ^ it >> 30).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(multiplier);
        }
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let part = (it >> 11) as f64 / (1_u64 << 53) as f64;
        part < self.settings.offered
    }

    /// What the best cut of an input gains, with that input and cut.
    fn best(&self, input: usize, leaves: &[usize], count: usize) -> Option<(f64, usize, usize)> {
        let (cuts, binned) = (self.cuts.get(input)?, self.binned.get(input)?);
        let bins = cuts.len() + 1;
        let mut sums = vec![(0.0, 0.0, 0); count * bins];
        for ((leaf, bin), slope) in leaves.iter().zip(binned).zip(&self.slopes) {
            if let Some(sum) = sums.get_mut(leaf * bins + usize::from(*bin)) {
                *sum = plus(*sum, (slope.0, slope.1, 1));
            }
        }
        let worth = |it: Sums| it.0 * it.0 / (it.1 + self.settings.shrink);
        let mut gains = vec![0.0; cuts.len()];
        for leaf in sums.chunks(bins) {
            let all = leaf.iter().copied().fold((0.0, 0.0, 0), plus);
            let mut below = (0.0, 0.0, 0);
            for (gain, bin) in gains.iter_mut().zip(leaf) {
                below = plus(below, *bin);
                let above = (all.0 - below.0, all.1 - below.1, all.2 - below.2);
                *gain += worth(below) + worth(above) - worth(all);
            }
        }
        let best = (0..).zip(gains).map(|(cut, gain)| (gain, input, cut));
        best.reduce(|one, two| if two.0 > one.0 { two } else { one })
    }
}

/// Where an input is cut: between values that lie next to each other, about as many rows apart.
fn cuts(rows: &[Vec<f64>], input: usize, bins: usize) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().filter_map(|it| it.get(input).copied()).collect();
    values.sort_by(f64::total_cmp);
    let (mut cuts, mut place) = (Vec::new(), 0);
    let step = (values.len() / bins.max(2)).max(1);
    while let (Some(one), Some(other)) = (values.get(place), values.get(place + 1)) {
        if one.total_cmp(other).is_eq() {
            place += 1;
            continue;
        }
        cuts.push(rounded(f64::midpoint(*one, *other)));
        place += step;
    }
    cuts.dedup();
    cuts.truncate(254);
    cuts
}

fn binned(rows: &[Vec<f64>], input: usize, cuts: &[f64]) -> Vec<u8> {
    let bin = |row: &Vec<f64>| {
        let value = row.get(input).copied().unwrap_or(0.0);
        u8::try_from(cuts.partition_point(|it| *it < value)).unwrap_or(u8::MAX)
    };
    rows.iter().map(bin).collect()
}

/// To the four digits that a model file has.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows that mine where the first input is above 0.5 and the second below 0.3.
    fn rows() -> Rows {
        let mut rows = Rows::default();
        for it in 0..2_000_u32 {
            let part = |by: u32| f64::from(it.wrapping_mul(by) % 1_009) / 1_009.0;
            let row = [part(31), part(47), part(89)];
            rows.add(&row, row[0] > 0.5 && row[1] < 0.3);
        }
        rows
    }

    #[test]
    fn what_depends_on_two_inputs_is_learnt_and_the_third_is_left_alone() {
        let settings = Settings { offered: 1.0, trees: 40, ..Settings::default() };
        let model = boost(&rows(), &["a", "b", "c"], &settings);
        let score = |row: [f64; 3]| model.score(&row);
        assert!(score([0.9, 0.1, 0.5]) > 1.0 && score([0.9, 0.9, 0.5]) < -1.0);
        assert!(score([0.1, 0.1, 0.5]) < -1.0);
        let shares = model.shares(&[0.9, 0.1, 0.5]);
        assert!(shares[0] > shares[2].abs() && shares[1] > shares[2].abs());
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let model = || boost(&rows(), &["a", "b", "c"], &Settings::default()).to_string();
        let text = model();
        assert_eq!(text, model());
        assert_eq!(Model::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn nothing_to_learn_from_gives_a_model_that_says_the_same_of_all() {
        let model = boost(&Rows::default(), &["a"], &Settings::default());
        assert!(model.trees.is_empty() && model.base.is_finite());
    }
}
