//! Looking for a text in lines. Pure.

/// Where a match starts: row and character within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Row, from 0.
    pub row: usize,
    /// Character within the row, from 0.
    pub column: usize,
}

/// The first match from a position on, wrapping around; case only matters if the text has capitals.
pub fn find(lines: &[String], wanted: &str, from: Match) -> Option<Match> {
    if wanted.is_empty() {
        return None;
    }
    let any_case = !wanted.chars().any(char::is_uppercase);
    let in_line = |row: usize, first: usize| {
        let line = lines.get(row)?;
        // Lowercasing may change lengths, so characters are counted in the searched text.
        let line = if any_case {
            line.to_lowercase()
        } else {
            line.clone()
        };
        let start = line.char_indices().nth(first).map(|(at, _)| at);
        let start = start.or_else(|| (first == 0).then_some(0))?;
        let at = start + line.get(start..)?.find(wanted)?;
        let column = line.get(..at)?.chars().count();
        Some(Match { row, column })
    };
    let rows = lines.len();
    in_line(from.row, from.column)
        .or_else(|| (1..=rows).find_map(|step| in_line((from.row + step) % rows, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_found_from_a_place_on_and_around_the_end() {
        let lines = ["Grüße grüße", "nothing", "GRÜSSE"].map(str::to_owned);
        let at = |row, column| Match { row, column };
        assert_eq!(find(&lines, "grüße", at(0, 0)), Some(at(0, 0)));
        assert_eq!(find(&lines, "grüße", at(0, 1)), Some(at(0, 6)));
        assert_eq!(
            find(&lines, "Grüße", at(0, 1)),
            Some(at(0, 0)),
            "around the end, with case"
        );
        assert_eq!(find(&lines, "grüsse", at(1, 0)), Some(at(2, 0)));
        assert_eq!(find(&lines, "", at(0, 0)), None);
        assert_eq!(find(&[], "x", at(0, 0)), None);
        assert_eq!(find(&lines, "straw", at(1, 3)), None);
    }
}
