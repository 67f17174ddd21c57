//! The session's sending task: runs sends and responders over its own connection, reports progress, and makes sure
//! that nothing started is lost silently when the session ends.

use super::events::{Event, OutboxCommand};
use super::side_task::{Order, SideTask};
use crate::bridge::SendOptions;
use crate::connect::ConnectOptions;
use crate::jobs::{
    Account, Contents, Line, ProgressReporter, Responder, ResponderId, ResponderList, RunControl,
    SendContext, SendId, SendJob, SendProgress, SendStage, Sending, Standing, TimelineReporter, Waiting,
    answer,
};
use crate::wording::{counted, grouped};
use natsbridge_wire::Severity;
use natsbridge_wire::Severity::{Note, Warning};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// The task, as the session sees it.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) task: SideTask<OutboxCommand>,
    standing: watch::Sender<Standing>,
    /// Reports progress; ends after the task, with its last reports.
    telling: JoinHandle<()>,
}

struct Work {
    shared: SendContext,
    herald: ProgressReporter,
    board: ResponderList,
    events: mpsc::Sender<Event>,
    standing: watch::Receiver<Standing>,
    running: JoinSet<()>,
    jobs: BTreeMap<SendId, Job>,
    armed: BTreeMap<ResponderId, AbortHandle>,
}

/// A sending under way.
struct Job {
    subject: String,
    account: Account,
    control: RunControl,
    task: AbortHandle,
}

impl Outbox {
    /// Starts the task; it connects when it is first given something to send.
    pub(super) fn start(
        options: ConnectOptions,
        sending: SendOptions,
        chronicle: TimelineReporter,
        events: mpsc::Sender<Event>,
    ) -> Self {
        let (standing, stands) = watch::channel(Standing::default());
        let herald = ProgressReporter::default();
        let (end, ended) = oneshot::channel();
        let pause = options.limits.frame_interval;
        let telling = tokio::spawn(tell(herald.clone(), events.clone(), pause, ended));
        let work = Work {
            shared: SendContext {
                base: sending,
                chronicle,
                line: Line::new(options, stands.clone()),
                waiting: Waiting::default(),
            },
            board: ResponderList::new(herald.clone()),
            herald,
            events,
            standing: stands,
            running: JoinSet::new(),
            jobs: BTreeMap::new(),
            armed: BTreeMap::new(),
        };
        Self {
            task: SideTask::start(|orders| async move {
                work.run(orders).await;
                drop(end);
            }),
            standing,
            telling,
        }
    }

    /// Tells it whether the session is connected.
    pub(super) fn stands(&self, stands: bool) {
        self.standing
            .send_if_modified(|standing| std::mem::replace(&mut standing.connected, stands) != stands);
    }

    /// Tells it that the broker takes other messages from now on.
    pub(super) fn takes_others(&self) {
        self.standing.send_modify(|standing| standing.changes += 1);
    }

    /// Ends it: finishes sends in progress and reports what was not sent. At most `within`.
    pub(super) async fn end(self, within: Duration) {
        self.task.end(within).await;
        // Even then the last word on each sending is told before the session's end is.
        timeout(within, self.telling).await.ok();
    }
}

impl Work {
    async fn run(mut self, mut orders: mpsc::Receiver<Order<OutboxCommand>>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Do(command)) => self.obey(command).await,
                    Some(Order::Switch(options)) => self.switch(*options).await,
                    None => break,
                },
                Some(_) = self.running.join_next() => self.close_ended().await,
            }
        }
        self.finish().await;
    }

    async fn close_ended(&mut self) {
        self.jobs.retain(|_, job| {
            let ended = job.task.is_finished();
            if ended {
                // It has reported that itself, unless it panicked.
                let why = "It ended with an internal error; messages that are not confirmed may not have \
                           been sent."
                    .to_owned();
                job.account.fail(why);
            }
            !ended
        });
        let armed = self.armed.iter().filter(|(_, task)| task.is_finished());
        let ended: Vec<_> = armed.map(|(id, _)| *id).collect();
        for id in ended {
            self.answered_all(id).await;
        }
    }

    async fn obey(&mut self, command: OutboxCommand) {
        match command {
            OutboxCommand::Send(job) => self.send(*job),
            OutboxCommand::Cancel(id) => {
                if let Some(job) = self.jobs.get(&id) {
                    job.control.cancel();
                }
            }
            OutboxCommand::Arm(responder) => self.arm(*responder).await,
            OutboxCommand::Disarm(id) => {
                if let Some(task) = self.armed.remove(&id) {
                    task.abort();
                    self.board.remove(id);
                }
            }
        }
    }

    fn send(&mut self, job: SendJob) {
        let account = Account::open(&job, self.herald.clone());
        let most = self.shared.line.options().limits.sendings;
        if self.jobs.contains_key(&job.id) {
            return account.fail("This send is already in progress.".to_owned());
        }
        if self.jobs.len() >= most {
            return account.fail(format!(
                "Nothing was sent: {most} sends are already in progress or waiting. Cancel one, or wait."
            ));
        }
        let control = RunControl::default();
        let (id, subject) = (job.id, job.composition.subject.clone());
        let sending = Sending {
            job,
            shared: self.shared.clone(),
            contents: Contents::default(),
            account: account.clone(),
            control: control.clone(),
        };
        let task = self.running.spawn(sending.run());
        let job = Job {
            subject,
            account,
            control,
            task,
        };
        self.jobs.insert(id, job);
    }

    async fn arm(&mut self, responder: Responder) {
        let most = self.shared.line.options().limits.responders;
        if self.armed.contains_key(&responder.id) || self.board.len() >= most {
            let text = format!(
                "The responder on {} was not armed: {most} are already armed, or this one is.",
                responder.subject
            );
            return self.notice(Warning, text).await;
        }
        self.board.add(&responder);
        let SendContext { line, base, .. } = self.shared.clone();
        let id = responder.id;
        let answering = answer(responder, line, base, self.board.clone());
        self.armed.insert(id, self.running.spawn(answering));
    }

    async fn answered_all(&mut self, id: ResponderId) {
        self.armed.remove(&id);
        if let Some(view) = self.board.remove(id) {
            let text = format!(
                "The responder on {} sent {} and is disarmed.",
                view.subject,
                counted(view.answered, "reply")
            );
            self.notice(Note, text).await;
        }
    }

    /// Switches servers: messages meant for one are not sent to another.
    async fn switch(&mut self, options: ConnectOptions) {
        let disarmed = self.armed.len();
        self.settle().await;
        if disarmed > 0 {
            let text = format!("Switched brokers: {} disarmed.", counted(disarmed, "responder"));
            self.notice(Warning, text).await;
        }
        if let Some(connection) = self.shared.line.open().await {
            tokio::spawn(connection.close());
        }
        self.shared.line = Line::new(options, self.standing.clone());
        self.shared.waiting = Waiting::default();
    }

    /// Lets what is under way go out.
    async fn finish(&mut self) {
        // Told before the connection is closed, which a broker that is silent may draw out beyond the end.
        self.settle().await;
        if let Some(connection) = self.shared.line.open().await
            && connection.up().is_ok()
        {
            connection.drain().await;
        }
    }

    /// Disarms all, ends every send within the flush time, and says what was not sent or not confirmed.
    async fn settle(&mut self) {
        for (id, task) in std::mem::take(&mut self.armed) {
            task.abort();
            self.board.remove(id);
        }
        for job in self.jobs.values() {
            job.control.cancel();
        }
        let flush = self.shared.line.options().limits.flush_time;
        let settled = async { while self.running.join_next().await.is_some() {} };
        if timeout(flush, settled).await.is_err() {
            self.running.shutdown().await;
        }
        for job in std::mem::take(&mut self.jobs).into_values() {
            job.account.note(|report| {
                if report.sent == 0 {
                    report.stage = SendStage::Cancelled;
                }
                report.over = true;
            });
            if let Some(text) = left_behind(&job.subject, &job.account.report()) {
                self.notice(Warning, text).await;
            }
        }
    }

    async fn notice(&self, severity: Severity, text: String) {
        self.events.send(Event::Notice(severity, text)).await.ok();
    }
}

/// What part of a send was not sent, or may not have reached the broker.
fn left_behind(subject: &str, report: &SendProgress) -> Option<String> {
    let (of, sent) = (grouped(report.of), grouped(report.sent));
    let unsent = report.of - report.sent.min(report.of);
    let unknown = report.sent - report.confirmed.min(report.sent);
    let unsent = match (unsent, report.sent) {
        (0, _) => None,
        (_, 0) if report.of == 1 => Some(format!("The message to {subject} was not sent.")),
        (_, 0) => Some(format!("None of the {of} messages to {subject} were sent.")),
        (_, _) => Some(format!("Only {sent} of {of} messages to {subject} were sent.")),
    };
    let unknown = match unknown {
        0 => None,
        1 => Some(format!(
            "The broker did not confirm a message to {subject}; it may be lost."
        )),
        many => Some(format!(
            "The broker did not confirm {} messages to {subject}; they may be lost.",
            grouped(many)
        )),
    };
    let left: Vec<_> = unsent.into_iter().chain(unknown).collect();
    (!left.is_empty()).then(|| left.join(" "))
}

/// Forwards reports, at most once per screen frame.
async fn tell(
    herald: ProgressReporter,
    events: mpsc::Sender<Event>,
    pause: Duration,
    mut ended: oneshot::Receiver<()>,
) {
    let mut over = false;
    while !over {
        tokio::select! {
            () = herald.woken() => {}
            _ = &mut ended => over = true,
        }
        let news = herald.take();
        let jobs = news.jobs.into_values().map(Event::Job);
        for event in jobs.chain(news.responders.map(Event::Responders)) {
            events.send(event).await.ok();
        }
        if !over {
            sleep(pause).await;
        }
    }
}
