//! Hands the knowledge to those who may know parts of it: names to the collectors, rules to the
//! judges, words to the report.

use std::collections::BTreeSet;

use minehound_assess::{CoinRhythm, IntentSigns, Item, Rules, Scenario, Scoring};
use minehound_collect::host::{AgentTrace, HostInterest};
use minehound_detect::knowledge::schema::{ChecklistRow, Group, Text};
use minehound_detect::{Detector, Knowledge, Meta, detectors};
use minehound_model::{Dimension, FactKind, Interest};
use minehound_report::{Bilingual, ItemText, ScenarioText, Texts};

/// The names and ports whose contact is worth a fact.
pub(crate) fn interest(knowledge: &Knowledge) -> Interest {
    Interest::in_names(knowledge.names()).and_ports(knowledge.pool_ports())
}

/// What the collector of hosts may know.
pub(crate) fn host_interest(knowledge: &Knowledge) -> HostInterest {
    let tables = knowledge.tables();
    let agents = entries(&tables.security_agents).map(|it| AgentTrace {
        name: it.name.clone(),
        programs: Vec::new(),
        leftovers: it.paths.clone(),
        units: it.services.clone(),
        processes: it.processes.clone(),
        removal: it.removal.clone(),
    });
    let families = || entries(&tables.families);
    HostInterest {
        agents: agents.collect(),
        family_paths: families().flat_map(|it| it.paths.clone()).collect(),
        program_names: knowledge.miner_file_names(),
        rootkit_modules: families().flat_map(|it| it.modules.clone()).collect(),
        pool_names: interest(knowledge),
        vendor_names: Interest::default(),
    }
}

/// What the entities are judged by.
pub(crate) fn rules(knowledge: &Knowledge) -> anyhow::Result<Rules> {
    let scenarios = entries(&knowledge.tables().scenarios).map(|it| Scenario {
        id: it.id.clone(),
        signs: it.speaks_for.iter().flat_map(|hint| hint.signs.clone()).collect(),
        needs: Vec::new(),
    });
    Ok(Rules {
        scoring: Scoring::built_in()?,
        items: entries(&knowledge.tables().checklist).map(item).collect(),
        scenarios: scenarios.collect(),
        intent: intent(knowledge),
    })
}

/// Signs of the trojan scenario speak for malware; those of the in-house one that speak against
/// the trojan, for a person's choice.
fn intent(knowledge: &Knowledge) -> IntentSigns {
    let mut intent = IntentSigns::default();
    for it in entries(&knowledge.tables().scenarios).filter(|it| it.id == "trojan") {
        intent.malware = it.speaks_for.iter().flat_map(|hint| hint.signs.clone()).collect();
        intent.deliberate = it.speaks_against.iter().flat_map(|hint| hint.signs.clone()).collect();
    }
    intent
}

fn item(row: &ChecklistRow) -> Item {
    let unread = row.needs.iter().filter(|it| fact_kind(it).is_none()).cloned().collect();
    let speaks =
        |it: &&'static dyn minehound_detect::Detector| it.meta().items.contains(&row.id.as_str());
    let speakers: Vec<_> = detectors().filter(speaks).map(Detector::meta).collect();
    let ways: Vec<_> = speakers.iter().flat_map(|it| ways(it)).collect();
    let mut needs: Vec<FactKind> = row.needs.iter().filter_map(|it| fact_kind(it)).collect();
    if row.needs.iter().any(|it| it == CAPTURE) {
        // Of what a capture is read into, what the row is about.
        let of_captures = ways.iter().flatten().copied().filter(|it| CAPTURED.contains(it));
        let asked: BTreeSet<_> = of_captures.collect();
        if !asked.is_empty() {
            needs.retain(|it| *it != FactKind::PoolSession);
            needs.extend(asked);
            needs.sort_unstable();
            needs.dedup();
        }
    }
    Item {
        id: row.id.clone(),
        dimension: dimension(&row.dimension),
        by_people: row.filled_by == "person",
        needs,
        unread,
        ways,
        asks_for_listed: row.asks_for_listed,
        leaves_out: row.leaves_out.clone(),
        detectors: speakers.iter().map(|it| it.id).collect(),
    }
}

/// The ways in which a detector's needs are met.
fn ways(meta: &Meta) -> Vec<Vec<FactKind>> {
    if meta.needs_any.is_empty() {
        return vec![meta.needs.to_vec()];
    }
    meta.needs_any.iter().map(|it| [meta.needs, &[*it]].concat()).collect()
}

/// The source that is read into facts of many kinds, and those kinds.
const CAPTURE: &str = "packet_capture";
const CAPTURED: [FactKind; 7] = [
    FactKind::PoolSession,
    FactKind::PoolContact,
    FactKind::PortContact,
    FactKind::NameLookup,
    FactKind::NodeTraffic,
    FactKind::QuietFlow,
    FactKind::ProxyUse,
];

/// The kind of fact that a kind of source is read into; none where nothing reads it yet.
fn fact_kind(source: &str) -> Option<FactKind> {
    Some(match source {
        CAPTURE => FactKind::PoolSession,
        "dns_log" => FactKind::NameLookup,
        "firewall_log" => FactKind::LoggedContact,
        "ids_alerts" => FactKind::SensorAlert,
        "host_hardware" => FactKind::Device,
        "host_processes" => FactKind::Program,
        "host_files" => FactKind::MinerConfig,
        "host_autostart" => FactKind::Autostart,
        "host_settings" => FactKind::Protection,
        "host_load" => FactKind::CpuLoad,
        "declaration" => FactKind::DeclaredUse,
        "geo_table" => FactKind::AddressRegion,
        _ => return None,
    })
}

fn dimension(name: &str) -> Dimension {
    match name {
        "hardware" => Dimension::Hardware,
        "network" => Dimension::Network,
        "system" => Dimension::System,
        "resources" => Dimension::Resource,
        _ => Dimension::Business,
    }
}

/// The coins that a detection limit is stated for: those mined by work today.
pub(crate) fn rhythms(knowledge: &Knowledge) -> Vec<CoinRhythm> {
    let tables = knowledge.tables();
    let mined = entries(&tables.coins).filter(|it| it.ended.is_none());
    let rhythm = |it: &minehound_detect::knowledge::schema::Coin| {
        let algorithm = knowledge.algorithm(it.algorithm.as_deref()?)?;
        Some(CoinRhythm {
            coin: it.symbol.clone(),
            unit: algorithm.entry.unit.clone(),
            block_interval_s: it.block_seconds?,
        })
    };
    mined.filter_map(rhythm).collect()
}

/// The words of the knowledge.
pub(crate) fn texts(knowledge: &Knowledge) -> Texts {
    let tables = knowledge.tables();
    let mut texts = Texts::default();
    for it in entries(&tables.checklist) {
        let (title, method, give) = (both(&it.item), both(&it.method), both(&it.give));
        texts.items.insert(it.id.clone(), ItemText { title, method, give });
    }
    for it in entries(&tables.scenarios) {
        let (title, summary, next) = (both(&it.title), both(&it.summary), both(&it.next));
        texts.scenarios.insert(it.id.clone(), ScenarioText { title, summary, next });
    }
    for it in entries(&tables.coins) {
        texts.coins.insert(it.symbol.clone(), Bilingual::new(&it.zh, &it.en));
    }
    for it in detectors() {
        let title = |page: &str| {
            page.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned()
        };
        let meta = it.meta();
        let titles = Bilingual::new(title(meta.chinese), title(&meta.manual()));
        texts.detectors.insert(meta.id.to_string(), titles);
    }
    texts
}

fn both(text: &Text) -> Bilingual {
    Bilingual::new(&text.zh, &text.en)
}

fn entries<T>(groups: &[Group<T>]) -> impl Iterator<Item = &T> {
    groups.iter().flat_map(|it| &it.entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_a_detector_names_is_a_row_of_the_table() {
        let knowledge = Knowledge::built_in().unwrap();
        let rows: BTreeSet<_> = entries(&knowledge.tables().checklist).map(|it| &*it.id).collect();
        for item in detectors().flat_map(|it| it.meta().items) {
            assert!(rows.contains(item), "{item}");
        }
    }

    #[test]
    fn every_sign_that_a_row_leaves_out_is_one_of_its_detectors() {
        let knowledge = Knowledge::built_in().unwrap();
        for row in entries(&knowledge.tables().checklist) {
            let speakers = detectors().map(Detector::meta);
            let speakers = speakers.filter(|it| it.items.contains(&row.id.as_str()));
            let signs: BTreeSet<_> = speakers.flat_map(|it| it.signs).map(|it| it.0.0).collect();
            assert!(row.leaves_out.iter().all(|it| signs.contains(it.as_str())), "{}", row.id);
        }
    }

    #[test]
    fn every_source_that_nothing_reads_has_a_name() {
        let knowledge = Knowledge::built_in().unwrap();
        let items: Vec<_> = entries(&knowledge.tables().checklist).map(item).collect();
        for lang in [minehound_report::Lang::Zh, minehound_report::Lang::En] {
            let catalogue = minehound_report::Catalogue::of(lang).unwrap();
            for kind in items.iter().flat_map(|it| &it.unread) {
                assert!(catalogue.pattern(&format!("source.{kind}")).is_some(), "{kind}");
            }
        }
    }

    #[test]
    fn every_sign_has_its_texts_and_its_weight_and_every_weight_its_sign() {
        let scoring = Scoring::built_in().unwrap();
        let signs: Vec<_> = detectors().flat_map(|it| it.meta().signs).collect();
        for (sign, nature) in &signs {
            let weighed = scoring.weight(sign.0).is_some();
            let counts = *nature != minehound_model::Nature::Context;
            assert_eq!(weighed, counts, "{}: weight", sign.0);
        }
        for it in &scoring.sign {
            assert!(signs.iter().any(|(sign, _)| sign.0 == it.name), "{}: no sign", it.name);
        }
        for lang in [minehound_report::Lang::Zh, minehound_report::Lang::En] {
            let catalogue = minehound_report::Catalogue::of(lang).unwrap();
            let names = signs.iter().map(|(sign, _)| sign.0);
            let silent: Vec<_> =
                names.filter(|it| catalogue.pattern(&format!("sign.{it}")).is_none()).collect();
            assert_eq!(silent, Vec::<&str>::new());
        }
    }

    #[test]
    fn scenarios_speak_of_signs_that_exist_or_will() {
        let rules = rules(&Knowledge::built_in().unwrap()).unwrap();
        let signs: BTreeSet<_> =
            detectors().flat_map(|it| it.meta().signs).map(|it| it.0.0).collect();
        for id in ["trojan", "in-house", "cross-border"] {
            let scenario = rules.scenarios.iter().find(|it| it.id == id).unwrap();
            assert!(scenario.signs.iter().any(|it| signs.contains(it.as_str())), "{id}");
        }
    }
}
