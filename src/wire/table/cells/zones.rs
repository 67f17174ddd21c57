//! Time zones as timestamp types name them: names of the tz database and offsets in the spellings of every peer; and which
//! of them Julia takes. Clock times are made of them elsewhere.

use jiff::tz::{Offset, TimeZone};

/// Names that the tz database keeps as links only, in its file `backward` (2022b, which moved all links there, to 2025b).
/// TimeZones.jl calls them legacy and refuses them.
const LEGACY: &str = include_str!("legacy_zones.txt");

/// The zone that a timestamp type names, if this machine knows it: a name of the tz database, `+01:00`, `UTC+2`.
pub(crate) fn find_zone(name: &str) -> Option<TimeZone> {
    if name == "Z" || name.eq_ignore_ascii_case("utc") {
        return Some(TimeZone::UTC);
    }
    match offset(name.strip_prefix("UTC").unwrap_or(name)) {
        Some((offset, _)) => Some(offset.to_time_zone()),
        None => TimeZone::get(name).ok(),
    }
}

/// An offset with its sign: `+2`, `+02`, `+0200`, `+02:00`, `+02:00:30`; and how many digits its
/// hours have, and parts it has.
fn offset(text: &str) -> Option<(Offset, (usize, usize))> {
    let (sign, text) = match text.split_at_checked(1)? {
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        _ => return None,
    };
    let digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse::<i32>().ok())?
    };
    let pairs: Vec<&str> = match text.len() {
        1 | 2 => vec![text],
        4 => vec![text.get(..2)?, text.get(2..)?],
        _ => text.split(':').collect(),
    };
    let (hour, rest) = pairs.split_first()?;
    if rest.len() > 2 || rest.iter().any(|pair| pair.len() != 2) || hour.is_empty() || hour.len() > 2 {
        return None;
    }
    let mut seconds = digits(hour)?.checked_mul(3600)?;
    for (pair, unit) in rest.iter().zip([60, 1]) {
        seconds += digits(pair).filter(|&part| part < 60)? * unit;
    }
    Some((
        Offset::from_seconds(sign * seconds).ok()?,
        (hour.len(), pairs.len()),
    ))
}

/// Whether TimeZones.jl takes the zone, which this machine knows. Tried with 1.6.2.
pub(crate) fn does_julia_know(name: &str) -> bool {
    if let Some((_, (digits, parts))) = offset(name.strip_prefix("UTC").unwrap_or(name)) {
        return digits == 2 || (name.starts_with("UTC") && parts == 1);
    }
    match name {
        "UTC" | "Z" | "GMT" => true,
        _ if name.starts_with("Etc/") || LEGACY.lines().any(|legacy| legacy == name) => false,
        _ if jiff::tz::db().is_definitively_empty() => true,
        // Here names count in any case, there they do not.
        _ => find_zone(name).is_some_and(|zone| zone.iana_name() == Some(name)),
    }
}

/// The zone in a spelling that every peer reads: as it is, or its offset, or UTC where that would lose a legacy name. The
/// instants are the same in all of them.
pub(crate) fn common_zone(name: &str) -> String {
    if find_zone(name).is_some() && does_julia_know(name) && does_pyarrow_know(name) {
        return name.to_owned();
    }
    match offset(name.strip_prefix("UTC").unwrap_or(name)) {
        Some((offset, _)) if offset.seconds() % 60 == 0 => {
            let (sign, minutes) = (
                if offset.is_negative() { '-' } else { '+' },
                offset.seconds().abs() / 60,
            );
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
        _ => "UTC".to_owned(),
    }
}

/// Whether pyarrow makes values of times in the zone, which this machine knows. Tried with 26.0.1.
pub(crate) fn does_pyarrow_know(name: &str) -> bool {
    match offset(name) {
        Some((_, (digits, parts))) => digits == 2 && parts == 2 && name.contains(':'),
        None if jiff::tz::db().is_definitively_empty() => true,
        // Here names count in any case, there they do not.
        None => TimeZone::get(name).is_ok_and(|zone| zone.iana_name() == Some(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What real Julia did with each zone: the list stands beside the tables that it was tried with.
    const ZONES: &str = include_str!("../../../../tests/fixtures/field/julia/zones.txt");

    #[test]
    fn julia_takes_the_zones_that_it_took() {
        let rows = ZONES.lines().filter(|line| !line.starts_with('#'));
        for (zone, read) in rows.filter_map(|line| line.split_once(" | ")) {
            if zone != "(none)" && zone != "Not/AZone" {
                assert_eq!(does_julia_know(zone), read.starts_with("read"), "{zone}");
            }
        }
        for refused in [
            "Europe/Amsterdam",
            "Africa/Kinshasa",
            "GMT0",
            "europe/berlin",
            "+2",
            "UTC+020",
            "UTC+5:30",
        ] {
            assert!(!does_julia_know(refused), "{refused}");
        }
    }

    #[test]
    fn a_common_spelling_is_read_by_all() {
        for (name, common) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("UTC", "UTC"),
            ("UTC+02:00", "+02:00"),
            ("UTC-3", "-03:00"),
            ("+0530", "+05:30"),
            ("-00:30", "-00:30"),
            ("Z", "UTC"),
            ("Etc/UTC", "UTC"),
            ("US/Eastern", "UTC"),
            ("Mars/Olympus", "UTC"),
        ] {
            assert_eq!(common_zone(name), common, "{name}");
            assert!(does_julia_know(common) && does_pyarrow_know(common), "{common}");
        }
    }

    #[test]
    fn pyarrow_takes_the_zones_that_it_took() {
        for taken in [
            "UTC",
            "GMT",
            "+02:00",
            "-05:30",
            "Etc/UTC",
            "Etc/GMT+5",
            "US/Eastern",
            "Europe/Kiev",
            "Asia/Calcutta",
            "Japan",
            "GB",
            "EST",
            "CET",
        ] {
            assert!(does_pyarrow_know(taken), "{taken}");
        }
        for refused in [
            "UTC+02:00",
            "UTC+2",
            "+0200",
            "+02",
            "+2",
            "Z",
            "utc",
            "europe/berlin",
            "GMT+2",
            "UTC-3",
        ] {
            assert!(!does_pyarrow_know(refused), "{refused}");
        }
    }

    #[test]
    fn offsets_are_zones_in_every_spelling() {
        for (name, seconds) in [
            ("UTC+02:00", Some(7200)),
            ("UTC+2", Some(7200)),
            ("UTC-03:30", Some(-12_600)),
            ("UTC+0530", Some(19_800)),
            ("+02:00", Some(7200)),
            ("+0200", Some(7200)),
            ("-05", Some(-18_000)),
            ("+01:00:30", Some(3630)),
            ("UTC+14", Some(50_400)),
            ("+02:60", None),
            ("UTC+", None),
            ("+2:", None),
            ("+99:00", None),
            ("UTC+é", None),
            ("UTC2", None),
        ] {
            let zone = find_zone(name).and_then(|zone| zone.to_fixed_offset().ok());
            assert_eq!(zone.map(Offset::seconds), seconds, "{name}");
        }
    }
}
