//! How many shares were handed in, per bin of time.

use super::{Page, Report, TimeAxis, end_figure, figure, label, line, rect};
use crate::counts::once;
use crate::quantity::grouped;

const BINS: usize = 96;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 1140.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 134.0;

pub(super) fn draw(page: &mut Page<'_>, report: &Report<'_>) {
    let times = || once(report.case).flat_map(|it| it.share_times_ms.iter().copied());
    let Some(axis) = TimeAxis::over(times(), LEFT, RIGHT) else { return };
    let mut bins = [0_u64; BINS];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place within the axis, from nought to the number of bins"
    )]
    for time_ms in times() {
        let part = (axis.at(time_ms) - LEFT) / (RIGHT - LEFT);
        let bin = ((part * BINS as f64) as usize).min(BINS - 1);
        if let Some(count) = bins.get_mut(bin) {
            *count += 1;
        }
    }
    let highest = bins.iter().copied().max().unwrap_or(1).max(1);
    let (kept, all) = (bins.iter().sum::<u64>(), report.counts.shares.submitted);
    #[expect(clippy::cast_precision_loss, reason = "fewer than a hundred bins")]
    let span = axis.seconds() / BINS as f64;
    figure(page, "heading.shares-chart", BOTTOM + 24.0, |it| {
        let mut remarks = vec![it.fill("say.bins", &[("span", &it.duration(span))])];
        if kept < all {
            let (n, m) = (grouped(kept), grouped(all));
            remarks.push(it.fill("say.kept", &[("n", &n), ("m", &m)]));
        }
        it.list(remarks)
    });
    axis.draw(page, TOP, BOTTOM);
    line(page, "rule", (LEFT, TOP), (RIGHT, TOP));
    label(page, "end", (LEFT - 8.0, TOP + 4.0), &grouped(highest));
    label(page, "end", (LEFT - 8.0, BOTTOM + 4.0), "0");
    #[expect(clippy::cast_precision_loss, reason = "drawn, not counted")]
    for (place, count) in bins.iter().enumerate().filter(|it| *it.1 > 0) {
        let step = (RIGHT - LEFT) / BINS as f64;
        let height = (BOTTOM - TOP) * *count as f64 / highest as f64;
        let at = (LEFT + step * place as f64 + 0.6, BOTTOM - height);
        rect(page, "full", at, (step - 1.2, height));
    }
    end_figure(page);
}
