//! AdamW as this course uses it, on the CPU and on the GPU: what no learner sets.

/// How much the running means of the gradient and of its square keep of what they were.
pub const BETAS: [f32; 2] = [0.9, 0.95];
/// Keeps the division finite.
pub const EPS: f32 = 1e-8;

/// Whether the tensor of this name is pulled towards zero: only matrices that multiply are.
///
/// ```
/// use engine_core::adamw::decays;
/// assert!(decays("blocks.0.attn.qkv.weight") && decays("head.weight"));
/// assert!(!decays("tok_emb") && !decays("ln_f.gain") && !decays("blocks.0.attn.qkv.bias"));
/// ```
pub fn decays(name: &str) -> bool {
    name.ends_with(".weight")
}
