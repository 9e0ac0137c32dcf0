//! How the kernels' gradients enter Burn's autodiff graph: every operation keeps what its backward
//! pass needs, and says how the gradient of its result becomes those of its inputs.

use super::{
    KernelOps,
    flex::{self, Statistics},
};
use burn::backend::{
    Autodiff, Flex,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    flex::FlexTensor,
    tensor::FloatTensor,
};
use kernels::attention::Shape;

#[derive(Debug)]
struct Linear;
#[derive(Debug)]
struct ProductNt;
#[derive(Debug)]
struct LayerNorm;
#[derive(Debug)]
struct Gelu;
#[derive(Debug)]
struct CausalAttention;
#[derive(Debug)]
struct CrossEntropy;

/// Writes the backward pass of an operation with `$n` inputs: `$grads` of the kept `$state` and `$grad`.
macro_rules! backward {
    ($op:ty, $n:literal, $kept:ty, |$state:pat_param, $grad:ident| $grads:expr) => {
        impl Backward<Flex, $n> for $op {
            type State = $kept;

            fn backward(self, ops: Ops<Self::State, $n>, grads: &mut Gradients, _: &mut Checkpointer) {
                let $grad = grads.consume::<Flex>(&ops.node);
                let $state = ops.state;
                let inputs: [FlexTensor; $n] = $grads;
                for (node, grad) in ops.parents.into_iter().zip(inputs) {
                    if let Some(node) = node {
                        grads.register::<Flex>(node.id, grad);
                    }
                }
            }
        }
    };
}

backward!(Linear, 3, [FlexTensor; 2], |[x, weight], grad| flex::linear_backward(&x, &weight, &grad));
backward!(ProductNt, 2, [FlexTensor; 2], |[x, weight], grad| flex::product_nt_backward(&x, &weight, &grad));
backward!(LayerNorm, 3, ([FlexTensor; 2], Statistics), |([x, gain], stats), grad| {
    flex::layer_norm_backward(&x, &gain, &stats, &grad)
});
backward!(Gelu, 1, FlexTensor, |x, grad| [flex::gelu_backward(&x, &grad)]);
backward!(CausalAttention, 1, (FlexTensor, Vec<f32>, Shape), |(qkv, weights, shape), grad| {
    [flex::attention_backward(&qkv, &weights, shape, &grad)]
});
backward!(CrossEntropy, 1, (Vec<f32>, Vec<u32>), |(probabilities, targets), grad| {
    [flex::cross_entropy_backward(probabilities, &targets, &grad)]
});

impl<C: CheckpointStrategy> KernelOps for Autodiff<Flex, C> {
    fn linear(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias] = [x, weight, bias].map(|tensor| tensor.into_primitive());
        match Linear.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let out = Flex::linear(x.clone(), weight.clone(), bias);
                prep.finish([x, weight], out)
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::linear(x, weight, bias)),
        }
    }

    fn product_nt(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node()];
        let [x, weight] = [x, weight].map(|tensor| tensor.into_primitive());
        match ProductNt.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let out = Flex::product_nt(x.clone(), weight.clone());
                prep.finish([x, weight], out)
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::product_nt(x, weight)),
        }
    }

    fn layer_norm(x: FloatTensor<Self>, gain: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node(), gain.node(), bias.node()];
        let [x, gain, bias] = [x, gain, bias].map(|tensor| tensor.into_primitive());
        let (out, stats) = flex::layer_norm_forward(&x, &gain, &bias);
        match LayerNorm.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(([x, gain], stats), out),
            OpsKind::UnTracked(prep) => prep.finish(out),
        }
    }

    fn gelu(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (nodes, x) = ([x.node()], x.into_primitive());
        match Gelu.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let out = <Flex as KernelOps>::gelu(x.clone());
                prep.finish(x, out)
            }
            OpsKind::UnTracked(prep) => prep.finish(<Flex as KernelOps>::gelu(x)),
        }
    }

    fn causal_attention(qkv: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self> {
        let (nodes, qkv) = ([qkv.node()], qkv.into_primitive());
        let (mixed, weights) = flex::attention_forward(&qkv, shape);
        match CausalAttention.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((qkv, weights, shape), mixed),
            OpsKind::UnTracked(prep) => prep.finish(mixed),
        }
    }

    fn cross_entropy(logits: FloatTensor<Self>, targets: Vec<u32>) -> FloatTensor<Self> {
        let (nodes, logits) = ([logits.node()], logits.into_primitive());
        let (loss, probabilities) = flex::cross_entropy_forward(&logits, &targets);
        match CrossEntropy.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((probabilities, targets), loss),
            OpsKind::UnTracked(prep) => prep.finish(loss),
        }
    }
}
