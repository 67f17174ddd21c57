//! Memory for what bytes turn into: charged by what they claim before anything is allocated, given back when it is dropped.
//! How much there is stands in the limits; whoever decodes asks here.

use super::ledger::{Depth, Ledger, take};
use super::limits::Limits;
use crate::quantity::size_text;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The memory that decoding one message, or one payload by itself, may take, with the limits that hold for it.
#[derive(Debug, Clone)]
pub struct Budget<'l> {
    limits: &'l Limits,
    account: Account,
}

/// The books of a budget, for what is decoded later of the same message.
#[derive(Debug, Clone)]
pub struct Account(Arc<Books>);

#[derive(Debug)]
struct Books {
    ledger: Ledger,
    depth: Depth,
    /// Bytes for this message, and for all together; the names of the limits that say so.
    most: (u64, &'static str),
    in_all: (u64, &'static str),
    held: AtomicU64,
    wanted: AtomicU64,
    refused: AtomicBool,
}

/// Bytes that are charged as long as this lives.
pub struct Charge {
    account: Account,
    bytes: u64,
}

/// There is no memory for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "needs {} of memory, and {} of {} are left; raise {setting} under [limits] in the settings",
    size_text(*needs), size_text(*left), size_text(*most)
)]
pub struct Excess {
    /// Bytes that it needs.
    pub needs: u64,
    /// Bytes that are left.
    pub left: u64,
    /// Bytes that there are in all.
    pub most: u64,
    /// The limit that says so.
    pub setting: &'static str,
}

impl<'l> Budget<'l> {
    /// The memory for one message of which everything is wanted.
    pub fn whole(limits: &'l Limits) -> Self {
        Self::new(limits, Depth::Whole)
    }

    /// The memory for one message.
    pub fn new(limits: &'l Limits, depth: Depth) -> Self {
        let glanced = limits.decode_memory / 4;
        let (most, in_all) = match depth {
            Depth::Glance => ((limits.glance_memory, "glance_memory"), glanced),
            Depth::Whole | Depth::Payload(_) => (
                (limits.message_memory, "message_memory"),
                limits.decode_memory - glanced,
            ),
        };
        Self {
            limits,
            account: Account(Arc::new(Books {
                ledger: limits.ledger.clone(),
                depth,
                most,
                in_all: (in_all, "decode_memory"),
                held: AtomicU64::new(0),
                wanted: AtomicU64::new(0),
                refused: AtomicBool::new(false),
            })),
        }
    }

    /// The other limits.
    pub fn limits(&self) -> &'l Limits {
        self.limits
    }

    /// How much is wanted.
    pub fn depth(&self) -> Depth {
        self.account.0.depth
    }

    /// The books, for what is decoded later.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Takes memory before it is allocated.
    ///
    /// # Errors
    ///
    /// [`Excess`], which says what is needed and which limit to raise.
    pub fn charge(&self, bytes: u64) -> Result<Charge, Excess> {
        self.account.charge(bytes)
    }
}

impl Account {
    /// As [`Budget::charge`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn charge(&self, bytes: u64) -> Result<Charge, Excess> {
        self.0.wanted.fetch_add(bytes, Relaxed);
        self.take(bytes)?;
        Ok(Charge {
            account: self.clone(),
            bytes,
        })
    }

    /// Bytes that were asked for so far, whether there was memory for them or not.
    pub fn wanted(&self) -> u64 {
        self.0.wanted.load(Relaxed)
    }

    /// Bytes that are charged at present.
    pub fn held(&self) -> u64 {
        self.0.held.load(Relaxed)
    }

    /// Whether anything was refused so far.
    pub fn has_refused(&self) -> bool {
        self.0.refused.load(Relaxed)
    }

    fn take(&self, bytes: u64) -> Result<(), Excess> {
        let books = &*self.0;
        let (held, (most, setting)) = (&books.held, books.most);
        let excess = |charged: u64, (most, setting): (u64, &'static str)| {
            books.refused.store(true, Relaxed);
            let left = most.saturating_sub(charged);
            let needs = bytes;
            Err(Excess {
                needs,
                left,
                most,
                setting,
            })
        };
        if !take(held, bytes, most) {
            return excess(held.load(Relaxed), (most, setting));
        }
        let pool = books.ledger.pool(books.depth);
        if let Some(pool) = pool.filter(|pool| !take(pool, bytes, books.in_all.0)) {
            held.fetch_sub(bytes, Relaxed);
            return excess(pool.load(Relaxed), books.in_all);
        }
        Ok(())
    }

    fn give_back(&self, bytes: u64) {
        let books = &*self.0;
        books.held.fetch_sub(bytes, Relaxed);
        if let Some(pool) = books.ledger.pool(books.depth) {
            pool.fetch_sub(bytes, Relaxed);
        }
    }
}

impl Charge {
    /// How many.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes more.
    ///
    /// # Errors
    ///
    /// As [`Budget::charge`]; what was taken before stays.
    pub fn grow(&mut self, bytes: u64) -> Result<(), Excess> {
        self.account.0.wanted.fetch_add(bytes, Relaxed);
        self.account.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Takes more or gives back, so that it is this many bytes.
    ///
    /// # Errors
    ///
    /// As [`grow`](Self::grow).
    pub fn settle(&mut self, bytes: u64) -> Result<(), Excess> {
        self.grow(bytes.saturating_sub(self.bytes))?;
        self.shrink_to(bytes);
        Ok(())
    }

    /// Gives back all but this many bytes.
    pub fn shrink_to(&mut self, bytes: u64) {
        let over = self.bytes.saturating_sub(bytes);
        self.account.give_back(over);
        self.bytes -= over;
    }

    /// Bytes that stay charged until the last who shares them lets go of them.
    pub fn hold(self, bytes: impl AsRef<[u8]> + Send + 'static) -> Bytes {
        Bytes::from_owner(Held { bytes, _charge: self })
    }
}

/// What it belongs to says nothing about what it was charged for.
impl fmt::Debug for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Charge")
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.account.give_back(self.bytes);
    }
}

/// Bytes with what is charged for them.
struct Held<T> {
    bytes: T,
    _charge: Charge,
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Held<T> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            decode_memory: 100,
            message_memory: 60,
            glance_memory: 20,
            ledger: Ledger::new(),
            ..Limits::DEFAULT
        }
    }

    #[test]
    fn a_message_has_its_share_of_what_there_is_for_all() {
        let limits = limits();
        let (first, second) = (Budget::whole(&limits), Budget::whole(&limits));
        let charge = first.charge(60).unwrap();
        let told = first.charge(1).unwrap_err().to_string();
        assert!(
            told.contains("0 B of 60 B are left; raise message_memory"),
            "{told}"
        );
        let told = second.charge(16).unwrap_err().to_string();
        assert!(
            told.contains("needs 16 B") && told.contains("15 B of 75 B are left; raise decode_memory"),
            "{told}"
        );
        assert_eq!(limits.clone().ledger.charged(), 60, "clones count together");
        drop((first, charge));
        assert!(second.charge(16).is_ok());
        let books = second.account();
        assert_eq!((books.wanted(), books.held(), books.has_refused()), (32, 0, true));
        assert_eq!(limits.ledger.charged(), 0);
    }

    #[test]
    fn who_glances_and_who_looks_do_not_keep_each_other_out() {
        let limits = limits();
        let looks = [0, 1].map(|payload| Budget::new(&limits, Depth::Payload(payload)));
        let _looked_at = (looks[0].charge(60).unwrap(), looks[1].charge(15).unwrap());
        assert!(looks[1].charge(1).is_err());
        let glances = [(); 2].map(|()| Budget::new(&limits, Depth::Glance));
        let _glanced_at = glances[0].charge(20).unwrap();
        assert_eq!(glances[0].charge(1).unwrap_err().setting, "glance_memory");
        assert_eq!(glances[1].charge(6).unwrap_err().setting, "decode_memory");
        assert_eq!(limits.ledger.charged(), 95);
    }

    #[test]
    fn bytes_are_charged_until_the_last_who_shares_them_goes() {
        let limits = limits();
        let mut charge = Budget::whole(&limits).charge(30).unwrap();
        charge.grow(20).unwrap();
        assert!(charge.grow(20).is_err());
        charge.shrink_to(40);
        let bytes = charge.hold(vec![7; 40]);
        let part = bytes.slice(3..5);
        drop(bytes);
        assert_eq!((&part[..], limits.ledger.charged()), (&[7, 7][..], 40));
        drop(part);
        assert_eq!(limits.ledger.charged(), 0);
        assert!(
            Budget::whole(&Limits::DEFAULT).charge(1 << 20).is_ok(),
            "without a ledger"
        );
    }
}
