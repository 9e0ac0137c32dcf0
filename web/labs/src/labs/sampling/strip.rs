//! The strip of a draw: probabilities laid end to end, and the place where the number lands.

use kit::t;
use leptos::prelude::*;

/// A stretch of the strip.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The token, or none where several narrow ones are put together.
    pub token: Option<String>,
    /// Where it begins, in `[0, 1)`.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Whether greedy decoding takes it.
    pub greedy: bool,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// From left to right, without gaps.
    pub parts: Vec<Part>,
    /// Where the number lands.
    pub uniform: f64,
}

impl Picture {
    /// The part under the number.
    pub fn hit(&self) -> Option<usize> {
        let under = self.parts.iter().position(|part| self.uniform < part.to);
        under.or(self.parts.len().checked_sub(1))
    }

    /// The picture in a sentence.
    fn words(&self) -> String {
        let Some(part) = self.hit().and_then(|at| self.parts.get(at)) else { return String::new() };
        t!(
            "sampling.strip_words",
            count = self.parts.len(),
            uniform = format!("{:.4}", self.uniform),
            token = part.token.clone().unwrap_or_default(),
            from = format!("{:.4}", part.from),
            to = format!("{:.4}", part.to)
        )
    }
}

/// Draws the strip.
#[component]
pub fn Strip(
    /// What it shows.
    #[prop(into)]
    picture: Signal<Picture>,
) -> impl IntoView {
    let parts = move || {
        let picture = picture.get();
        let hit = picture.hit();
        let part = |(at, part): (usize, &Part)| {
            let width = format!("{:.3}%", (part.to - part.from) * 100.0);
            // Where there is no room, the words below say it.
            let name = part.token.clone().filter(|_| part.to - part.from >= 0.06);
            view! {
                <span
                    class="sampling-part" class:hit=hit == Some(at) class:greedy=part.greedy class:many=part.token.is_none()
                    style:width=width
                >
                    {name}
                </span>
            }
        };
        picture.parts.iter().enumerate().map(part).collect::<Vec<_>>()
    };
    let left = move || format!("{:.3}%", picture.with(|picture| picture.uniform) * 100.0);
    view! {
        <div class="sampling-strip" role="img" aria-label=move || picture.with(Picture::words)>
            <div class="sampling-marker" style:left=left></div>
            <div class="sampling-parts">{parts}</div>
            <div class="sampling-scale" aria-hidden="true"><span>"0"</span><span>"0.25"</span><span>"0.5"</span><span>"0.75"</span><span>"1"</span></div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_lands_on_the_part_that_holds_it() {
        let part = |from, to| Part { token: Some(format!("t{from}")), from, to, greedy: false };
        let picture = |uniform| Picture { parts: vec![part(0.0, 0.25), part(0.25, 0.999_999)], uniform };
        assert_eq!([0.0, 0.2499, 0.25, 0.9999999].map(|u| picture(u).hit()), [Some(0), Some(0), Some(1), Some(1)]);
        assert_eq!(Picture::default().hit(), None);
        assert!(picture(0.1).words().contains("0.1000"));
    }
}
