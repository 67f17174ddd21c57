//! `reply-without-request`: a reply to a message that was not seen.

use super::contract::{Check, Lines};

pub(super) const CHECK: Check = Check {
    title: "A reply to a message that was not seen",
    advice: "Nothing to mend if the request went another way or came before; otherwise set reply_to_msg_id to the msg_id of the request.",
    lines: Lines {
        julia: "reply_to_msg_id = request[\"msg_id\"]",
        javascript: "reply_to_msg_id: request.msg_id",
        python: "reply_to_msg_id=request[\"msg_id\"]",
    },
    effects: &[],
};
