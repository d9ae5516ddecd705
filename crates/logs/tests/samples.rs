//! Every grammar reads its samples: all fields right, no field more.

mod files;

use minehound_logs::Grammars;

#[test]
fn samples_say_what_they_say() {
    let mut wrong = Vec::new();
    let samples = files::samples();
    for sample in &samples {
        let grammar = Grammars::shipped().named(&sample.grammar);
        let Some(grammar) = grammar else {
            wrong.push(format!("{}: does not compile", sample.grammar));
            continue;
        };
        let read = files::read(grammar, sample.text.as_bytes());
        if read.refused.len() != sample.refused {
            wrong.push(format!("{}: refused {:#?}", sample.grammar, read.refused));
        }
        if read.entries.len() != sample.says.len() {
            wrong.push(format!(
                "{}: {} entries, not {}: {:#?}",
                sample.grammar,
                read.entries.len(),
                sample.says.len(),
                read.entries
            ));
        }
        for (place, (told, says)) in read.entries.iter().zip(&sample.says).enumerate() {
            let mut names: Vec<&String> = told.keys().chain(says.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let (told, says) = (told.get(name), says.get(name));
                if told != says {
                    let grammar = &sample.grammar;
                    wrong.push(format!(
                        "{grammar}: entry {place}: {name} is {told:?}, not {says:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(samples.iter().all(|it| it.source.len() > 10), "a sample without its source");
}

#[test]
fn every_shipped_grammar_compiles() {
    let texts = files::texts();
    for text in &texts {
        let problem = Grammars::with(text).err();
        assert!(problem.is_none(), "{problem:?} in {}", text.lines().next().unwrap());
    }
    assert_eq!(Grammars::shipped().iter().count(), texts.len());
}
