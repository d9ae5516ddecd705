//! Saved inspections of a machine.

use minehound_collect::Collected;
use minehound_collect::host::{SCHEMA, read_bundle, write_bundle};
use minehound_model::ArtefactId;

/// What is read from a bundle and saved again is read again. The header is put in front.
pub(crate) fn bundle(bytes: &[u8]) {
    let mut headed = format!("{{\"schema\":\"{SCHEMA}\"}}\n").into_bytes();
    headed.extend(bytes);
    let mut first = Collected::default();
    let _ = read_bundle(bytes, ArtefactId(0), &mut Collected::default());
    if read_bundle(&headed, ArtefactId(0), &mut first).is_err() {
        return;
    }
    let mut saved = Vec::new();
    assert!(write_bundle(&first, &mut saved).is_ok(), "memory takes everything");
    let mut second = Collected::default();
    let reread = read_bundle(&saved, ArtefactId(0), &mut second);
    assert!(reread.is_ok(), "a saved bundle is one");
    assert_eq!(facts(&first), facts(&second), "a saved bundle says the same");
    assert_eq!(first.examined, second.examined);
}

/// What was seen; where it stood may change.
fn facts(collected: &Collected) -> Vec<String> {
    let seen = collected.observations.iter();
    seen.map(|it| format!("{:?} {:?} {:?} {:?}", it.entity, it.span, it.clock, it.fact)).collect()
}
