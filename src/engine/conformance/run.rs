//! Runs a probe: one exchange after the other with a peer that echoes.

use super::cases::{Case, cases};
use super::compare::differences;
use super::model::{ProbeDifference, ProbeResult, ProbeVerdict};
use crate::bridge::{
    Bridge, BridgeError, PayloadError, Payloads, ReceiveOptions, RequestOptions, SendOptions,
    TransportChoice, smartreceive,
};
use crate::clock;
use crate::message::StoredMessage;
use crate::timeline::RequestOutcome;
use natsbridge_wire::{Code, Dialect, Envelope, Value, read};
use std::time::Duration;
use tokio::time::sleep;

/// Payloads up to this size go out to warm a peer up.
const WARM: u64 = 4096;
/// The pause before a peer that is not there yet is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// A probe of the peer on a subject.
///
/// ```no_run
/// # async fn example(bridge: natsbridge_engine::Bridge) -> Result<(), natsbridge_engine::BridgeError> {
/// use natsbridge_engine::{Probe, ProbeVerdict, ReceiveOptions, SendOptions};
/// use natsbridge_wire::Dialect;
/// use std::time::Duration;
/// let probe = Probe::new("/peer/echo", SendOptions::default(), ReceiveOptions::default(), Duration::from_secs(5))?;
/// for exchange in probe.exchanges(&[Dialect::V0_5], false) {
///     let result = probe.conduct(&bridge, exchange).await?;
///     println!("{} {:?}", result.case, result.verdict == ProbeVerdict::Same);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Probe {
    subject: String,
    cases: Vec<Case>,
    send: SendOptions,
    receive: ReceiveOptions,
    timeout: Duration,
}

/// One exchange to run.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    case: usize,
    dialect: Dialect,
    link: bool,
}

impl Probe {
    /// A probe that waits so long for each answer. The threshold of `send` is where sizes are tried.
    ///
    /// # Errors
    ///
    /// If a table cannot be made.
    pub fn new(
        subject: &str,
        send: SendOptions,
        receive: ReceiveOptions,
        timeout: Duration,
    ) -> Result<Self, BridgeError> {
        let made = cases(send.size_threshold).map_err(|source| PayloadError::Table {
            dataname: "data".to_owned(),
            source,
        });
        Ok(Self {
            subject: subject.to_owned(),
            cases: made?,
            send,
            receive,
            timeout,
        })
    }

    /// Every exchange in these dialects: direct where the size allows it, and by link if there is a file server.
    pub fn exchanges(&self, dialects: &[Dialect], links: bool) -> Vec<Exchange> {
        let transports: &[bool] = if links { &[false, true] } else { &[false] };
        let mut exchanges = Vec::new();
        for case in 0..self.cases.len() {
            let largest = self.cases[case]
                .payloads
                .iter()
                .map(|payload| payload.body.len())
                .max();
            let over = largest >= Some(self.send.size_threshold as u64);
            for dialect in dialects {
                let fits = transports.iter().filter(|link| **link || !over);
                exchanges.extend(fits.map(|link| Exchange {
                    case,
                    dialect: *dialect,
                    link: *link,
                }));
            }
        }
        exchanges
    }

    /// Waits for a first answer, whatever it says: a peer may still be starting, and its first table may cost it seconds
    /// of compiling. How long that took; `None` if nothing answered within that time.
    ///
    /// # Errors
    ///
    /// If it cannot be sent.
    pub async fn warm_up(
        &self,
        bridge: &Bridge,
        dialect: Dialect,
        within: Duration,
    ) -> Result<Option<Duration>, BridgeError> {
        let payloads = self.cases.iter().flat_map(|case| case.payloads.iter().take(1));
        let payloads: Payloads = payloads
            .filter(|payload| payload.body.len() <= WARM)
            .cloned()
            .collect();
        let options = SendOptions {
            dialect,
            transport: TransportChoice::Direct,
            ..self.send.clone()
        };
        let start = clock::instant();
        while let Some(timeout) = within.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
            let wait = RequestOptions {
                timeout,
                ..RequestOptions::default()
            };
            let (_, mut request) = bridge.request(&self.subject, &payloads, &options, wait).await?;
            if request.next().await.is_some() {
                return Ok(Some(start.elapsed()));
            }
            if request.outcome() == RequestOutcome::NoResponders {
                sleep(PAUSE.min(timeout)).await;
            }
        }
        Ok(None)
    }

    /// Conducts one exchange. What the peer does wrong is in the result.
    ///
    /// # Errors
    ///
    /// If it cannot be sent.
    pub async fn conduct(&self, bridge: &Bridge, exchange: Exchange) -> Result<ProbeResult, BridgeError> {
        let case = &self.cases[exchange.case];
        let options = SendOptions {
            dialect: exchange.dialect,
            transport: if exchange.link {
                TransportChoice::Link
            } else {
                TransportChoice::Direct
            },
            correlation_id: None,
            ..self.send.clone()
        };
        let wait = RequestOptions {
            timeout: self.timeout,
            ..RequestOptions::default()
        };
        let (sent, mut request) = bridge
            .request(&self.subject, &case.payloads, &options, wait)
            .await?;
        let (verdict, differences) = match request.next().await {
            None => {
                let message = format!("no answer within {:?}", self.timeout);
                (
                    ProbeVerdict::Silent,
                    vec![ProbeDifference::new("no-answer", "", message)],
                )
            }
            Some(reply) => {
                self.judged(case, (exchange.dialect, &sent.envelope), &reply)
                    .await
            }
        };
        Ok(ProbeResult {
            case: case.name,
            dialect: exchange.dialect,
            link: exchange.link,
            verdict,
            differences,
        })
    }

    async fn judged(
        &self,
        case: &Case,
        (dialect, asked): (Dialect, &Envelope<'_>),
        reply: &StoredMessage,
    ) -> (ProbeVerdict, Vec<ProbeDifference>) {
        let reading = read(&reply.payload);
        let Some((spoken, answer)) = &reading.envelope else {
            let why = reading.findings.first();
            let message = why.map_or("", |finding| &finding.message);
            let code = why.map_or("not-an-envelope", |finding| finding.code.name());
            return (
                ProbeVerdict::Differs,
                vec![ProbeDifference::new(code, "", message)],
            );
        };
        let came = match smartreceive(&reply.payload, &self.receive).await {
            Ok(received) => received,
            Err(error) => {
                let unreadable = ProbeDifference::new("unreadable", "", error.to_string());
                return (ProbeVerdict::Differs, vec![unreadable]);
            }
        };
        if answer.msg_purpose == "NACK" {
            let message = match came.payloads.first().map(|payload| &payload.data) {
                Some(Value::Text(text)) => text.to_string(),
                _ => "no reason given".to_owned(),
            };
            return (
                ProbeVerdict::Refused,
                vec![ProbeDifference::new("nack", "", message)],
            );
        }
        let mut found = differences(asked, &case.payloads, answer, &came);
        found.extend(other_keys(dialect, *spoken));
        let verdict = if found.is_empty() {
            ProbeVerdict::Same
        } else {
            ProbeVerdict::Differs
        };
        (verdict, found)
    }
}

/// Replies mirror the keys of the request; a peer that reads both may be answered in either.
fn other_keys(asked: Dialect, spoken: Dialect) -> Option<ProbeDifference> {
    let camel = |dialect| matches!(dialect, Dialect::V0_0 | Dialect::V0_4);
    let both = [asked, spoken].contains(&Dialect::Universal);
    (!both && camel(asked) != camel(spoken)).then(|| {
        let message = format!(
            "sent in {}, answered with the keys of {}",
            asked.name(),
            spoken.name()
        );
        ProbeDifference::new(Code::ForeignKeys.name(), "", message)
    })
}
