//! Changing a model and reading with it again: the arithmetic is `engine_core::dissect`.

use crate::{
    dissect::{Read, encode, trace},
    generate::{Model as Opened, open},
    run::Context,
};
use engine_core::{
    dissect::{
        change::{Change, edited, exchange, hooks},
        model::Model,
        pass::{Act, Hook, Part},
        report::chances,
        side::{compare, losses, mean},
    },
    job::{Job, JobError},
    jobs::intervene::{EachPart, Intervene, Intervened, Side, Worth},
    tokenizer::Tokenizer,
};
use std::{collections::BTreeMap, rc::Rc};

/// The most tokens that are written after a text.
const MOST_WRITTEN: u32 = 64;
/// The most changes at once.
const MOST_CHANGES: usize = 64;
/// The most texts of a set.
const MOST_TEXTS: usize = 32;
/// So many of the likeliest next tokens are shown.
const NEXT: usize = 8;

pub(crate) async fn run(job: Intervene, cx: Context<Intervene>) -> Result<Intervened, JobError> {
    let Opened { config, weights, tokenizer } = open(job.model, cx.sessions()).await?;
    if job.changes.len() > MOST_CHANGES || job.texts.len() > MOST_TEXTS || job.write > MOST_WRITTEN {
        return Err(JobError::Invalid(format!(
            "At most {MOST_CHANGES} changes, {MOST_TEXTS} texts and {MOST_WRITTEN} written tokens are possible at once."
        )));
    }
    job.changes.iter().try_for_each(|change| change.validate(&config)).map_err(JobError::Invalid)?;
    let read = encode(&tokenizer, &config, &job.text)?;
    let position = job.position.unwrap_or(usize::MAX).min(read.ids.len() - 1);
    let edits = edited(&weights, &job.changes, &config);
    let as_it_is = Model::new(config, &weights).map_err(JobError::Invalid)?;
    let mut changed = Model::new(config, edits.as_ref().unwrap_or(&weights)).map_err(JobError::Invalid)?;
    exchange(&mut changed, &job.changes);

    // What is patched in was written by the model as it is.
    let mut others = BTreeMap::new();
    for change in &job.changes {
        if let Change::Patch { from, .. } = change
            && !others.contains_key(from)
        {
            let other = encode(&tokenizer, &config, from)?;
            others.insert(from.clone(), Rc::new(trace(&as_it_is, &other.ids, &[], &cx).await?));
        }
    }
    let missing = || JobError::Invalid("The text to patch from could not be read.".into());
    let hooks = hooks(&job.changes, |from| others.get(from).cloned().ok_or_else(missing))?;

    let set: Vec<Vec<u32>> = set(&tokenizer, &config, &job.texts);
    let asked = Asked { tokenizer: &tokenizer, read: &read, position, set: &set, write: job.write };
    let (before, logits_before) = side(&as_it_is, &[], &asked, &cx).await?;
    let (after, logits_after) = side(&changed, &hooks, &asked, &cx).await?;
    let (moved, largest) = compare(&tokenizer, &logits_before, &logits_after, position);
    let shapes: BTreeMap<String, [usize; 2]> = config.tensors().into_iter().collect();
    let was = job.changes.iter().filter_map(|change| match change {
        Change::Weight { tensor, row, column, .. } => {
            let [_, columns] = *shapes.get(tensor)?;
            weights.get(tensor)?.get(row * columns + column).copied()
        }
        _ => None,
    });
    Ok(Intervened {
        tokens: read.ids.iter().map(|&id| tokenizer.show(id)).collect(),
        position,
        n_layers: config.n_layers,
        n_heads: config.n_heads,
        tensors: config.tensors(),
        was: was.collect(),
        before,
        after,
        moved,
        largest,
        left_off: read.left_off,
        unknown: read.unknown,
    })
}

/// What both models are asked.
struct Asked<'a> {
    tokenizer: &'a Tokenizer,
    read: &'a Read,
    position: usize,
    set: &'a [Vec<u32>],
    write: u32,
}

/// How one model does, and its logits at every place of the text.
async fn side<J: Job>(
    model: &Model<'_>,
    hooks: &[Hook],
    asked: &Asked<'_>,
    cx: &Context<J>,
) -> Result<(Side, Vec<Vec<f64>>), JobError> {
    let ids = &asked.read.ids;
    let logits = trace(model, ids, hooks, cx).await?.logits(model);
    let own = losses(&logits, ids);
    let (set, set_loss) = measure(model, hooks, asked.set, cx).await?;
    let mut all = ids.clone();
    for _ in 0..asked.write {
        // Positions are learned and cannot slide: only what fits the context is read, as everywhere.
        if all.len() >= model.config.context {
            break;
        }
        let trace = trace(model, &all, hooks, cx).await?;
        let next = trace.last().last().map_or(Vec::new(), |x| model.read(x));
        all.push(engine_core::dissect::lens::said(&next, None).top);
    }
    let side = Side {
        next: logits.get(asked.position).map_or(Vec::new(), |row| chances(asked.tokenizer, row, NEXT)),
        loss: mean(&own),
        losses: own,
        set,
        set_loss,
        written: asked.tokenizer.decode(all.get(ids.len()..).unwrap_or_default()),
    };
    Ok((side, logits))
}

fn set(tokenizer: &Tokenizer, config: &engine_core::config::GptConfig, texts: &[String]) -> Vec<Vec<u32>> {
    let read = texts.iter().filter_map(|text| encode(tokenizer, config, text).ok());
    read.map(|read| read.ids).filter(|ids| ids.len() > 1).collect()
}

/// The loss of each text, and over all of their tokens.
async fn measure<J: Job>(
    model: &Model<'_>,
    hooks: &[Hook],
    set: &[Vec<u32>],
    cx: &Context<J>,
) -> Result<(Vec<f32>, Option<f32>), JobError> {
    let (mut each, mut all) = (Vec::new(), Vec::new());
    for ids in set {
        let own = losses(&trace(model, ids, hooks, cx).await?.logits(model), ids);
        each.extend(mean(&own));
        all.extend(own);
    }
    Ok((each, mean(&all)))
}

pub(crate) async fn each_part(job: EachPart, cx: Context<EachPart>) -> Result<Vec<Worth>, JobError> {
    let Opened { config, weights, tokenizer } = open(job.model, cx.sessions()).await?;
    let set = set(&tokenizer, &config, job.texts.get(..job.texts.len().min(MOST_TEXTS)).unwrap_or_default());
    let model = Model::new(config, &weights).map_err(JobError::Invalid)?;
    let Some(as_it_is) = measure(&model, &[], &set, &cx).await?.1 else {
        return Err(JobError::Invalid("The set has no text of two tokens or more. Write a line of text.".into()));
    };
    let of = |layer| {
        let heads = (0..config.n_heads).map(move |head| Part::Head { layer, head });
        heads.chain([Part::Mlp { layer }])
    };
    let parts: Vec<Part> = (0..config.n_layers).flat_map(of).collect();
    let mut found = Vec::new();
    for (done, &part) in parts.iter().enumerate() {
        cx.update(&(done, parts.len()));
        let hooks = [Hook { part, at: None, act: Act::Scale(0.0) }];
        if let Some(without) = measure(&model, &hooks, &set, &cx).await?.1 {
            found.push(Worth { part, rise: without - as_it_is });
        }
    }
    found.sort_by(|a, b| b.rise.total_cmp(&a.rise));
    Ok(found)
}
