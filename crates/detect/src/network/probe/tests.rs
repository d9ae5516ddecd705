//! Which sessions are a probe of pools.

use minehound_model::{
    ArtefactId, Clock, Coverage, EntityId, EntityKind, Examined, Extent, Observation, Provenance,
};

use super::*;

/// One session: from and to which second, which pool, which second the first job came, shares.
struct Seen(i64, i64, u8, Option<i64>, u64);

fn dossier(sessions: &[Seen], watched_s: i64) -> Dossier {
    let entity = EntityId::new(EntityKind::Endpoint, "10.0.0.5");
    let span = Span { from_ms: 0, to_ms: watched_s * 1000 };
    let extent = Extent { entities: None, records: 1 };
    let kind = FactKind::PoolSession;
    let gaps = [].into();
    let examined = Examined { kind, span, extent, sampling: 1, limit: None, gaps };
    let observations = sessions.iter().map(|it| observation(&entity, it)).collect();
    Dossier { entity, coverage: Coverage(vec![examined]), observations }
}

fn observation(entity: &EntityId, Seen(from, to, pool, job, accepted): &Seen) -> Observation {
    let text = format!(
        "client = \"10.0.0.5:40000\"\nserver = \"192.0.2.{pool}:3333\"\ndialect = \"stratum-v1\"\n\
         carrier = \"tcp\"\ngrade = \"logged_in\"\nshares = {{ submitted = {accepted}, accepted = {accepted} }}"
    );
    let mut session: PoolSession = toml::from_str(&text).unwrap();
    session.first_job_ms = job.map(|it| it * 1000);
    Observation {
        entity: entity.clone(),
        span: Span { from_ms: from * 1000, to_ms: to * 1000 },
        clock: Clock::Sensor,
        provenance: Provenance::at(ArtefactId(0), 1, 1),
        fact: Box::new(session).into(),
    }
}

#[track_caller]
fn check(sessions: &[Seen], watched_s: i64, expected: &[usize]) {
    let found: Vec<_> = probes(&dossier(sessions, watched_s)).into_iter().collect();
    assert_eq!(found, expected);
}

#[test]
fn five_pools_in_ten_minutes_are_a_tour_and_the_rest_of_the_day_is_none() {
    let tour = |at: i64, pool| Seen(at, at + 300, pool, None, 0);
    let mut sessions: Vec<_> = (1..=5).map(|pool| tour(i64::from(pool) * 100, pool)).collect();
    sessions.push(tour(5_000, 6));
    check(&sessions, 9_000, &[0, 1, 2, 3, 4]);
    let slow: Vec<_> = (1..=5).map(|pool| tour(i64::from(pool) * 200, pool)).collect();
    check(&slow, 9_000, &[]);
}

#[test]
fn pools_behind_one_proxy_are_told_apart_by_the_names_it_was_asked_for() {
    let tour: Vec<_> = (1..=5).map(|pool| Seen(pool * 100, pool * 100 + 300, 1, None, 0)).collect();
    let mut seen = dossier(&tour, 9_000);
    for (number, it) in (0..).zip(&mut seen.observations) {
        let minehound_model::Fact::PoolSession(session) = &mut it.fact else { continue };
        session.carrier = "socks5".to_owned();
        let (name, by) = (format!("pool{number}.example"), minehound_model::NameSource::Host);
        session.server_names = vec![minehound_model::ServerName { name, by }];
    }
    assert_eq!(probes(&seen).len(), 5);
    check(&tour, 9_000, &[]);
}

#[test]
fn coming_back_to_the_same_pools_is_no_tour() {
    let again: Vec<_> =
        (0..40_u8).map(|it| Seen(i64::from(it) * 10, 9_000, it % 4, None, 0)).collect();
    check(&again, 9_000, &[]);
}

#[test]
fn a_session_that_found_a_share_is_no_part_of_a_tour() {
    let mut sessions: Vec<_> = (1..=4).map(|pool| Seen(1, 300, pool, None, 0)).collect();
    sessions.push(Seen(2, 300, 5, None, 1));
    check(&sessions, 9_000, &[0, 1, 2, 3]);
}

#[test]
fn who_leaves_after_the_first_job_probes_and_who_is_cut_off_may_not() {
    check(&[Seen(0, 30, 1, Some(1), 0)], 9_000, &[0]);
    check(&[Seen(0, 30, 1, Some(1), 0)], 60, &[]);
    check(&[Seen(0, 300, 1, Some(1), 0)], 9_000, &[]);
    check(&[Seen(0, 30, 1, Some(1), 2)], 9_000, &[]);
    check(&[Seen(0, 30, 1, None, 0)], 9_000, &[]);
}
