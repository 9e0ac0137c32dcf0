//! The settings that each lab has, read from the labs' own source when the desk is built.

include!(concat!(env!("OUT_DIR"), "/knobs.rs"));

/// The names of a lab's settings.
pub fn of_lab(lab: &str) -> &'static [&'static str] {
    KNOBS.iter().find(|(name, _)| *name == lab).map_or(&[], |(_, knobs)| knobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_in_the_labs_sources() {
        assert!(of_lab("train").contains(&"steps") && of_lab("train").contains(&"seed"), "{KNOBS:?}");
        assert!(of_lab("sampling").contains(&"temperature"), "{KNOBS:?}");
        assert!(of_lab("none").is_empty());
        assert!(KNOBS.len() >= 7, "{KNOBS:?}");
    }
}
