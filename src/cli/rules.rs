//! The page of rules: every code with its severity, who stumbles over it and how to mend it, as Markdown.

use crate::wire::{Code, Effect, Family, READERS, effects_of};
use std::fmt::Write as _;

/// The page, as it stands in `assets/rules.md`.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# What `natsbridge check` knows\n\n\
         Made from the code by `natsbridge check --rules`. The codes are stable: scripts may rely on them.\n",
    );
    for code in Code::ALL {
        // Writing into a String cannot fail.
        let _ = write!(
            page,
            "\n## {}\n\n*{}.* {}\n",
            code.name(),
            code.severity().name(),
            code.advice()
        );
        let effects = effects_of(*code);
        if !effects.is_empty() {
            page.push_str("\n| reader | reads it | because |\n|---|---|---|\n");
        }
        for effect in effects {
            let why = match effect.why {
                "" => "of what the finding says",
                why => why,
            };
            let _ = writeln!(page, "| {} | {} | {why} |", names(effect), effect.reads.name());
        }
    }
    page
}

/// Whom an effect hits, as a list of words.
pub fn names(effect: &Effect) -> String {
    let others = READERS.iter().filter(|reader| reader.family != Family::Ours);
    if others
        .clone()
        .all(|reader| effect.families.contains(&reader.family))
    {
        return if effect.families.contains(&Family::Ours) {
            "everyone".to_owned()
        } else {
            "every other peer".to_owned()
        };
    }
    let mut names: Vec<&str> = effect.families.iter().map(|family| word(*family)).collect();
    names.dedup();
    names.join(", ")
}

fn word(family: Family) -> &'static str {
    match family {
        Family::Julia => "Julia",
        Family::Node => "JavaScript (node)",
        Family::Browser => "JavaScript (browser)",
        Family::Python => "Python",
        Family::MicroPython => "MicroPython",
        Family::Ours => "this workbench",
    }
}
