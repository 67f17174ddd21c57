//! All checks joined, by their codes.
//! What a check tells stands in its row, in the file of what it is about.

use super::base64::ROWS as BASE64;
use super::contract::{Check, Readability};
use super::delivery::ROWS as DELIVERY;
use super::fields::{ENVELOPE, TIMES};
use super::json::ROWS as JSON;
use super::links::ROWS as LINKS;
use super::media::ROWS as MEDIA;
use super::payloads::ROWS as PAYLOADS;
use super::shapes::ROWS as SHAPES;
use super::tables::ROWS as TABLES;
use crate::findings::{Code, Severity};

/// The rows of every file.
const GROUPS: [&[Check]; 10] = [
    JSON, ENVELOPE, TIMES, DELIVERY, PAYLOADS, BASE64, LINKS, TABLES, MEDIA, SHAPES,
];

const CODES: usize = Code::ALL.len();

/// Every check, at the place of its code.
static CHECKS: [&Check; CODES] = by_code();

/// Puts the rows in the order of their codes. This runs in the compiler: a code without a row, or with two of them, does
/// not compile, and the error names it.
const fn by_code() -> [&'static Check; CODES] {
    let mut checks = [&JSON[0]; CODES];
    let mut given = [false; CODES];
    let mut group = 0;
    while group < GROUPS.len() {
        let mut row = 0;
        while row < GROUPS[group].len() {
            let check = &GROUPS[group][row];
            let at = check.code as usize;
            assert!(!given[at], "{}", check.code.name());
            (checks[at], given[at]) = (check, true);
            row += 1;
        }
        group += 1;
    }
    let mut at = 0;
    while at < CODES {
        assert!(given[at], "{}", Code::ALL[at].name());
        at += 1;
    }
    checks
}

/// The check of a code.
pub fn check_of(code: Code) -> &'static Check {
    CHECKS[code as usize]
}

/// Whether it keeps some reader from reading the message.
pub fn breaks(code: Code) -> bool {
    let check = check_of(code);
    code.severity() == Severity::Error || check.effects.iter().any(|effect| effect.reads == Readability::No)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::contract::ReaderStack;

    #[test]
    fn every_code_leads_to_its_own_row() {
        for (at, code) in Code::ALL.iter().enumerate() {
            assert_eq!((*code as usize, check_of(*code).code), (at, *code));
            assert_eq!(Code::from_name(code.name()), Some(*code));
        }
    }

    /// Its severity says what the readers' verdict says. A message that is no envelope was not meant for them.
    #[test]
    fn what_keeps_every_peer_from_reading_is_an_error() {
        let plain = [Code::NotAnEnvelope, Code::EmptyMessage];
        let mut wrong = Vec::new();
        for code in Code::ALL.iter().filter(|code| !plain.contains(code)) {
            let effects = check_of(*code).effects.iter();
            let breaking = effects.filter(|effect| effect.reads == Readability::No);
            let families: Vec<_> = breaking.flat_map(|effect| effect.families).collect();
            let all = [ReaderStack::Julia, ReaderStack::Node, ReaderStack::Python];
            if all.iter().all(|family| families.contains(&family)) && code.severity() < Severity::Error {
                wrong.push(code.name());
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn nobody_is_named_twice_for_one_code() {
        for code in Code::ALL {
            let mut named = Vec::new();
            for family in check_of(*code).effects.iter().flat_map(|effect| effect.families) {
                assert!(!named.contains(family), "{} {family:?}", code.name());
                named.push(*family);
            }
        }
    }
}
