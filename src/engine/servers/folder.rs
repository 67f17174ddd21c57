//! A directory that another server serves: files appear there completely or not at all.

use super::address::Place;
use super::attempts::AttemptError;
use super::body_stream::BodyProgress;
use super::contract::UploadResult;
use super::upload::{Backend, Upload};
use crate::files::NewFile;
use futures_util::TryStreamExt;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use tokio::io::AsyncWriteExt;

/// Writes into a directory.
#[derive(Debug)]
pub(super) struct Folder(pub(super) PathBuf);

impl Backend for Folder {
    async fn store(&self, upload: &Upload<'_>, body: &BodyProgress) -> Result<UploadResult, AttemptError> {
        self.write(upload, body).await.map_err(|error| {
            AttemptError::for_good(
                format!("the file cannot be written ({error})"),
                "check the directory (--fileserver-place), its permissions and the free disk space",
            )
        })?;
        Ok(upload.stored(201))
    }

    fn place(&self, _: &Place) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

impl Folder {
    async fn write(&self, upload: &Upload<'_>, body: &BodyProgress) -> io::Result<()> {
        let part = NewFile::create_in(&self.0)?;
        let mut file = tokio::fs::File::from_std(part.file().try_clone()?);
        let mut pieces = pin!(upload.pieces(body));
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        let name = upload.unique_name();
        let settling = tokio::task::spawn_blocking(move || settle(part, name.as_ref()));
        settling.await.map_err(io::Error::other)?
    }
}

/// Readable by the server that serves the directory, under its own name at once.
fn settle(part: NewFile, name: &OsStr) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        part.file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    part.appear(name).map_err(|(error, _)| error)
}
