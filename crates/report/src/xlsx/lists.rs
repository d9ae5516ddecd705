//! The sheets that only list: sessions, nodes, devices and programs, inputs, evidence.

use minehound_model::{Evidence, SessionRow};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Maker;
use super::sheet::{Cell, Sheet};
use crate::reader::session::{dialect, kwh};
use crate::visible;

const SESSION: [(&str, f64); 41] = [
    ("column.number", 7.0),
    ("column.client", 22.0),
    ("column.server", 22.0),
    ("column.server-name", 24.0),
    ("column.region", 14.0),
    ("column.dialect", 16.0),
    ("column.carrier", 14.0),
    ("column.coin", 10.0),
    ("column.algorithm", 12.0),
    ("column.grade", 13.0),
    ("column.because", 30.0),
    ("column.labels", 20.0),
    ("column.agent", 22.0),
    ("column.account", 30.0),
    ("column.worker", 14.0),
    ("column.login", 30.0),
    ("column.wallet", 44.0),
    ("column.jobs", 8.0),
    ("column.submitted", 10.0),
    ("column.accepted", 10.0),
    ("column.rejected", 10.0),
    ("column.share-rate", 12.0),
    ("column.share-rate-low", 12.0),
    ("column.share-rate-high", 12.0),
    ("column.hashrate", 14.0),
    ("column.hashrate-low", 14.0),
    ("column.hashrate-high", 14.0),
    ("column.unit", 7.0),
    ("column.power-low", 12.0),
    ("column.power-high", 12.0),
    ("column.energy-low", 13.0),
    ("column.energy-high", 13.0),
    ("column.power-by-class", 44.0),
    ("column.first-seen", 25.0),
    ("column.last-seen", 25.0),
    ("column.frames", 9.0),
    ("column.marks", 30.0),
    ("column.difficulty", 12.0),
    ("column.evidence", 12.0),
    ("column.input", 7.0),
    ("column.sha256", 66.0),
];

impl Maker<'_, '_> {
    pub(super) fn sessions(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let name = self.reader.say("sheet.sessions");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &self.columns(&SESSION))?;
        for (place, it) in (1_u64..).zip(&self.case.sessions) {
            let mut cells = vec![Cell::Count(place)];
            cells.extend(self.who(it));
            cells.extend(self.how_much(it));
            cells.extend(self.from(&it.evidence));
            sheet.row(cells)?;
        }
        sheet.finish(3)
    }

    fn who(&self, it: &SessionRow) -> Vec<Cell> {
        let reader = self.reader;
        let shown =
            |text: &Option<String>| Cell::text(text.as_deref().map(visible).unwrap_or_default());
        let first = it.logins.first();
        let logins = it
            .logins
            .iter()
            .map(|it| format!("{} ({})", visible(&it.login), reader.login_state(it.state)));
        let mut logins: Vec<_> = logins.collect();
        if it.logins_beyond > 0 {
            logins.push(reader.fill("say.only-listed", &[("n", &it.logins_beyond.to_string())]));
        }
        let wallets: Vec<_> = it.wallets.iter().map(|it| reader.wallet(it)).collect();
        vec![
            Cell::text(it.client.to_string()),
            Cell::text(it.server.to_string()),
            Cell::text(reader.server_name(it).unwrap_or_default()),
            Cell::text(reader.region(&it.region)),
            Cell::text(dialect(it)),
            Cell::text(reader.carrier(&it.carrier)),
            Cell::text(it.coin.as_ref().map(|it| reader.coin(it)).unwrap_or_default()),
            shown(&it.algorithm),
            Cell::text(reader.grade(it.grade)),
            Cell::text(reader.clauses(&reader.because(it))),
            Cell::text(reader.list(reader.labels(it))),
            shown(&it.agent),
            Cell::text(first.map(|it| visible(&it.account)).unwrap_or_default()),
            shown(&first.and_then(|it| it.worker.clone())),
            Cell::text(logins.join("\n")),
            Cell::text(wallets.join("\n")),
        ]
    }

    fn how_much(&self, it: &SessionRow) -> Vec<Cell> {
        let reader = self.reader;
        let (shares, rate) = (it.share_rate.as_ref(), it.hashrate.as_ref());
        let power = it.power_w.as_ref();
        let marks = reader.marks(it).into_iter().map(|(name, frame)| format!("{name} {frame}"));
        vec![
            Cell::Count(it.jobs),
            Cell::Count(it.shares.submitted),
            Cell::Count(it.shares.accepted),
            Cell::Count(it.shares.rejected),
            Cell::Real(shares.map(|it| it.value)),
            Cell::Real(shares.map(|it| it.low)),
            Cell::Real(shares.map(|it| it.high)),
            Cell::Real(rate.map(|it| it.value)),
            Cell::Real(rate.map(|it| it.low)),
            Cell::Real(rate.map(|it| it.high)),
            Cell::text(rate.map_or("", |it| it.unit)),
            Cell::Real(power.map(|it| it.low)),
            Cell::Real(power.map(|it| it.high)),
            Cell::Real(power.map(|it| kwh(it.low))),
            Cell::Real(power.map(|it| kwh(it.high))),
            Cell::text(power.map(|it| reader.power_by_class(it).join("\n")).unwrap_or_default()),
            Cell::text(reader.moment(it.first_ms)),
            Cell::text(reader.moment(it.last_ms)),
            Cell::Count(it.frames),
            Cell::text(reader.list(marks)),
            Cell::Real(it.targets.last().map(|it| it.difficulty)),
        ]
    }

    /// Evidence numbers, the number of the input and its digest.
    fn from(&self, evidence: &Evidence) -> Vec<Cell> {
        let place = evidence.places().next();
        let input = place.and_then(|it| self.ledger.input(it));
        let number = place.map_or(0, |it| u64::from(it.artefact.0) + 1);
        vec![
            Cell::text(Self::numbers(self.ledger.numbers(evidence))),
            Cell::Count(number),
            Cell::text(input.map_or("", |it| it.sha256.as_str())),
        ]
    }

    pub(super) fn nodes(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.columns(&[
            ("column.node-client", 24.0),
            ("column.node-server", 24.0),
            ("column.network", 20.0),
            ("column.frames", 10.0),
            ("column.evidence", 12.0),
            ("column.input", 8.0),
            ("column.sha256", 66.0),
        ]);
        let name = self.reader.say("sheet.nodes");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for it in &self.case.nodes {
            let mut cells = vec![
                Cell::text(it.client.to_string()),
                Cell::text(it.server.to_string()),
                Cell::text(self.reader.network(&it.network)),
                Cell::Count(it.frames),
            ];
            cells.extend(self.from(&it.evidence));
            sheet.row(cells)?;
        }
        sheet.finish(0)
    }

    pub(super) fn devices_and_programs(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.columns(&[
            ("column.kind", 14.0),
            ("column.entity", 24.0),
            ("column.address", 20.0),
            ("column.name", 34.0),
            ("column.exe", 34.0),
            ("column.cpu", 12.0),
            ("column.why", 34.0),
            ("column.evidence", 12.0),
            ("column.input", 8.0),
            ("column.sha256", 66.0),
        ]);
        let reader = self.reader;
        let name = reader.say("sheet.devices");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for it in &self.case.devices {
            let mut cells = vec![
                Cell::text(reader.say("heading.devices")),
                Cell::text(reader.entity(&it.about)),
                Cell::text(visible(&it.address)),
                Cell::text(visible(&it.name)),
                Cell::text(""),
                Cell::Real(None),
                Cell::text(reader.named("device", &it.known_as)),
            ];
            cells.extend(self.from(&it.evidence));
            sheet.row(cells)?;
        }
        for it in &self.case.programs {
            let mut cells = vec![
                Cell::text(reader.say("heading.programs")),
                Cell::text(reader.entity(&it.about)),
                Cell::text(it.pid.to_string()),
                Cell::text(visible(&it.name)),
                Cell::text(it.exe.as_deref().map(visible).unwrap_or_default()),
                Cell::Real(it.cpu_percent),
                Cell::text(reader.list(it.why.iter().map(|it| reader.named("why", it)))),
            ];
            cells.extend(self.from(&it.evidence));
            sheet.row(cells)?;
        }
        sheet.finish(0)
    }

    pub(super) fn inputs(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.columns(&[
            ("column.number", 7.0),
            ("column.path", 44.0),
            ("column.sha256", 66.0),
            ("column.kind", 18.0),
            ("column.bytes", 14.0),
            ("column.records", 12.0),
            ("column.skipped", 10.0),
            ("column.first-seen", 25.0),
            ("column.last-seen", 25.0),
            ("column.remarks", 60.0),
        ]);
        let reader = self.reader;
        let name = reader.say("sheet.inputs");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for it in &self.case.inputs {
            let moment = |pick: fn(minehound_model::Span) -> i64| {
                Cell::text(it.span.map(|it| reader.moment(pick(it))).unwrap_or_default())
            };
            sheet.row(vec![
                Cell::Count(u64::from(it.id.0) + 1),
                Cell::text(visible(&it.path)),
                Cell::text(&it.sha256),
                Cell::text(reader.input_kind(it)),
                Cell::Count(it.bytes),
                Cell::Count(it.records),
                Cell::Count(it.skipped.values().fold(0, |sum, it| sum.saturating_add(*it))),
                moment(|it| it.from_ms),
                moment(|it| it.to_ms),
                Cell::text(reader.remarks(it).join("\n")),
            ])?;
        }
        sheet.finish(0)
    }

    pub(super) fn evidence(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.columns(&[
            ("column.number", 8.0),
            ("column.input", 8.0),
            ("column.path", 44.0),
            ("column.first-record", 12.0),
            ("column.last-record", 12.0),
            ("column.place", 44.0),
            ("column.sha256", 66.0),
        ]);
        let name = self.reader.say("sheet.evidence");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for (place, it) in self.ledger.places().iter().enumerate() {
            let input = self.ledger.input(it);
            sheet.row(vec![
                Cell::text(format!("E{}", place + 1)),
                Cell::Count(u64::from(it.artefact.0) + 1),
                Cell::text(input.map(|it| visible(&it.path)).unwrap_or_default()),
                Cell::Count(it.records.first),
                Cell::Count(it.records.last),
                Cell::text(self.reader.place(it, &self.ledger)),
                Cell::text(input.map_or("", |it| it.sha256.as_str())),
            ])?;
        }
        sheet.finish(0)
    }
}
