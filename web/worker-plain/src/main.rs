//! The plain worker for any CPU.

fn main() {
    worker_plain::main();
}
