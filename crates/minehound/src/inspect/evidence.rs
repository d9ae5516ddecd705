//! From the command line to everything a case is concluded from.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, bail};
use minehound_assess::case::{Join, KnowledgeStamp, SiteStamp};
use minehound_assess::{Evidence, Scoring, Subject};
use minehound_collect::geo::GeoTable;
use minehound_collect::{self as collect, Collected, Gathered, Progress, Walk, stated};
use minehound_detect::{Knowledge, Outcome, detectors, run};
use minehound_link::{Linked, dossiers};
use minehound_model::{
    Artefact, ArtefactId, Coverage, Dimension, Dossier, EntityId, Fact, Finding, Row, Verdict,
};

use super::blocks::BlockFile;
use super::{from_case, machine, region};
use crate::args::Inspect;
use crate::progress::Bar;
use crate::{known, locale};

/// Everything that was read, before anybody judged it.
pub(crate) struct Material {
    gathered: Gathered,
    geo: Option<GeoTable>,
    home: String,
    site: Option<SiteStamp>,
    /// What was known.
    pub(crate) stamp: KnowledgeStamp,
}

/// Reads everything that the command line names.
pub(crate) fn gather(
    args: &Inspect,
    knowledge: &Knowledge,
    blocks: &[BlockFile],
) -> anyhow::Result<Material> {
    let machine = args.sources.is_empty() || args.this_machine || args.root.is_some();
    let machine = if machine { Some(machine::read(args, knowledge)?) } else { None };
    let (site_text, site) = statements(args)?;
    let geo = region::table(args)?;
    let walk = collect::walk(&args.sources);
    if walk == Walk::default() && machine.is_none() {
        bail!("{}", locale::word("nothing-to-read"));
    }
    let mut watch = addresses(machine.as_ref().map(|it| &it.1));
    watch.extend(addresses(Some(&site)));
    let interest = known::interest(knowledge);
    let mut bar = Bar::over(collect::total_bytes(&walk), args.quiet);
    let assumed = crate::case::assumed(&args.log_times)?;
    let progress = &mut bar as &mut dyn Progress;
    let mut gathered = collect::gather_assuming(&walk, &interest, &watch, assumed, progress);
    bar.done();
    if let Some((mut artefact, collected)) = machine {
        artefact.id = gathered.next_id();
        gathered.add(artefact, collected);
    }
    state(args, &mut gathered)?;
    if let Some(folder) = &args.case {
        from_case::add(folder, &mut gathered)?;
    }
    for it in blocks {
        let artefact = statement(gathered.next_id(), &it.path, &it.bytes, "block-times", it.blocks);
        gathered.add(artefact, Collected::default());
    }
    if let Some(table) = &geo {
        region::observe(table, &args.home, &mut gathered.collected);
    }
    Ok(Material {
        gathered,
        geo,
        home: args.home.clone(),
        site: site_text,
        stamp: KnowledgeStamp {
            version: knowledge.version(),
            digest: stamp(knowledge),
            overlays: Vec::new(),
        },
    })
}

/// The digest of the knowledge and of the weights together.
fn stamp(knowledge: &Knowledge) -> String {
    collect::sha256(format!("{}\n{}", knowledge.digest(), Scoring::SHIPPED).as_bytes())
}

/// The site as described, and its addresses, read once beforehand to know whom to watch for.
fn statements(args: &Inspect) -> anyhow::Result<(Option<SiteStamp>, Collected)> {
    let mut collected = Collected::default();
    let Some(path) = &args.site else { return Ok((None, collected)) };
    let text = String::from_utf8_lossy(&super::read(path)?).into_owned();
    let site = stated::site(&text, ArtefactId(0), &mut collected)
        .with_context(|| path.display().to_string())?;
    let stamp = SiteStamp {
        name: site.name,
        area_m2: site.area_m2,
        industry: site.industry,
        racks: site.racks,
    };
    Ok((Some(stamp), collected))
}

/// Adds what people state, as artefacts of their own.
fn state(args: &Inspect, gathered: &mut Gathered) -> anyhow::Result<()> {
    let spans = gathered.collected.examined.iter().map(|it| it.span.to_ms);
    let end = spans.max();
    for (path, kind) in [(&args.site, "site"), (&args.declare, "declarations")] {
        let Some(path) = path else { continue };
        let bytes = super::read(path)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let id = gathered.next_id();
        let mut collected = Collected::default();
        let wrong = || path.display().to_string();
        let mut records = 0;
        if kind == "site" {
            let site = stated::site(&text, id, &mut collected).with_context(wrong)?;
            // The way out of the house hides nothing from it.
            let own = |it: &Fact| matches!(it, Fact::ProxyUse(it) if site.is_proxy(it.server.ip()));
            gathered.collected.observations.retain(|it| !own(&it.fact));
        } else {
            let read = stated::declarations(&text, id, end, &mut collected);
            let register = read.with_context(wrong)?;
            records += register.len() as u64;
            let told = register.held_against(&gathered.collected.observations);
            gathered.collected.observations.extend(told);
        }
        records += collected.observations.len() as u64;
        let artefact = statement(id, path, &bytes, kind, records);
        gathered.add(artefact, collected);
    }
    Ok(())
}

/// A file that people state something in, as an artefact.
pub(super) fn statement(
    id: ArtefactId,
    path: &Path,
    bytes: &[u8],
    kind: &str,
    records: u64,
) -> Artefact {
    Artefact {
        id,
        path: path.display().to_string(),
        sha256: collect::sha256(bytes),
        bytes: bytes.len() as u64,
        kind: kind.to_owned(),
        records,
        span: None,
        skipped: BTreeMap::new(),
        first_skipped: Vec::new(),
        not_read: None,
        cause: None,
        counts: BTreeMap::new(),
    }
}

/// The addresses that leases and translations speak of.
fn addresses(collected: Option<&Collected>) -> BTreeSet<IpAddr> {
    let facts = collected.into_iter().flat_map(|it| &it.observations).map(|it| &it.fact);
    let address = |it: &Fact| match it {
        Fact::AddressLease(it) => Some(it.address),
        Fact::TranslatedAddress(it) => Some(it.address),
        _ => None,
    };
    facts.filter_map(address).collect()
}

/// Links, detects, and puts together what a case is concluded from.
pub(crate) fn judge(material: Material, knowledge: &Knowledge) -> Evidence {
    let Material { gathered, geo, home, site, stamp } = material;
    let Gathered { artefacts, collected, openers, blind_openers, .. } = gathered;
    let examined = Coverage(collected.examined.clone());
    let (mut subjects, mut rows) = (Vec::new(), Vec::new());
    let mut of_members = BTreeMap::<EntityId, Vec<_>>::new();
    for linked in dossiers(collected.observations, &collected.examined) {
        // Whom only a form speaks of was not inspected: naming somebody accuses and clears nobody.
        let seen = linked.dossier.observations.iter().any(|it| !is_statement(&it.fact));
        let (mut subject, mut own) = subject(linked, knowledge);
        rows.append(&mut own);
        for it in subject.findings.extract_if(.., |it| it.0.about != subject.id) {
            of_members.entry(it.0.about.clone()).or_default().push(it);
        }
        let machine = subject.profile.is_some();
        if machine || seen && !subject.findings.is_empty() {
            subjects.push(subject);
        }
    }
    hand_over(of_members, &examined, &mut subjects);
    region::fill(&mut rows, geo.as_ref(), &home);
    let spoken_of: BTreeSet<&EntityId> = subjects
        .iter()
        .flat_map(|it| it.joins.iter().map(|join| &join.from).chain([&it.id]))
        .collect();
    let named = |it: &IpAddr| EntityId::endpoint(*it);
    let silent = |of: &BTreeSet<IpAddr>| {
        of.iter().filter(|it| !spoken_of.contains(&named(it))).count() as u64
    };
    let unlisted =
        [(Verdict::Clear, silent(&openers)), (Verdict::Inconclusive, silent(&blind_openers))];
    Evidence {
        inputs: artefacts,
        subjects,
        unlisted: unlisted.into_iter().filter(|it| it.1 > 0).collect(),
        rows,
        examined,
        knowledge: stamp,
        coins: known::rhythms(knowledge),
        site,
        manual: BTreeMap::new(),
        workbook: None,
    }
}

/// Hands what was found in the dossier of a network to the members that it is about.
fn hand_over(
    of_members: BTreeMap<EntityId, Vec<(Finding, Dimension)>>,
    examined: &Coverage,
    subjects: &mut Vec<Subject>,
) {
    for (id, findings) in of_members {
        if let Some(subject) = subjects.iter_mut().find(|it| it.id == id) {
            subject.findings.extend(findings);
            continue;
        }
        let covers = examined.0.iter().filter(|it| it.extent.covers(&id));
        let coverage = Coverage(covers.map(|it| it.narrowed_to(&id)).collect());
        subjects.push(Subject { id, findings, coverage, joins: Vec::new(), profile: None });
    }
}

fn is_statement(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::DeclaredUse(_)
            | Fact::ApprovedUse(_)
            | Fact::RegisteredTunnel(_)
            | Fact::AddressLease(_)
            | Fact::TranslatedAddress(_)
    )
}

/// Runs every detector on one dossier.
fn subject(linked: Linked, knowledge: &Knowledge) -> (Subject, Vec<Row>) {
    let Linked { dossier, joins } = linked;
    let (mut findings, mut rows) = (Vec::new(), Vec::new());
    let kind = dossier.entity.kind();
    for detector in detectors().filter(|it| it.judges(kind)) {
        if let Outcome::Examined(mut judgement) = run(detector, &dossier, knowledge) {
            let dimension = detector.meta().dimension;
            findings.extend(judgement.findings.into_iter().map(|it| (it, dimension)));
            rows.append(&mut judgement.rows);
        }
    }
    let joins = joins.into_iter().map(|it| Join {
        rule: it.rule.id().to_owned(),
        from: it.from,
        span: it.span,
        observations: it.observations,
    });
    let profile =
        dossier.facts().next().map(|(_, it): (_, &minehound_model::HostProfile)| it.clone());
    let Dossier { entity, coverage, .. } = dossier;
    (Subject { id: entity, findings, coverage, joins: joins.collect(), profile }, rows)
}
