//! Tokens with their probabilities, as bars and as numbers.

use engine_core::jobs::TokenChance;
use leptos::prelude::*;

/// Draws the likeliest tokens, best first.
#[component]
pub fn TokenBars(
    /// What the probabilities are of.
    #[prop(into)]
    title: String,
    /// The tokens, best first.
    #[prop(into)]
    chances: Signal<Vec<TokenChance>>,
    /// At most so many are drawn.
    #[prop(default = 8)]
    most: usize,
) -> impl IntoView {
    let row = |TokenChance { token, probability }: TokenChance| {
        view! {
            <li class="token-bar" data-probability=probability.to_string()>
                <code class="token-bar-token">{token}</code>
                <span class="token-bar-track" aria-hidden="true">
                    <span class="token-bar-fill" style:width=format!("{:.2}%", probability * 100.0)></span>
                </span>
                <span class="token-bar-value">{percent(probability)}</span>
            </li>
        }
    };
    let rows = move || chances.get().into_iter().take(most).map(row).collect::<Vec<_>>();
    let label = title.clone();
    view! {
        <div class="token-bars">
            <p class="token-bars-title">{title}</p>
            <ol class="token-bars-list" aria-label=label>{rows}</ol>
        </div>
    }
}

/// A probability as a learner reads it: never "0 %" for something that can happen.
fn percent(probability: f32) -> String {
    match f64::from(probability) * 100.0 {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rare_is_not_never() {
        assert_eq!(percent(0.0001), "< 0.1 %");
        assert_eq!(percent(0.125), "12.5 %");
    }
}
