//! How actions, prompts and events change the message being written, and what they request from the rest of the
//! workbench.

mod act;
mod arriving;
mod asking;
mod known;
mod leaving;
mod looking;
mod planning;
mod sending;

pub(crate) use act::{act_in_compose, act_while_typing};
pub(crate) use looking::{act_on_compose_overlay, columns_of};
