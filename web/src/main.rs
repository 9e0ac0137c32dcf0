//! The page: draws lessons and labs, computes nothing heavier than a row of numbers.

mod address;
mod engine;
mod labs;
mod models;
mod store;
mod widgets;

fn main() {}
