//! Switching contexts: the names are requested, one is chosen, loaded elsewhere, and switched to.

use crate::model::{ConnectionStatus, Effects, Overlay, State, WorkEffect};
use natsbridge_engine::{Command, ConnectOptions, ConnectionCommand, Contexts};
use natsbridge_wire::Severity;
use std::path::Path;

/// Warnings about files with secrets that other users of this machine can read: the context's own file and those it
/// names. Accesses the disk.
pub fn exposed_secrets(contexts: &Contexts, options: &ConnectOptions) -> Vec<String> {
    let name = options.context.as_deref();
    let context = name.and_then(|name| contexts.facts(name).ok());
    let context = context.filter(|facts| facts.exposed);
    let own = context.iter().map(|facts| facts.path.as_path());
    own.chain(options.exposed_files()).map(exposed_file).collect()
}

/// Warns of a file that others can read.
pub fn exposed_file(path: &Path) -> String {
    let path = path.display();
    format!("Other users of this machine can read {path}, which contains secrets; run chmod 600 {path}")
}

/// Opens the picker with the contexts there are.
pub(crate) fn pick_context(state: &mut State, names: Vec<String>, effects: &mut Effects) {
    if names.is_empty() {
        let text = "There are no contexts yet. Create one with: natsbridge context add NAME --server URL";
        return effects.note(text);
    }
    let current = state.connection.context.as_ref();
    let at = current.and_then(|name| names.iter().position(|other| other == name));
    state.overlay.open = Overlay::Contexts(at.unwrap_or(0), names);
}

/// Requests loading a context.
pub(crate) fn load_context(connection: &mut ConnectionStatus, name: String, effects: &mut Effects) {
    connection.switching = Some(name.clone());
    effects.push(WorkEffect::LoadContext(name));
}

/// Stops waiting for the context being loaded; `false` if there is none.
pub(crate) fn give_up_context(connection: &mut ConnectionStatus, effects: &mut Effects) -> bool {
    let Some(name) = connection.switching.take() else {
        return false;
    };
    effects.note(format!("Stopped loading the context {name}."));
    true
}

/// Switches to a context that was loaded, unless another was chosen in the meantime.
pub(crate) fn switch(
    connection: &mut ConnectionStatus,
    name: String,
    loaded: Result<Box<ConnectOptions>, String>,
    effects: &mut Effects,
) {
    if connection.switching.as_ref() != Some(&name) {
        return;
    }
    connection.switching = None;
    match loaded {
        Ok(options) => {
            connection.context = Some(name);
            effects.push(Command::Connection(ConnectionCommand::Switch(options)));
        }
        Err(why) => effects.tell(Severity::Error, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn files_with_secrets_that_others_can_read_are_told() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("nats/context");
        std::fs::create_dir_all(&folder).expect("a folder");
        let creds = home.path().join("user.creds");
        let context = folder.join("prod.json");
        std::fs::write(&creds, "").expect("written");
        let named = format!(r#"{{"url":"nats://h:4222","creds":"{}"}}"#, creds.display());
        let of = |text: &str, mode| {
            std::fs::write(&context, text).expect("written");
            for file in [&creds, &context] {
                std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).expect("changed");
            }
            let home = home.path().display().to_string();
            let contexts = Contexts::of(|name| (name == "XDG_CONFIG_HOME").then(|| home.clone()));
            exposed_secrets(&contexts, &contexts.load("prod").expect("a context"))
        };
        assert_eq!(of(&named, 0o644), [exposed_file(&creds)]);
        let own = r#"{"url":"nats://h:4222","user":"u","password":"p"}"#;
        assert_eq!(of(own, 0o644), [exposed_file(&context)]);
        assert_eq!(of(own, 0o600), Vec::<String>::new());
    }
}
