//! The fields of a file in their order, each with its place and its first bytes.

use crate::{engine::Run, widgets::axis::grouped};
use engine_core::{export::Written, jobs::export::SaveAs};
use kit::t;
use leptos::prelude::*;

/// So many bytes of a field are shown.
const SHOWN: usize = 8;
/// No more rows are drawn; the file has them all.
const ROWS: usize = 240;

/// The first bytes of a field, as pairs of hexadecimal digits.
fn first_bytes(bytes: &[u8], at: u64, length: u64) -> String {
    let from = bytes.iter().skip(at as usize).take((length as usize).min(SHOWN));
    let pairs: Vec<String> = from.map(|byte| format!("{byte:02x}")).collect();
    let rest = if length as usize > SHOWN { " …" } else { "" };
    format!("{}{rest}", pairs.join(" "))
}

fn rows(written: &Written) -> impl Iterator<Item = [String; 5]> + '_ {
    written.fields.iter().take(ROWS).map(|field| {
        let bytes = first_bytes(&written.bytes, field.at, field.length);
        let numbers = [field.at, field.length].map(|number| grouped(&number.to_string()));
        let [at, length] = numbers;
        [at, field.name.clone(), field.says.clone(), length, bytes]
    })
}

/// Draws the list, folded.
#[component]
pub fn Fields(
    /// The file.
    saved: Run<SaveAs>,
) -> impl IntoView {
    let heads = [t!("export.at"), t!("export.field"), t!("export.says"), t!("export.length"), t!("export.first")];
    let open = RwSignal::new(false);
    let rows = move || {
        if !open.get() {
            return Vec::new();
        }
        saved.outcome.with(|outcome| {
            let Some(Ok(written)) = outcome else { return Vec::new() };
            let row = |[at, name, says, length, bytes]: [String; 5]| {
                view! {
                    <tr>
                        <td>{at}</td>
                        <th scope="row">{name}</th>
                        <td class="export-says">{says}</td>
                        <td>{length}</td>
                        <td class="export-bytes">{bytes}</td>
                    </tr>
                }
            };
            rows(written).map(row).collect::<Vec<_>>()
        })
    };
    let left = move || {
        saved.outcome.with(|outcome| match outcome {
            Some(Ok(written)) if written.fields.len() > ROWS => t!("export.more_fields", count = written.fields.len() - ROWS),
            _ => String::new(),
        })
    };
    view! {
        <details data-output="fields" on:toggle=move |_| open.set(true)>
            <summary>{t!("export.fields")}</summary>
            <div class="table-scroll export-table" tabindex="0" role="group" aria-label=t!("export.fields")>
                <table>
                    <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> })}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="lab-note">{left}</p>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_shows_its_own_bytes() {
        let bytes: Vec<u8> = (0..40).collect();
        assert_eq!(first_bytes(&bytes, 3, 2), "03 04");
        assert_eq!(first_bytes(&bytes, 0, 9), "00 01 02 03 04 05 06 07 …");
        assert_eq!(first_bytes(&bytes, 90, 9), " …", "past the end there is nothing, and nothing breaks");
    }
}
