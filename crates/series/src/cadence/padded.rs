//! Shares, answers and jobs under random padding.
//!
//! Who lengthens each message by chance hides its length, and shows something else instead: messages
//! of one form come out spread *evenly* over a stretch of lengths, and the stretch is as wide for
//! what one end says as for what the other does. What people write, prices and telemetry are neither
//! even nor equally wide both ways. The bounds were set on padded sessions of the range, whose
//! padding is even; another kind of padding is not found here.

use super::exchange::Exchange;
use super::jobs::Jobs;
use super::{Told, spread::Spread};
use crate::gaps::{Gaps, Timer, ratio};
use crate::roles::Role;

/// Fewer shares or jobs are not spread evenly or otherwise.
const MIN_EACH: usize = 8;
/// Less padding hides nothing.
const MIN_WIDTH: f64 = 24.0;
/// Widths that differ by more are of two causes.
const SAME_WIDTH: f64 = 1.15;

/// The shares and jobs of a padded session, and by how many bytes it is padded at most.
pub(super) fn padded(told: &[Told]) -> Option<(Exchange, Jobs, u32)> {
    let (mut asked_ms, mut pushed_ms) = (Vec::new(), Vec::new());
    let (mut asks, mut answers, mut pushes) = (Vec::new(), Vec::new(), Vec::new());
    for Told(message, role) in told {
        match role {
            Role::Asks { answer } => {
                asked_ms.push(message.at_ms);
                asks.push(message.bytes);
                answers.extend(answer.map(|(_, bytes)| bytes));
            }
            Role::Pushes => {
                pushed_ms.push(message.at_ms);
                pushes.push(message.bytes);
            }
            Role::Answers => {}
        }
    }
    if asks.len().min(pushes.len()).min(answers.len()) < MIN_EACH {
        return None;
    }
    let answered = ratio(answers.len(), asks.len());
    let [asks, answers, pushes] = [asks, answers, pushes].map(Spread::of);
    let spreads = [&asks, &answers, &pushes];
    let wide = spreads.iter().all(|it| it.width >= MIN_WIDTH);
    let width = same_width(&asks, &answers)
        .or_else(|| same_width(&answers, &pushes))
        .or_else(|| same_width(&asks, &pushes));
    let width = width.filter(|_| wide)?;
    let shares = Exchange {
        form: asks.cluster(),
        answer: answers.cluster(),
        answered,
        alike: 1.0,
        gaps: Gaps::between(&asked_ms),
    };
    let jobs = Jobs {
        count: pushed_ms.len(),
        forms: vec![pushes.cluster()],
        alike: 1.0,
        gaps: Gaps::between(&pushed_ms),
        timer: Timer::in_times(&pushed_ms),
        telling_ms: pushed_ms.clone(),
        times_ms: pushed_ms,
    };
    Some((shares, jobs, width))
}

/// The width of two spreads, if both are even and equally wide.
fn same_width(one: &Spread, other: &Spread) -> Option<u32> {
    let (least, most) = (one.width.min(other.width), one.width.max(other.width));
    let same = one.is_even() && other.is_even() && most <= least * SAME_WIDTH;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "32 bits of bytes")]
    let width = f64::midpoint(least, most).round() as u32;
    same.then_some(width)
}
