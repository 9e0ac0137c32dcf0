//! Before and after, side by side, and what moved most.

use super::Seen;
use crate::widgets::{
    signed_bars::{SignedBar, SignedBars, plain, signed},
    token_bars::TokenBars,
};
use engine_core::jobs::intervene::{Intervened, Moved, Side};
use kit::t;
use leptos::prelude::*;

/// So many of the tokens that moved most are drawn.
const MOVED: usize = 12;

/// Draws both models.
#[component]
pub fn Sides(
    /// What was found.
    seen: Seen,
) -> impl IntoView {
    let said = move |words: &dyn Fn(&Intervened) -> String| {
        seen.with(|seen| seen.as_ref().map_or(String::new(), |seen| words(seen)))
    };
    let bars = Signal::derive(move || {
        seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.moved.iter().take(MOVED).map(bar).collect()))
    });
    let rows = move || seen.with(|seen| seen.as_ref().map(|seen| loss_rows(seen)));
    let label = Signal::derive(|| t!("intervene.moved").to_owned());
    let heads = [t!("intervene.measure"), t!("intervene.before"), t!("intervene.after"), t!("intervene.change")]
        .map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <p class="lens-words" role="status" data-output="verdict">{move || said(&verdict)}</p>
        <div class="intervene-sides">
            {column(seen, "before", t!("intervene.before"), |seen| &seen.before)}
            {column(seen, "after", t!("intervene.after"), |seen| &seen.after)}
        </div>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("intervene.losses")>
            <table data-output="losses"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
        <p class="block-caption">{t!("intervene.moved")}</p>
        <SignedBars label bars/>
    }
}

fn column(seen: Seen, key: &'static str, title: &'static str, side: fn(&Intervened) -> &Side) -> impl IntoView {
    let chances =
        Signal::derive(move || seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| side(seen).next.clone())));
    let text = move || {
        seen.with(|seen| {
            seen.as_ref().map_or(String::new(), |seen| seen.tokens.concat().replace('␣', " ").replace('⏎', "\n"))
        })
    };
    let written = move || seen.with(|seen| seen.as_ref().map_or(String::new(), |seen| side(seen).written.clone()));
    view! {
        <section class="intervene-side" data-side=key aria-label=title>
            <p class="block-caption">{title}</p>
            <TokenBars title=t!("block.next") chances/>
            <p class="lab-note">{t!("intervene.goes_on")}</p>
            <p class="intervene-written" data-output=key>{text}<mark>{written}</mark></p>
        </section>
    }
}

fn bar(moved: &Moved) -> SignedBar {
    let change = f64::from(moved.after - moved.before);
    let percent = |share: f32| plain(f64::from(share) * 100.0, 1);
    let says = t!(
        "intervene.from_to",
        change = signed(change * 100.0, 1),
        before = percent(moved.before),
        after = percent(moved.after)
    );
    SignedBar { key: moved.token.clone(), label: moved.token.clone(), value: change, says: Some(says) }
}

fn loss_rows(seen: &Intervened) -> Vec<impl IntoView + use<>> {
    let mut rows = vec![(t!("intervene.loss_text").to_owned(), seen.before.loss, seen.after.loss)];
    rows.push((t!("intervene.loss_set", count = seen.before.set.len()), seen.before.set_loss, seen.after.set_loss));
    let each = seen.before.set.iter().zip(&seen.after.set).enumerate();
    rows.extend(each.map(|(at, (before, after))| (t!("intervene.loss_line", n = at + 1), Some(*before), Some(*after))));
    let row = |(name, before, after): (String, Option<f32>, Option<f32>)| {
        let number = |loss: Option<f32>| loss.map_or("–".to_owned(), |loss| plain(f64::from(loss), 3));
        let change = before.zip(after).map_or(String::new(), |(before, after)| signed(f64::from(after - before), 3));
        view! { <tr><th scope="row">{name}</th><td>{number(before)}</td><td>{number(after)}</td><td>{change}</td></tr> }
    };
    rows.into_iter().map(row).collect()
}

fn verdict(seen: &Intervened) -> String {
    if seen.largest == 0.0 {
        return t!("intervene.nothing_moved").into();
    }
    let top = |side: &Side| {
        side.next.first().map_or(String::new(), |top| {
            t!("intervene.sure", token = top.token, share = plain(f64::from(top.probability) * 100.0, 1))
        })
    };
    let (before, after) = (top(&seen.before), top(&seen.after));
    let first = |side: &Side| side.next.first().map(|top| top.token.clone());
    let token = seen.tokens.get(seen.position).cloned().unwrap_or_default();
    let at = seen.position + 1;
    let prediction = if first(&seen.before) == first(&seen.after) {
        t!("intervene.same_top", token = token, at = at, before = before, after = after)
    } else {
        t!("intervene.other_top", token = token, at = at, before = before, after = after)
    };
    let set = seen.before.set_loss.zip(seen.after.set_loss).map_or(String::new(), |(before, after)| {
        t!(
            "intervene.set_went",
            before = plain(f64::from(before), 3),
            after = plain(f64::from(after), 3),
            change = signed(f64::from(after - before), 3)
        )
    });
    let largest = if seen.largest < 0.0005 { format!("{:.1e}", seen.largest) } else { plain(seen.largest, 3) };
    [prediction, set, t!("intervene.largest", largest = largest)].join(" ")
}
