//! Dimension 4: resources.

mod sustained_load;

use crate::Detector;

pub(crate) static DETECTORS: &[&dyn Detector] = &[&sustained_load::SustainedLoad];
