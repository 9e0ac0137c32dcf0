//! The lab as a link sets it up, and what it tells of a training.

use super::{
    Knobs,
    presets::{self, BPE_VOCAB, Settings},
    session::{Phase, Session},
};
use crate::{
    labs::knobs,
    widgets::outcome::{self, Value},
};
use engine_core::{config::FirstWeights, jobs::train::TokenizerChoice};
use leptos::prelude::*;

/// The choices of what fresh weights are drawn with, as links write them.
pub const GPT2: &str = "gpt2";
pub const BY_WIDTH: &str = "by-width";

/// A longer text of the learner's own does not go into a link.
const LONGEST_OWN: usize = 6000;

/// Whether a lesson or a link chooses the size, so that none is suggested.
pub fn sets_a_size(knobs: &Knobs) -> bool {
    !knobs.size.is_empty() || knobs.steps > 0 || knobs.layers > 0 || knobs.d_model > 0
}

/// What the knobs say, on top of their preset.
pub fn settings(knobs: &Knobs) -> Settings {
    let mut settings = presets::by_key(&knobs.size).settings;
    match knobs.tokenizer.as_str() {
        "chars" => settings.tokenizer = TokenizerChoice::Chars,
        "bpe" => settings.tokenizer = TokenizerChoice::Bpe { vocab_size: BPE_VOCAB },
        _ => {}
    }
    let (shape, training) = (&mut settings.shape, &mut settings.training);
    let sizes = [
        (&mut shape.n_layers, knobs.layers),
        (&mut shape.n_heads, knobs.heads),
        (&mut shape.d_model, knobs.d_model),
        (&mut shape.context, knobs.context),
        (&mut training.batch, knobs.batch),
    ];
    for (setting, asked) in sizes {
        if asked > 0 {
            *setting = asked;
        }
    }
    for (setting, asked) in [(&mut training.steps, knobs.steps), (&mut training.warmup, knobs.warmup)] {
        if asked > 0 {
            *setting = asked;
        }
    }
    if knobs.learning_rate > 0.0 {
        training.learning_rate = knobs.learning_rate;
    }
    match knobs.first_weights.as_str() {
        GPT2 => training.first_weights = FirstWeights::Gpt2,
        BY_WIDTH => training.first_weights = FirstWeights::ByWidth,
        _ => {}
    }
    training.seed = knobs.seed;
    settings
}

/// As links write it.
pub fn first_weights(of: &Settings) -> &'static str {
    match of.training.first_weights {
        FirstWeights::Gpt2 => GPT2,
        FirstWeights::ByWidth => BY_WIDTH,
    }
}

/// The preset of the same shape, or the one that an empty name means.
fn preset_of(settings: &Settings) -> presets::Preset {
    presets::presets().into_iter().find(|preset| preset.settings.shape == settings.shape).unwrap_or(presets::by_key(""))
}

/// The settings of a link that leads to these.
fn written(settings: &Settings) -> String {
    let preset = preset_of(settings);
    let (now, first) = (settings, &preset.settings);
    let tokenizer = |of: &Settings| match of.tokenizer {
        TokenizerChoice::Chars => "chars".to_owned(),
        TokenizerChoice::Bpe { .. } => "bpe".to_owned(),
    };
    let numbers = |of: &Settings| {
        [of.shape.n_layers, of.shape.n_heads, of.shape.d_model, of.shape.context, of.training.batch]
            .map(|number| number.to_string())
    };
    let mut all = vec![("size", preset.key.to_owned(), String::new()), ("tokenizer", tokenizer(now), tokenizer(first))];
    let names = ["layers", "heads", "d_model", "context", "batch"];
    all.extend(names.into_iter().zip(numbers(now)).zip(numbers(first)).map(|((name, now), first)| (name, now, first)));
    all.extend([
        ("steps", now.training.steps.to_string(), first.training.steps.to_string()),
        ("warmup", now.training.warmup.to_string(), first.training.warmup.to_string()),
        ("learning_rate", now.training.learning_rate.to_string(), first.training.learning_rate.to_string()),
        ("first_weights", first_weights(now).to_owned(), first_weights(first).to_owned()),
        ("seed", now.training.seed.to_string(), "1".to_owned()),
    ]);
    knobs::differing(&all)
}

/// How a link sets the lab up as it is: a shipped text by its name, a short one of the learner's own whole. Until a
/// text has arrived it is the one that was `asked` for: its name, or itself.
pub fn link(session: Session, asked: (&str, &str)) -> String {
    let mut link = written(&session.settings.get());
    let (name, value) = match session.text.get() {
        Some(text) if text.shipped.is_empty() && text.text.len() <= LONGEST_OWN => ("own", text.text.clone()),
        Some(text) => ("text", text.shipped.clone()),
        None if asked.1.is_empty() => ("text", asked.0.to_owned()),
        None => ("own", asked.1.to_owned()),
    };
    let more = knobs::differing(&[(name, value, String::new())]);
    link += if more.is_empty() { "" } else { "&" };
    link + &more
}

/// Tells each new validation loss, and the end.
pub fn report(session: Session) {
    Effect::new(move |_| {
        let (opened, phase) = (session.opened.get(), session.phase.get());
        session.lines.track();
        let (steps, losses): (Vec<f64>, Vec<f64>) =
            session.progress.with_value(|progress| progress.validation().iter().copied().unzip());
        let (Some(opened), Some(step), Some(loss)) = (opened, steps.last(), losses.last()) else { return };
        let settings = Settings { training: opened.training, ..session.settings.get_untracked() };
        let train_loss = session.shown.with_untracked(|shown| shown.numbers.loss);
        let finished = phase == Phase::Finished;
        let mut values = vec![
            ("step", Value::from(*step)),
            ("val_loss", (*loss).into()),
            ("steps", Value::Number(opened.training.steps.into())),
            ("seed", Value::Number(opened.training.seed as f64)),
            ("preset", preset_of(&settings).key.into()),
            ("layers", opened.config.n_layers.into()),
            ("heads", opened.config.n_heads.into()),
            ("d_model", opened.config.d_model.into()),
            ("params", opened.config.parameters().into()),
            ("unigram_loss", f64::from(opened.unigram_loss).into()),
            ("trigram_loss", f64::from(opened.trigram_loss).into()),
            ("beats_trigram", (*loss < f64::from(opened.trigram_loss)).into()),
            ("first_weights", first_weights(&settings).into()),
            ("finished", finished.into()),
        ];
        values.extend(train_loss.map(|loss| ("train_loss", f64::from(loss).into())));
        values.extend([("series_step", Value::List(steps)), ("series_val_loss", Value::List(losses))]);
        outcome::report("train", finished, &values);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_same_settings() {
        let mut own = presets::by_key("tiny").settings;
        for (settings, short) in [(presets::by_key("small").settings, true), (presets::by_key("nano").settings, true), ({
            own.shape.n_layers = 3;
            (own.training.steps, own.training.warmup) = (900, 55);
            own.training.learning_rate = 0.0035;
            own.training.seed = 7;
            own.training.first_weights = FirstWeights::Gpt2;
            own.tokenizer = TokenizerChoice::Bpe { vocab_size: BPE_VOCAB };
            own
        }, false)] {
            let link = written(&settings);
            let knobs: Knobs = knobs::parse(&link).expect("the lab reads what it wrote");
            assert_eq!(super::settings(&knobs).shape, settings.shape, "{link}");
            assert_eq!(super::settings(&knobs).tokenizer, settings.tokenizer, "{link}");
            assert_eq!(super::settings(&knobs).training, settings.training, "{link}");
            assert_eq!(link.len() < 12, short, "{link}");
        }
    }
}
