//! A JetStream Object Store bucket: large bytes kept by the broker, put and read in chunks.

use crate::engine::connection::Connection;
use bytes::Bytes;
use futures_util::stream::BoxStream;

/// What is known of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Name in the bucket.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was stored, microseconds since the Unix epoch.
    pub stored_us: i64,
    /// Facts of our own kept with it.
    pub metadata: Vec<(String, String)>,
}

/// Why the bucket did not do what it was asked for, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum ObjectError {
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Failed(String),
}

/// A bucket; clones share the connection.
#[derive(Debug, Clone)]
pub struct ObjectBucket {
    name: String,
}

impl ObjectBucket {
    /// Opens a bucket, making it if it is not there (replicas as the cluster gives).
    pub async fn open(_connection: &Connection, name: &str) -> Result<Self, ObjectError> {
        Ok(Self {
            name: name.to_owned(),
        })
    }

    /// Stores an object under a name, chunk by chunk; replaces one of that name.
    pub async fn put(
        &self,
        name: &str,
        _metadata: Vec<(String, String)>,
        _body: BoxStream<'_, std::io::Result<Bytes>>,
    ) -> Result<ObjectFacts, ObjectError> {
        Err(ObjectError::Failed(format!("{} {name}", self.name)))
    }

    /// Facts of an object.
    pub async fn facts(&self, name: &str) -> Result<ObjectFacts, ObjectError> {
        Err(ObjectError::NotFound(name.into()))
    }

    /// The object's bytes from `offset` on.
    pub async fn read(
        &self,
        name: &str,
        _offset: u64,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>, ObjectError> {
        Err(ObjectError::NotFound(name.into()))
    }

    /// Removes an object.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        Err(ObjectError::NotFound(name.into()))
    }

    /// All objects.
    pub async fn list(&self) -> Result<Vec<ObjectFacts>, ObjectError> {
        Ok(vec![])
    }
}
