//! The verbs, one file each; the registry is the only list.

mod broker;
mod check;
mod check_live;
mod check_mend;
mod checkup;
mod completions;
mod context;
mod demo;
mod doctor;
mod listen;
mod listen_stream;
mod man;
mod open;
mod probe;
mod record;
mod registry;
mod replay;
mod replay_player;
mod reply;
mod request;
mod send;
mod sent;
mod serve;
mod settings;
mod shape;
mod shape_check;
mod shape_diff;
mod shape_learn;
mod watch;

pub use registry::Verb;
