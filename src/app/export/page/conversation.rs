//! Conversations on a page: the diagram, then their messages as far as they are kept.

use super::html::Html;
use super::message::{PageMessage, article};
use super::page::{page_end, page_start};
use super::sequence::sequence;
use crate::model::{counted, latency};
use natsbridge_engine::ConversationView;

/// A page of conversations; `kept` finds the messages that are still there.
pub fn conversation_page(
    views: &[ConversationView],
    made_us: i64,
    kept: &mut dyn FnMut(u64) -> Option<PageMessage>,
) -> String {
    let title = match views {
        [view] => format!("Conversation {}", view.key),
        views => counted(views.len(), "conversation"),
    };
    let mut page = page_start(&title, "", made_us);
    let mut html = Html::default();
    for view in views {
        html.markup("<section class=\"conversation\">");
        if views.len() > 1 {
            html.element("h2", "", &view.key);
        }
        let mut facts = vec![
            view.state.word().to_owned(),
            counted(view.messages.len() as u64 + view.earlier, "message"),
        ];
        facts.extend(
            view.latency_us
                .map(|us| format!("slowest answer {}", latency(us))),
        );
        html.element("p", "facts", &facts.join(" · "));
        sequence(&mut html, view);
        for message in &view.messages {
            if let Some(message) = kept(message.seq) {
                article(&mut html, &message);
            }
        }
        html.markup("</section>\n");
    }
    page.push_str(&html.finish());
    page + &page_end("")
}
