//! What is done in Messages: selecting, filtering, searching, marking, highlighting, plotting, saving as a tape.

mod act;
mod list;
mod marks;
mod plot;
mod search;
mod tape;

pub(crate) use act::{act_in_messages, messages_message};
pub(crate) use list::{filter_by, narrow_to_cursor, pause, select, settle};
pub(crate) use marks::{ask_mark, compare_marked, mark_typed};
pub(crate) use plot::{ask_value, plot_value};
pub(crate) use search::{find_stored, find_typed, go_back, is_found};
pub(crate) use tape::{ask_tape, ask_tape_file, save_tape, save_tape_of};
