//! A JetStream object bucket as the backend, shared by any number of servers. The facts are metadata of the object.
//!
//! A one-shot file has to go to one client although several servers may be asked for it. A server that gives one out
//! first creates its mark beside it, which only one can; and of those who remove the file only one succeeds, so that
//! one is enough even where a mark has been outlived by a slow download. Where a broker went away without saying whether
//! it was us, the mark tells.

use super::contract::{Backend, Body, StorageError, Stored};
use super::key::{Facts, Key, new_id};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, future};
use md5::{Digest, Md5};
use natsbridge_engine::{BucketFile, ObjectBucket, ObjectError, ObjectFacts};
use std::ops::Range;

const TOKEN_HASH: &str = "tokenSha256";
const SERVER: &str = "server";
/// A marker expires after this time: its server may have died.
const MARK_US: i64 = 600_000_000;

/// A bucket of files.
#[derive(Debug)]
pub struct Bucket {
    objects: ObjectBucket,
    /// Tells our marks from those of other servers.
    id: String,
    clock: fn() -> i64,
}

impl Bucket {
    /// The bucket as a backend.
    pub fn new(objects: ObjectBucket, clock: fn() -> i64) -> Self {
        Self {
            objects,
            id: new_id(),
            clock,
        }
    }

    async fn mark(&self, key: &Key) -> Result<bool, StorageError> {
        let now_us = (self.clock)();
        let mut metadata = BucketFile {
            expires_us: Some(now_us + MARK_US),
            ..BucketFile::default()
        }
        .metadata();
        metadata.push((SERVER.to_owned(), self.id.clone()));
        // One of our own was left behind by a download that has ended.
        let over = |mark: &ObjectFacts| to_facts(mark).is_over(now_us) || self.is_ours(mark);
        Ok(self.objects.create(&mark_name(key), metadata, over).await?)
    }

    async fn unmark(&self, key: &Key) -> Result<(), StorageError> {
        let ours = |mark: &ObjectFacts| self.is_ours(mark);
        absent(self.objects.delete_if(&mark_name(key), ours).await)
    }

    fn is_ours(&self, mark: &ObjectFacts) -> bool {
        value(mark, SERVER) == Some(self.id.as_str())
    }

    async fn take(&self, key: &Key) -> Result<(), StorageError> {
        match self.objects.delete(&key.object()).await {
            Err(ObjectError::RemovedBySomebody { .. }) => {
                let mark = self.objects.facts(&mark_name(key)).await?;
                self.is_ours(&mark).then_some(()).ok_or(StorageError::NotFound)
            }
            removed => Ok(removed?),
        }
    }

    async fn put(&self, key: &Key, facts: Facts, body: Body<'_>) -> Result<Facts, StorageError> {
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
            md5: Some(format!("{:x}", digest.finalize())),
            ..to_facts(&stored)
        })
    }
}

impl Backend for Bucket {
    fn store<'a>(&'a self, key: &'a Key, facts: Facts, body: Body<'a>) -> Stored<'a, Facts> {
        self.put(key, facts, body).boxed()
    }

    fn facts<'a>(&'a self, key: &'a Key) -> Stored<'a, Facts> {
        async move { Ok(to_facts(&self.objects.facts(&key.object()).await?)) }.boxed()
    }

    fn read<'a>(&'a self, key: &'a Key, _: &'a Facts, range: Range<u64>) -> Stored<'a, Body<'static>> {
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

    fn remove<'a>(&'a self, key: &'a Key) -> Stored<'a, ()> {
        self.take(key).boxed()
    }

    fn claim<'a>(&'a self, key: &'a Key) -> Stored<'a, bool> {
        self.mark(key).boxed()
    }

    fn release<'a>(&'a self, key: &'a Key) -> Stored<'a, ()> {
        self.unmark(key).boxed()
    }

    fn sweep(&self, now_us: i64, overhead: u64) -> Stored<'_, u64> {
        async move {
            let mut kept = 0;
            for object in self.objects.list().await? {
                let over = |object: &ObjectFacts| to_facts(object).is_over(now_us);
                if over(&object) {
                    absent(self.objects.delete_if(&object.name, over).await)?;
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

fn mark_name(key: &Key) -> String {
    format!("claims/{}", key.stem())
}

fn metadata(facts: &Facts) -> Vec<(String, String)> {
    let file = BucketFile {
        name: Some(facts.name.clone()),
        one_shot: facts.one_shot,
        expires_us: facts.expires_us,
    };
    let mut metadata = file.metadata();
    metadata.extend(facts.token_hash.clone().map(|hash| (TOKEN_HASH.to_owned(), hash)));
    metadata
}

/// Objects stored by others have no metadata of ours: they are named after the last part of their name, and stay
/// until they are removed.
fn to_facts(object: &ObjectFacts) -> Facts {
    let last = || object.name.rsplit('/').next().unwrap_or_default().to_owned();
    let file = BucketFile::of(object);
    Facts {
        name: file.name.unwrap_or_else(last),
        size: object.size,
        md5: None,
        one_shot: file.one_shot,
        token_hash: value(object, TOKEN_HASH).map(ToOwned::to_owned),
        stored_us: object.stored_us,
        expires_us: file.expires_us,
        tag: format!("{:x}-{:x}", object.stored_us, object.size),
    }
}

fn value<'a>(object: &'a ObjectFacts, name: &str) -> Option<&'a str> {
    let pair = object.metadata.iter().find(|(key, _)| key == name);
    pair.map(|(_, value)| value.as_str())
}

fn absent(outcome: Result<bool, ObjectError>) -> Result<(), StorageError> {
    match outcome {
        Ok(_) | Err(ObjectError::NotFound { .. } | ObjectError::RemovedBySomebody { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl From<ObjectError> for StorageError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::NotFound { .. } => Self::NotFound,
            other => Self::Failed(other.into()),
        }
    }
}
