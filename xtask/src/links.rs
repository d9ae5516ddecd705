//! What the prose promises: links lead somewhere, both languages have the same chapters, examples are accepted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use minehound_collect::{Collected, stated};
use minehound_detect::Knowledge;
use minehound_model::ArtefactId;

/// All pages of prose: those at the root and everything below `docs`.
fn pages() -> Vec<PathBuf> {
    let root = crate::root();
    let mut pages = vec![root.join("README.md"), root.join("ARCHITECTURE.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None if path.is_dir() => folders.push(path),
                Some(extension) if extension == "md" => pages.push(path),
                _ => {}
            }
        }
    }
    pages.sort();
    pages
}

/// The lines outside fenced code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The fenced blocks of one language.
fn fenced<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let opening = format!("\n```{language}\n");
    let blocks = text.split(opening.as_str()).skip(1);
    blocks.map(|it| it.split("\n```").next().unwrap()).collect()
}

/// The targets of links, without those in inline code.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for line in prose(text) {
        let plain: String = line.split('`').step_by(2).collect();
        let after = plain.split("](").skip(1);
        targets.extend(after.filter_map(|it| it.split_once(')')).map(|it| it.0.to_owned()));
    }
    targets
}

/// The anchors of a page, as GitHub and mdBook name them: letters, digits, `-` and `_` in lower case.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|it| it.starts_with('#'));
    let titles = headings.map(|it| it.trim_start_matches('#').trim().to_lowercase());
    let kept = |it: &char| it.is_alphanumeric() || matches!(it, '-' | '_' | ' ');
    titles
        .map(|it| it.chars().filter(kept).map(|it| if it == ' ' { '-' } else { it }).collect())
        .collect()
}

/// What is wrong with a link from `page`, if anything.
fn broken(page: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if path.is_empty() { page.to_owned() } else { page.parent().unwrap().join(path) };
    if !file.exists() {
        return Some(format!("`{target}` does not exist"));
    }
    let found = anchor.is_empty() || anchors(&fs::read_to_string(&file).unwrap()).contains(anchor);
    (!found).then(|| format!("`{target}` has no such heading"))
}

fn chapters(language: &str) -> BTreeSet<String> {
    let files = fs::read_dir(crate::root().join("docs/src").join(language)).unwrap();
    files.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let problems = targets(&text).into_iter().filter_map(|it| broken(&page, &it));
        wrong.extend(problems.map(|it| format!("{}: {it}", page.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_included_page_exists() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for it in text.split("{{#include ").skip(1) {
            let path = page.parent().unwrap().join(it.split_once("}}").unwrap().0);
            assert!(path.is_file(), "{}: {} is not there", page.display(), path.display());
        }
    }
}

#[test]
fn both_languages_have_the_same_chapters_and_the_summary_lists_them() {
    assert_eq!(chapters("zh"), chapters("en"));
    let summary = fs::read_to_string(crate::root().join("docs/src/SUMMARY.md")).unwrap();
    let listed: BTreeSet<_> = targets(&summary).into_iter().collect();
    for language in ["zh", "en"] {
        for chapter in chapters(language) {
            assert!(listed.contains(&format!("{language}/{chapter}")), "{language}/{chapter}");
        }
    }
}

#[test]
fn both_languages_give_the_same_commands_and_headings_in_number() {
    for chapter in chapters("zh") {
        let read = |language: &str| {
            let page = crate::root().join("docs/src").join(language).join(&chapter);
            let text = fs::read_to_string(page).unwrap();
            let headings = prose(&text).filter(|it| it.starts_with('#')).count();
            (headings, fenced(&text, "sh").len(), fenced(&text, "toml").len())
        };
        assert_eq!(read("zh"), read("en"), "{chapter}");
    }
}

#[test]
fn every_example_file_is_accepted_by_the_program() {
    let mut seen = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for example in fenced(&text, "toml") {
            let mut collected = Collected::default();
            let refused = if example.contains("[[declaration]]") || example.contains("[[tunnel]]") {
                let read = stated::declarations(example, ArtefactId(0), None, &mut collected);
                read.err().map(|it| it.to_string())
            } else if example.contains("[[host]]") || example.contains("[[translator]]") {
                let read = stated::site(example, ArtefactId(0), &mut collected);
                read.err().map(|it| it.to_string())
            } else if minehound_range::scenario_file::is_live(example) {
                let parsed = minehound_range::scenario_file::Live::parse("example", example);
                parsed.err().map(|problem| problem.to_string())
            } else if example.contains("[[miner]]") {
                let parsed = minehound_range::scenario_file::Scenario::parse("example", example);
                parsed.err().map(|problem| problem.to_string())
            } else {
                let mut knowledge = Knowledge::built_in().unwrap();
                knowledge.overlay("example", example).unwrap();
                None
            };
            assert!(refused.is_none(), "{}: {refused:?}\n{example}", page.display());
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn quoted_digests_and_counts_are_those_of_the_repository() {
    let capture = fs::read(crate::root().join("fixtures/office/office.pcapng")).unwrap();
    let digest = minehound_collect::sha256(&capture);
    let knowledge = Knowledge::built_in().unwrap();
    let rows: usize = knowledge.tables().checklist.iter().map(|it| it.entries.len()).sum();
    for (language, unit) in [("zh", "行"), ("en", "rows")] {
        let read = |chapter: &str| {
            let folder = crate::root().join("docs/src").join(language);
            fs::read_to_string(folder.join(chapter)).unwrap()
        };
        assert!(read("evidence.md").contains(&digest), "{language}: digest of the fixture");
        let count = format!("{rows} {unit}");
        assert!(read("reading.md").contains(&count), "{language}: {count}");
    }
}

#[test]
fn prose_names_no_machine_it_was_made_on() {
    let forbidden = [concat!("/wo", "rk/"), concat!("/tm", "p/t/")];
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for it in forbidden {
            assert!(!text.contains(it), "{}: `{it}`", page.display());
        }
    }
}

#[test]
fn a_heading_is_found_by_the_name_it_is_linked_by() {
    let page = "# 填写 XLSX 再带回来\n\n```sh\n# no heading\n```\n\n## Legal cautions!\n";
    let expected = ["legal-cautions", "填写-xlsx-再带回来"].map(str::to_owned);
    assert_eq!(anchors(page), BTreeSet::from(expected));
    assert_eq!(targets("[a](b.md#c) and `[d](e)`"), ["b.md#c"]);
}
