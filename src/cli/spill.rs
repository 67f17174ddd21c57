//! Where messages go that there is no room for in memory: what the flag and the settings say, and what is taken without them.

use super::exit::Failure;
use etcetera::BaseStrategy;
use natsbridge_app::Settings;
use natsbridge_engine::try_spill_folder;
use natsbridge_wire::byte_size;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Bytes on disk, where nothing else is said.
const MOST: u64 = 8 << 30;
/// The share of what is free there that is taken at most.
const SHARE: u64 = 4;

/// The value of `--spill`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spill {
    /// Messages stay in memory.
    Off,
    /// They go into this folder.
    Folder(PathBuf),
}

impl FromStr for Spill {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            size if byte_size(size).is_ok() => Err(format!(
                "expected a folder, or off; how much may lie there is the setting spill = \"{size}\" (a folder of that name: ./{size})"
            )),
            folder => Ok(Self::Folder(folder.into())),
        }
    }
}

impl Spill {
    /// Decides it: the flag comes before the settings, these before the default. A folder that somebody named is tried: one
    /// that cannot be used is an error of the flag, or a mistake in the settings, which leaves messages in memory.
    pub fn decide(flag: Option<Self>, settings: &mut Settings) -> Result<Option<String>, Failure> {
        let named = match &flag {
            Some(Self::Off) => None,
            Some(Self::Folder(folder)) => Some(folder.clone()),
            None => settings
                .spill_folder
                .clone()
                .filter(|_| settings.spill != Some(0)),
        };
        let refused = named.and_then(|folder| {
            let error = try_spill_folder(&folder).err()?;
            Some(format!(
                "Messages cannot be moved to {}: {error}.",
                folder.display()
            ))
        });
        if let (Some(_), Some(refused)) = (&flag, &refused) {
            let advice = "Name another folder with --spill, or keep them in memory with --spill off.";
            return Err(Failure::usage(format!("{refused} {advice}")));
        }
        let flag = refused.as_ref().map_or(flag, |_| Some(Self::Off));
        let (folder, bytes) = match flag {
            Some(Self::Off) => (None, Some(0)),
            // Who names a folder wants it used.
            Some(Self::Folder(folder)) => (Some(folder), settings.spill.filter(|bytes| *bytes > 0)),
            None => (None, settings.spill),
        };
        let folder = folder.or_else(|| settings.spill_folder.take()).or_else(usual);
        settings.limits.store_spill = match (&folder, bytes) {
            (None, _) => 0,
            (Some(_), Some(bytes)) => bytes,
            (Some(folder), None) => free(folder).map_or(MOST, |free| MOST.min(free / SHARE)),
        };
        settings.limits.store_folder = folder;
        Ok(refused.map(|refused| format!("{refused} They stay in memory; name another spill_folder.")))
    }
}

/// `$XDG_STATE_HOME/natsbridge/spill`.
fn usual() -> Option<PathBuf> {
    let dirs = etcetera::choose_base_strategy().ok()?;
    Some(dirs.state_dir()?.join("natsbridge/spill"))
}

/// Bytes that are free on the disk of a folder, which need not be there yet.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Bytes that are free on the disk of a folder: not known here.
#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided about a flag, an amount and a folder of the settings.
    fn decided(
        flag: Option<&str>,
        spill: Option<u64>,
        folder: Option<&Path>,
    ) -> (Result<Option<String>, Failure>, u64, Option<PathBuf>) {
        let mut settings = Settings {
            spill,
            spill_folder: folder.map(PathBuf::from),
            ..Settings::default()
        };
        let refused = Spill::decide(flag.map(|flag| flag.parse().unwrap()), &mut settings);
        (refused, settings.limits.store_spill, settings.limits.store_folder)
    }

    #[test]
    fn the_flag_comes_before_the_settings_and_these_before_the_default() {
        let here = tempfile::tempdir().unwrap();
        let (a, b) = (here.path().join("a"), here.path().join("b"));
        let decide = |flag: Option<&str>, spill: Option<u64>, folder: Option<&Path>| {
            let (refused, bytes, folder) = decided(flag, spill, folder);
            assert_eq!(refused.unwrap(), None);
            (bytes, folder)
        };
        assert_eq!(decide(Some("off"), Some(5), Some(&a)).0, 0);
        assert_eq!(decide(None, Some(0), Some(&a)).0, 0);
        assert!(!a.exists());
        assert_eq!(decide(b.to_str(), Some(5), Some(&a)), (5, Some(b)));
        assert_eq!(decide(None, Some(5), Some(&a)), (5, Some(a.clone())));
        for (flag, spill, folder) in [(None, None, Some(&*a)), (a.to_str(), Some(0), None)] {
            let bytes = decide(flag, spill, folder).0;
            assert!(bytes <= MOST && (bytes > 0 || cfg!(not(unix))), "{bytes}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_told_at_once() {
        let here = tempfile::tempdir().unwrap();
        let file = here.path().join("file");
        std::fs::write(&file, "").unwrap();
        let failure = decided(file.to_str(), None, None).0.unwrap_err();
        assert!(failure.message.unwrap().contains("--spill off"));
        let (mistake, bytes, _) = decided(None, Some(5), Some(&file));
        assert!(mistake.unwrap().unwrap().contains("They stay in memory"));
        assert_eq!(bytes, 0);
        let error = "1GiB".parse::<Spill>().unwrap_err();
        assert!(error.contains("spill = \"1GiB\""), "{error}");
    }
}
