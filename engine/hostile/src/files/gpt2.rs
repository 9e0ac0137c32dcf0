//! Bad files of GPT-2: the model, its configuration, or the two together.

use super::{Case, safetensors};
use engine_core::tensor_file::{Array, Precision, TensorFile};

const CONFIG: &str = r#"{"model_type":"gpt2","n_layer":1,"n_head":2,"n_embd":4,"n_positions":2,"vocab_size":3,"activation_function":"gelu_new","layer_norm_epsilon":1e-05}"#;

/// The parts of a GPT-2 that are being changed.
struct Gpt2 {
    config: String,
    file: TensorFile,
}

/// One block, two heads, three tokens.
fn new() -> Gpt2 {
    let mut file = TensorFile::default();
    let tensors: [(&str, &[usize]); 16] = [
        ("wte.weight", &[3, 4]),
        ("wpe.weight", &[2, 4]),
        ("h.0.ln_1.weight", &[4]),
        ("h.0.ln_1.bias", &[4]),
        ("h.0.attn.c_attn.weight", &[4, 12]),
        ("h.0.attn.c_attn.bias", &[12]),
        ("h.0.attn.c_proj.weight", &[4, 4]),
        ("h.0.attn.c_proj.bias", &[4]),
        ("h.0.ln_2.weight", &[4]),
        ("h.0.ln_2.bias", &[4]),
        ("h.0.mlp.c_fc.weight", &[4, 16]),
        ("h.0.mlp.c_fc.bias", &[16]),
        ("h.0.mlp.c_proj.weight", &[16, 4]),
        ("h.0.mlp.c_proj.bias", &[4]),
        ("ln_f.weight", &[4]),
        ("ln_f.bias", &[4]),
    ];
    for (name, shape) in tensors {
        let data = vec![0.25; shape.iter().product()];
        file.tensors.insert(name.into(), Array { shape: shape.to_vec(), data });
    }
    Gpt2 { config: CONFIG.into(), file }
}

/// A GPT-2 whose output layer is its embedding, or one of its own.
pub fn sound(tied: bool) -> Vec<u8> {
    if tied {
        return new().bytes();
    }
    new().tensor("lm_head.weight", &[3, 4], 0.5).say("\"n_layer\"", "\"tie_word_embeddings\":false,\"n_layer\"").bytes()
}

impl Gpt2 {
    fn bytes(&self) -> Vec<u8> {
        together(&self.config, &self.file.write(Precision::F16))
    }

    fn say(mut self, words: &str, others: &str) -> Self {
        assert!(self.config.contains(words), "{words} does not stand in {}", self.config);
        self.config = self.config.replace(words, others);
        self
    }

    fn configure(mut self, config: &str) -> Self {
        self.config = config.into();
        self
    }

    fn drop(mut self, name: &str) -> Self {
        self.file.tensors.remove(name).expect("it is there");
        self
    }

    fn tensor(mut self, name: &str, shape: &[usize], number: f32) -> Self {
        let data = vec![number; shape.iter().product()];
        self.file.tensors.insert(name.into(), Array { shape: shape.to_vec(), data });
        self
    }
}

fn together(config: &str, model: &[u8]) -> Vec<u8> {
    [config.as_bytes(), &[0], model].concat()
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let twelve = r#"{"n_layer":1,"n_embd":4}"#;
    let set = |word: &str| new().say("\"n_layer\"", &format!("{word},\"n_layer\""));
    let mut empty = new();
    empty.file.tensors.clear();
    let cases: Vec<(&str, Gpt2, &str)> = vec![
        ("lacking embedding", new().drop("wte.weight"), "lacks the tensor wte.weight"),
        ("lacking positions", new().drop("wpe.weight"), "lacks the tensor wpe.weight"),
        ("lacking bias", new().drop("h.0.ln_2.bias"), "lacks the tensor h.0.ln_2.bias"),
        ("no block", new().drop("h.0.mlp.c_fc.weight"), "lacks the tensor h.0.mlp.c_fc.weight"),
        ("no tensor at all", empty, "It holds no tensor at all"),
        (
            "tensor of another kind of model",
            new().tensor("score.weight", &[2, 4], 0.0),
            "holds the tensor score.weight",
        ),
        (
            "tensor of another kind of block",
            new().tensor("h.0.attn.rotary", &[4], 0.0),
            "holds the tensor h.0.attn.rotary",
        ),
        ("embedding twice", new().tensor("transformer.wte.weight", &[3, 4], 0.0), "holds both wte.weight and"),
        (
            "block of all blocks",
            new().tensor("h.18446744073709551616.ln_1.bias", &[4], 0.0),
            "h.18446744073709551616.ln_1",
        ),
        ("block below zero", new().tensor("h.-1.ln_1.bias", &[4], 0.0), "holds the tensor h.-1.ln_1.bias"),
        ("block without a number", new().tensor("h.", &[4], 0.0), "holds the tensor h.,"),
        ("block 24", new().tensor("h.24.ln_1.bias", &[4], 0.0), "has 25 blocks; at most 24"),
        ("block 999", new().tensor("h.999.ln_1.bias", &[4], 0.0), "has 1000 blocks"),
        ("matrix turned over", new().tensor("h.0.attn.c_attn.weight", &[12, 4], 0.0), "torch.nn.Linear"),
        ("vector of another length", new().tensor("ln_f.bias", &[5], 0.0), "ln_f.bias has the shape [5]"),
        ("matrix for a vector", new().tensor("ln_f.bias", &[4, 1], 0.0), "ln_f.bias has the shape [4, 1]"),
        ("embedding of one size", new().tensor("wte.weight", &[12], 0.0), "a matrix of two sizes is needed"),
        ("embedding of no size", new().tensor("wte.weight", &[], 0.0), "has the shape []"),
        ("empty embedding", new().tensor("wte.weight", &[0, 4], 0.0).say("\"vocab_size\":3,", ""), "vocab_size is 0"),
        ("no width", new().tensor("wte.weight", &[3, 0], 0.0), "the width of the model is 0"),
        ("MLP three times as wide", new().tensor("h.0.mlp.c_fc.weight", &[4, 12], 0.0), "four times as wide"),
        ("number that is none", new().tensor("wpe.weight", &[2, 4], f32::NAN), "holds NaN at position 0"),
        ("infinite number", new().tensor("h.0.mlp.c_proj.bias", &[4], f32::INFINITY), "holds inf at position 0"),
        ("configuration without its end", new().configure("{"), "config.json cannot be read: EOF"),
        ("configuration that is a list", new().configure("[7]"), "config.json cannot be read: invalid type"),
        ("configuration of brackets", new().configure(&"[".repeat(100_000)), "config.json cannot be read"),
        ("configuration that is long", new().configure(&" ".repeat((1 << 20) + 1)), "no configuration is that long"),
        ("configuration of a Llama", new().say("\"gpt2\"", "\"llama\""), "of the kind “llama”"),
        ("kind of 100 kB", new().say("\"gpt2\"", &format!("\"{}\"", "x".repeat(100_000))), "of the kind “xxxx"),
        ("kind that is a number", new().say("\"gpt2\"", "2"), "invalid type: integer"),
        ("another activation", new().say("gelu_new", "relu"), "sets activation_function to relu"),
        ("another epsilon", new().say("1e-05", "1e-06"), "sets layer_norm_epsilon to 0.000001"),
        ("infinite epsilon", new().say("1e-05", "1e999"), "number out of range"),
        ("attention without scale", set("\"scale_attn_weights\":false"), "sets scale_attn_weights to false"),
        ("attention scaled by layer", set("\"scale_attn_by_inverse_layer_idx\":true"), "inverse_layer_idx to true"),
        ("attention across", set("\"add_cross_attention\":true"), "sets add_cross_attention to true"),
        ("no heads", new().say("\"n_head\":2", "\"n_head\":0"), "n_heads is 0"),
        ("heads that do not fit", new().say("\"n_head\":2", "\"n_head\":3"), "multiple of n_heads (3)"),
        ("heads without end", new().say("\"n_head\":2", "\"n_head\":4294967295"), "n_heads is 4294967295"),
        ("heads below zero", new().say("\"n_head\":2", "\"n_head\":-2"), "invalid value: integer `-2`"),
        ("heads left out", new().configure(twelve), "multiple of n_heads (12)"),
        ("no configuration", new().configure(""), "type the number of heads"),
        (
            "another width",
            new().say("\"n_embd\":4", "\"n_embd\":8"),
            "says n_embd = 8, but the tensors of the file say 4",
        ),
        ("another depth", new().say("\"n_layer\":1", "\"n_layer\":2"), "says n_layer = 2"),
        ("another context", new().say("\"n_positions\":2", "\"n_positions\":1024"), "says n_positions = 1024"),
        ("another vocabulary", new().say("\"vocab_size\":3", "\"vocab_size\":50257"), "says vocab_size = 50257"),
        ("another MLP", set("\"n_inner\":64"), "says n_inner = 64"),
        (
            "own head that is not there",
            set("\"tie_word_embeddings\":false").drop("ln_f.weight"),
            "lacks the tensor ln_f",
        ),
    ];
    let mut cases: Vec<Case> =
        cases.into_iter().map(|(name, parts, says)| (name.to_owned(), parts.bytes(), says.to_owned())).collect();
    let whole = new().file.write(Precision::F32);
    let zero = |name: &str, shape: &str| format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[0,0]}}"#);
    let terabytes =
        [zero("wte.weight", "[0,768]"), zero("wpe.weight", "[0,768]"), zero("h.0.mlp.c_fc.weight", "[0,3072]")]
            .join(",");
    let mut whole_numbers = new().file.write(Precision::F16);
    let at = whole_numbers.windows(3).position(|bytes| bytes == b"F16").expect("every type is this one");
    whole_numbers[at] = b'I';
    for (name, model, says) in [
        ("empty model", Vec::new(), "has only 0 bytes"),
        ("zip archive", b"PK\x03\x04 such as a pytorch_model.bin".to_vec(), "a pytorch_model.bin cannot be read here"),
        ("web page", b"<!DOCTYPE html><p>Please sign in".to_vec(), "not a safetensors file"),
        ("model without its last byte", whole[..whole.len() - 1].to_vec(), "cut short"),
        ("model without its numbers", whole[..whole.len() / 2].to_vec(), "cut short"),
        ("model with more behind it", [&whole[..], b"more"].concat(), "longer than its header says"),
        ("terabytes of nothing", safetensors::file(&format!("{{{terabytes}}}"), 0), "cannot be run here"),
        ("whole numbers", whole_numbers, "only F32, F16 and BF16 can be read"),
    ] {
        let config = if name == "terabytes of nothing" { "" } else { CONFIG };
        cases.push((name.into(), together(config, &model), says.into()));
    }
    cases
}
