//! When each session stood, and how far it went.

use minehound_model::{Grade, SessionRow};

use super::{Page, Report, TimeAxis, end_figure, figure, label, line, rect};
use crate::html::most;
use crate::{quantity, visible};

/// Sessions drawn: those that went furthest.
const SHOWN: usize = 24;
/// Share ticks drawn on one bar.
const TICKS: usize = 160;
const STEP: f64 = 22.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 970.0;

pub(super) fn draw(page: &mut Page<'_>, report: &Report<'_>) {
    let sessions = &report.case.sessions;
    let mut furthest: Vec<_> = sessions.iter().enumerate().collect();
    furthest.sort_by_key(|(place, it)| {
        (std::cmp::Reverse((it.grade, it.shares.accepted, it.shares.submitted)), *place)
    });
    furthest.truncate(SHOWN);
    furthest.sort_by_key(|(place, it)| (it.first_ms, *place));
    let moments = furthest.iter().flat_map(|(_, it)| [it.first_ms, it.last_ms]);
    let Some(axis) = TimeAxis::over(moments, LEFT, RIGHT) else { return };
    #[expect(clippy::cast_precision_loss, reason = "a few dozen lines")]
    let bottom = 8.0 + STEP * furthest.len() as f64;
    figure(page, "heading.timeline", bottom + 24.0, |it| axis.told(it));
    axis.draw(page, 4.0, bottom);
    let mut top = 8.0;
    for (place, it) in furthest {
        bar(page, &axis, place + 1, it, top);
        top += STEP;
    }
    end_figure(page);
    page.rest(SHOWN, sessions.len());
}

fn bar(page: &mut Page<'_>, axis: &TimeAxis, number: usize, it: &SessionRow, top: f64) {
    let linked = number <= most::SESSIONS;
    if linked {
        page.put(format_args!("<a href=\"#s-{number}\">"));
    }
    let server = it.server_name.as_deref().map_or_else(|| it.server.to_string(), visible);
    let name = format!("{number}  {} → {server}", it.client.ip());
    let name: String = name.chars().take(46).collect();
    label(page, "", (0.0, top + 13.0), &name);
    let (from, to) = (axis.at(it.first_ms), axis.at(it.last_ms));
    rect(page, class(it.grade), (from, top + 3.0), ((to - from).max(3.0), 12.0));
    let every = it.share_times_ms.len().div_ceil(TICKS).max(1);
    page.raw("<g stroke=\"#fff\" stroke-opacity=\".75\" stroke-width=\".8\">");
    for time_ms in it.share_times_ms.iter().step_by(every) {
        let x = axis.at(*time_ms);
        line(page, "", (x, top + 5.0), (x, top + 13.0));
    }
    page.raw("</g>");
    let at = format!("x=\"{:.0}\" y=\"{:.1}\"", RIGHT + 10.0, top + 13.0);
    page.drawn(&at, |reader| match it.shares.submitted {
        0 => reader.grade(it.grade),
        shares => format!("{} {}", reader.grade(it.grade), quantity::grouped(shares)),
    });
    if linked {
        page.raw("</a>");
    }
}

/// The fill for a grade; its word stands beside the bar.
fn class(grade: Grade) -> &'static str {
    match grade {
        Grade::Queried => "g0",
        Grade::Connected => "g1",
        Grade::Behaviour => "g2",
        Grade::LoggedIn => "g3",
        Grade::SharesSubmitted => "g4",
    }
}
