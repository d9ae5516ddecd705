//! What proves nothing by its words alone.

use super::lookalikes::{answer, http};
use super::*;

#[test]
fn a_queue_that_takes_results_without_giving_jobs_is_not_mining() {
    // The form of a share to the last digit; what was handed out before it was no job.
    let lines = script(
        r#"> {"id":1,"method":"login","params":{"login":"alice","pass":"x"}}
        < {"id":1,"result":{"id":"7","page":{"job_id":"j1","image":"HASH"},"status":"OK"}}
        > {"id":2,"method":"submit","params":{"id":"7","job_id":"j1","nonce":"01020304","result":"HASH"}}
        < {"id":2,"result":{"status":"OK"}}"#,
    );
    assert_eq!(hear(&lines, true, usize::MAX), None);
    assert_eq!(hear(&lines, true, 1), None);
}

#[test]
fn words_of_a_login_prove_no_pool_until_something_of_a_pools_shape_comes() {
    let topics = |last: &str| {
        let text = r#"> {"id":1,"method":"mining.subscribe","params":["reader/1"]}
        < {"id":1,"result":"sub-1","error":null}
        > {"id":2,"method":"mining.authorize","params":["alice","x"]}
        < {"id":2,"result":true,"error":null}
        < {"id":null,"method":"mining.notify","params":["topic 3 found"]}
        < {"id":null,"method":"mining.notify","params":["topic 4","found",{"texts":17}]}"#;
        hear(&script(&format!("{text}\n{last}")), true, usize::MAX).unwrap()
    };
    let session = topics("");
    assert!(session.words_alone);
    assert_eq!(session.jobs, 0, "a notice is no job");
    for (last, words) in [
        (r#"> {"id":3,"method":"mining.submit","params":["alice","topic 3","read"]}"#, true),
        (
            r#"> {"id":3,"method":"mining.submit","params":["alice","j1","0f0f0f0f0f0f0f0f"]}"#,
            false,
        ),
        (r#"< {"id":null,"method":"mining.set_difficulty","params":[1024]}"#, false),
        (r#"< {"id":null,"method":"mining.set_target","params":["HASH"]}"#, false),
        (
            r#"< {"id":null,"method":"mining.notify","params":["1","HASH",1200000,"HASH",true]}"#,
            false,
        ),
    ] {
        assert_eq!(topics(last).words_alone, words, "{last}");
    }
}

#[test]
fn the_answers_of_pools_to_a_subscription_are_known() {
    for (answer, words) in [
        (r#"[[["mining.notify","1"]],"08000002",4]"#, false),
        (r#"[null,"08000002",4]"#, false),
        (r#"[[],"",8]"#, false),
        (r#"[null,"08000002"]"#, false),
        (r#"["ae6812eb","08000002"]"#, false),
        (r#"[true,"EthereumStratum/1.0.0"]"#, false),
        (r#"[["mining.notify","1","EthereumStratum/1.0.0"],"080c"]"#, false),
        (r#""sub-1""#, true),
        ("true", true),
        (r#"["topics","news"]"#, true),
    ] {
        let text = format!(
            r#"> {{"id":1,"method":"mining.subscribe","params":["reader/1"]}}
            < {{"id":1,"result":{answer},"error":null}}"#
        );
        let session = hear(&script(&text), true, usize::MAX).unwrap();
        assert_eq!(session.words_alone, words, "{answer}");
    }
}

#[test]
fn questions_answered_with_anything_but_work_are_not_mining() {
    let ask = http("POST", "/", "data-miner/1", r#"{"id":1,"method":"getwork","params":[]}"#);
    let todo = answer(r#"{"id":1,"result":{"data":"buy milk","target":"alice"}}"#);
    let lines = (0..4).flat_map(|at_s| {
        [(End::Opener, &ask), (End::Answerer, &todo)].map(|(from, bytes)| Line {
            from,
            at_s,
            bytes: bytes.clone(),
        })
    });
    let lines: Vec<Line> = lines.collect();
    for size in [usize::MAX, 1] {
        assert_eq!(hear(&lines, true, size), None);
        assert_eq!(hear(&lines, false, size), None);
    }
}
