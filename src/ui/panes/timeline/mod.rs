//! Timeline: conversations as a waterfall each, one of them as a sequence diagram, latencies as a table.

mod axis;
mod conversation_row;
mod latency_table;
mod pane;
mod sequence;
mod state_look;
mod waterfall;

pub(crate) use pane::TimelinePane;
