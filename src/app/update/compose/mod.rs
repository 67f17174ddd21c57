//! How actions, prompts and events change the message being written, and what they request from the rest of the
//! workbench.

mod act;
mod answers;
mod captured;
mod choosing;
mod form;
mod leaving;
mod lines;
mod looking;
mod news;
mod payloads;
mod plan;
mod sending;
mod texts;

pub(crate) use act::{act_in_compose, act_while_typing, complete, go_to_compose};
pub(crate) use answers::{take_answer, take_paste};
pub(crate) use captured::{take_payload, take_up};
pub(crate) use form::find_row;
pub(crate) use leaving::leave;
pub(crate) use lines::{end_typing, type_change};
pub(crate) use looking::act_on_compose_overlay;
pub(crate) use news::take_news;
pub(crate) use plan::{attend_plan, refresh_listeners};
pub(crate) use sending::{cancel_sending, job_reported};
