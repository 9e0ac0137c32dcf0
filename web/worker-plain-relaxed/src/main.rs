//! The plain worker for browsers with relaxed SIMD.

fn main() {
    worker_plain::main();
}
