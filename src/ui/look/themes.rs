//! The available themes, each loaded from its TOML when chosen. They are handed in; none is built into the screen.

use super::theme::{Role, Theme};
use crate::graphics::Colours;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A longer chain of inheritance than this is a cycle.
const DEPTH: usize = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    inherits: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    #[serde(default)]
    roles: BTreeMap<String, RoleStyle>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleStyle {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    modifiers: Vec<String>,
}

/// All themes by name.
#[derive(Debug, Clone)]
pub struct Themes(Vec<(String, String)>);

impl Themes {
    /// The themes in this order (name, TOML); a later one takes the place of an earlier one of its name, as a person's
    /// own does.
    pub fn new(themes: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all: Vec<(String, String)> = vec![];
        for (name, text) in themes {
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = text,
                None => all.push((name, text)),
            }
        }
        Self(all)
    }

    /// Their names, in their order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The theme to start with: the one wanted, else `night`, or `mono` where there are no colours.
    pub fn first(wanted: Option<&str>, colours: Colours) -> String {
        let default = if colours == Colours::None { "mono" } else { "night" };
        wanted.unwrap_or(default).to_owned()
    }

    /// Loads a theme; the error is a sentence that names it.
    pub fn load(&self, name: &str, colours: Colours) -> Result<Theme, String> {
        let mut palette = BTreeMap::new();
        let mut roles = BTreeMap::new();
        let mut next = Some(name.to_owned());
        for _ in 0..DEPTH {
            let Some(name) = next.take() else { break };
            let file = self.read(&name)?;
            // The nearest theme wins: what a child set stays.
            for (key, value) in file.palette {
                palette.entry(key).or_insert(value);
            }
            for (key, value) in file.roles {
                if !Role::ALL.iter().any(|role| role.key() == key) {
                    return Err(format!("theme {name}: unknown role {key:?}"));
                }
                roles.entry(key).or_insert(value);
            }
            next = file.inherits;
        }
        if next.is_some() {
            return Err(format!("theme {name}: circular inherits"));
        }
        let styled = |role: Role| {
            let Some(wanted) = roles.get(role.key()) else {
                return Err(format!("theme {name}: role {:?} is not set", role.key()));
            };
            style(wanted, &palette).map_err(|why| format!("theme {name}: {}: {why}", role.key()))
        };
        let ground = styled(Role::Background)?.bg;
        let mut styles = Vec::with_capacity(Role::ALL.len());
        for role in Role::ALL {
            let style = styled(*role)?;
            styles.push(match role {
                Role::Border => colours.fit(style),
                _ => colours.fit_text(style, ground),
            });
        }
        Ok(Theme::new(name, styles))
    }

    fn read(&self, name: &str) -> Result<ThemeFile, String> {
        let Some((_, text)) = self.0.iter().find(|(known, _)| known == name) else {
            return Err(format!(
                "unknown theme {name:?}; the themes are {}",
                self.names().join(", ")
            ));
        };
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            format!("theme {name}, line {line}: {}", error.message())
        })
    }
}

fn style(wanted: &RoleStyle, palette: &BTreeMap<String, String>) -> Result<Style, String> {
    let colour = |name: &Option<String>| -> Result<Option<Color>, String> {
        let Some(name) = name else { return Ok(None) };
        let value = palette.get(name).unwrap_or(name);
        let colour = value.parse().map_err(|_| format!("{value:?} is not a colour"))?;
        Ok(Some(colour))
    };
    let mut style = Style::new();
    style.fg = colour(&wanted.fg)?;
    style.bg = colour(&wanted.bg)?;
    for modifier in &wanted.modifiers {
        style = style.add_modifier(match modifier.as_str() {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underlined" => Modifier::UNDERLINED,
            "reversed" => Modifier::REVERSED,
            other => return Err(format!("{other:?} is not a modifier")),
        });
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::{READABLE, contrast, shades};

    /// The themes of the program, and these.
    fn themes_with(own: &[(&str, &str)]) -> Themes {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../themes");
        let files = std::fs::read_dir(folder).expect("the themes of the program");
        let built_in = files.map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("a theme"))
        });
        let own = own
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Themes::new(built_in.chain(own))
    }

    #[test]
    fn every_theme_sets_every_role_at_every_depth() {
        let themes = themes_with(&[]);
        assert_eq!(themes.names().len(), 12);
        for name in themes.names() {
            for colours in [Colours::True, Colours::Indexed, Colours::Sixteen, Colours::None] {
                let theme = themes.load(&name, colours).expect("it loads");
                assert_eq!(theme.name, name);
            }
        }
    }

    #[test]
    fn everything_can_be_read_on_its_ground() {
        let themes = themes_with(&[]);
        let mut measured = 0;
        for name in themes.names() {
            for colours in [Colours::True, Colours::Indexed, Colours::Sixteen] {
                let theme = themes.load(&name, colours).expect("it loads");
                let (ground, row) = (Role::Background, Role::SelectionDim);
                let grounds = [ground, row].map(|role| theme.style(role).bg);
                for role in Role::ALL {
                    let least = match role {
                        Role::Border | Role::Background => continue,
                        Role::Text | Role::Strong | Role::Selection if colours == Colours::True => 7.0,
                        _ => READABLE,
                    };
                    let style = theme.style(*role);
                    // Secondary text is read in a selected row, too.
                    let grounds = &grounds[..if *role == Role::Dim && colours == Colours::True {
                        2
                    } else {
                        1
                    }];
                    for ground in grounds {
                        let (Some(text), Some(on)) = (style.fg, style.bg.or(*ground)) else {
                            continue;
                        };
                        let (Some(text), Some(on)) = (shades(text), shades(on)) else {
                            continue;
                        };
                        measured += 1;
                        let contrast = contrast(text, on);
                        assert!(
                            contrast >= least,
                            "{name} at {colours:?}: {role:?} has {contrast:.2}, at least {least}"
                        );
                    }
                }
            }
        }
        assert!(measured > 1000, "{measured}");
    }

    #[test]
    fn the_selected_row_stands_out_with_few_colours_and_with_none() {
        let themes = themes_with(&[]);
        for name in themes.names() {
            for colours in [Colours::True, Colours::Indexed, Colours::Sixteen, Colours::None] {
                let theme = themes.load(&name, colours).expect("it loads");
                let (selected, text) = (theme.style(Role::Selection), theme.style(Role::Text));
                assert_ne!(selected.add_modifier, text.add_modifier, "{name} at {colours:?}");
                let grounds = (selected.bg, theme.style(Role::Background).bg);
                if let (Some(row), Some(screen)) = grounds {
                    let reversed = selected.add_modifier.contains(Modifier::REVERSED);
                    assert!(
                        row != screen || reversed || colours == Colours::Sixteen,
                        "{name} at {colours:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn mono_has_no_colour() {
        let theme = themes_with(&[]).load("mono", Colours::True).expect("it loads");
        for role in Role::ALL {
            assert_eq!(
                (theme.style(*role).fg, theme.style(*role).bg),
                (None, None),
                "{role:?}"
            );
        }
    }

    #[test]
    fn a_users_theme_needs_only_what_differs() {
        let mine = "inherits = \"night\"\n[palette]\nblue = \"#010203\"\n[roles]\ngood = { fg = \"blue\" }\n";
        let themes = themes_with(&[("mine", mine)]);
        let theme = themes.load("mine", Colours::True).expect("it loads");
        assert_eq!(theme.style(Role::Accent).fg, Some(Color::Rgb(1, 2, 3)));
        assert_eq!(theme.style(Role::Good).fg, Some(Color::Rgb(1, 2, 3)));
    }

    #[test]
    fn faults_are_named() {
        for (text, part) in [
            ("inherits = \"nowhere\"", "unknown theme \"nowhere\""),
            ("inherits = \"mine\"", "circular inherits"),
            ("inherits = \"night\"\n[roles]\nsky = {}", "unknown role \"sky\""),
            (
                "inherits = \"night\"\n[roles]\ngood = { fg = \"blurple\" }",
                "good: \"blurple\" is not a colour",
            ),
            ("[roles]", "is not set"),
            ("colour = 1", "unknown field"),
            (
                "inherits = \"night\"\n[palette]\nblue = 3",
                "theme mine, line 3: invalid type",
            ),
        ] {
            let themes = themes_with(&[("mine", text)]);
            let error = themes.load("mine", Colours::True).expect_err(text);
            assert!(error.contains(part), "{error}");
        }
    }
}
