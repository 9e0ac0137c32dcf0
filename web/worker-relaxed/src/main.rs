//! The worker that computes on the CPU with fused multiply-add, where the browser has relaxed SIMD.

fn main() {
    worker::main();
}
