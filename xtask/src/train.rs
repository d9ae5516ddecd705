//! Learns the models of what cannot be read, from worlds of the range and from captures of others,
//! and writes them with their card. The same sources give the same bytes.

pub(crate) mod boost;
pub(crate) mod calibrate;
mod card;
pub(crate) mod examples;
mod lengths;
pub(crate) mod measure;
pub(crate) mod real;
pub(crate) mod split;

use std::fs;
use std::path::Path;

use minehound_series::features::{Described, RECORD, SESSION};
use minehound_series::trees::Model;

use crate::program;
use boost::{Rows, Settings, boost};
use examples::{Example, Examples};
use split::{Split, Use};

/// Shorter looks are not learnt from.
const LEAST_S: f64 = 300.0;
/// At most so many of the innocent flows that it is calibrated on stand out to a model: less than
/// the 0.05 % that are wanted of flows that it never met.
const FALSE_ALARMS: f64 = 0.000_3;

/// What a model is given of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The messages of a flow.
    Session,
    /// Its record alone.
    Record,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Session, Self::Record];

    /// The name of the model's file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Record => "record",
        }
    }

    pub(crate) fn inputs(self) -> &'static [Described] {
        match self {
            Self::Session => &SESSION,
            Self::Record => &RECORD,
        }
    }

    pub(crate) fn of(self, it: &Example) -> &[f64] {
        match self {
            Self::Session => &it.session,
            Self::Record => &it.record,
        }
    }
}

/// What a model was made of.
pub(crate) struct Sources {
    /// Worlds that are learnt from.
    pub(crate) learn: Examples,
    /// Worlds that it is calibrated on.
    pub(crate) calibrate: Examples,
    /// Captures of others that are learnt from.
    pub(crate) real: Examples,
}

impl Sources {
    /// Plays and reads everything that is not for tests.
    pub(crate) fn gather(split: &Split, data: Option<&Path>) -> anyhow::Result<Self> {
        let real = match data {
            Some(data) => real::read(&data.join("network"), &split.real.learn)?,
            None => Examples::default(),
        };
        Ok(Self {
            learn: examples::of_worlds(split, Use::Learn)?,
            calibrate: examples::of_worlds(split, Use::Calibrate)?,
            real,
        })
    }
}

/// Learns one model; `real` says whether the captures of others count.
pub(crate) fn learn(kind: Kind, sources: &Sources, real: bool) -> Model {
    let others = if real { sources.real.all.as_slice() } else { &[] };
    let mut rows = Rows::default();
    let mut number = 0;
    for it in sources.learn.all.iter().chain(others) {
        if !kind.of(it).is_empty() && it.quiet_s >= LEAST_S {
            rows.add(kind.of(it), it.mining);
            if kind == Kind::Session {
                rows.add(&lengths::other(kind.of(it), number), it.mining);
                number += 1;
            }
        }
    }
    let inputs: Vec<&str> = kind.inputs().iter().map(|it| it.name).collect();
    let mut model = boost(&rows, &inputs, &Settings::default());
    let told = sources.calibrate.all.iter().filter(|it| it.seconds >= examples::LONG_S);
    // A flow that is not even described raises no alarm.
    let scored = told.map(|it| {
        let row = kind.of(it);
        (if row.is_empty() { f64::MIN } else { model.score(row) }, it.mining)
    });
    let scored: Vec<(f64, bool)> = scored.collect();
    model.knots = calibrate::knots(&scored);
    // What stands out is also more likely mining than not, at the odds of the worlds.
    let even = scored.iter().map(|it| it.0).filter(|it| model.probability(*it) >= 0.5);
    let even = calibrate::rounded(even.fold(f64::INFINITY, f64::min));
    let alarm = calibrate::alarm(&scored, FALSE_ALARMS);
    model.alarm = if even.is_finite() { alarm.max(even) } else { alarm };
    model
}

/// Learns all models and writes them and their card.
pub(crate) fn run(data: Option<&Path>) -> anyhow::Result<()> {
    if program::in_release("train", data)? {
        return Ok(());
    }
    let data = data.map(Path::to_owned).or_else(crate::shared_data);
    if data.is_none() {
        println!("notice: no captures of others; the models are made of the range alone");
    }
    let split = Split::read()?;
    let sources = Sources::gather(&split, data.as_deref())?;
    let folder = crate::root().join("crates/detect/models");
    fs::create_dir_all(&folder)?;
    let mut models = Vec::new();
    for kind in Kind::ALL {
        let model = learn(kind, &sources, true);
        let path = folder.join(format!("{}.txt", kind.name()));
        let remark = "# Written by `cargo xtask train`; docs/model.md says of what.\n";
        let text = model.to_string();
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        fs::write(&path, format!("{first}\n{remark}{rest}"))?;
        println!("wrote {}: {} trees, alarm {}", path.display(), model.trees.len(), model.alarm);
        models.push((kind, model));
    }
    let path = crate::root().join("docs/model.md");
    fs::write(&path, card::render(&split, &sources, &models)?)?;
    println!("wrote {}", path.display());
    Ok(())
}
