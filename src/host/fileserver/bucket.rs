//! A JetStream object bucket as the shelf, shared by any number of servers. The facts are metadata of the object.
//!
//! A one-shot file has to go to one client although several servers may be asked for it. The store has no "create only
//! if absent" for objects, so a server writes its mark beside the file, waits a moment, and takes the file only if the
//! mark is still its own: the last writer wins, the others see it. Two servers can both win only if the mark of the
//! second takes longer than that moment to arrive.

use super::key::{Facts, Key, hex, new_id};
use super::shelf::{Body, Shelf, ShelfError, Shelved};
use crate::engine::{ObjectBucket, ObjectError, ObjectFacts};
use crate::wire::Limits;
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, future, stream};
use md5::{Digest, Md5};
use std::ops::Range;
use std::time::Duration;

const FILE_NAME: &str = "fileName";
const ONE_SHOT: &str = "oneShot";
const TOKEN_HASH: &str = "tokenSha256";
const EXPIRES: &str = "expiresMicroseconds";
const MD5: &str = "md5";
const SERVER: &str = "server";
/// A mark that was left behind by a server that has died counts no longer.
const MARK_US: i64 = 3_600_000_000;

/// A bucket of files.
#[derive(Debug)]
pub struct Bucket {
    objects: ObjectBucket,
    /// Tells our marks from those of other servers.
    id: String,
    pause: Duration,
    clock: fn() -> i64,
}

impl Bucket {
    /// The bucket as a shelf.
    pub fn new(objects: ObjectBucket, limits: &Limits, clock: fn() -> i64) -> Self {
        Self {
            objects,
            id: new_id(),
            pause: limits.fileserver_claim_pause,
            clock,
        }
    }

    async fn claim_mark(&self, key: &Key) -> Result<bool, ShelfError> {
        let mark = mark(key);
        let now_us = (self.clock)();
        if self.other_mark(&mark, now_us).await? {
            return Ok(false);
        }
        let expires = (EXPIRES.to_owned(), (now_us + MARK_US).to_string());
        let metadata = vec![(SERVER.to_owned(), self.id.clone()), expires];
        self.objects.put(&mark, metadata, stream::empty().boxed()).await?;
        tokio::time::sleep(self.pause).await;
        Ok(!self.other_mark(&mark, now_us).await?)
    }

    /// Whether another server has left its mark there.
    async fn other_mark(&self, mark: &str, now_us: i64) -> Result<bool, ShelfError> {
        match self.objects.facts(mark).await {
            Ok(facts) => {
                let ours = value(&facts, SERVER) == Some(self.id.as_str());
                Ok(!ours && !to_facts(&facts).is_over(now_us))
            }
            Err(ObjectError::NotFound(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(&self, key: &Key, facts: Facts, body: Body<'_>) -> Result<Facts, ShelfError> {
        let mut digest = Md5::new();
        let counted = body.inspect(|piece| {
            if let Ok(piece) = piece {
                digest.update(piece);
            }
        });
        let stored = self
            .objects
            .put(&key.object(), metadata(&facts), counted.boxed())
            .await?;
        Ok(Facts {
            // Metadata goes out before the bytes: the digest is told to the uploader, and known no longer.
            md5: Some(hex(&digest.finalize())),
            ..to_facts(&stored)
        })
    }
}

impl Shelf for Bucket {
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Shelved<'a, Facts> {
        self.put(key, facts, body).boxed()
    }

    fn facts<'a>(&'a self, key: &'a Key) -> Shelved<'a, Facts> {
        async move { Ok(to_facts(&self.objects.facts(&key.object()).await?)) }.boxed()
    }

    fn read<'a>(&'a self, key: &'a Key, _: &'a Facts, range: Range<u64>) -> Shelved<'a, Body<'static>> {
        async move {
            let pieces = self.objects.read(&key.object(), range.start).await?;
            let left = range.end - range.start;
            // Cut where the range ends.
            let cut = pieces.scan(left, |left, piece| {
                let piece = piece.map(|mut piece: Bytes| {
                    piece.truncate((*left).min(piece.len() as u64) as usize);
                    *left -= piece.len() as u64;
                    piece
                });
                let over = matches!(&piece, Ok(piece) if piece.is_empty());
                future::ready((!over).then_some(piece))
            });
            Ok(cut.boxed())
        }
        .boxed()
    }

    fn remove<'a>(&'a self, key: &'a Key) -> Shelved<'a, ()> {
        async move { Ok(self.objects.delete(&key.object()).await?) }.boxed()
    }

    fn claim<'a>(&'a self, key: &'a Key) -> Shelved<'a, bool> {
        self.claim_mark(key).boxed()
    }

    fn release<'a>(&'a self, key: &'a Key) -> Shelved<'a, ()> {
        async move {
            let mark = mark(key);
            if self.other_mark(&mark, (self.clock)()).await? {
                return Ok(());
            }
            absent(self.objects.delete(&mark).await)
        }
        .boxed()
    }

    fn sweep(&self, now_us: i64, overhead: u64) -> Shelved<'_, u64> {
        async move {
            let mut kept = 0;
            for object in self.objects.list().await? {
                if to_facts(&object).is_over(now_us) {
                    absent(self.objects.delete(&object.name).await)?;
                } else {
                    kept = object.size.saturating_add(overhead).saturating_add(kept);
                }
            }
            Ok(kept)
        }
        .boxed()
    }

    /// The cluster knows, we do not.
    fn free(&self) -> Option<u64> {
        None
    }
}

fn mark(key: &Key) -> String {
    format!("claims/{}", key.stem())
}

fn metadata(facts: &Facts) -> Vec<(String, String)> {
    let pairs = [
        (FILE_NAME, Some(facts.name.clone())),
        (ONE_SHOT, facts.one_shot.then(|| "true".to_owned())),
        (TOKEN_HASH, facts.token_hash.clone()),
        (EXPIRES, facts.expires_us.map(|time| time.to_string())),
    ];
    let there = pairs
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    there.collect()
}

/// Objects that others have put there have none of our metadata: their names are the last part of the object's.
fn to_facts(object: &ObjectFacts) -> Facts {
    let last = || object.name.rsplit('/').next().unwrap_or_default();
    Facts {
        name: value(object, FILE_NAME).unwrap_or_else(last).to_owned(),
        size: object.size,
        md5: value(object, MD5).map(ToOwned::to_owned),
        one_shot: value(object, ONE_SHOT) == Some("true"),
        token_hash: value(object, TOKEN_HASH).map(ToOwned::to_owned),
        stored_us: object.stored_us,
        expires_us: value(object, EXPIRES).and_then(|time| time.parse().ok()),
        tag: format!("{:x}-{:x}", object.stored_us, object.size),
    }
}

fn value<'a>(object: &'a ObjectFacts, name: &str) -> Option<&'a str> {
    let pair = object.metadata.iter().find(|(key, _)| key == name);
    pair.map(|(_, value)| value.as_str())
}

fn absent(outcome: Result<(), ObjectError>) -> Result<(), ShelfError> {
    match outcome {
        Err(ObjectError::Failed(why)) => Err(ShelfError::Failed(why)),
        Ok(()) | Err(ObjectError::NotFound(_)) => Ok(()),
    }
}

impl From<ObjectError> for ShelfError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::NotFound(_) => Self::NotFound,
            ObjectError::Failed(why) => Self::Failed(why),
        }
    }
}
