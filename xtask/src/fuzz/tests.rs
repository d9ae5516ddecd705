//! Seeds are replayed, and the account adds up.

use std::fs;
use std::time::Duration;

use super::account::{Account, Turn};
use super::*;

#[test]
fn every_target_stands_every_seed_of_its_own_and_every_input_that_broke_one() {
    for (target, body) in TARGETS {
        let folder = root().join("seeds").join(target);
        let files = fs::read_dir(&folder).unwrap_or_else(|_| panic!("`{target}` has no seeds"));
        let mut seen = 0;
        for file in files {
            body(&fs::read(file.unwrap().path()).unwrap());
            seen += 1;
        }
        assert!(seen > 0, "`{target}` has no seeds");
    }
}

#[test]
fn every_target_stands_the_seeds_of_all_others() {
    let seeds = seeds::all();
    for (_, body) in TARGETS {
        seeds.iter().step_by(7).for_each(|it| body(&it.bytes));
    }
}

#[test]
fn seeds_are_small_and_go_to_targets_that_exist() {
    for seed in seeds::all() {
        assert!(seed.bytes.len() <= seeds::MAX_SEED, "{}/{}", seed.target, seed.name);
        assert!(TARGETS.iter().any(|(name, _)| *name == seed.target), "{}", seed.target);
    }
}

#[test]
fn every_target_has_a_program() {
    for (target, _) in TARGETS {
        let program = root().join("fuzz_targets").join(target).with_extension("rs");
        let text = fs::read_to_string(program).unwrap();
        assert!(text.contains(&format!("\"{target}\"")), "{target}");
    }
}

#[test]
fn a_turn_adds_to_its_row_and_the_page_can_be_read_again() {
    let page = "before\n<!-- account -->\n| tls | 1.5 | 100 | 7 | 50 | 0 | 2026-01-01 |\n\
                <!-- end of account -->\nafter\n";
    let log = "#8 NEW cov: 60 ft: 70\nstat::number_of_executed_units: 900\n";
    let mut account = Account::of_page(page).unwrap();
    account.add("tls", &Turn::of_log(log, Duration::from_mins(1), 9, None));
    let page = account.page();
    assert!(page.contains("| tls | 2.5 | 1000 | 9 | 60 | 0 |"), "{page}");
    assert_eq!(Account::of_page(&page).unwrap().page(), page);
}
