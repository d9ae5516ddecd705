//! A bundle says again what was collected, and nothing a machine could not say.

use minehound_model::{CpuLoad, Extent, KernelTuning, NameLookup, Program, Protection};
use proptest::prelude::*;

use super::*;

fn bundle_of(collected: &Collected) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_bundle(collected, &mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Collected {
    let mut collected = Collected::default();
    read_bundle(bytes, ArtefactId(7), &mut collected).unwrap();
    collected
}

fn collected(facts: Vec<Fact>) -> Collected {
    let mut collected = Collected::default();
    let entity = EntityId::new(EntityKind::Host, "rig-7");
    for (record, fact) in (FIRST_RECORD..).zip(facts) {
        let mut provenance = Provenance::at(ArtefactId(7), record, record);
        provenance.place = Some("/proc/1/cmdline".to_owned());
        let (entity, span) = (entity.clone(), Span { from_ms: 1, to_ms: 2 });
        collected.observe(Observation { entity, span, clock: Clock::Device, provenance, fact });
    }
    collected.examined(Examined {
        kind: FactKind::Program,
        span: Span::at(2),
        extent: Extent { entities: Some([entity].into()), records: 3 },
        sampling: 1,
        limit: None,
        gaps: ["unprivileged".to_owned()].into(),
    });
    for record in 0..150 {
        collected.skip(record, Reason(REASONS[usize::from(record % 3 == 0)]));
    }
    collected
}

fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        (any::<u32>(), "\\PC{0,30}", 0.0..1e6_f64, prop::collection::vec("\\PC{0,9}", 0..4))
            .prop_map(|(pid, name, cpu_s, args)| {
                Fact::from(Box::new(Program { pid, name, cpu_s, args, ..Program::default() }))
            }),
        any::<u64>().prop_map(|taint| KernelTuning { taint, ..KernelTuning::default() }.into()),
        "\\PC{0,30}".prop_map(|what| Protection { what, ..Protection::default() }.into()),
        (0.0..100.0_f64)
            .prop_map(|busy_percent| { CpuLoad { busy_percent, ..CpuLoad::default() }.into() }),
    ]
}

proptest! {
    #[test]
    fn what_was_collected_is_read_again_and_written_to_the_same_bytes(
        facts in prop::collection::vec(fact(), 0..20),
    ) {
        let written = collected(facts);
        let bytes = bundle_of(&written);
        let again = read(&bytes);
        prop_assert_eq!(&again.observations, &written.observations);
        prop_assert_eq!(&again.examined, &written.examined);
        prop_assert_eq!(&again.skips, &written.skips);
        prop_assert_eq!(bundle_of(&again), bytes);
    }

    #[test]
    fn no_damage_is_a_panic(place in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = bundle_of(&collected(vec![KernelTuning::default().into()]));
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = read_bundle(&bytes, ArtefactId(0), &mut Collected::default());
        let _ = read_bundle(&bytes[..place], ArtefactId(0), &mut Collected::default());
    }
}

#[test]
fn a_bundle_is_recognised_by_its_header_alone() {
    assert!(is_bundle(b"{\"schema\":\"minehound.bundle/1\"}\nanything"));
    for other in [&b"{\"schema\":\"minehound.bundle/2\"}\n"[..], b"", b"{}", b"\xff\xfe{"] {
        assert!(!is_bundle(other));
        assert_eq!(
            read_bundle(other, ArtefactId(0), &mut Collected::default()),
            Err(BundleError::Header)
        );
    }
}

#[test]
fn a_bundle_cannot_speak_for_the_network() {
    let lookup = NameLookup {
        client: "10.0.0.7".parse().unwrap(),
        resolver: "10.0.0.1".parse().unwrap(),
        name: "pool.example".to_owned(),
        count: 1,
        answers: Vec::new(),
    };
    let again = read(&bundle_of(&collected(vec![lookup.into()])));
    assert!(again.observations.is_empty());
    assert_eq!(again.skips.counts.get(&Reason("foreign-fact")), Some(&1));
}

#[test]
fn a_boastful_count_costs_no_time() {
    let bytes = format!(
        "{{\"schema\":\"{SCHEMA}\"}}\n{{\"skips\":{{\"counts\":{{\"unreadable\":{}}},\"first\":[]}}}}",
        u64::MAX
    );
    assert_eq!(read(bytes.as_bytes()).skips.total(), 1);
}
