use super::*;
use crate::{
    reference::{gpt::forward_with, layers::gelu_tanh},
    tensor_file::{Array, Precision, TensorFile},
};
use proptest::prelude::*;
use std::sync::OnceLock;

/// A tiny random GPT-2, written by the reference library: `tests/gpt2/make.py`.
const MODEL: &[u8] = include_bytes!("../../../../public/models/random-gpt2/model.safetensors");
const CONFIG: &str = include_str!("../../../../public/models/random-gpt2/config.json");

#[derive(Deserialize)]
struct Golden {
    ids: Vec<u32>,
    logits: Vec<Vec<f64>>,
    beams: Vec<GoldenBeams>,
}

#[derive(Deserialize)]
struct GoldenBeams {
    width: usize,
    steps: usize,
    tokens: Vec<Vec<u32>>,
    log_probabilities: Vec<f64>,
}

fn golden() -> &'static Golden {
    static GOLDEN: OnceLock<Golden> = OnceLock::new();
    GOLDEN.get_or_init(|| serde_json::from_str(include_str!("../../tests/gpt2/golden.json")).unwrap())
}

type Loaded = (GptConfig, crate::reference::gpt::Weights);

fn load_with(file: &[u8], config: Option<&str>, heads: Option<usize>) -> Result<(Plan, Loaded), String> {
    let head = &file[..file.len().min(MOST_HEADER + 8)];
    let (plan, mut loading) = Plan::new(head, file.len() as u64, config, heads)?;
    let mut done = false;
    for (number, piece) in plan.pieces.iter().enumerate() {
        assert!(!done && piece.length <= MOST_PIECE);
        let from = piece.offset as usize;
        done = loading.feed(number, &file[from..from + piece.length])?;
    }
    assert!(done);
    Ok((plan, loading.finish()?))
}

fn load(file: &[u8]) -> Result<(Plan, Loaded), String> {
    load_with(file, Some(CONFIG), None)
}

fn logits((config, weights): &Loaded, ids: &[u32]) -> Vec<Vec<f64>> {
    forward_with(gelu_tanh, config, weights, ids)
}

/// The largest difference from the reference library's logits.
fn off(model: &Loaded) -> f64 {
    let ours = logits(model, &golden().ids);
    let pairs = ours.iter().flatten().zip(golden().logits.iter().flatten());
    pairs.fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

/// The file, changed.
fn changed(change: impl FnOnce(&mut TensorFile)) -> Vec<u8> {
    let mut file = TensorFile::read(MODEL).unwrap();
    change(&mut file);
    file.write(Precision::F32)
}

#[test]
fn a_file_of_the_reference_library_gives_its_logits() {
    let (plan, model) = load(MODEL).unwrap();
    assert_eq!(golden().logits.len(), 10);
    assert!(off(&model) < 1e-4, "off by {}", off(&model));
    let config = GptConfig { vocab_size: 320, n_layers: 2, n_heads: 2, d_model: 16, context: 32, tied_head: true };
    assert_eq!((plan.config, plan.heads_from), (config, HeadsFrom::Config));
    assert_eq!((plan.types.as_slice(), plan.tensors.len()), (["F32".to_owned()].as_slice(), 28));
    assert_eq!(plan.parameters, plan.architecture().parameters());
    assert_eq!(plan.memory_bytes, 4 * (plan.parameters + 2 * 2 * 32 * 16));
    // With the exact GELU of our own models it would not be the same model.
    let exact = crate::reference::gpt::forward(&model.0, &model.1, &golden().ids);
    assert!((exact[9][0] - golden().logits[9][0]).abs() > 1e-4);
}

#[test]
fn names_without_the_prefix_masks_and_an_own_head_are_understood() {
    let bare = changed(|file| {
        let strip = |(name, array): (String, Array)| (name.trim_start_matches("transformer.").to_owned(), array);
        file.tensors = std::mem::take(&mut file.tensors).into_iter().map(strip).collect();
        for layer in 0..2 {
            let mask = Array { shape: vec![1, 1, 32, 32], data: vec![1.0; 1024] };
            file.tensors.insert(format!("h.{layer}.attn.bias"), mask);
            file.tensors.insert(format!("h.{layer}.attn.masked_bias"), Array { shape: vec![], data: vec![-1e4] });
        }
    });
    let (plan, model) = load(&bare).unwrap();
    assert!(off(&model) < 1e-4);
    assert_eq!(plan.tensors.iter().filter(|tensor| !tensor.used).count(), 4);
    assert!(plan.pieces.iter().map(|piece| piece.length).sum::<usize>() < bare.len() - 2 * 4096);

    // A head of its own: the embedding, its rows in the opposite order, so that the logits come out backwards.
    let own = changed(|file| {
        let Array { shape, data } = file.tensors["transformer.wte.weight"].clone();
        let data = data.chunks(16).rev().flatten().copied().collect();
        file.tensors.insert("lm_head.weight".into(), Array { shape, data });
    });
    let (plan, model) = load_with(&own, None, Some(2)).unwrap();
    assert!(!plan.config.tied_head && plan.heads_from == HeadsFrom::Asked);
    for (ours, theirs) in logits(&model, &golden().ids).iter().zip(&golden().logits) {
        assert!(ours.iter().rev().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-4));
    }
    // A configuration that ties wins, as in the library.
    assert!(off(&load(&own).unwrap().1) < 1e-4);
}

#[test]
fn half_precision_is_read_as_it_is() {
    let file = TensorFile::read(MODEL).unwrap();
    let (plan, half) = load(&file.write(Precision::F16)).unwrap();
    assert_eq!(plan.types, ["F16"]);
    assert!(off(&half) < 0.05, "three digits are left: {}", off(&half));

    // bfloat16 is the upper half of an f32.
    let views: Vec<(String, Vec<usize>, Vec<u8>)> = file
        .tensors
        .iter()
        .map(|(name, array)| {
            let bytes = array.data.iter().flat_map(|x| half::bf16::from_f32(*x).to_le_bytes()).collect();
            (name.clone(), array.shape.clone(), bytes)
        })
        .collect();
    let views = views.iter().map(|(name, shape, bytes)| {
        (name, safetensors::tensor::TensorView::new(safetensors::Dtype::BF16, shape.clone(), bytes).unwrap())
    });
    let (plan, brain) = load(&safetensors::serialize(views, None).unwrap()).unwrap();
    assert_eq!(plan.types, ["BF16"]);
    assert!(off(&brain) < 0.4 && off(&brain) > off(&half), "two digits are left: {}", off(&brain));
}

#[test]
fn heads_come_from_the_learner_or_from_the_width() {
    assert!(load_with(MODEL, None, None).unwrap_err().contains("type the number of heads"));
    let (plan, model) = load_with(MODEL, None, Some(2)).unwrap();
    assert!(plan.heads_from == HeadsFrom::Asked && off(&model) < 1e-4);
    assert!(load_with(MODEL, None, Some(3)).unwrap_err().contains("multiple of n_heads (3)"));
    assert!(load_with(MODEL, None, Some(0)).unwrap_err().contains("n_heads is 0"));
    // As wide as GPT-2's heads: a model of width 128 is taken to have two.
    let wide = GptConfig { vocab_size: 5, n_layers: 1, n_heads: 2, d_model: 128, context: 4, tied_head: true };
    let (plan, _) = load_with(&written(wide), None, None).unwrap();
    assert_eq!((plan.config, plan.heads_from), (wide, HeadsFrom::Derived));
}

/// A file of zeros of these sizes, named as in GPT-2.
fn written(config: GptConfig) -> Vec<u8> {
    let architecture = Architecture {
        vocab: config.vocab_size,
        context: config.context,
        ..Architecture::gpt2(config.n_layers, 1, config.d_model)
    };
    let mut file = TensorFile::default();
    for weight in architecture.weights() {
        for layer in 0..weight.copies {
            let name =
                if weight.part.in_block() { format!("h.{layer}.{}", weight.name) } else { weight.name.to_owned() };
            let [rows, columns] = weight.shape;
            let shape = if rows == 1 { vec![columns] } else { vec![rows, columns] };
            file.tensors.insert(name, Array { shape, data: vec![0.0; rows * columns] });
        }
    }
    file.write(Precision::F16)
}

#[test]
fn large_tensors_come_in_pieces() {
    let config = GptConfig { vocab_size: 30_000, n_layers: 1, n_heads: 2, d_model: 128, context: 8, tied_head: true };
    let file = written(config);
    let (plan, (_, weights)) = load_with(&file, None, None).unwrap();
    assert_eq!(weights["tok_emb"].len(), 30_000 * 128);
    assert_eq!(plan.pieces.iter().filter(|piece| piece.length > 1 << 20).count(), 2, "7.7 MB in pieces of 4 MiB");
    assert!(plan.pieces.is_sorted_by_key(|piece| piece.offset));
}

#[test]
fn beams_are_those_of_the_reference_library() {
    let (_, model) = load(MODEL).unwrap();
    let prompt = &golden().ids[..4];
    let scores = |written: &[u32]| -> Vec<f32> {
        let all = logits(&model, &[prompt, written].concat());
        all.last().unwrap().iter().map(|logit| *logit as f32).collect()
    };
    for GoldenBeams { width, steps, tokens, log_probabilities } in &golden().beams {
        let ours = crate::beam::search(scores, *width, *steps);
        assert_eq!(ours.iter().map(|beam| beam.tokens.clone()).collect::<Vec<_>>(), *tokens);
        for (beam, golden) in ours.iter().zip(log_probabilities) {
            assert!((beam.log_probability - golden).abs() < 1e-4);
        }
    }
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let refuse = |change: &dyn Fn(&mut TensorFile)| load(&changed(change)).unwrap_err();
    let wte = "transformer.wte.weight";
    let cases = [
        (refuse(&|f| drop(f.tensors.remove(wte))), "lacks the tensor wte.weight"),
        (refuse(&|f| drop(f.tensors.remove("transformer.h.1.ln_2.bias"))), "lacks the tensor h.1.ln_2.bias"),
        (refuse(&|f| f.tensors.clear()), "no tensor at all"),
        (refuse(&|f| drop(f.tensors.insert("score.weight".into(), f.tensors[wte].clone()))), "score.weight"),
        (refuse(&|f| drop(f.tensors.insert("wte.weight".into(), f.tensors[wte].clone()))), "both"),
        (
            refuse(&|f| f.tensors.get_mut("transformer.h.0.attn.c_attn.weight").unwrap().shape.reverse()),
            "torch.nn.Linear",
        ),
        (refuse(&|f| f.tensors.get_mut(wte).unwrap().data[77] = f32::NAN), "holds NaN at position 77"),
        (refuse(&|f| f.tensors.get_mut(wte).unwrap().data[9] = f32::INFINITY), "holds inf at position 9"),
        (refuse(&|f| f.tensors.get_mut(wte).unwrap().shape = vec![5120]), "a matrix of two sizes"),
        (load_with(MODEL, Some("{"), None).unwrap_err(), "config.json cannot be read"),
        (load_with(MODEL, Some(&CONFIG.replace("\"gpt2\"", "\"llama\"")), None).unwrap_err(), "llama"),
        (load_with(MODEL, Some(&CONFIG.replace("gelu_new", "relu")), None).unwrap_err(), "relu"),
        (load_with(MODEL, Some(&CONFIG.replace("\"n_layer\": 2", "\"n_layer\": 3")), None).unwrap_err(), "n_layer = 3"),
        (load_with(MODEL, Some(&CONFIG.replace("1e-05", "1e-06")), None).unwrap_err(), "layer_norm_epsilon"),
        (load(&[]).unwrap_err(), "only 0 bytes"),
        (load(b"PK\x03\x04 a zip file, such as pytorch_model.bin").unwrap_err(), "pytorch_model.bin"),
        (load(&[MODEL, b"more"].concat()).unwrap_err(), "longer than its header says"),
        (load(&MODEL[..MODEL.len() - 1]).unwrap_err(), "cut short"),
    ];
    for (message, word) in cases {
        assert!(message.contains(word) && message.ends_with('.'), "{message} should say {word}");
    }
    let deep = GptConfig { vocab_size: 5, n_layers: 48, n_heads: 1, d_model: 4, context: 4, tied_head: true };
    assert!(load_with(&written(deep), None, Some(1)).unwrap_err().contains("48 blocks; at most 24"));
}

#[test]
fn hostile_headers_are_refused_before_anything_is_allocated() {
    let with = |header: &str, body: usize| {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.resize(bytes.len() + body, 0);
        load_with(&bytes, None, Some(1)).unwrap_err()
    };
    let huge = "[4294967296,1073741824]";
    for (header, body) in [
        (format!(r#"{{"wte.weight":{{"dtype":"F32","shape":{huge},"data_offsets":[0,4]}}}}"#), 4),
        (r#"{"wte.weight":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}}"#.into(), 0),
        (r#"{"wte.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[4,0]}}"#.into(), 4),
        (r#"{"h.99999999999999999999.x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#.into(), 1),
        ("{}".into(), 0),
        ("not json".into(), 0),
    ] {
        let message = with(&header, body);
        assert!(message.ends_with('.'), "{message}");
    }
    // Sizes that fit the header and would need terabytes: every tensor has no bytes at all.
    let zero = |name: &str, shape: &str| format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[0,0]}}"#);
    let zeros = [zero("wte.weight", "[0,768]"), zero("wpe.weight", "[0,768]"), zero("h.0.mlp.c_fc.weight", "[0,3072]")];
    assert!(with(&format!("{{{}}}", zeros.join(",")), 0).contains("vocab_size is 0"));
    assert!(load(&u64::MAX.to_le_bytes()).unwrap_err().contains("not a safetensors file"));
}

#[test]
fn pieces_out_of_order_or_short_are_refused() {
    let (plan, mut loading) = Plan::new(MODEL, MODEL.len() as u64, Some(CONFIG), None).unwrap();
    assert!(loading.feed(1, &[]).unwrap_err().contains("Piece 1 came when piece 0"));
    assert!(loading.feed(0, &[0; 3]).unwrap_err().contains("3 came"));
    assert!(loading.feed(plan.pieces.len() + 5, &[]).is_err());
    assert!(loading.finish().unwrap_err().starts_with("Only 0 of 28"));
}

proptest! {
    #[test]
    fn a_cut_file_is_an_error_and_never_a_panic(end in 0..MODEL.len()) {
        prop_assert!(load(&MODEL[..end]).is_err());
    }

    #[test]
    fn a_damaged_file_never_panics(changes in prop::collection::vec((0usize..4000, any::<u8>()), 1..6)) {
        let mut bad = MODEL.to_vec();
        for (at, byte) in changes {
            bad[at] = byte;
        }
        if let Err(message) = load(&bad) {
            prop_assert!(message.ends_with('.'), "{}", message);
        }
    }

    #[test]
    fn any_bytes_are_no_model(bytes in prop::collection::vec(any::<u8>(), 0..300), length in 0u64..300) {
        prop_assert!(load(&bytes).is_err());
        let with_length = [&length.to_le_bytes(), bytes.as_slice()].concat();
        prop_assert!(load(&with_length).is_err());
    }
}
