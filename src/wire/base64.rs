//! Base64 as peers write it: strict first, then the known deviations by name, never a silent guess.

/// How a base64 text deviated from the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each deviation is independent of the others"
)]
pub struct Base64Form {
    /// Used `-` and `_`.
    pub url_safe: bool,
    /// Padding was missing.
    pub unpadded: bool,
    /// Held white space.
    pub whitespace: bool,
    /// Stood behind a `data:` URL head.
    pub data_url: bool,
    /// The last character carried bits of no byte.
    pub trailing_bits: bool,
}

/// Decodes; the error is the byte offset of the first character that cannot be base64.
pub fn decode_base64(text: &str) -> Result<(Vec<u8>, Base64Form), usize> {
    let _ = text;
    Err(0)
}
/// Encodes to the standard alphabet with padding.
pub fn encode_base64(bytes: &[u8]) -> String {
    let _ = bytes;
    String::new()
}
/// As [`encode_base64`], appended to `out`.
pub fn encode_base64_into(bytes: &[u8], out: &mut Vec<u8>) {
    let _ = (bytes, out);
}
