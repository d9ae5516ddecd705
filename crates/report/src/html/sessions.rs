//! Pool sessions, each with its details folded away.

use minehound_model::SessionRow;

use super::page::Page;
use super::{Report, most};
use crate::reader::session::{dialect, seconds};
use crate::{Reader, quantity, visible};

/// Logins and wallets shown of one session.
const SHOWN: usize = 12;

const COLUMNS: [&str; 7] = [
    "column.number",
    "column.client",
    "column.dialect",
    "column.grade",
    "column.shares",
    "column.hashrate",
    "column.span",
];

pub(super) fn write(page: &mut Page<'_>, report: &Report<'_>) {
    if report.case.sessions.is_empty() {
        return;
    }
    page.section("sessions", "heading.sessions");
    page.raw("<p>");
    page.both(|it| it.session_counts(&report.counts));
    page.raw(" <button type=\"button\" data-act=\"toggle\">");
    page.both(|it| format!("{} / {}", it.say("say.expand"), it.say("say.collapse")));
    page.raw("</button></p><div class=\"row top\">");
    for column in COLUMNS {
        page.raw("<span>");
        page.say(column);
        if column == "column.client" {
            page.raw(" → ");
            page.say("column.server");
        }
        page.raw("</span>");
    }
    page.raw("</div>");
    for (place, it) in report.case.sessions.iter().enumerate().take(most::SESSIONS) {
        let numbers = report.ledger.numbers(&it.evidence);
        page.put(format_args!(
            "<details class=\"session\" id=\"s-{}\"><summary class=\"row\">",
            place + 1
        ));
        line(page, place + 1, it, &numbers);
        page.raw("</summary>");
        details(page, report, it, &numbers);
        page.raw("</details>");
    }
    page.rest(most::SESSIONS, report.case.sessions.len());
    page.end_section();
}

fn line(page: &mut Page<'_>, number: usize, it: &SessionRow, numbers: &[usize]) {
    page.put(format_args!("<span class=\"no\">{number}</span><span>"));
    page.text(&it.client.to_string());
    page.raw(" → ");
    page.text(&it.server.to_string());
    page.raw("<br><small>");
    page.both(|reader| reader.server_name(it).unwrap_or_default());
    page.raw("</small></span><span>");
    page.text(&dialect(it));
    if let Some(coin) = &it.coin {
        page.raw("<br><small>");
        page.both(|reader| reader.coin(coin));
        page.raw("</small>");
    }
    page.raw("</span><span>");
    page.both(|reader| reader.grade(it.grade));
    for label in &it.labels {
        page.raw("<br><span class=\"tag\">");
        page.both(|reader| reader.named("label", label));
        page.raw("</span>");
    }
    page.raw("</span><span>");
    let shares = it.shares;
    let [submitted, accepted, rejected] =
        [shares.submitted, shares.accepted, shares.rejected].map(quantity::grouped);
    page.linked(numbers, &format!("{submitted} / {accepted} / {rejected}"));
    page.raw("</span><span>");
    match &it.hashrate {
        None => page.text("—"),
        Some(rate) => {
            let [value, low, high] = quantity::estimate(rate);
            page.linked(numbers, &value);
            page.raw("<br><small>");
            page.both(|reader| reader.fill("say.range", &[("low", &low), ("high", &high)]));
            page.raw("</small>");
        }
    }
    page.raw("</span><span>");
    page.both(|reader| reader.moment(it.first_ms));
    page.raw("<br><small>");
    page.both(|reader| reader.duration(seconds(it)));
    page.raw("</small></span>");
}

fn details(page: &mut Page<'_>, report: &Report<'_>, it: &SessionRow, numbers: &[usize]) {
    page.raw("<dl class=\"facts\">");
    wide(page, "column.because", |reader| reader.clauses(&reader.because(it)));
    fact(page, "column.entity", |reader| reader.entity(&it.about));
    fact(page, "column.carrier", |reader| reader.carrier(&it.carrier));
    fact(page, "column.agent", |_| it.agent.as_deref().map(visible).unwrap_or_default());
    fact(page, "column.algorithm", |_| it.algorithm.as_deref().map(visible).unwrap_or_default());
    fact(page, "column.region", |reader| reader.region(&it.region));
    fact(page, "column.jobs", |_| quantity::grouped(it.jobs));
    wide(page, "column.login", |reader| logins(reader, it));
    wide(page, "column.wallet", |reader| {
        let wallets: Vec<_> = it.wallets.iter().take(SHOWN).map(|it| reader.wallet(it)).collect();
        wallets.join("; ")
    });
    wide(page, "column.shares", |reader| {
        let stale = quantity::grouped(it.shares.stale);
        reader.list([reader.shares(it), reader.fill("say.stale", &[("n", &stale)])])
    });
    if let Some(rate) = it.share_rate {
        wide(page, "column.share-rate", |reader| reader.hashrate(&rate));
    }
    if let Some(rate) = it.hashrate {
        wide(page, "column.hashrate", |reader| reader.hashrate(&rate));
        if let Some(reported) = it.reported_hashrate {
            let reported = quantity::prefixed(reported, rate.unit);
            fact(page, "column.reported", |_| reported.clone());
        }
    }
    if let Some(power) = &it.power_w {
        wide(page, "column.power", |reader| reader.power_with_energy(power));
        wide(page, "column.power-by-class", |reader| reader.clauses(&reader.power_by_class(power)));
    }
    wide(page, "column.difficulty", |reader| difficulties(reader, it));
    fact(page, "column.first-seen", |reader| reader.moment(it.first_ms));
    fact(page, "column.last-seen", |reader| reader.moment(it.last_ms));
    fact(page, "column.frames", |_| quantity::grouped(it.frames));
    wide(page, "column.marks", |reader| {
        reader.list(reader.marks(it).into_iter().map(|(name, frame)| format!("{name} {frame}")))
    });
    page.raw("<dt>");
    page.say("column.evidence");
    page.raw("</dt><dd class=\"wide\">");
    page.evidence(numbers);
    if let Some(place) = it.evidence.places().next() {
        page.both(|reader| reader.place(place, &report.ledger));
        page.put(format_args!(" · <a href=\"#input-{}\">", place.artefact.0 + 1));
        let digest = report.ledger.input(place).map_or("", |it| it.sha256.as_str());
        page.raw("<code>");
        page.text(digest);
        page.raw("</code></a>");
    }
    page.raw("</dd></dl>");
}

fn logins(reader: &Reader<'_>, it: &SessionRow) -> String {
    let shown = it.logins.iter().take(SHOWN);
    let mut logins: Vec<_> = shown
        .map(|it| format!("{} ({})", visible(&it.login), reader.login_state(it.state)))
        .collect();
    let beyond = it.logins.len().saturating_sub(SHOWN) as u64 + it.logins_beyond;
    if beyond > 0 {
        logins.push(format!("… (+{beyond})"));
    }
    logins.join("; ")
}

/// How the difficulty went: the first, the last, and how many changes lay between.
fn difficulties(reader: &Reader<'_>, it: &SessionRow) -> String {
    let shown = |it: &minehound_model::Target| {
        format!("{} ({})", quantity::prefixed(it.difficulty, ""), reader.moment(it.since_ms))
    };
    match (it.targets.first(), it.targets.last()) {
        (Some(first), Some(last)) if it.targets.len() > 1 => {
            format!("{} … {} [{}]", shown(first), shown(last), it.targets.len())
        }
        (Some(only), _) => shown(only),
        _ => String::new(),
    }
}

fn fact(page: &mut Page<'_>, name: &str, say: impl Fn(&Reader<'_>) -> String) {
    if page.one("zh", &say).is_empty() {
        return;
    }
    page.raw("<dt>");
    page.say(name);
    page.raw("</dt><dd>");
    page.both(say);
    page.raw("</dd>");
}

fn wide(page: &mut Page<'_>, name: &str, say: impl Fn(&Reader<'_>) -> String) {
    if page.one("zh", &say).is_empty() {
        return;
    }
    page.raw("<dt class=\"own\">");
    page.say(name);
    page.raw("</dt><dd class=\"wide\">");
    page.both(say);
    page.raw("</dd>");
}
