//! A directory that another server serves: files appear there completely or not at all.

use super::address::{Place, file_name};
use super::attempts::AttemptError;
use super::body_stream::{BodyProgress, pieces};
use super::contract::{FileServer, UploadFuture, UploadResult};
use crate::clock;
use crate::http::Progress;
use futures_util::TryStreamExt;
use natsbridge_wire::{Blob, Limits};
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

/// Writes into a directory.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) directory: PathBuf,
    pub(super) limits: Limits,
}

impl FileServer for Folder {
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        Box::pin(async move {
            let place = Place::parse(fileserver_url)?;
            let id = clock::random_uuid().to_string();
            let name = format!("{id}-{}", file_name(dataname));
            let moved = BodyProgress::of(&data, progress);
            self.write(&name, &data, &moved).await.map_err(|error| {
                moved.forget();
                let failed = AttemptError::for_good(
                    format!("the file cannot be written ({error})"),
                    "check the directory (--fileserver-place), its permissions and the free disk space",
                );
                failed.told(1, dataname, &self.directory.to_string_lossy())
            })?;
            Ok(UploadResult {
                status: 201,
                url: place.link(&[&name]),
                uploadid: id,
                fileid: name,
            })
        })
    }
}

impl Folder {
    async fn write(&self, name: &str, data: &Blob, moved: &BodyProgress) -> io::Result<()> {
        // Hidden until it is whole; gone if this is dropped before.
        let part = tempfile::Builder::new()
            .prefix(".natsbridge-")
            .tempfile_in(&self.directory)?;
        let mut file = tokio::fs::File::from_std(part.reopen()?);
        let mut pieces = pin!(pieces(data, self.limits.upload_piece, moved));
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        let target = self.directory.join(name);
        let settling = tokio::task::spawn_blocking(move || settle(part, &target));
        settling.await.map_err(io::Error::other)?
    }
}

/// Readable by the server that serves the directory, under its own name at once.
fn settle(part: NamedTempFile, target: &std::path::Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        part.as_file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    part.persist_noclobber(target)?;
    Ok(())
}
