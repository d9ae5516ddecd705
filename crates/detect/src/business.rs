//! Dimension 5: business and people.

mod approved_use;
mod declared_use;

use crate::Detector;

pub(crate) static DETECTORS: &[&dyn Detector] =
    &[&declared_use::DeclaredUses, &approved_use::ApprovedUses];
