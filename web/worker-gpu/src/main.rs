//! The worker that computes on WebGPU.

fn main() {
    worker::main();
}
