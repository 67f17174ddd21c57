//! The workbench's session at work in a cluster: it receives, lists, loads and follows streams, sends, asks and answers. What
//! happens to the cluster meanwhile is the test's.

use crate::support::cluster_stand::{BACK, Cluster};
use crate::support::outbox_stand::{job, request};
use crate::support::session_stand::start;
use crate::support::waits::until;
use futures_util::StreamExt;
use natsbridge_engine::{
    Answer, Command, Event, HistoryRequest, OutboxCommand, Responder, ResponderId, SendId, SendJob,
    SendProgress, SendStage, Session, Start, StreamCommand, StreamsView,
};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// A session with the last that it told.
pub struct Watch {
    session: Session,
    streams: StreamsView,
    jobs: BTreeMap<SendId, SendProgress>,
    notices: Vec<String>,
    listening: bool,
    jobs_given: u64,
    /// The texts that the cluster has acknowledged, and how many messages of Compose.
    stored: Vec<String>,
    composed: usize,
}

impl Watch {
    /// A session that follows the stream `S` and answers on `ask`; somebody else answers on `service`.
    pub async fn start(cluster: &Cluster) -> Self {
        let client = cluster.context.client();
        let mut asked = client.subscribe("service").await.unwrap();
        tokio::spawn(async move {
            while let Some(message) = asked.next().await {
                if let Some(reply) = message.reply {
                    client.publish(reply, "!".into()).await.ok();
                }
            }
        });
        let mut watch = Self {
            session: start(&cluster.urls(), &["live.>"]),
            streams: StreamsView::default(),
            jobs: BTreeMap::new(),
            notices: Vec::new(),
            listening: false,
            jobs_given: 0,
            stored: Vec::new(),
            composed: 0,
        };
        watch
            .give(Command::Streams(StreamCommand::Follow(part(None))))
            .await;
        let responder = Responder {
            id: ResponderId(1),
            subject: "ask".into(),
            answer: Answer::Echo,
            delay: Duration::ZERO,
            count: None,
        };
        watch
            .give(Command::Outbox(OutboxCommand::Arm(Box::new(responder))))
            .await;
        watch.until("the responder", |watch| watch.listening).await;
        watch
    }

    /// Asks for the streams, which may just not be there: nobody asks again.
    pub async fn list(&mut self) {
        self.streams = StreamsView::default();
        self.give(Command::Streams(StreamCommand::List)).await;
    }

    async fn give(&self, command: Command) {
        self.session.commands.send(command).await.unwrap();
    }

    /// Heeds what the session tells until that is as we wait for.
    async fn until(&mut self, what: &str, check: impl Fn(&Self) -> bool) {
        let session = &mut *self;
        until(what, async || {
            let event = timeout(Duration::from_millis(20), session.session.events.recv()).await;
            match event.map(|event| event.expect("the session goes on")) {
                Ok(Event::Streams(view)) => session.streams = view,
                Ok(Event::Job(report)) => drop(session.jobs.insert(report.id, report)),
                Ok(Event::Notice(_, text)) => session.notices.push(text),
                Ok(Event::Responders(views)) => session.listening = views.iter().any(|view| view.listening),
                _ => {}
            }
            check(session)
        })
        .await;
    }

    /// Sends and waits for the last word on it.
    async fn send(&mut self, job: impl FnOnce(u64) -> SendJob) -> SendStage {
        self.jobs_given += 1;
        let id = self.jobs_given;
        let job = SendJob {
            queue: true,
            ..job(id)
        };
        self.give(Command::Outbox(OutboxCommand::Send(Box::new(job))))
            .await;
        let over = |jobs: &Self| jobs.jobs.get(&SendId(id)).is_some_and(|report| report.over);
        self.until("the end of a sending", over).await;
        self.jobs[&SendId(id)].stage.clone()
    }

    fn count(&self, subject: &str) -> usize {
        let range = self.session.store.range();
        let stored = range.filter_map(|seq| self.session.store.message(seq));
        stored.filter(|message| &*message.subject == subject).count()
    }

    /// The texts of the stream that was followed.
    fn followed(&self) -> Vec<String> {
        let range = self.session.store.range();
        let stored = range.filter_map(|seq| self.session.store.message(seq));
        let followed = stored.filter(|message| &*message.subject == "s.x");
        followed
            .map(|message| String::from_utf8_lossy(&message.payload).into_owned())
            .collect()
    }

    /// All that a session does works again, in time.
    pub async fn works(&mut self, cluster: &Cluster, after: &str, back: Instant) {
        let client = cluster.context.client();
        let before = (self.count("live.sent"), self.stored.len());
        for number in 0..5 {
            let text = format!("{after} {number}");
            cluster.store("s.x", &text).await;
            self.stored.push(text);
        }
        let listed = |watch: &Self| watch.streams.trouble.is_none() && !watch.streams.streams.is_empty();
        self.until("the streams", listed).await;
        // The subscription and the sending, over connections of their own.
        while self.count("live.sent") == before.0 {
            let stage = self.send(|id| job(id, "live.sent", after)).await;
            assert!(
                matches!(stage, SendStage::Flushed | SendStage::Written),
                "{after}: {stage:?}"
            );
        }
        let jetstream = |id| {
            let mut job = job(id, "s.composed", after);
            job.composition.jetstream = true;
            job
        };
        let stage = self.send(jetstream).await;
        assert!(matches!(stage, SendStage::Acknowledged(_)), "{after}: {stage:?}");
        self.composed += 1;
        let stage = self.send(|id| request(id, "service", 1, BACK)).await;
        assert!(matches!(stage, SendStage::Answered { .. }), "{after}: {stage:?}");
        until("the armed answer", async || {
            let asked = client.request("ask", "?".into()).await;
            asked.is_ok_and(|answer| answer.payload == "?")
        })
        .await;
        self.notices.clear();
        self.give(Command::Streams(StreamCommand::Load(part(Some("s.x")))))
            .await;
        let loaded = |watch: &Self| {
            watch
                .notices
                .iter()
                .any(|text| text.starts_with("S: ") && text.contains("loaded"))
        };
        self.until("the history", loaded).await;
        assert!(
            !self.notices.iter().any(|text| text.contains("stopped")),
            "{:?}",
            self.notices
        );
        self.until("what was stored", |watch| {
            watch.followed().len() >= watch.stored.len()
        })
        .await;
        assert_eq!(self.followed(), self.stored, "{after}");
        let took = back.elapsed();
        assert!(took < BACK, "after {after} the workbench took {took:?}");
    }

    /// How many messages of the test the cluster has acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.stored.len() + self.composed
    }
}

/// The stream from its first message on.
fn part(subject: Option<&str>) -> HistoryRequest {
    HistoryRequest {
        stream: "S".into(),
        start: Start::First,
        subject: subject.map(str::to_owned),
        most: None,
    }
}
