//! The key sequences of README and guide, typed into the demo on a real terminal as the pages have them.

use crate::support::pty::Screen;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// A place in a page that speaks of keys.
#[derive(Deserialize)]
struct Passage {
    page: String,
    quote: String,
    /// What is typed, and what the screen shows then.
    #[serde(default)]
    steps: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Passages {
    passage: Vec<Passage>,
}

fn passages() -> BTreeMap<String, Vec<Passage>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys_of_pages.toml");
    let passages: Passages = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut pages = BTreeMap::<_, Vec<_>>::new();
    for passage in passages.passage {
        pages.entry(passage.page.clone()).or_default().push(passage);
    }
    pages
}

/// The bytes of a key as pages name it, or of text behind an apostrophe.
fn bytes(key: &str) -> Vec<u8> {
    if let Some(text) = key.strip_prefix('\'').filter(|text| !text.is_empty()) {
        return text.into();
    }
    match key {
        "Enter" => b"\r".into(),
        // As terminals that tell keys apart send it: what follows makes it no other key.
        "Esc" => b"\x1b[27u".into(),
        "→" => b"\x1b[C".into(),
        "Tab" => b"\t".into(),
        "Space" => b" ".into(),
        _ if key.starts_with("Ctrl+") => vec![key.as_bytes()[5].to_ascii_uppercase() & 0x1f],
        _ => key.into(),
    }
}

/// Whether a word in code type is a key.
fn is_key(word: &str) -> bool {
    const NAMED: [&str; 6] = ["Enter", "Esc", "Tab", "Space", "Del", "→"];
    let single = word.len() == 1 && word.as_bytes()[0].is_ascii_graphic();
    single || NAMED.contains(&word) || (word.starts_with("Ctrl+") && word.len() == 6)
}

/// Where the keys in the prose of a page stand: outside of its code and of its generated tables.
fn keys(page: &str) -> Vec<Range<usize>> {
    let (mut keys, mut at, mut code, mut generated) = (Vec::new(), 0, false, false);
    for line in page.split_inclusive('\n') {
        if line.starts_with("```") {
            code = !code;
        } else if line.starts_with("<!--") {
            generated = !line.starts_with("<!-- /");
        }
        let mut from = at;
        for (number, word) in line.split('`').enumerate() {
            if !code && !generated && number % 2 == 1 && is_key(word) {
                keys.push(from..from + word.len());
            }
            from += word.len() + 1;
        }
        at += line.len();
    }
    keys
}

fn text_of(page: &str) -> String {
    let folder = if page == "README.md" { "" } else { "assets/guide" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(page);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn each_key_in_prose_is_typed_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/guide");
    let guide = std::fs::read_dir(root).unwrap();
    let guide = guide.map(|page| page.unwrap().file_name().into_string().unwrap());
    let passages = passages();
    let mut missing = Vec::new();
    for page in guide.chain(["README.md".to_owned()]) {
        let text = text_of(&page);
        let ours = passages.get(&page).map_or(&[][..], Vec::as_slice);
        let places: Vec<_> = ours
            .iter()
            .map(|passage| {
                let at = text.find(&passage.quote);
                let at = at.unwrap_or_else(|| panic!("{page} has no {:?}", passage.quote));
                (at..at + passage.quote.len(), passage)
            })
            .collect();
        for key in keys(&text) {
            let place = places.iter().find(|(place, _)| place.contains(&key.start));
            let typed = place.is_some_and(|(_, passage)| {
                let mut typed = passage.steps.iter().flat_map(|(keys, _)| keys.split(' '));
                passage.steps.is_empty() || typed.any(|typed| *typed == text[key.clone()])
            });
            if !typed {
                missing.push(format!(
                    "{page}:{}: {}",
                    text[..key.start].matches('\n').count() + 1,
                    &text[key]
                ));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
}

/// How many messages the footer tells of.
fn received(screen: &str) -> Option<u32> {
    let (_, count) = screen.rsplit_once(" received ")?;
    count.split(' ').next()?.replace(',', "").parse().ok()
}

/// Types the passages of pages, each into a demo of its own.
fn walk(pages: &[&str]) {
    let passages = passages();
    for passage in pages.iter().flat_map(|page| &passages[*page]) {
        if passage.steps.is_empty() {
            continue;
        }
        let mut screen = Screen::start(&["demo"]);
        // One of each kind has come.
        screen.wait_until("the first messages", |screen| received(screen) >= Some(90));
        for (keys, shown) in &passage.steps {
            for key in keys.split(' ') {
                screen.type_bytes(&bytes(key));
            }
            screen.wait_until(
                &format!("{shown:?} after {keys:?} of {:?}", passage.quote),
                |screen| screen.contains(shown),
            );
        }
        screen.type_keys("\x03");
    }
}

#[test]
fn the_keys_of_the_readme_do_what_it_says() {
    walk(&["README.md"]);
}

#[test]
fn the_keys_of_reading_do_what_it_says() {
    walk(&["reading.md"]);
}

#[test]
fn the_keys_of_the_other_pages_do_what_they_say() {
    let passages = passages();
    let others = passages.keys().map(String::as_str);
    let others: Vec<_> = others
        .filter(|page| !["README.md", "reading.md"].contains(page))
        .collect();
    walk(&others);
}
