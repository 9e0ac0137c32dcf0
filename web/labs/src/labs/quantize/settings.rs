//! How the model is quantized: what can be chosen, and the fields to choose it with.

use super::Knobs;
use crate::{model_text::OWN, texts::SHIPPED, widgets::settings::Fields};
use engine_core::{
    jobs::quantize::{Activations, MOST_WINDOWS, Method, Tokens},
    quantize::{Grid, Width},
};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Which weights share a scale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// All of a matrix.
    Tensor,
    /// Those of one output.
    #[default]
    Row,
    /// So many side by side.
    Group,
}

impl Shared {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tensor, Self::Row, Self::Group];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tensor => "tensor",
            Self::Row => "row",
            Self::Group => "group",
        }
    }
}

/// How far a scale reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// To the largest weight.
    #[default]
    Absmax,
    /// To a percentile.
    Percentile,
}

impl Reach {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Absmax, Self::Percentile];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Absmax => "absmax",
            Self::Percentile => "percentile",
        }
    }
}

/// One thing that can be chosen: as links write it, as people read it, and itself.
type Choice<T> = (&'static str, &'static str, T);

/// A field with a list to choose from.
fn choice<T: Copy + PartialEq + Send + Sync + 'static, const N: usize>(
    knobs: RwSignal<Knobs>,
    (name, label): (&'static str, &'static str),
    choices: [Choice<T>; N],
    get: fn(&Knobs) -> T,
    put: fn(&mut Knobs, T),
) -> impl IntoView {
    let option = move |(key, label, value): Choice<T>| {
        view! { <option value=key prop:selected=move || knobs.with(|knobs| get(knobs) == value)>{label}</option> }
    };
    let choose = move |key: String| {
        if let Some((.., value)) = choices.iter().find(|(known, ..)| *known == key) {
            knobs.update(|knobs| put(knobs, *value));
        }
    };
    view! {
        <label class="quantize-field">
            <span>{label}</span>
            <select data-field=name on:change:target=move |e| choose(e.target().value())>
                {choices.map(option).into_iter().collect::<Vec<_>>()}
            </select>
        </label>
    }
}

/// Draws the fields.
#[component]
pub fn Settings(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let never = Signal::derive(|| false);
    let fields = Fields { knobs, busy: never, class: "quantize-field" };
    let widths = Width::ALL.map(|width| (width.key(), width.key(), width));
    let shares = Shared::ALL.map(|share| (share.key(), share_name(share), share));
    let grids = Grid::ALL.map(|grid| (grid.key(), grid_name(grid), grid));
    let reaches = Reach::ALL.map(|reach| (reach.key(), reach_name(reach), reach));
    let methods = Method::ALL.map(|method| (method.key(), method_name(method), method));
    let activations = Activations::ALL.map(|it| (it.key(), activations_name(it), it));
    let tokens = Tokens::ALL.map(|tokens| (tokens.key(), tokens_name(tokens), tokens));
    let is_group = move || knobs.with(|knobs| knobs.share == Shared::Group);
    let is_percentile = move || knobs.with(|knobs| knobs.reach == Reach::Percentile);
    view! {
        <div class="quantize-settings">
            {choice(knobs, ("bits", t!("quantize.bits")), widths, |k| k.bits, |k, v| k.bits = v)}
            {choice(knobs, ("share", t!("quantize.share")), shares, |k| k.share, |k, v| k.share = v)}
            <Show when=is_group>
                {fields.number("group", t!("quantize.group"), (2.0, 1024.0, 1.0), |k| k.group as f64, |k, v| k.group = v as usize)}
            </Show>
            {choice(knobs, ("grid", t!("quantize.grid")), grids, |k| k.grid, |k, v| k.grid = v)}
            {choice(knobs, ("reach", t!("quantize.reach")), reaches, |k| k.reach, |k, v| k.reach = v)}
            <Show when=is_percentile>
                {fields.number("percentile", t!("quantize.percentile"), (51.0, 100.0, 0.0), |k| k.percentile, |k, v| k.percentile = v)}
            </Show>
            {choice(knobs, ("method", t!("quantize.method")), methods, |k| k.method, |k, v| k.method = v)}
            {fields.number("windows", t!("quantize.windows"), (1.0, MOST_WINDOWS as f64, 1.0), |k| k.windows as f64, |k, v| k.windows = v as usize)}
            {choice(knobs, ("activations", t!("quantize.activations")), activations, |k| k.activations, |k, v| k.activations = v)}
            {choice(knobs, ("tokens", t!("quantize.tokens")), tokens, |k| k.tokens, |k, v| k.tokens = v)}
        </div>
    }
}

/// Draws the choice of the text that the model is measured on.
#[component]
pub fn ChooseText(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let option = move |(id, title): (&'static str, &'static str)| {
        view! { <option value=id prop:selected=move || knobs.with(|knobs| knobs.text == id)>{title}</option> }
    };
    let named = std::iter::once((OWN, t!("quantize.own_text"))).chain(SHIPPED);
    view! {
        <label class="quantize-field">
            <span>{t!("quantize.text")}</span>
            <select data-field="text" on:change:target=move |e| knobs.update(|knobs| knobs.text = e.target().value())>
                {named.map(option).collect::<Vec<_>>()}
            </select>
        </label>
    }
}

pub fn share_name(share: Shared) -> &'static str {
    match share {
        Shared::Tensor => t!("quantize.share_tensor"),
        Shared::Row => t!("quantize.share_row"),
        Shared::Group => t!("quantize.share_group"),
    }
}

fn grid_name(grid: Grid) -> &'static str {
    match grid {
        Grid::Symmetric => t!("quantize.grid_symmetric"),
        Grid::Affine => t!("quantize.grid_affine"),
    }
}

fn reach_name(reach: Reach) -> &'static str {
    match reach {
        Reach::Absmax => t!("quantize.reach_absmax"),
        Reach::Percentile => t!("quantize.reach_percentile"),
    }
}

pub fn method_name(method: Method) -> &'static str {
    match method {
        Method::Nearest => t!("quantize.method_nearest"),
        Method::Gptq => "GPTQ",
        Method::Awq => "AWQ",
    }
}

fn activations_name(activations: Activations) -> &'static str {
    match activations {
        Activations::Int8 => t!("quantize.activations_int8"),
        Activations::Float => t!("quantize.activations_float"),
    }
}

fn tokens_name(tokens: Tokens) -> &'static str {
    match tokens {
        Tokens::Float => t!("quantize.tokens_float"),
        Tokens::Int8 => t!("quantize.tokens_int8"),
        Tokens::Same => t!("quantize.tokens_same"),
    }
}
