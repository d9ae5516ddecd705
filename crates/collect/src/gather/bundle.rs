//! Saved snapshots of machines.

use std::io::Read;

use minehound_model::Span;

use super::recognise::Input;
use super::{Gathered, Progress, artefact, host_kind, kind_name, note_skips, through};
use crate::walk::{Named, cause_of, reason};
use crate::{Collected, host};

impl Gathered {
    pub(super) fn bundle(&mut self, named: &Named, input: Input, progress: &mut dyn Progress) {
        let id = self.next_id();
        let outcome = through(named, input, progress, |unpacked, _, packed| {
            let mut bytes = Vec::new();
            let read = unpacked.take(host::MAX_BUNDLE).read_to_end(&mut bytes);
            read.map(|_| (bytes, kind_name("bundle", packed)))
        });
        let (bytes, kind, seal) = match outcome {
            Ok((Ok((bytes, kind)), seal)) => (bytes, kind, seal),
            Ok((Err(cause), _)) | Err(cause) => {
                return self.unread(&named.path, reason(&cause), &cause_of(&cause));
            }
        };
        let mut own = Collected::default();
        let read = host::read_bundle(&bytes, id, &mut own);
        let mut artefact = artefact(id, &named.path, seal, host_kind(&own).unwrap_or(kind));
        match read {
            Ok(records) => artefact.records = records,
            Err(cause) => {
                artefact.not_read = Some("damaged".to_owned());
                artefact.cause = Some(cause.to_string());
            }
        }
        note_skips(&mut artefact, &own.skips);
        artefact.span = own.examined.iter().map(|it| it.span).reduce(Span::hull);
        self.artefacts.push(artefact);
        self.collected.observations.append(&mut own.observations);
        self.collected.examined.append(&mut own.examined);
    }
}
