//! A class's results as tables.

use super::name_of;
use kit::t;
use learn::share::{Achieved, Device, Value, summaries};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsValue;

/// The most columns of values; the CSV file has all.
const COLUMNS: usize = 8;
/// The most rows; the CSV file has all.
const ROWS: usize = 500;

/// One row for each result.
#[component]
pub fn Results(
    /// The results to show.
    results: Memo<Vec<Achieved>>,
) -> impl IntoView {
    let columns = Memo::new(move |_| {
        let names: BTreeSet<String> =
            results.with(|all| all.iter().flat_map(|result| result.values.keys().cloned()).collect());
        names.into_iter().take(COLUMNS).collect::<Vec<_>>()
    });
    let heads =
        move || columns.get().into_iter().map(|name| view! { <th scope="col"><code>{name}</code></th> }).collect_view();
    let row = move |(position, result): (usize, Achieved)| {
        let values =
            columns.get().into_iter().map(|name| view! { <td>{value(result.values.get(&name))}</td> }).collect_view();
        let device = if result.device == Device::Gpu { "GPU" } else { "CPU" };
        let reached = if result.reached { t!("class.yes") } else { t!("class.no") };
        view! {
            <tr>
                <th scope="row">{name_of(&result, position)}</th>
                <td>{result.exercise.clone()}</td>
                <td>{reached}</td>
                <td>{moment(result.at)}</td>
                <td>{result.seed.map(|seed| seed.to_string())}</td>
                <td>{device}</td>
                {values}
            </tr>
        }
    };
    view! {
        <section aria-labelledby="class-results-title">
            <h2 id="class-results-title">{t!("class.results")}</h2>
            <div class="teach-scroll" tabindex="0" role="region" aria-label=t!("class.results")>
                <table data-class="results">
                    <thead><tr>
                        <th scope="col">{t!("class.name")}</th><th scope="col">{t!("class.exercise")}</th>
                        <th scope="col">{t!("class.reached")}</th><th scope="col">{t!("class.time")}</th>
                        <th scope="col">{t!("class.seed")}</th><th scope="col">{t!("class.device")}</th>
                        {heads}
                    </tr></thead>
                    <tbody>{move || results.get().into_iter().take(ROWS).enumerate().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

/// One row for each number: least, median, most.
#[component]
pub fn Summed(
    /// The results to sum up.
    results: Memo<Vec<Achieved>>,
) -> impl IntoView {
    let rows = move || {
        let row = |it: learn::share::Summary| {
            view! {
                <tr>
                    <th scope="row"><code>{it.name}</code></th>
                    <td>{it.count}</td><td>{number(it.least)}</td><td>{number(it.median)}</td><td>{number(it.most)}</td>
                </tr>
            }
        };
        results.with(|results| summaries(results)).into_iter().map(row).collect_view()
    };
    view! {
        <section aria-labelledby="class-sums-title">
            <h2 id="class-sums-title">{t!("class.sums")}</h2>
            <div class="teach-scroll" tabindex="0" role="region" aria-label=t!("class.sums")>
                <table data-class="sums">
                    <thead><tr>
                        <th scope="col">{t!("class.number")}</th><th scope="col">{t!("class.of")}</th>
                        <th scope="col">{t!("class.least")}</th><th scope="col">{t!("class.median")}</th><th scope="col">{t!("class.most")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        Some(Value::Is(true)) => t!("class.yes").to_owned(),
        Some(Value::Is(false)) => t!("class.no").to_owned(),
        Some(Value::Number(it)) => number(*it),
        Some(Value::Text(text)) => text.clone(),
        None => String::new(),
    }
}

/// Four digits after the point at most, and none that say nothing.
pub fn number(number: f64) -> String {
    if number != 0.0 && !(1e-3..1e9).contains(&number.abs()) {
        return format!("{number:.3e}");
    }
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Seconds since 1970 as the browser writes a moment in the reader's language.
fn moment(seconds: u64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    let language = kit::text::language();
    String::from(date.to_locale_string(&language, &JsValue::UNDEFINED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let all = [2.0, 1.98765, -0.5, 0.0, 0.00001234, 3e12].map(number);
        assert_eq!(all, ["2", "1.9876", "-0.5", "0", "1.234e-5", "3.000e12"]);
    }
}
