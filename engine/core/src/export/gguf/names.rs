//! What llama.cpp calls the tensors of a GPT-2, and which of them lie the other way round.

/// The name of one of our tensors in a GGUF file, and whether its rows are columns there: llama.cpp keeps a layer's
/// weights as `[outputs, inputs]`, so that what is added up lies side by side.
pub fn name(ours: &str) -> Option<(String, bool)> {
    let whole = |name: &str, turned| Some((name.to_owned(), turned));
    match ours {
        "tok_emb" => return whole("token_embd.weight", false),
        "pos_emb" => return whole("position_embd.weight", false),
        "ln_f.gain" => return whole("output_norm.weight", false),
        "ln_f.bias" => return whole("output_norm.bias", false),
        "head.weight" => return whole("output.weight", true),
        _ => {}
    }
    let (layer, part) = ours.strip_prefix("blocks.")?.split_once('.')?;
    let (theirs, turned) = match part {
        "ln1.gain" => ("attn_norm.weight", false),
        "ln1.bias" => ("attn_norm.bias", false),
        "attn.qkv.weight" => ("attn_qkv.weight", true),
        "attn.qkv.bias" => ("attn_qkv.bias", false),
        "attn.proj.weight" => ("attn_output.weight", true),
        "attn.proj.bias" => ("attn_output.bias", false),
        "ln2.gain" => ("ffn_norm.weight", false),
        "ln2.bias" => ("ffn_norm.bias", false),
        "mlp.up.weight" => ("ffn_up.weight", true),
        "mlp.up.bias" => ("ffn_up.bias", false),
        "mlp.down.weight" => ("ffn_down.weight", true),
        "mlp.down.bias" => ("ffn_down.bias", false),
        _ => return None,
    };
    Some((format!("blk.{layer}.{theirs}"), turned))
}
