//! Conversations told from the traffic: what belongs together, how each stands, what is kept.

use crate::support::timeline_stand::{Talk, letter};
use natsbridge_engine::{ConversationState as State, Direction, LinkTransfer, Mark, Part, RequestOutcome};
use std::time::Duration;

#[test]
fn a_request_and_its_answer_are_one_conversation() {
    let mut talk = Talk::new();
    let asked = talk.asks("c", "q");
    assert_eq!(talk.view(asked).state, State::Open);
    let answered = talk.wait(12).answers("c", "a", "q");
    let view = talk.view(answered);
    assert_eq!(
        (view.state, view.latency_us, &*view.key),
        (State::Answered, Some(12_000), "c")
    );
    assert_eq!(
        view.lanes.iter().map(|lane| &**lane).collect::<Vec<_>>(),
        ["web-ui", "py-7"]
    );
    let [request, reply] = &view.messages[..] else {
        panic!("two messages")
    };
    assert_eq!(
        (request.part, request.from, request.to, request.replies),
        (Part::Request, 0, Some(1), 1)
    );
    assert_eq!(
        (reply.part, reply.from, reply.to, reply.answers),
        (Part::Reply, 1, Some(0), Some(0))
    );
    assert_eq!(talk.of(asked), talk.of(answered));
    let id = talk.of(asked).unwrap();
    talk.store.timeline(|timeline| {
        assert_eq!(
            (timeline.replies(id, asked), timeline.replies(id, 99)),
            (Some(1), None)
        );
        assert_eq!(timeline.seqs(id), [asked, answered]);
        let latencies = timeline.latencies();
        assert_eq!(
            (&*latencies.subjects[0].name, latencies.subjects[0].count),
            ("/cmd", 1)
        );
        assert_eq!(
            (&*latencies.pairs[0].asker, &*latencies.pairs[0].name),
            ("web-ui", "py-7")
        );
        assert!((12_000..12_400).contains(&timeline.latency(0.5).unwrap()));
    });
}

#[test]
fn who_never_answers_is_unanswered_after_the_limit() {
    let mut talk = Talk::with(|limits| limits.timeline_unanswered = Duration::from_millis(100));
    let asked = talk.asks("c", "q");
    assert_eq!(talk.wait(100).view(asked).state, State::Open);
    let view = talk.wait(1).view(asked);
    assert_eq!(
        (view.state, view.waiting_us),
        (State::Unanswered, Some(view.first_us))
    );
}

#[test]
fn an_answer_after_the_limit_is_late_and_counts_as_an_answer() {
    let mut talk = Talk::with(|limits| limits.timeline_unanswered = Duration::from_millis(100));
    talk.asks("c", "q");
    let late = talk.wait(101).answers("c", "a", "q");
    let view = talk.view(late);
    assert_eq!(
        (view.state, view.waiting_us, view.latency_us),
        (State::Late, None, Some(101_000))
    );
    assert!(view.messages[1].marks.has(Mark::Late));
}

#[test]
fn a_second_answer_is_no_duplicate_and_a_duplicate_no_second_answer() {
    let mut talk = Talk::new();
    talk.asks("c", "q");
    talk.answers_with("c", "a", "q", "one");
    let twice = talk.answers_with("c", "b", "q", "two");
    let view = talk.view(twice);
    assert_eq!(view.state, State::AnsweredTwice);
    assert_eq!(
        view.messages[2].marks.iter().collect::<Vec<_>>(),
        [Mark::SecondAnswer]
    );

    talk.asks("d", "q2");
    talk.answers_with("d", "a2", "q2", "one");
    let again = talk.answers_with("d", "a2", "q2", "one");
    let view = talk.view(again);
    assert_eq!((view.state, view.messages[0].replies), (State::Duplicate, 1));
    assert_eq!(
        view.messages[2].marks.iter().collect::<Vec<_>>(),
        [Mark::Duplicate]
    );

    let reused = talk.answers_with("d", "a2", "q2", "other");
    let marks = talk.view(reused).messages[3].marks;
    assert_eq!(
        marks.iter().collect::<Vec<_>>(),
        [Mark::IdReused, Mark::SecondAnswer]
    );
}

/// Who answers on the envelope's subject and on the NATS inbox says one thing twice, which is no fault.
#[test]
fn the_same_answer_on_another_subject_is_a_copy() {
    let mut talk = Talk::new();
    let fields = [("msg_id", "q"), ("sender_name", "web-ui"), ("reply_to", "/resp")];
    talk.arrives("/cmd", Some("_INBOX.1"), letter(&fields, "?").as_bytes());
    talk.answers("c", "a", "q");
    let fields = [
        ("msg_id", "a"),
        ("sender_name", "py-7"),
        ("reply_to_msg_id", "q"),
        ("timestamp", "later"),
    ];
    let copy = talk.arrives("_INBOX.1", None, letter(&fields, "ok").as_bytes());
    let view = talk.view(copy);
    assert_eq!((view.state, view.messages.len()), (State::Answered, 3));
    assert!(view.messages[2].marks.has(Mark::Copy));
}

#[test]
fn a_reply_to_what_nobody_asked_is_told() {
    let mut talk = Talk::new();
    let stray = talk.answers("c", "a", "nobody-asked-this");
    let view = talk.view(stray);
    assert_eq!(
        (view.state, view.messages[0].part),
        (State::UnknownRequest, Part::Reply)
    );
    // In the conversation of an open request it leaves that one open.
    talk.asks("d", "q");
    let stray = talk.answers("d", "b", "nor-this");
    let view = talk.view(stray);
    assert_eq!((view.state, view.messages[0].replies), (State::UnknownRequest, 0));
    assert!(view.waiting_us.is_some());
}

#[test]
fn a_reply_that_overtook_its_request_finds_it() {
    let mut talk = Talk::new();
    let reply = talk.answers("c", "a", "q");
    assert_eq!(talk.view(reply).state, State::UnknownRequest);
    let asked = talk.wait(3).asks("c", "q");
    let view = talk.view(asked);
    assert_eq!((view.state, view.latency_us), (State::Answered, None));
    assert_eq!(view.messages[0].answers, Some(1));
    assert!(view.messages[0].marks.has(Mark::BeforeRequest));
}

#[test]
fn a_no_is_told() {
    let mut talk = Talk::new();
    talk.asks("c", "q");
    let fields = [("msg_purpose", "NACK"), ("msg_id", "a"), ("reply_to_msg_id", "q")];
    let no = talk.says("/resp", &fields);
    assert_eq!(talk.view(no).state, State::Nack);
}

#[test]
fn one_way_talk_waits_for_nothing() {
    let mut talk = Talk::new();
    talk.says("/chat", &[("msg_id", "1"), ("sender_name", "a")]);
    let last = talk
        .wait(60_000)
        .says("/chat", &[("msg_id", "2"), ("sender_name", "b")]);
    let view = talk.wait(60_000).view(last);
    assert_eq!((view.state, view.messages.len()), (State::OneWay, 2));
}

/// Many peers fill in `reply_to` by habit: their answers wait for nothing, unless they are answered.
#[test]
fn an_answer_that_names_a_reply_subject_is_not_unanswered() {
    let mut talk = Talk::new();
    talk.asks("c", "q");
    let fields = [
        ("msg_id", "a"),
        ("sender_name", "py-7"),
        ("reply_to_msg_id", "q"),
        ("reply_to", "/cmd"),
    ];
    let answer = talk.says("/resp", &fields);
    assert_eq!(talk.wait(60_000).view(answer).state, State::Answered);
    let more = [
        ("msg_id", "b"),
        ("sender_name", "web-ui"),
        ("reply_to_msg_id", "a"),
    ];
    let more = talk.says("/cmd", &more);
    assert_eq!(talk.view(more).messages[1].replies, 1);
}

#[test]
fn plain_messages_are_joined_by_their_inbox() {
    let mut talk = Talk::new();
    assert_eq!(
        {
            let lone = talk.arrives("plain", None, b"hi");
            talk.of(lone)
        },
        None
    );
    let asked = talk.arrives("svc.time", Some("_INBOX.x.1"), b"?");
    let answered = talk.wait(5).arrives("_INBOX.x.1", None, b"noon");
    let view = talk.view(answered);
    assert_eq!((talk.of(asked), view.state), (Some(view.id), State::Answered));
    assert_eq!(view.latency_us, Some(5_000));
    // Nobody has a name: the answerer is called by what was asked.
    assert_eq!(
        view.lanes.iter().map(|lane| &**lane).collect::<Vec<_>>(),
        ["", "svc.time"]
    );
}

#[test]
fn an_answer_that_names_nothing_is_joined_by_the_reply_subject() {
    let mut talk = Talk::new();
    let first = talk.asks("c", "q1");
    let second = talk.asks("d", "q2");
    let fields = [("correlation_id", ""), ("msg_id", "a"), ("sender_name", "py-7")];
    let answer = talk.says("/resp", &fields);
    assert_eq!(talk.of(answer), talk.of(first), "the request that waits longest");
    assert!(talk.view(answer).messages[1].marks.has(Mark::BySubject));
    let fields = [
        ("correlation_id", "fresh"),
        ("msg_id", "b"),
        ("sender_name", "py-7"),
    ];
    let answer = talk.says("/resp", &fields);
    assert_eq!(talk.of(answer), talk.of(second));
    // From now on its correlation id leads there too.
    let follow_up = talk.says("/elsewhere", &[("correlation_id", "fresh"), ("msg_id", "e")]);
    assert_eq!(talk.of(follow_up), talk.of(second));
    // Nobody waits any more: what is said there is a conversation of its own.
    let other = talk.says(
        "/resp",
        &[
            ("correlation_id", "own"),
            ("msg_id", "x"),
            ("sender_name", "py-7"),
        ],
    );
    assert!(talk.of(other) != talk.of(first) && talk.of(other) != talk.of(second));
}

#[test]
fn what_a_stream_delivers_is_no_duplicate_and_its_acknowledgement_no_answer() {
    let mut talk = Talk::new();
    let said = talk.says("/chat", &[("msg_id", "1")]);
    let text = letter(&[("msg_id", "1")], "hello");
    let delivered = talk.arrives("/chat", Some("$JS.ACK.S.C.1.1.1.0.0"), text.as_bytes());
    assert_eq!(talk.of(delivered), talk.of(said));
    assert_eq!(
        (talk.view(said).state, talk.view(said).messages.len()),
        (State::OneWay, 1)
    );
    // Loaded again from the stream's history, it is older than what came meanwhile.
    talk.wait(1000).says("/chat", &[("msg_id", "2")]);
    talk.wait(-900).arrives("/chat", None, text.as_bytes());
    assert_eq!(talk.view(said).state, State::OneWay);
    let next = talk.arrives("$JS.API.CONSUMER.MSG.NEXT.S.C", Some("_INBOX.n"), b"{}");
    assert_eq!(talk.of(next), None);
}

#[test]
fn what_only_the_asker_knows_is_told_by_it() {
    let ends = [
        (RequestOutcome::NoResponders, State::NoResponders),
        (RequestOutcome::TimedOut, State::TimedOut),
        (RequestOutcome::Cancelled, State::Cancelled),
        (RequestOutcome::ConnectionLost, State::ConnectionLost),
        (RequestOutcome::Replied, State::Answered),
    ];
    for (outcome, state) in ends {
        let mut talk = Talk::new();
        let asked = talk.asks("c", "q");
        talk.store.timeline(|timeline| timeline.ended("q", outcome));
        assert_eq!(talk.wait(60_000).view(asked).state, state, "{outcome:?}");
        // The same, told before the message came in.
        talk.store.timeline(|timeline| timeline.ended("early", outcome));
        let asked = talk.asks("d", "early");
        assert_eq!(talk.wait(60_000).view(asked).state, state, "{outcome:?} early");
    }
    // An answer after all says more than that nobody waited for it.
    let mut talk = Talk::new();
    talk.asks("c", "q");
    talk.store
        .timeline(|timeline| timeline.ended("q", RequestOutcome::TimedOut));
    let late = talk.answers("c", "a", "q");
    assert_eq!(talk.view(late).state, State::Late);
}

/// Whoever pings all services wants more than one answer.
#[test]
fn what_is_asked_of_many_is_not_answered_twice() {
    let mut talk = Talk::new();
    talk.arrives("$SRV.PING", Some("_INBOX.s"), b"");
    talk.arrives("_INBOX.s", None, b"one");
    let second = talk.arrives("_INBOX.s", None, b"two");
    let view = talk.view(second);
    assert_eq!((view.state, view.messages[0].replies), (State::Answered, 2));
}

/// Found by reading: what was told under no id went to the first message without a correlation id.
#[test]
fn what_is_told_under_no_id_belongs_to_nobody() {
    let mut talk = Talk::new();
    let span = LinkTransfer {
        direction: Direction::Upload,
        from_us: 1,
        to_us: 2,
        bytes: 3,
    };
    let long = "x".repeat(500);
    talk.store.timeline(|timeline| {
        timeline.transfer("", span);
        timeline.transfer(&long, span);
        timeline.ended("", RequestOutcome::TimedOut);
    });
    let said = talk.says("/chat", &[("correlation_id", ""), ("msg_id", "1")]);
    assert_eq!(
        (talk.view(said).transfers.len(), talk.view(said).state),
        (0, State::OneWay)
    );
    let said = talk.says("/chat", &[("correlation_id", &long), ("msg_id", "2")]);
    assert_eq!(talk.view(said).transfers, [span]);
}

#[test]
fn link_transfers_stand_in_their_conversation() {
    let mut talk = Talk::new();
    let span = |direction, from_us| LinkTransfer {
        direction,
        from_us,
        to_us: from_us + 5,
        bytes: 9,
    };
    // The upload ends before the message that needs it goes out.
    talk.store
        .timeline(|timeline| timeline.transfer("q", span(Direction::Upload, 1)));
    let asked = talk.asks("c", "q");
    talk.store
        .timeline(|timeline| timeline.transfer("c", span(Direction::Download, 7)));
    let transfers = talk.view(asked).transfers;
    assert_eq!(
        transfers,
        [span(Direction::Upload, 1), span(Direction::Download, 7)]
    );
}

#[test]
fn the_oldest_messages_of_a_long_conversation_are_counted() {
    let mut talk = Talk::with(|limits| limits.timeline_messages = 3);
    let mut last = 0;
    for number in 0..10 {
        last = talk.says("/chat", &[("msg_id", &number.to_string())]);
    }
    let view = talk.view(last);
    assert_eq!((view.messages.len(), view.earlier), (3, 7));
    // Their ids lead nowhere any more.
    let reply = talk.answers("c", "r", "2");
    assert!(talk.view(reply).messages[2].marks.has(Mark::UnknownRequest));
}

#[test]
fn what_rests_too_long_is_let_go_and_counted() {
    let mut talk = Talk::with(|limits| limits.timeline_kept = Duration::from_secs(10));
    let old = talk.asks("old", "q");
    talk.says("/chat", &[("correlation_id", "single"), ("msg_id", "s")]);
    talk.wait(9_000)
        .says("/chat", &[("correlation_id", "kept"), ("msg_id", "1")]);
    talk.says("/chat", &[("correlation_id", "kept"), ("msg_id", "2")]);
    let now_us = talk.wait(1_001).now_us;
    let counts = talk.store.timeline(|timeline| {
        timeline.tell_time(now_us);
        timeline.counts()
    });
    assert_eq!((counts.conversations, counts.singles), (1, 0));
    assert_eq!((counts.expired, counts.singles_gone, counts.messages), (1, 1, 2));
    let answer = talk.answers("old", "a", "q");
    assert_ne!(talk.of(answer), talk.of(old));
    assert_eq!(talk.view(answer).state, State::UnknownRequest);
}

#[test]
fn room_is_made_by_what_is_least_dear() {
    let mut talk = Talk::with(|limits| {
        limits.timeline_conversations = 2;
        limits.timeline_singles = 2;
    });
    let open = talk.asks("open", "q");
    for number in 0..5 {
        let name = number.to_string();
        talk.asks(&name, &format!("q{name}"));
        talk.answers(&name, &format!("a{name}"), &format!("q{name}"));
        talk.says(
            "/chat",
            &[
                ("correlation_id", &format!("s{name}")),
                ("msg_id", &format!("m{name}")),
            ],
        );
    }
    let kept: Vec<String> = talk.all().iter().map(|view| view.key.to_string()).collect();
    assert_eq!(kept, ["open", "s3", "4", "s4"]);
    assert_eq!(talk.view(open).state, State::Open);
    let counts = talk.store.timeline(|timeline| timeline.counts());
    assert_eq!((counts.evicted, counts.singles_gone), (4, 3));
}

#[test]
fn bytes_are_bounded_whatever_the_ids_look_like() {
    let mut talk = Talk::with(|limits| limits.timeline_bytes = 50_000);
    let long = "x".repeat(5_000);
    for number in 0..500 {
        let id = format!("{long}{number}");
        talk.asks(&id, &id);
    }
    let counts = talk.store.timeline(|timeline| timeline.counts());
    assert!(counts.bytes <= 50_000 && counts.evicted > 400, "{counts:?}");
    // Ids too long to be kept are still told apart and found again.
    let answer = talk.answers(&format!("{long}499"), "a", &format!("{long}499"));
    assert_eq!(talk.view(answer).state, State::Answered);
}
