//! Letters of other keyboards, and what stands on a US keyboard in their place. Which action that is, the keymap knows.

/// Rows of letters, and the US keys in their places.
const LAYOUTS: [(&str, &str); 3] = [
    (
        "йцукенгшщзхъфывапролджэячсмитьбюёії",
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]",
    ),
    (
        "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁІЇ",
        "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~S}",
    ),
    (
        "ςερτυθιοπασδφγηξκλζχψωβνμΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ",
        "wertyuiopasdfghjklzxcvbnmERTYUIOPASDFGHJKLZXCVBNM",
    ),
];

/// What stands on a US keyboard where this letter does.
pub(super) fn us_place(letter: char) -> Option<char> {
    LAYOUTS.iter().find_map(|(letters, places)| {
        let at = letters.chars().position(|other| other == letter)?;
        places.chars().nth(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_place() {
        for (letters, places) in LAYOUTS {
            assert_eq!(letters.chars().count(), places.chars().count(), "{letters}");
        }
        for (letter, place) in [('й', 'q'), ('Я', 'Z'), ('ъ', ']'), ('σ', 's'), ('Ω', 'V')] {
            assert_eq!(us_place(letter), Some(place), "{letter}");
        }
        assert_eq!((us_place('q'), us_place('é')), (None, None));
    }
}
