//! One end heard alone: half of a session that was captured, or a file that tells of one; and
//! connections that are too little alone.

use super::made::{ACCEPTED, AUTHORIZE, AUTHORIZED, SUBMIT, SUBSCRIBE, SUBSCRIBED, Talk, notify};
use super::*;

const CRYPTONOTE_SHARE: &str = r#"{"id":3,"method":"submit","params":{"id":"7","job_id":"j1","nonce":"0a0b0c0d","result":"0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000"}}"#;

/// Both sides' lines, twice.
fn recording() -> String {
    let login = [SUBSCRIBE, SUBSCRIBED, AUTHORIZE, AUTHORIZED].concat();
    let shares = [notify(), SUBMIT.to_owned(), ACCEPTED.to_owned()].concat();
    [login, shares.clone(), shares].concat()
}

#[test]
fn a_recording_of_a_session_is_none_wherever_the_capture_begins() {
    let text = recording();
    for skip in 0..text.len() {
        let rest = &text[skip..];
        for talk in [Talk::midway(4000, 7), Talk::opened(4000, 7)] {
            for up in [true, false] {
                let talk = Talk { frames: talk.frames.clone(), ..talk };
                let piece = |talk: Talk, piece: &[u8]| talk.say(up, piece);
                let talk = rest.as_bytes().chunks(300).fold(talk, piece);
                let heard = check(&talk.frames);
                assert!(heard.sessions.is_empty(), "from {skip}: {:?}", heard.sessions);
            }
        }
    }
}

#[test]
fn half_of_a_session_is_told_from_a_monologue_by_what_was_acknowledged() {
    let talk = Talk::midway(4000, 7).mining().mining();
    for source in [1, 2] {
        let half: Vec<_> = talk.frames.iter().filter(|it| it[15] == source).cloned().collect();
        let heard = check(&half);
        let [(_, session)] = heard.sessions.as_slice() else { panic!("one session") };
        assert!(!session.unanswered, "the other end was captured by nobody, but it spoke");
        assert_eq!((session.pool_unheard, session.overheard), (source == 1, source == 2));
    }
    let shares = Talk::midway(4000, 7).say(true, SUBMIT).say(true, SUBMIT).say(true, SUBMIT);
    let heard = check(&shares.frames);
    assert!(heard.sessions[0].1.unanswered, "nobody took these shares");
}

#[test]
fn a_file_of_one_sides_lines_comes_at_once_and_is_no_session() {
    let shares = SUBMIT.repeat(8);
    assert!(check(&Talk::midway(4000, 7).say(true, &shares).frames).sessions.is_empty());
    let jobs = notify().repeat(8);
    assert!(check(&Talk::midway(4000, 7).say(false, &jobs).frames).sessions.is_empty());
    let paced = Talk::midway(4000, 7).say(false, notify()).say(false, notify());
    assert_eq!(check(&paced.frames).sessions.len(), 1, "jobs that come one at a time");
}

#[test]
fn a_share_in_everyones_words_says_so_until_a_job_is_seen() {
    let job = format!(
        "{{\"method\":\"job\",\"params\":{{\"blob\":\"{}\",\"job_id\":\"j1\",\"target\":\"b88d0600\"}}}}\n",
        "07".repeat(76)
    );
    let answer = "{\"id\":3,\"result\":{\"status\":\"OK\"},\"error\":null}\n";
    let share = Talk::midway(4000, 7).say(true, CRYPTONOTE_SHARE).say(false, answer);
    let heard = check(&share.frames);
    let [(_, session)] = heard.sessions.as_slice() else { panic!("one session") };
    assert_eq!((session.submitted, session.accepted, session.shares_alone), (1, 1, true));
    let with_job = Talk::midway(4000, 7).say(false, job).say(true, CRYPTONOTE_SHARE);
    assert!(!check(&with_job.say(false, answer).frames).sessions[0].1.shares_alone);
}

#[test]
fn a_single_question_for_work_is_told_apart_from_mining() {
    let body = r#"{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}"#;
    let ask = format!(
        "POST / HTTP/1.1\r\nHost: node.example\r\nUser-Agent: script/1\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let body = format!(
        r#"{{"id":1,"result":{{"previousblockhash":"{}","transactions":[],"bits":"1702905c"}}}}"#,
        "0".repeat(64)
    );
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let heard = check(&Talk::opened(4000, 7).say(true, ask).say(false, answer).close().frames);
    assert!(heard.sessions.is_empty());
    let [asked] = heard.asked.as_slice() else { panic!("one question") };
    assert_eq!((asked.work_requests, asked.work_answers, asked.jobs), (1, 1, 1));
    assert_eq!(
        (asked.dialect, asked.agent.as_deref()),
        (Dialect::Getblocktemplate, Some("script/1"))
    );
    assert!(check(&Talk::opened(4000, 7).mining().frames).asked.is_empty());
}
