//! Numbers above and below zero, as bars from a common middle.

use leptos::prelude::*;

/// One bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SignedBar {
    /// For tests and styles.
    pub key: String,
    /// What the number belongs to.
    pub label: String,
    /// The number.
    pub value: f64,
    /// The number in words, if there is more to say than its value.
    pub says: Option<String>,
}

/// Draws the bars, all on one scale.
#[component]
pub fn SignedBars(
    /// What the numbers are.
    #[prop(into)]
    label: Signal<String>,
    /// The bars, from top to bottom.
    #[prop(into)]
    bars: Signal<Vec<SignedBar>>,
) -> impl IntoView {
    let rows = move || {
        let bars = bars.get();
        let most = bars.iter().map(|bar| bar.value.abs()).fold(f64::MIN_POSITIVE, f64::max);
        let row = move |bar: SignedBar| {
            let width = bar.value.abs() / most * 50.0;
            let left = if bar.value < 0.0 { 50.0 - width } else { 50.0 };
            let value = bar.says.clone().unwrap_or_else(|| signed(bar.value, 3));
            view! {
                <li class="signed-bar" data-key=bar.key data-value=bar.value.to_string()>
                    <span class="signed-bar-label">{bar.label}</span>
                    <span class="signed-bar-track" aria-hidden="true">
                        <span
                            class="signed-bar-fill" class:below={bar.value < 0.0}
                            style:left=format!("{left:.2}%") style:width=format!("{width:.2}%")
                        ></span>
                    </span>
                    <span class="signed-bar-value">{value}</span>
                </li>
            }
        };
        bars.into_iter().map(row).collect::<Vec<_>>()
    };
    view! { <ol class="signed-bars" aria-label=move || label.get()>{rows}</ol> }
}

/// A number with its sign, plus or a real minus; zero has none.
pub fn signed(value: f64, places: usize) -> String {
    let text = format!("{value:+.places$}");
    if text.trim_start_matches(['+', '-']).chars().all(|c| c == '0' || c == '.') {
        return text.trim_start_matches(['+', '-']).to_owned();
    }
    text.replace('-', "−")
}

/// A number without a plus, with a real minus.
pub fn plain(value: f64, places: usize) -> String {
    signed(value, places).trim_start_matches('+').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(
            (signed(-0.0001, 3), signed(0.25, 2), signed(-1.5, 1)),
            ("0.000".into(), "+0.25".into(), "−1.5".into())
        );
        assert_eq!((plain(0.25, 2), plain(-0.25, 2)), ("0.25".into(), "−0.25".into()));
    }
}
