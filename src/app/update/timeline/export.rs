//! Conversations leave the workbench: to the clipboard, or into a file whose name says how.

use crate::export::{chrome_trace, conversation_text, conversations_json, is_page, mermaid, short_key};
use crate::model::{Effects, LongWork, PageContent, PromptKind, State, WorkEffect, payload_words};
use crate::update::clipboard::copy;
use crate::update::prompt::propose;
use bytes::Bytes;
use natsbridge_engine::safe_file_name;
use std::path::Path;

/// How the name of a file of Chrome trace events ends.
const TRACE: &str = ".trace.json";

/// Asks for the file to write to.
pub(super) fn ask_where(state: &mut State, effects: &mut Effects) {
    let timeline = &state.timeline;
    let name = match &timeline.open {
        Some(open) => format!("conversation-{}.json", short_key(&open.view.key)),
        None if timeline.rows().is_empty() => {
            return effects.note("There is no conversation to export yet.");
        }
        None => "conversations.json".to_owned(),
    };
    let name = safe_file_name(&name, "conversation.json");
    propose(state, PromptKind::ExportConversations, &name, effects);
}

/// Writes the open conversation, or those listed, into a file; its name says how. The error is a sentence.
pub(crate) fn export_conversations(state: &State, file: &str, effects: &mut Effects) -> Result<(), String> {
    let views = state.timeline.chosen_views(&state.store, state.now_us);
    if views.is_empty() {
        effects.note("There is no conversation to export yet.");
        return Ok(());
    }
    if is_page(file) {
        effects.push(LongWork::SavePage(file.into(), PageContent::Conversations(views)));
        return Ok(());
    }
    let payloads = |seq| payload_words(&state.store, seq);
    let trace = file.to_ascii_lowercase().ends_with(TRACE);
    let extension = Path::new(file).extension().unwrap_or_default();
    let text = match extension.to_ascii_lowercase().to_str() {
        Some("mmd" | "md") => views
            .iter()
            .map(|view| mermaid(view, &payloads))
            .collect::<Vec<_>>()
            .join("\n"),
        Some("txt") => {
            let texts = views
                .iter()
                .map(|view| conversation_text(view, &state.zone, &payloads));
            texts.collect::<Vec<_>>().join("\n")
        }
        Some("json") if trace => chrome_trace(&views, state.now_us),
        Some("json") => conversations_json(&views),
        _ => {
            return Err(
                "The file extension sets the format: use .html, .json, .trace.json, .mmd or .txt.".into(),
            );
        }
    };
    effects.push(WorkEffect::Save(file.into(), Bytes::from(text).into()));
    Ok(())
}

/// Copies the chosen conversation, as text or as a Mermaid diagram.
pub(super) fn copy_conversation(state: &State, as_mermaid: bool, effects: &mut Effects) {
    let Some(view) = state.timeline.chosen_view(&state.store, state.now_us) else {
        return effects.note("Select a conversation first, then copy it.");
    };
    let payloads = |seq| payload_words(&state.store, seq);
    let text = if as_mermaid {
        mermaid(&view, &payloads)
    } else {
        conversation_text(&view, &state.zone, &payloads)
    };
    let otherwise = ("The conversation is too large", " Export it to a file instead.");
    copy(text.as_bytes(), &state.limits, otherwise, effects);
}
