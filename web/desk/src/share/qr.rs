//! A link as a QR code, drawn as one path.

use kit::{t, text::fill};
use learn::share::qr;
use leptos::prelude::*;

/// Draws the code of `link`, or says that the link is too long for one.
#[component]
pub fn QrPicture(
    /// The whole link.
    #[prop(into)]
    link: Signal<String>,
) -> impl IntoView {
    move || {
        let link = link.get();
        match qr(&link) {
            Some(code) => {
                let size = code.size.to_string();
                view! {
                    <figure class="qr">
                        <svg role="img" aria-label=t!("share.qr-label") viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges">
                            <rect class="qr-light" width=size.clone() height=size.clone()></rect>
                            <path class="qr-dark" d=code.path></path>
                        </svg>
                        <figcaption>{t!("share.qr-caption")}</figcaption>
                    </figure>
                }
                .into_any()
            }
            None => view! {
                <p class="qr-none">{fill(t!("share.qr-none"), &[("n", &link.chars().count().to_string())])}</p>
            }
            .into_any(),
        }
    }
}
