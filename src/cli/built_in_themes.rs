//! The themes that the program brings along. What a theme says is read by the screen.

macro_rules! built_in {
    ($($name:literal),*) => {
        const BUILT_IN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../themes/", $name, ".toml")))),*];
    };
}

built_in![
    "night",
    "day",
    "contrast",
    "nord",
    "gruvbox",
    "mocha",
    "tokyo",
    "dracula",
    "solarized",
    "paper",
    "clear",
    "mono"
];

/// Name and TOML of each, in the order in which they are offered.
pub fn built_in_themes() -> impl Iterator<Item = (String, String)> {
    BUILT_IN
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
}
