//! Hiding of wallets, accounts and inner addresses, the same one always by the same name.

mod names;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use minehound_assess::Case;
use minehound_assess::case::{Assessed, Join, Manual, Workbook};
use minehound_model::{
    Arg, Coverage, DeviceRow, EntityId, Evidence, Examined, NodeRow, ProgramRow, Provenance,
    SessionRow,
};

use self::names::Names;
pub(crate) use self::names::is_stand_in;

/// The case with wallets, accounts, logins, workers and inner addresses hidden.
///
/// An address of a client, or of a private, link-local or shared network, becomes one of
/// `240.0.0.0/4` or `100::/64`, which nobody uses (RFC 1112, RFC 6666). Everything else becomes a
/// word with a number. Numbers follow the order of the case, so the same case gives the same names.
/// Whether a checksum fits is kept.
#[must_use]
pub fn mask(case: &Case) -> Case {
    masked(case).case
}

/// A case with its names hidden.
pub(crate) struct Masked {
    pub(crate) case: Case,
    /// The row ids that are stand-ins.
    pub(crate) hidden: BTreeSet<String>,
}

/// See [`mask`].
pub(crate) fn masked(case: &Case) -> Masked {
    let mut hidden = BTreeSet::new();
    let mut names = Names::of(case);
    let mut masked = case.clone();
    for it in &mut masked.inputs {
        names.hide(&mut it.path);
        it.cause.iter_mut().for_each(|it| names.hide(it));
    }
    masked.entities.iter_mut().for_each(|it| entity(it, &mut names));
    masked.sessions.iter_mut().for_each(|it| session(it, &mut names));
    masked.nodes.iter_mut().for_each(|it| node(it, &mut names));
    masked.devices.iter_mut().for_each(|it| device(it, &mut names));
    masked.programs.iter_mut().for_each(|it| program(it, &mut names));
    coverage(&mut masked.coverage.examined, &mut names);
    for row in &mut masked.table {
        let limits = std::mem::take(&mut row.limited_by);
        row.limited_by = limits.into_iter().map(|it| gap(it, &mut names)).collect();
    }
    masked.evidence.iter_mut().for_each(|it| place(it, &mut names));
    masked.manual = masked
        .manual
        .into_iter()
        .map(|(id, mut it)| {
            manual(&mut it, &mut names);
            (row_id(&id, &mut names), it)
        })
        .collect();
    masked.workbook.iter_mut().for_each(|it| workbook(it, &mut names));
    masked.knowledge.overlays.iter_mut().for_each(|it| names.hide(it));
    let rows = case.entities.iter().map(|it| it.id.to_string()).chain(case.manual.keys().cloned());
    for id in rows {
        let stand_in = row_id(&id, &mut names);
        if stand_in != id {
            hidden.insert(stand_in);
        }
    }
    Masked { case: masked, hidden }
}

/// What the earlier workbook was made from, and its rows about nothing in this run.
fn workbook(it: &mut Workbook, names: &mut Names) {
    it.inputs.iter_mut().for_each(|it| names.hide(&mut it.path));
    let absent = std::mem::take(&mut it.absent);
    it.absent = absent.into_iter().map(|(id, it)| (row_id(&id, names), it)).collect();
}

fn id(id: &mut EntityId, names: &mut Names) {
    let mut name = id.name().to_owned();
    names.hide(&mut name);
    *id = EntityId::new(id.kind(), name);
}

/// An id of a row of the table holds nothing to hide; one of an entity is hidden like the entity's.
fn row_id(text: &str, names: &mut Names) -> String {
    let Ok(mut entity) = EntityId::try_from(text.to_owned()) else { return text.to_owned() };
    id(&mut entity, names);
    entity.to_string()
}

fn entity(it: &mut Assessed, names: &mut Names) {
    id(&mut it.id, names);
    for it in &mut it.findings {
        id(&mut it.finding.about, names);
        evidence(&mut it.finding.evidence, names);
        for arg in it.finding.args.values_mut() {
            match arg {
                Arg::Text(text) => names.hide(text),
                Arg::List(texts) => texts.iter_mut().for_each(|it| names.hide(it)),
                Arg::Count(_) | Arg::Number(_) | Arg::Term(_) => {}
            }
        }
    }
    coverage(&mut it.coverage, names);
    for Join { from, .. } in &mut it.joins {
        id(from, names);
    }
    if let Some(profile) = &mut it.profile {
        names.hide(&mut profile.hostname);
    }
}

fn session(it: &mut SessionRow, names: &mut Names) {
    id(&mut it.about, names);
    end(&mut it.client, names);
    end(&mut it.server, names);
    it.server_name.iter_mut().chain(&mut it.agent).for_each(|it| names.hide(it));
    it.labels.iter_mut().for_each(|it| names.hide(it));
    for login in &mut it.logins {
        names.hide(&mut login.login);
        names.hide(&mut login.account);
        login.worker.iter_mut().for_each(|it| names.hide(it));
    }
    it.wallets.iter_mut().for_each(|it| names.hide(&mut it.address));
    evidence(&mut it.evidence, names);
}

fn node(it: &mut NodeRow, names: &mut Names) {
    id(&mut it.about, names);
    end(&mut it.client, names);
    end(&mut it.server, names);
    evidence(&mut it.evidence, names);
}

fn device(it: &mut DeviceRow, names: &mut Names) {
    id(&mut it.about, names);
    names.hide(&mut it.name);
    evidence(&mut it.evidence, names);
}

fn program(it: &mut ProgramRow, names: &mut Names) {
    id(&mut it.about, names);
    names.hide(&mut it.name);
    it.exe.iter_mut().for_each(|it| names.hide(it));
    evidence(&mut it.evidence, names);
}

fn end(it: &mut SocketAddr, names: &mut Names) {
    let address: IpAddr = names.address(it.ip());
    it.set_ip(address);
}

fn coverage(it: &mut Coverage, names: &mut Names) {
    for Examined { extent, gaps, .. } in &mut it.0 {
        *gaps = std::mem::take(gaps).into_iter().map(|it| gap(it, names)).collect();
        if let Some(entities) = extent.entities.take() {
            let hidden = |mut entity| {
                id(&mut entity, names);
                entity
            };
            extent.entities = Some(entities.into_iter().map(hidden).collect());
        }
    }
}

/// The message of a gap stays; the place it speaks of may hold an account.
fn gap(text: String, names: &mut Names) -> String {
    let Some((message, place)) = text.split_once(':') else { return text };
    let mut place = place.to_owned();
    names.hide(&mut place);
    format!("{message}:{place}")
}

fn evidence(it: &mut Evidence, names: &mut Names) {
    let mut places = it.places().cloned().map(|mut it| {
        place(&mut it, names);
        it
    });
    let Some(first) = places.next() else { return };
    let hidden = places.fold(Evidence::at(first), Evidence::and);
    *it = hidden;
}

fn place(it: &mut Provenance, names: &mut Names) {
    it.place.iter_mut().for_each(|it| names.hide(it));
}

fn manual(it: &mut Manual, names: &mut Names) {
    for field in [&mut it.method, &mut it.conclusion, &mut it.note] {
        names.hide(field);
    }
}
