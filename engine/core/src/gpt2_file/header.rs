//! What the header of a GPT-2 file names, and the sizes that its shapes tell.

use crate::{
    config::{GptConfig, LIMITS},
    tensor_file::header::{Header as File, Info},
};

/// What to do about a file of the wrong kind.
const CHOOSE: &str = "Choose the file model.safetensors of a GPT-2; a pytorch_model.bin cannot be read here.";

/// What to do about a model of the wrong kind.
const LAYOUT: &str = "Choose a model in the layout of Hugging Face's GPT-2, in a single file.";

/// The tensors of a file by name.
pub struct Header(File);

impl Header {
    /// Reads the header and checks it against the file's size.
    pub fn read(head: &[u8], size: u64) -> Result<Self, String> {
        File::read(head, size, CHOOSE).map(Self)
    }

    /// Every tensor by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&String, &Info)> {
        self.0.tensors.iter()
    }

    /// The tensor that GPT-2 calls `name`, with the name it has here: files of a whole language model say
    /// `transformer.` in front.
    pub fn find(&self, name: &str) -> Result<Option<(&String, &Info)>, String> {
        let long = format!("transformer.{name}");
        match (self.0.tensors.get_key_value(name), self.0.tensors.get_key_value(&long)) {
            (Some(_), Some(_)) => Err(format!(
                "The file holds both {name} and {long}; one of them is too many, and which cannot be told. Choose \
                 another file of the model."
            )),
            (found, None) | (None, found) => Ok(found),
        }
    }

    /// The sizes that the shapes tell; the number of heads is none of them, and stays 1.
    pub fn sizes(&self) -> Result<GptConfig, String> {
        let [vocab_size, d_model] = self.matrix("wte.weight")?;
        let [context, _] = self.matrix("wpe.weight")?;
        let [_, d_ff] = self.matrix("h.0.mlp.c_fc.weight")?;
        if Some(d_ff) != d_model.checked_mul(4) {
            return Err(format!(
                "h.0.mlp.c_fc.weight is {d_ff} wide, and the width of the model is {d_model}. Only MLPs four times as \
                 wide as the model, as in every published GPT-2, can be run here: choose one of these."
            ));
        }
        let mut n_layers = 0;
        for name in self.0.tensors.keys() {
            let bare = name.strip_prefix("transformer.").unwrap_or(name);
            let number = bare.strip_prefix("h.").and_then(|rest| rest.split('.').next());
            let Some(number) = number else {
                if !["wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", "lm_head.weight"].contains(&bare) {
                    return Err(unknown(name));
                }
                continue;
            };
            let layer: usize = number.parse().ok().filter(|layer| *layer < 1000).ok_or_else(|| unknown(name))?;
            n_layers = n_layers.max(layer.saturating_add(1));
        }
        if n_layers > LIMITS.n_layers {
            return Err(format!(
                "The model has {n_layers} blocks; at most {} can be run here. Choose a smaller model: GPT-2 small has \
                 12, medium 24.",
                LIMITS.n_layers
            ));
        }
        let tied_head = self.find("lm_head.weight")?.is_none();
        Ok(GptConfig { vocab_size, n_layers, n_heads: 1, d_model, context, tied_head })
    }

    fn matrix(&self, name: &str) -> Result<[usize; 2], String> {
        let Some((_, info)) = self.find(name)? else { return Err(self.lacks(name)) };
        info.two_sizes(name, "Choose another file of the model.")
    }

    /// Says that a tensor is missing, and what kind of file it may be.
    pub fn lacks(&self, name: &str) -> String {
        self.0.lacks(name, "GPT-2", LAYOUT)
    }
}

/// Says that a tensor belongs to some other kind of model.
pub fn unknown(name: &str) -> String {
    format!(
        "The file holds the tensor {name}, which GPT-2 does not have. Without it the model would compute something \
         else, so it is not run. Choose a plain GPT-2 language model."
    )
}
