//! Who is served: places by kind of request, equal shares for addresses, and who makes room where there are not enough.
//! Counts and decides; what is said to a client is said elsewhere.

use super::answer::Refusal;
use super::pace::Pace;
use super::raw_head::RawHead;
use natsbridge_engine::clock;
use natsbridge_wire::Limits;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::time::timeout_at;

/// The two kinds of requests. Each has half of the places, so that neither keeps the other out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Bytes go to the client.
    Download,
    /// Bytes come from the client.
    Upload,
}

/// What a connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// It is to send the head of a request.
    Head,
    /// Its request waits for a place.
    Waits(Kind),
    /// Its request has a place.
    Served(Kind),
}

/// A connection. Whoever is taken off the list has to go.
struct Guest {
    id: u64,
    from: IpAddr,
    doing: Doing,
    since: Instant,
    pace: Arc<Pace>,
    _stays: watch::Sender<()>,
}

/// The places of one server.
pub struct Places {
    /// Places of each kind.
    most: usize,
    /// Connections in all.
    guests_at_most: usize,
    /// Bytes of a head.
    head: usize,
    wait: Duration,
    patience: Duration,
    /// Bytes a second under which one makes room for who waits.
    pressed: u64,
    guests: Mutex<Guests>,
    freed: Notify,
}

#[derive(Default)]
struct Guests {
    /// In the order in which they came.
    all: Vec<Guest>,
    came: u64,
}

/// A connection's stay; it ends when this is dropped.
pub struct Visit {
    places: Arc<Places>,
    id: u64,
    /// How fast the client is.
    pub pace: Arc<Pace>,
    /// The head that is coming, as it stands on the wire.
    pub head: RawHead,
    stays: watch::Receiver<()>,
}

/// A place; free again when dropped.
pub struct Place(Arc<Visit>);

impl Places {
    /// As many as the limits say.
    pub fn new(limits: &Limits) -> Arc<Self> {
        let most = (limits.fileserver_connections / 2).max(1);
        Arc::new(Self {
            most,
            guests_at_most: 2 * most + limits.fileserver_waiting,
            head: limits.fileserver_head,
            wait: limits.fileserver_wait,
            patience: limits.fileserver_patience,
            pressed: limits.fileserver_pressed_pace,
            guests: Mutex::default(),
            freed: Notify::new(),
        })
    }

    /// Lets a connection in. Where there are too many, one that is not being served makes room: of the address that has
    /// most of those, the one that has been at it longest.
    pub fn enter(self: &Arc<Self>, from: IpAddr) -> Option<Arc<Visit>> {
        let now = clock::instant();
        let mut guests = self.guests();
        if guests.all.len() >= self.guests_at_most {
            guests.make_room()?;
        }
        guests.came += 1;
        let (id, pace) = (guests.came, Arc::<Pace>::default());
        let (sender, stays) = watch::channel(());
        guests.all.push(Guest {
            id,
            from: neighbourhood(from),
            doing: Doing::Head,
            since: now,
            pace: Arc::clone(&pace),
            _stays: sender,
        });
        drop(guests);
        Some(Arc::new(Visit {
            places: Arc::clone(self),
            id,
            pace,
            head: RawHead::new(self.head),
            stays,
        }))
    }

    /// Sends the slowest away for that guest where all places are taken: of those who are slower than under pressure is
    /// allowed, or whose address has at least two more than the guest's. Whether there was one.
    fn press(&self, id: u64, kind: Kind, now: Instant) -> bool {
        let mut guests = self.guests();
        let served = guests.of_addresses(|doing| doing == Doing::Served(kind));
        let own = guests.all.iter().find(|guest| guest.id == id);
        let Some(own) = own.map(|guest| served[&guest.from]) else {
            return false;
        };
        if served.values().sum::<usize>() < self.most {
            return false;
        }
        let slow = guests.all.iter().enumerate().filter(|(_, guest)| {
            guest.doing == Doing::Served(kind)
                && now.saturating_duration_since(guest.since) >= self.patience
                && (served[&guest.from] >= own + 2 || guest.pace.rate(now) < self.pressed)
        });
        let slowest = slow.min_by_key(|(_, guest)| (guest.pace.rate(now), guest.since));
        let slowest = slowest.map(|(at, _)| at);
        slowest.map(|at| guests.all.remove(at)).is_some()
    }

    fn guests(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    /// Waits for a place, in turn; who waits for long sends the slowest away.
    pub async fn place(self: &Arc<Self>, kind: Kind) -> Result<Place, Refusal> {
        let places = &self.places;
        places.guests().begin(self.id, Doing::Waits(kind));
        let start = clock::instant();
        let (end, mut press) = (start + places.wait, start + places.patience);
        loop {
            let mut freed = pin!(places.freed.notified());
            freed.as_mut().enable();
            match places.guests().admit(self.id, kind, places.most) {
                Some(true) => return Ok(Place(Arc::clone(self))),
                Some(false) => {}
                None => return Err(made_room()),
            }
            if timeout_at(press.min(end).into(), freed).await.is_ok() {
                continue;
            }
            let now = clock::instant();
            if now >= end {
                places.guests().begin(self.id, Doing::Head);
                return Err(Refusal::later(
                    5,
                    "All connections are in use; please try again in a while.",
                ));
            }
            press = now + places.patience;
            if places.press(self.id, kind, now) {
                places.freed.notify_waiters();
            }
        }
    }

    /// Whether it has to make room.
    pub fn is_over(&self) -> bool {
        self.stays.has_changed().is_err()
    }

    /// Waits until it has to make room.
    pub async fn over(&self) {
        let mut stays = self.stays.clone();
        while stays.changed().await.is_ok() {}
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.places.guests().all.retain(|guest| guest.id != self.id);
        self.places.freed.notify_waiters();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self(visit) = self;
        visit.places.guests().begin(visit.id, Doing::Head);
        visit.places.freed.notify_waiters();
    }
}

impl Guests {
    fn begin(&mut self, id: u64, doing: Doing) {
        if let Some(guest) = self.all.iter_mut().find(|guest| guest.id == id) {
            (guest.doing, guest.since) = (doing, clock::instant());
        }
    }

    /// How many of each address do that.
    fn of_addresses(&self, doing: impl Fn(Doing) -> bool) -> HashMap<IpAddr, usize> {
        let mut counts = HashMap::new();
        for guest in &self.all {
            *counts.entry(guest.from).or_default() += usize::from(doing(guest.doing));
        }
        counts
    }

    /// Gives a place to that guest if one is free and it is its turn: who has fewest goes first, then who came first.
    /// `None` if it had to go.
    fn admit(&mut self, id: u64, kind: Kind, most: usize) -> Option<bool> {
        self.all.iter().find(|guest| guest.id == id)?;
        let served = self.of_addresses(|doing| doing == Doing::Served(kind));
        let waiting = self.all.iter().filter(|guest| guest.doing == Doing::Waits(kind));
        let next = waiting.min_by_key(|guest| (served[&guest.from], guest.id));
        let turn = served.values().sum::<usize>() < most && next.is_some_and(|guest| guest.id == id);
        if turn {
            self.begin(id, Doing::Served(kind));
        }
        Some(turn)
    }

    fn make_room(&mut self) -> Option<()> {
        let unserved = |doing| !matches!(doing, Doing::Served(_));
        let counts = self.of_addresses(unserved);
        let mut candidates: Vec<_> = self.all.iter().enumerate().collect();
        candidates.retain(|(_, guest)| unserved(guest.doing));
        let longest = candidates
            .into_iter()
            .min_by_key(|(_, guest)| (Reverse(counts[&guest.from]), guest.since))?;
        self.all.remove(longest.0);
        Some(())
    }
}

/// What one who makes room is told.
pub fn made_room() -> Refusal {
    Refusal::later(
        5,
        "Others wait, and this was the slowest; please try again in a while.",
    )
}

/// What counts as one address: a household has a whole network of IPv6.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn places(most: usize, waiting: usize) -> Arc<Places> {
        Places::new(&Limits {
            fileserver_connections: 2 * most,
            fileserver_waiting: waiting,
            fileserver_patience: Duration::from_millis(1),
            ..Limits::default()
        })
    }

    fn enter(places: &Arc<Places>, host: u8) -> Arc<Visit> {
        places.enter([10, 0, 0, host].into()).unwrap()
    }

    #[tokio::test]
    async fn neither_kind_keeps_the_other_out() {
        let places = places(2, 10);
        let visits: Vec<_> = (0..5).map(|_| enter(&places, 1)).collect();
        let _up = visits[0].place(Kind::Upload).await.ok().unwrap();
        let other = visits[1].place(Kind::Upload).await.ok().unwrap();
        assert!(visits[2].place(Kind::Upload).now_or_never().is_none());
        let _down = visits[3].place(Kind::Download).await.ok().unwrap();
        drop(other);
        assert!(visits[2].place(Kind::Upload).await.is_ok());
    }

    #[tokio::test]
    async fn an_address_with_fewer_goes_first_and_gets_its_share() {
        let places = places(3, 10);
        let greedy: Vec<_> = (0..5).map(|_| enter(&places, 1)).collect();
        let mut served = Vec::new();
        for visit in &greedy[..3] {
            served.push(visit.place(Kind::Download).await.ok().unwrap());
        }
        let mut earlier = Box::pin(greedy[3].place(Kind::Download));
        assert!(earlier.as_mut().now_or_never().is_none());
        // One of the three that it did not need to be slow for; the one that waited longer has two still.
        let modest = enter(&places, 2);
        let place = modest.place(Kind::Download).await.ok().unwrap();
        assert!(greedy[0].over().now_or_never().is_some());
        assert!(greedy[1].over().now_or_never().is_none());
        drop(place);
        assert!(earlier.await.is_ok());
    }

    #[tokio::test]
    async fn the_slowest_makes_room_and_who_is_fast_does_not() {
        let places = places(2, 10);
        let [slow, fast, third] = [1, 1, 1].map(|host| enter(&places, host));
        let _slow = slow.place(Kind::Upload).await.ok().unwrap();
        let _fast = fast.place(Kind::Upload).await.ok().unwrap();
        let before = clock::instant().checked_sub(Duration::from_secs(3)).unwrap();
        slow.pace.waiting(before);
        fast.pace.waiting(before);
        fast.pace.moved(1 << 20, clock::instant());
        assert!(third.place(Kind::Upload).await.is_ok());
        assert!(slow.over().now_or_never().is_some());
        assert!(fast.over().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_crowd_that_says_nothing_makes_room_for_who_comes() {
        let places = places(1, 2);
        let crowd: Vec<_> = (0..3).map(|_| enter(&places, 1)).collect();
        let quiet = enter(&places, 2);
        let _served = quiet.place(Kind::Download).await.ok().unwrap();
        for late in 0..4 {
            let late = enter(&places, 3 + late);
            assert!(late.place(Kind::Upload).await.is_ok());
        }
        assert!(crowd[0].over().now_or_never().is_some());
        assert!(quiet.over().now_or_never().is_none());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::2:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
