//! Ways through the course, from `content/paths/`.

/// One way through the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The file's name, and the last part of its address.
    pub name: String,
    /// The heading.
    pub title: String,
    /// For whom it is, as a sentence.
    pub audience: String,
    /// What one can do at its end, as a sentence.
    pub goal: String,
    /// What one has at its end, as a sentence.
    pub outcome: String,
    /// What one should know before choosing it.
    pub note: String,
    /// How long it is: `6 months`.
    pub length: String,
    /// What its stops count in.
    pub unit: Unit,
    /// The fewest and the most hours per week, or per day if the unit is a day; where the source names them.
    pub hours: Option<[u32; 2]>,
    /// In order.
    pub stops: Vec<Leg>,
}

/// What the stops of a way count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "compiler", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Unit {
    /// Twelfths of a year.
    Month,
    /// Seven days.
    Week,
    /// One day.
    Day,
}

/// One stop of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// What it is about.
    pub title: String,
    /// A name of its own, if it is not named after its time.
    pub name: Option<String>,
    /// Its first and last month, week or day, counted from one.
    pub span: [u32; 2],
    /// What one makes, if the source says so.
    pub make: Option<String>,
    /// One may leave it out.
    pub optional: bool,
    /// Slugs of the tree, each once.
    pub lessons: Vec<String>,
}

impl Unit {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
        }
    }

    /// The days before the unit that follows so many whole ones.
    fn days(self, whole: u32) -> u32 {
        match self {
            Self::Month => (whole * 1461 + 24) / 48, // a month is 1461 / 48 = 30.44 days
            Self::Week => whole * 7,
            Self::Day => whole,
        }
    }
}

impl Leg {
    /// From its first day to before its last one, counted from the way's start.
    pub fn days(&self, unit: Unit) -> [u32; 2] {
        [unit.days(self.span[0] - 1), unit.days(self.span[1])]
    }

    /// When it is, as a reader sees it: `Months 1 to 2`, `Project 3, weeks 4 to 5`.
    pub fn when(&self, unit: Unit) -> String {
        let word = unit.word();
        let time = match self.span {
            [first, last] if first == last => format!("{word} {first}"),
            [first, last] => format!("{word}s {first} to {last}"),
        };
        match &self.name {
            Some(name) if self.optional => name.clone(),
            Some(name) => format!("{name}, {time}"),
            None if self.optional => "Extra".to_owned(),
            None => time[..1].to_uppercase() + &time[1..],
        }
    }
}

impl Route {
    /// The hours per week, where the source names hours.
    pub fn hours_per_week(&self) -> Option<[u32; 2]> {
        let days = if self.unit == Unit::Day { 7 } else { 1 };
        self.hours.map(|hours| hours.map(|hours| hours * days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(name: Option<&str>, span: [u32; 2], optional: bool) -> Leg {
        let name = name.map(str::to_owned);
        Leg { title: String::new(), name, span, make: None, optional, lessons: Vec::new() }
    }

    #[test]
    fn months_add_up_to_years() {
        assert_eq!(leg(None, [1, 2], false).days(Unit::Month), [0, 61]);
        assert_eq!(leg(None, [3, 3], false).days(Unit::Month), [61, 91]);
        assert_eq!(leg(None, [25, 30], false).days(Unit::Month), [731, 913]);
        assert_eq!(leg(None, [4, 5], false).days(Unit::Week), [21, 35]);
        assert_eq!(leg(None, [10, 10], false).days(Unit::Day), [9, 10]);
    }

    #[test]
    fn stops_say_when_they_are() {
        assert_eq!(leg(None, [1, 2], false).when(Unit::Month), "Months 1 to 2");
        assert_eq!(leg(None, [3, 3], false).when(Unit::Day), "Day 3");
        assert_eq!(leg(Some("Project 5"), [5, 6], false).when(Unit::Week), "Project 5, weeks 5 to 6");
        assert_eq!(leg(Some("Elective 1"), [11, 11], true).when(Unit::Day), "Elective 1");
        assert_eq!(leg(None, [7, 8], true).when(Unit::Month), "Extra");
    }
}
