//! Work for the message being written: plans, paths, files, texts. Plans are made one at a time; the latest request
//! wins.

use natsbridge_app::{ComposeEffect, ComposeMsg, Msg, Way, size};
use natsbridge_engine::{
    Bridge, Composition, LoadCache, SendOptions, Source, Suggestion, VariableSource, copy_as, literal, load,
    plan, read_draft, sentence, suggest, write_draft,
};
use natsbridge_engine::{clock, counted};
use natsbridge_wire::Limits;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Does a piece of work for the message being written; blocks.
pub fn compose_work(
    work: ComposeEffect,
    sending: &SendOptions,
    limits: &Limits,
    cache: &Mutex<LoadCache>,
) -> Msg {
    let news = match work {
        ComposeEffect::Plan(revision, mut message, way) => {
            let sending = &going(&mut message, &way, sending);
            // A plan that failed half-way leaves a cache that is at worst too small.
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            let plan = filled(|fill| plan(&message, fill, sending, way.most, &mut cache, limits));
            ComposeMsg::Planned(revision, Box::new(plan))
        }
        ComposeEffect::Paths(text) => {
            let paths = paths(&text, limits.paths_offered);
            ComposeMsg::Paths(text, paths)
        }
        ComposeEffect::Suggest(at, path) => {
            let path = at_home(&path);
            let looked = look(&path);
            ComposeMsg::Suggested(at, path, looked)
        }
        ComposeEffect::DryRun(mut message, way) => {
            let filled_in = way.wait.is_some() && message.reply_to.is_empty();
            let sending = &going(&mut message, &way, sending);
            let (mut title, text) = dry_run(&message, sending, limits);
            if filled_in {
                title += " · each one gets a new inbox for replies";
            }
            ComposeMsg::Text(title, text)
        }
        ComposeEffect::CopyFormat(form, message, way) => {
            let copied = filled(|fill| {
                let loaded = load(&message, fill, limits)?;
                copy_as(form, &loaded, &way.server, sending, way.wait.as_ref())
            });
            let title = format!("Copy as {}", form.name());
            ComposeMsg::Text(title, copied.map_err(|error| sentence(&error)))
        }
        ComposeEffect::ReadDraft(path) => {
            let path = at_home(&path);
            let read = read_draft(&path).map(Box::new).map_err(|error| sentence(&error));
            ComposeMsg::DraftRead(path, read)
        }
        ComposeEffect::WriteDraft {
            path,
            message,
            revision,
            own,
        } => {
            let path = at_home(&path);
            let written = save_draft(&path, &message, own);
            ComposeMsg::DraftWritten(path, revision, written)
        }
    };
    Msg::Compose(news)
}

/// The message and its options as they will be sent: the broker's address is filled in, and a request without a reply
/// subject gets an inbox.
fn going(message: &mut Composition, way: &Way, sending: &SendOptions) -> SendOptions {
    if way.wait.is_some() && message.reply_to.is_empty() {
        message.reply_to = literal(&way.inbox);
    }
    SendOptions {
        nats_url: way.server.clone(),
        ..sending.clone()
    }
}

/// Writes a draft; an existing other draft is not overwritten.
fn save_draft(path: &Path, message: &Composition, own: bool) -> Result<(), String> {
    if !own && std::fs::symlink_metadata(path).is_ok() {
        let place = path.display();
        return Err(format!(
            "{place} already exists and was not changed; choose another name."
        ));
    }
    let written = write_draft(message, path);
    written.map(|_| ()).map_err(|error| sentence(&error))
}

/// Runs something with values for the variables of a message that is only looked at.
fn filled<T>(run: impl FnOnce(&mut VariableSource<'_>) -> T) -> T {
    run(&mut VariableSource {
        count: 1,
        now: clock::now(),
        new_id: &mut || clock::random_uuid().to_string(),
        random: &mut |range| *range.end(),
        env: &|name| std::env::var(name).ok(),
    })
}

fn look(path: &Path) -> Result<Suggestion, String> {
    let shown = path.display();
    let facts = std::fs::metadata(path).map_err(|error| format!("Cannot read {shown}: {error}."))?;
    if facts.is_dir() {
        return Err(format!("{shown} is a directory; choose a file in it."));
    }
    Ok(suggest(&Source::File(path.to_owned())))
}

/// The exact bytes that would go out, with a title that says how many and where to.
fn dry_run(
    message: &Composition,
    sending: &SendOptions,
    limits: &Limits,
) -> (String, Result<String, String>) {
    let written = filled(|fill| {
        let loaded = load(message, fill, limits).map_err(|error| error.to_string())?;
        let options = loaded.composition.options(sending);
        let composed = Bridge::compose(&loaded.composition.subject, &loaded.payloads, &options);
        let (_, bytes) = composed.map_err(|error| error.to_string())?;
        Ok((loaded.composition, bytes))
    });
    match written {
        Ok((loaded, bytes)) => {
            let headers = match loaded.headers.len() {
                0 => String::new(),
                some => format!(" and {}", counted(some, "header")),
            };
            let title = format!("{}{headers} to {}", size(bytes.len() as u64), loaded.subject);
            (title, Ok(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Err::<_, String>(why) => {
            let why = why.trim_end_matches('.');
            (String::new(), Err(format!("Cannot build the message: {why}.")))
        }
    }
}

/// Expands `~` at the start of a path, as shells do.
pub(super) fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// The name of a file that is not there yet: this one, or one with a number before its ending: `photo-2.png`.
pub(super) fn free_name(name: &str, taken: impl Fn(&Path) -> bool) -> String {
    let start = name.rfind('/').map_or(0, |at| at + 1);
    let file = &name[start..];
    let ending = file.find(".trace.json").or(file.rfind('.')).filter(|at| *at > 0);
    let (stem, ending) = name.split_at(ending.map_or(name.len(), |at| start + at));
    let numbered = (2..1000).map(|number| format!("{stem}-{number}{ending}"));
    let mut all = std::iter::once(name.to_owned()).chain(numbered);
    all.find(|name| !taken(Path::new(name)))
        .unwrap_or_else(|| name.to_owned())
}

/// Completions of a path: directories end in a slash, hidden names are offered once their dot is typed.
fn paths(text: &str, most: usize) -> Vec<String> {
    let (folder, name) = match text.rfind('/') {
        Some(at) => (&text[..=at], &text[at + 1..]),
        None => ("", text),
    };
    let place = if folder.is_empty() { "." } else { folder };
    let Ok(entries) = std::fs::read_dir(at_home(Path::new(place))) else {
        return vec![];
    };
    let offer = |entry: std::fs::DirEntry| {
        let own = entry.file_name().into_string().ok()?;
        let fits = own.to_lowercase().starts_with(&name.to_lowercase());
        let hidden = own.starts_with('.') && !name.starts_with('.');
        let is_folder = entry.path().is_dir();
        let end = if is_folder { "/" } else { "" };
        (fits && !hidden).then(|| (!is_folder, format!("{folder}{own}{end}")))
    };
    let mut found: Vec<(bool, String)> = entries.flatten().filter_map(offer).collect();
    found.sort();
    found.truncate(most);
    let paths = found.into_iter().map(|(_, path)| path);
    paths.filter(|path| path != text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_completed_folders_first_and_hidden_ones_when_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display();
        for name in ["data.csv", "Data2.csv", ".data", "other"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("daily")).unwrap();
        let found = |text: &str| paths(&format!("{root}/{text}"), 10);
        assert_eq!(
            found("da"),
            ["daily/", "Data2.csv", "data.csv"].map(|name| format!("{root}/{name}"))
        );
        assert_eq!(found(".d"), [format!("{root}/.data")]);
        assert_eq!(found("other"), Vec::<String>::new(), "it is complete");
        assert_eq!(found("nowhere/x"), Vec::<String>::new());
        assert_eq!(paths(&format!("{root}/"), 2).len(), 2);
    }

    #[test]
    fn what_cannot_be_attached_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        assert!(look(folder.path()).unwrap_err().contains("is a directory"));
        assert!(
            look(&folder.path().join("none"))
                .unwrap_err()
                .contains("Cannot read")
        );
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_before_its_ending() {
        let taken = ["photo.png", "photo-2.png", "/a.b/notes", "t.trace.json"];
        let free = |name| free_name(name, |path| taken.iter().any(|known| Path::new(known) == path));
        assert_eq!(free("photo.png"), "photo-3.png");
        assert_eq!(free("other.png"), "other.png");
        assert_eq!(free("/a.b/notes"), "/a.b/notes-2");
        assert_eq!(free("t.trace.json"), "t-2.trace.json");
    }
}
