//! The worker that computes on the CPU.

fn main() {
    worker::main();
}
