//! The same two sentences in many languages, and code: written for this course, to compare tokenizers on. And the short
//! text that the lab learns from until another one is chosen.

/// A short text to compare tokenizers on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What it is written in, by its BCP 47 code; code and signs have none.
    pub language: &'static str,
    /// What a reader calls it.
    pub name: &'static str,
    /// Whether its words stand between spaces; only then can they be counted by looking.
    pub spaced: bool,
    /// Whether it says the same as the others, so that its length can be compared with theirs.
    pub parallel: bool,
    /// The text.
    pub text: &'static str,
}

const fn sentence(language: &'static str, name: &'static str, text: &'static str) -> Sample {
    Sample { language, name, spaced: true, parallel: true, text }
}

const fn unspaced(language: &'static str, name: &'static str, text: &'static str) -> Sample {
    Sample { language, name, spaced: false, parallel: true, text }
}

const fn other(name: &'static str, text: &'static str) -> Sample {
    Sample { language: "", name, spaced: true, parallel: false, text }
}

/// All samples; English is the first, and the measure of the others.
pub const SAMPLES: [Sample; 20] = [
    sentence(
        "en",
        "English",
        "The cat sits by the window and watches the rain. Every drop finds its own way down the glass.",
    ),
    sentence(
        "de",
        "Deutsch",
        "Die Katze sitzt am Fenster und schaut dem Regen zu. Jeder Tropfen findet seinen eigenen Weg über das Glas.",
    ),
    sentence(
        "fr",
        "Français",
        "Le chat est assis à la fenêtre et regarde la pluie. Chaque goutte trouve son propre chemin sur la vitre.",
    ),
    sentence(
        "es",
        "Español",
        "El gato está sentado junto a la ventana y mira la lluvia. Cada gota encuentra su propio camino por el cristal.",
    ),
    sentence("pl", "Polski", "Kot siedzi przy oknie i patrzy na deszcz. Każda kropla znajduje własną drogę po szybie."),
    sentence(
        "fi",
        "Suomi",
        "Kissa istuu ikkunan ääressä ja katselee sadetta. Jokainen pisara löytää oman tiensä lasia pitkin.",
    ),
    sentence(
        "tr",
        "Türkçe",
        "Kedi pencerenin yanında oturuyor ve yağmuru izliyor. Her damla camda kendi yolunu buluyor.",
    ),
    sentence(
        "sw",
        "Kiswahili",
        "Paka ameketi karibu na dirisha na anatazama mvua. Kila tone linapata njia yake kwenye kioo.",
    ),
    sentence(
        "ru",
        "Русский",
        "Кошка сидит у окна и смотрит на дождь. Каждая капля находит свой собственный путь по стеклу.",
    ),
    sentence(
        "el",
        "Ελληνικά",
        "Η γάτα κάθεται δίπλα στο παράθυρο και κοιτάζει τη βροχή. Κάθε σταγόνα βρίσκει τον δικό της δρόμο στο τζάμι.",
    ),
    sentence("ar", "العربية", "تجلس القطة بجانب النافذة وتراقب المطر. كل قطرة تجد طريقها الخاص على الزجاج."),
    sentence("he", "עברית", "החתול יושב ליד החלון ומביט בגשם. כל טיפה מוצאת את דרכה על הזכוכית."),
    sentence("hi", "हिन्दी", "बिल्ली खिड़की के पास बैठी है और बारिश देख रही है। हर बूँद शीशे पर अपना रास्ता खोज लेती है।"),
    sentence("ko", "한국어", "고양이가 창가에 앉아 비를 바라본다. 빗방울마다 유리 위에서 제 길을 찾아간다."),
    unspaced("th", "ไทย", "แมวนั่งอยู่ข้างหน้าต่างและมองดูฝน หยดน้ำแต่ละหยดหาทางของมันเองลงมาตามกระจก"),
    unspaced("zh", "中文", "猫坐在窗边看着雨。每一滴雨都在玻璃上找到自己的路。"),
    unspaced("ja", "日本語", "猫は窓辺に座って雨を見ている。どのしずくもガラスの上に自分の道を見つける。"),
    other("Python", "def mean(values):\n    \"\"\"The mean of a list.\"\"\"\n    return sum(values) / len(values)\n"),
    other("Rust", "fn mean(values: &[f64]) -> f64 {\n    values.iter().sum::<f64>() / values.len() as f64\n}\n"),
    other("1 + 1", "127 + 1024 = 1151; 3.14159 * 2 = 6.28318; 2026-11-21 22:15; 1,000,000"),
];

/// What the lab learns from at first: short enough to count by hand, and with endings and stems that come back.
pub const FIRST_TEXT: &str = "the cat sat and the cats sat. the dog ran and the dogs ran. \
the cat was sitting, the dog was running. sitting cats, running dogs: the cats were sitting and the dogs were running. \
she was singing while the rain was falling. the singer sings, the runner runs, the sitter sits. \
faster and faster ran the fastest runner; slower and slower ran the slowest. \
low, lower, lowest; new, newer, newest; wide, wider, widest. \
the newest song is the lowest song. the widest window is the newest window.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_two_sentences_each_and_told_apart() {
        for (at, sample) in SAMPLES.iter().enumerate() {
            assert!(SAMPLES.iter().skip(at + 1).all(|other| other.name != sample.name));
            assert_eq!(sample.parallel, !sample.language.is_empty());
            let ends = sample.text.matches(['.', '。', '।']).count();
            assert!(!sample.parallel || sample.language == "th" || ends == 2, "{}", sample.name);
            assert!(sample.text.len() < 400);
        }
        assert_eq!(SAMPLES[0].language, "en");
    }
}
