//! Splits a file into messages: one envelope, an array of envelopes, or one per line.

use super::file_kind::FileKind;
use bytes::Bytes;
use serde_json::value::RawValue;

/// The messages of a file that is no tape, in order, and what it is where that is not `known`.
pub(super) fn messages_of(file: &Bytes, known: Option<FileKind>) -> (FileKind, Vec<Bytes>) {
    if known != Some(FileKind::Lines)
        && let Ok(array) = serde_json::from_slice::<Vec<&RawValue>>(file)
        && array.iter().all(|item| item.get().starts_with('{'))
        && !array.is_empty()
    {
        let items = array.iter().map(|item| file.slice_ref(item.get().as_bytes()));
        return (FileKind::Json, items.collect());
    }
    let lines = known.map_or_else(|| is_lines(file), |known| known == FileKind::Lines);
    if lines {
        let lines = file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty());
        return (FileKind::Lines, lines.map(|line| file.slice_ref(line)).collect());
    }
    // Findings count their bytes from the start of the file.
    (FileKind::Json, vec![file.slice_ref(file.trim_ascii_end())])
}

/// Whether there are several lines and at least one is a complete object by itself. Objects inside a pretty-printed
/// one are indented.
fn is_lines(file: &[u8]) -> bool {
    let mut lines = 0;
    let mut whole = false;
    for line in file.split(|byte| *byte == b'\n') {
        lines += usize::from(!line.trim_ascii().is_empty());
        whole = whole || (line.starts_with(b"{") && serde_json::from_slice::<&RawValue>(line).is_ok());
        if lines > 1 && whole {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let (_, messages) = messages_of(&Bytes::copy_from_slice(text.as_bytes()), None);
        let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        messages.iter().map(text).collect()
    }

    #[test]
    fn one_an_array_or_lines() {
        assert_eq!(split("{\"a\":1}\n"), ["{\"a\":1}"]);
        assert_eq!(split("[{\"a\":1},\n {\"b\":2}]"), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(split("{\"a\":1}\r\n\n{\"b\":2}\n"), ["{\"a\":1}", "{\"b\":2}"]);
        // A line that is broken is still a message of its own.
        assert_eq!(split("{\"a\":1}\n{\"b\":\n"), ["{\"a\":1}", "{\"b\":"]);
        assert_eq!(split("{\"a\":\n{\"b\":2}\n").len(), 2);
        // Laid out over several lines, whole or broken, it is one.
        let laid_out = "{\n  \"payloads\": [\n    {\"id\":\"1\"}\n  ]\n}";
        assert_eq!(split(laid_out), [laid_out]);
        assert_eq!(split(&laid_out[..laid_out.len() - 1]).len(), 1);
        assert_eq!(split("[1, 2]"), ["[1, 2]"]);
        assert_eq!(split("no JSON\nat all"), ["no JSON\nat all"]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn what_is_known_is_not_guessed() {
        let text = Bytes::from_static(b"{\"a\":1}\n{\"b\":\n");
        for (known, kind, count) in [
            (None, FileKind::Lines, 2),
            (Some(FileKind::Lines), FileKind::Lines, 2),
            (Some(FileKind::Json), FileKind::Json, 1),
        ] {
            let (found, messages) = messages_of(&text, known);
            assert_eq!((found, messages.len()), (kind, count));
        }
    }
}
