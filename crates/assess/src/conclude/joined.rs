//! One connection is one line, whatever several tests told of its behaviour.

use minehound_model::{Because, Grade, SessionRow};

/// What a learned model says of a connection, beside what tests say.
const OPINIONS: [Because; 4] =
    [Because::ModelAgrees, Because::ModelDisagrees, Because::ModelUndecided, Because::ModelAlone];

/// Whether two lines are of one connection, whose behaviour was told by several tests.
pub(super) fn is_same(one: &SessionRow, other: &SessionRow) -> bool {
    let key = |it: &SessionRow| (it.grade, it.client, it.server, it.first_ms, it.last_ms);
    one.grade == Grade::Behaviour && key(one) == key(other) && one.about == other.about
}

/// Joins what two lines say of one connection.
pub(super) fn join(held: &mut SessionRow, other: SessionRow) {
    for it in other.because {
        if !held.because.contains(&it) {
            held.because.push(it);
        }
    }
    // Where a test passed too, the model does not stand alone.
    if held.because.iter().any(|it| !OPINIONS.contains(it)) {
        held.because.retain(|it| *it != Because::ModelAlone);
    }
    held.because.sort_by_key(|it| OPINIONS.contains(it));
    for it in other.labels {
        if !held.labels.contains(&it) {
            held.labels.push(it);
        }
    }
    held.probability = held.probability.or(other.probability);
    held.pool = held.pool.take().or(other.pool);
    held.coin = held.coin.take().or(other.coin);
    held.algorithm = held.algorithm.take().or(other.algorithm);
    held.share_rate = held.share_rate.or(other.share_rate);
    held.hashrate = held.hashrate.or(other.hashrate);
    held.power_w = held.power_w.take().or(other.power_w);
    held.known_ms = held.known_ms.or(other.known_ms);
    held.jobs = held.jobs.max(other.jobs);
    if held.dialect.is_empty() {
        (held.dialect, held.carrier) = (other.dialect, other.carrier);
    }
}

#[cfg(test)]
mod tests {
    use minehound_model::{
        ArtefactId, EntityId, EntityKind, Estimate, Evidence, Provenance, Region, Shares,
    };

    use super::*;

    fn row(because: &[Because]) -> SessionRow {
        SessionRow {
            about: EntityId::new(EntityKind::Endpoint, "10.0.0.5"),
            client: "10.0.0.5:40000".parse().unwrap(),
            server: "192.0.2.7:51820".parse().unwrap(),
            server_name: None,
            pool: None,
            dialect: String::new(),
            carrier: "wireguard".to_owned(),
            coin: None,
            algorithm: None,
            grade: Grade::Behaviour,
            because: because.to_vec(),
            probability: None,
            labels: Vec::new(),
            agent: None,
            logins: Vec::new(),
            logins_beyond: 0,
            wallets: Vec::new(),
            jobs: 0,
            shares: Shares::default(),
            share_times_ms: Vec::new(),
            targets: Vec::new(),
            share_rate: None,
            hashrate: None,
            reported_hashrate: None,
            power_w: None,
            region: Region::NotAssessed,
            first_ms: 0,
            last_ms: 3_600_000,
            known_ms: None,
            frames: 9,
            marks: [].into(),
            evidence: Evidence::at(Provenance::at(ArtefactId(0), 1, 9)),
        }
    }

    #[test]
    fn tests_of_one_connection_make_one_line_that_has_what_each_told() {
        let rate = Estimate { value: 4.0, low: 3.0, high: 5.0, unit: "/min" };
        let rhythm = SessionRow {
            share_rate: Some(rate),
            ..row(&[Because::RhythmOfSharesAndJobs, Because::ModelAgrees])
        };
        let clock = SessionRow {
            coin: Some("XMR".to_owned()),
            known_ms: Some(1_800_000),
            ..row(&[Because::FollowsBlocks, Because::ModelAgrees])
        };
        let mut learned = row(&[Because::ModelAlone]);
        for (mut held, other) in [(rhythm.clone(), clock.clone()), (clock.clone(), rhythm)] {
            assert!(is_same(&held, &other));
            join(&mut held, other);
            assert_eq!((held.coin.as_deref(), held.known_ms), (Some("XMR"), Some(1_800_000)));
            assert_eq!(held.because.last(), Some(&Because::ModelAgrees));
            assert_eq!((held.because.len(), held.share_rate), (3, Some(rate)));
        }
        join(&mut learned, clock);
        assert_eq!(learned.because, [Because::FollowsBlocks, Because::ModelAgrees]);
    }

    #[test]
    fn lines_of_other_connections_or_grades_stay_apart() {
        let one = row(&[Because::FollowsBlocks]);
        let client = "10.0.0.5:40001".parse().unwrap();
        assert!(!is_same(&one, &SessionRow { client, ..one.clone() }));
        assert!(!is_same(&one, &SessionRow { last_ms: 1, ..one.clone() }));
        let contact = SessionRow { grade: Grade::Connected, ..one.clone() };
        assert!(!is_same(&contact, &contact));
    }
}
