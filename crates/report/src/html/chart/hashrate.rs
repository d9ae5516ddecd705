//! Hashrates with their intervals, one chart per unit: rates of different units do not compare.

use std::collections::BTreeMap;

use minehound_model::Estimate;

use super::{Page, Report, end_figure, figure, label, line, rect};
use crate::html::most;
use crate::{quantity, visible};

/// Sessions drawn per unit: the fastest.
const SHOWN: usize = 14;
const STEP: f64 = 22.0;
const LEFT: f64 = 300.0;
const RIGHT: f64 = 880.0;

pub(super) fn draw(page: &mut Page<'_>, report: &Report<'_>) {
    let mut units = BTreeMap::<&str, Vec<(usize, Estimate)>>::new();
    for (place, it) in report.case.sessions.iter().enumerate() {
        if let Some(rate) = it.hashrate.filter(|it| it.value > 0.0 && it.high.is_finite()) {
            units.entry(rate.unit).or_default().push((place, rate));
        }
    }
    for (_, mut rates) in units {
        rates.sort_by(|one, two| two.1.value.total_cmp(&one.1.value).then(one.0.cmp(&two.0)));
        let all = rates.len();
        rates.truncate(SHOWN);
        chart(page, report, &rates);
        page.rest(SHOWN, all);
    }
}

fn chart(page: &mut Page<'_>, report: &Report<'_>, rates: &[(usize, Estimate)]) {
    let Some(axis) = LogAxis::over(rates.iter().map(|it| &it.1)) else { return };
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let bottom = 8.0 + STEP * rates.len() as f64;
    figure(page, "heading.hashrate-chart", bottom + 24.0, |it| it.say("say.log-axis"));
    axis.draw(page, bottom, rates.first().map_or("", |it| it.1.unit));
    let mut top = 8.0;
    for (place, rate) in rates {
        let Some(session) = report.case.sessions.get(*place) else { continue };
        let number = place + 1;
        let linked = number <= most::SESSIONS;
        if linked {
            page.put(format_args!("<a href=\"#s-{number}\">"));
        }
        let coin = session.coin.as_deref().map(visible).unwrap_or_default();
        let name =
            format!("{number}  {} {} {coin}", session.client.ip(), visible(&session.dialect));
        let name: String = name.chars().take(46).collect();
        label(page, "", (0.0, top + 14.0), &name);
        let [low, value, high] = [rate.low, rate.value, rate.high].map(|it| axis.at(it));
        rect(page, "g1", (low, top + 7.0), ((high - low).max(2.0), 5.0));
        page.put(format_args!(
            "<circle class=\"full\" cx=\"{value:.1}\" cy=\"{:.1}\" r=\"3.2\"/>",
            top + 9.5
        ));
        let at = format!("x=\"{:.0}\" y=\"{:.1}\"", RIGHT + 12.0, top + 14.0);
        let [value, low, high] = quantity::estimate(rate);
        page.drawn(&at, |it| {
            it.fill("say.interval", &[("value", &value), ("low", &low), ("high", &high)])
        });
        if linked {
            page.raw("</a>");
        }
        top += STEP;
    }
    end_figure(page);
}

/// Powers of ten laid along the width.
struct LogAxis {
    from: f64,
    to: f64,
}

impl LogAxis {
    fn over<'e>(rates: impl Iterator<Item = &'e Estimate>) -> Option<Self> {
        let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
        for it in rates {
            let low = if it.low > 0.0 { it.low } else { it.value / 10.0 };
            from = from.min(low.log10().floor());
            to = to.max(it.high.max(it.value).log10().ceil());
        }
        (from.is_finite() && to.is_finite()).then(|| Self { from, to: to.max(from + 1.0) })
    }

    fn at(&self, value: f64) -> f64 {
        let part = (value.max(1e-300).log10() - self.from) / (self.to - self.from);
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    fn draw(&self, page: &mut Page<'_>, bottom: f64, unit: &str) {
        let step = ((self.to - self.from) / 6.0).ceil().max(1.0);
        let mut power = self.from;
        while power <= self.to {
            let value = 10_f64.powf(power);
            let x = self.at(value);
            line(page, "rule", (x, 4.0), (x, bottom));
            label(page, "mid", (x, bottom + 16.0), &tick(value, unit));
            power += step;
        }
        line(page, "axis", (LEFT, bottom), (RIGHT, bottom));
    }
}

/// A power of ten needs no digits after the point.
fn tick(value: f64, unit: &str) -> String {
    quantity::prefixed(value, unit).replace(".00", "").replace(".0", "")
}
