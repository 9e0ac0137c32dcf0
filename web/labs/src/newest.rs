//! What comes late, of something that was given up meanwhile, counts for nothing.

use leptos::prelude::*;

/// Which of a lab's undertakings is the newest. Copies are the same.
#[derive(Clone, Copy)]
pub struct Newest(StoredValue<u32>);

impl Newest {
    /// Nothing was undertaken yet.
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Gives up whatever is under way.
    pub fn give_up(self) {
        self.0.update_value(|number| *number += 1);
    }

    /// Whether what begins now is still wanted, whenever it is asked: nothing was given up since, and the lab is there.
    pub fn wanted(self) -> impl Fn() -> bool + Copy {
        let number = self.0.try_get_value();
        move || number.is_some() && self.0.try_get_value() == number
    }
}
