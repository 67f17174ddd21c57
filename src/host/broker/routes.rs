//! Who is connected and who gets what: the state shared by all sessions of one broker.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::client::{Client, Subscription};
use super::cut_off::CutOffReason;
use super::outbox::Backlog;
use super::subjects::{Interest, Matched, is_literal};
use natsbridge_wire::Limits;

/// Subjects a session remembers the route of.
const CACHED: usize = 4096;

/// The subscriptions of all clients.
#[derive(Debug, Default)]
pub struct Routes {
    interest: RwLock<Interest<Arc<Subscription>>>,
    /// Changes with the subscriptions, so that sessions know when their cache is stale.
    generation: AtomicU64,
    clients: Mutex<HashMap<u64, Arc<Client>>>,
    /// What waits for all of them.
    pub backlog: Arc<Backlog>,
}

impl Routes {
    /// Those of a broker without clients.
    pub fn new(limits: Limits) -> Self {
        Self {
            backlog: Arc::new(Backlog::new(limits)),
            ..Self::default()
        }
    }

    /// The limits of the broker.
    pub fn limits(&self) -> &Limits {
        &self.backlog.limits
    }

    /// Clients connected now.
    pub fn clients(&self) -> usize {
        self.connected().len()
    }

    /// A client more.
    pub fn join(&self, client: &Arc<Client>) {
        self.connected().insert(client.id, Arc::clone(client));
    }

    /// Cuts off those for whom most waits, until what waits for all is no longer too much.
    pub fn relieve(&self) {
        while self.backlog.is_over() {
            let clients = self.connected();
            let open = clients.values().filter(|client| client.cut_off().is_none());
            let Some(slowest) = open.max_by_key(|client| client.waiting()).map(Arc::clone) else {
                return;
            };
            drop(clients);
            slowest.cut(CutOffReason::SlowestOfMany);
        }
    }

    fn connected(&self) -> MutexGuard<'_, HashMap<u64, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets a client and everything it subscribed to.
    pub fn leave(&self, client: &Client) {
        let subscriptions = std::mem::take(&mut *client.subscriptions());
        self.change(|interest| {
            for subscription in subscriptions.values() {
                interest.remove(&subscription.pattern, subscription.queue.as_deref(), subscription);
            }
        });
        self.connected().remove(&client.id);
    }

    /// Adds a subscription; one whose identifier the client already uses is ignored.
    pub fn subscribe(&self, subscription: Subscription) {
        let subscription = Arc::new(subscription);
        let mut own = subscription.client.subscriptions();
        if own.contains_key(&subscription.sid) {
            return;
        }
        own.insert(subscription.sid.clone(), Arc::clone(&subscription));
        drop(own);
        self.change(|interest| {
            interest.insert(
                &subscription.pattern,
                subscription.queue.as_deref(),
                Arc::clone(&subscription),
            );
        });
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, subscription: &Arc<Subscription>) {
        subscription.client.subscriptions().remove(&subscription.sid);
        self.change(|interest| {
            interest.remove(&subscription.pattern, subscription.queue.as_deref(), subscription);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Interest<Arc<Subscription>>)) {
        change(&mut self.interest.write().unwrap_or_else(PoisonError::into_inner));
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    fn matching(&self, subject: &[u8]) -> Matched<Arc<Subscription>> {
        self.interest
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .matching(subject)
    }
}

/// The subscriptions that a subject reaches.
pub type Route = Arc<Matched<Arc<Subscription>>>;

/// One session's cache of the routes of subjects.
#[derive(Debug)]
pub struct Router {
    routes: Arc<Routes>,
    generation: u64,
    known: HashMap<Box<[u8]>, Route>,
}

impl Router {
    /// A memory that is still empty.
    pub fn new(routes: Arc<Routes>) -> Self {
        Self {
            routes,
            generation: 0,
            known: HashMap::new(),
        }
    }

    /// The route of a subject, remembered if that is still right; `None` if nothing may be published there.
    pub fn route(&mut self, subject: &[u8]) -> Option<Route> {
        let generation = self.routes.generation.load(Ordering::SeqCst);
        if generation != self.generation {
            self.known.clear();
            self.generation = generation;
        }
        if let Some(known) = self.known.get(subject) {
            return Some(Arc::clone(known));
        }
        if !is_literal(subject, self.routes.limits().broker_tokens) {
            return None;
        }
        if self.known.len() >= CACHED {
            self.known.clear();
        }
        let found = Arc::new(self.routes.matching(subject));
        self.known.insert(subject.into(), Arc::clone(&found));
        Some(found)
    }
}
