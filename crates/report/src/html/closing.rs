//! Limits, how to object, and how to verify.

use super::Report;
use super::page::Page;
use crate::visible;

/// Inputs named in the commands that verify them.
const SHOWN: usize = 5;

pub(super) fn write(page: &mut Page<'_>, report: &Report<'_>, digest: &str) {
    page.section("limits", "heading.limits");
    page.raw("<ol class=\"limits\">");
    for it in crate::reader::LIMITS {
        page.raw("<li>");
        page.say(&format!("limit.{it}"));
        page.raw("</li>");
    }
    page.raw("</ol>");
    page.end_section();
    page.section("verification", "heading.verification");
    page.raw("<p>");
    page.say("verify.inputs");
    page.raw("</p><pre>");
    for it in report.case.inputs.iter().filter(|it| !it.sha256.is_empty()).take(SHOWN) {
        page.text(&format!("sha256sum {}\n", quoted(&visible(&it.path))));
    }
    page.raw("</pre>");
    let capture =
        report.ledger.places().iter().enumerate().find(|(_, it)| report.ledger.framed(it));
    if let Some((place, it)) = capture {
        page.raw("<p>");
        page.say("verify.frame");
        page.raw("</p><pre>");
        let path = report.ledger.input(it).map(|it| visible(&it.path)).unwrap_or_default();
        let (number, frame) = (place + 1, it.records.first);
        page.text(&format!(
            "tshark -r {} -Y 'frame.number == {frame}' -V   # E{number}",
            quoted(&path)
        ));
        page.raw("</pre>");
    }
    page.raw("<p>");
    page.say("verify.result");
    page.raw("</p><pre>");
    page.put(format_args!("result_sha256  {digest}\n"));
    let stamp = &report.case.knowledge;
    page.text(&format!("knowledge      {} {}", visible(&stamp.version), visible(&stamp.digest)));
    for overlay in &stamp.overlays {
        page.text(&format!("\n               + {}", visible(overlay)));
    }
    page.raw("</pre>");
    page.end_section();
    page.raw("<footer>");
    page.say("say.machine-word");
    page.raw("</footer>");
}

/// A path as one word of a POSIX shell.
fn quoted(path: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "._-/+:".contains(it);
    if !path.is_empty() && !path.starts_with('-') && path.chars().all(plain) {
        return path.to_owned();
    }
    let path = path.replace('\'', r"'\''");
    if path.starts_with('-') { format!("./'{path}'") } else { format!("'{path}'") }
}
