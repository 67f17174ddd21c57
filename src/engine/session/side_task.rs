//! A task beside the session's own: it is given orders one after the other, and it ends in time. What it does is up to
//! whoever starts it.

use crate::connect::ConnectOptions;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Orders that may wait.
const QUEUE: usize = 64;

/// What is asked of a task.
#[derive(Debug)]
pub(super) enum Order<C> {
    /// A command of its kind.
    Do(C),
    /// Goes on with another broker.
    Switch(Box<ConnectOptions>),
}

/// The task, as the session sees it.
#[derive(Debug)]
pub(super) struct SideTask<C> {
    orders: mpsc::Sender<Order<C>>,
    task: JoinHandle<()>,
}

impl<C> SideTask<C> {
    /// Starts it; it gets its orders until it is to end.
    pub(super) fn start<W>(work: impl FnOnce(mpsc::Receiver<Order<C>>) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (orders, orders_in) = mpsc::channel(QUEUE);
        Self {
            orders,
            task: tokio::spawn(work(orders_in)),
        }
    }

    /// Gives it an order; false if too many wait already.
    pub(super) fn give(&self, order: Order<C>) -> bool {
        self.orders.try_send(order).is_ok()
    }

    /// Lets it finish what it was given, at most `within`.
    pub(super) async fn end(self, within: Duration) {
        drop(self.orders);
        let abort = self.task.abort_handle();
        if timeout(within, self.task).await.is_err() {
            abort.abort();
        }
    }
}
