//! The one list of checks: which file tells about a code.

use super::contract::{Check, Reads};
use super::{
    arrow_compressed, arrow_dictionary_delta, arrow_dictionary_replacement, arrow_file_framing,
    arrow_fine_times, arrow_interval, arrow_invalid, arrow_limit, arrow_list_view, arrow_no_end_mark,
    arrow_run_end_encoded, arrow_several_streams, arrow_small_decimal, arrow_trailing_bytes, arrow_truncated,
    arrow_unknown_zone, arrow_view_types, arrow_wide_integer, audio_invalid, bad_base64, bad_dictionary,
    bad_jsontable, bad_size, bad_timestamp, base64_data_url, base64_trailing_bits, base64_unpadded,
    base64_url_safe, base64_whitespace, big_integer, broker_url_credentials, broker_url_scheme,
    byte_order_mark, clock_skew, correlation_reused, dataname_breaks_link, duplicate_column, duplicate_key,
    duplicate_payload_id, empty_dataname, empty_message, empty_table, encoding_disagrees, foreign_keys,
    foreign_kind, header_disagrees, id_not_uuid, image_invalid, image_limit, json_too_deep, kind_disagrees,
    kind_mismatch, link_encoded, link_gone, link_local_host, link_not_fetched, link_not_http,
    link_private_host, link_refused, link_size_mismatch, link_too_large, link_unreachable, lone_surrogate,
    malformed_header, malformed_json, message_too_large, missing_data, missing_field, mixed_dialects,
    more_findings, non_finite_number, not_an_envelope, not_utf8, null_field, old_spelling, over_max_payload,
    over_peer_limit, oversize_direct, payload_too_large, payload_unreadable, raw_json_data,
    reply_to_disagrees, reply_without_request, send_to_disagrees, size_mismatch, table_is_json,
    table_unsupported, text_not_utf8, timestamp_falsely_zoned, timestamp_without_zone, too_many_payloads,
    transport_disagrees, unknown_encoding, unknown_field, unknown_kind, unknown_transport, video_invalid,
    wildcard_in_slash_subject, wrong_field_type,
};
use crate::findings::{Code, Severity};

/// What is known of a code.
pub fn check_of(code: Code) -> &'static Check {
    match code {
        Code::NotAnEnvelope => &not_an_envelope::CHECK,
        Code::EmptyMessage => &empty_message::CHECK,
        Code::MalformedJson => &malformed_json::CHECK,
        Code::NotUtf8 => &not_utf8::CHECK,
        Code::ByteOrderMark => &byte_order_mark::CHECK,
        Code::JsonTooDeep => &json_too_deep::CHECK,
        Code::NonFiniteNumber => &non_finite_number::CHECK,
        Code::LoneSurrogate => &lone_surrogate::CHECK,
        Code::DuplicateKey => &duplicate_key::CHECK,
        Code::BigInteger => &big_integer::CHECK,
        Code::MessageTooLarge => &message_too_large::CHECK,
        Code::OverMaxPayload => &over_max_payload::CHECK,
        Code::MixedDialects => &mixed_dialects::CHECK,
        Code::MissingField => &missing_field::CHECK,
        Code::NullField => &null_field::CHECK,
        Code::WrongFieldType => &wrong_field_type::CHECK,
        Code::UnknownField => &unknown_field::CHECK,
        Code::OldSpelling => &old_spelling::CHECK,
        Code::BadTimestamp => &bad_timestamp::CHECK,
        Code::TimestampWithoutZone => &timestamp_without_zone::CHECK,
        Code::TimestampFalselyZoned => &timestamp_falsely_zoned::CHECK,
        Code::ClockSkew => &clock_skew::CHECK,
        Code::IdNotUuid => &id_not_uuid::CHECK,
        Code::CorrelationReused => &correlation_reused::CHECK,
        Code::ReplyWithoutRequest => &reply_without_request::CHECK,
        Code::BrokerUrlScheme => &broker_url_scheme::CHECK,
        Code::BrokerUrlCredentials => &broker_url_credentials::CHECK,
        Code::WildcardInSlashSubject => &wildcard_in_slash_subject::CHECK,
        Code::SendToDisagrees => &send_to_disagrees::CHECK,
        Code::ReplyToDisagrees => &reply_to_disagrees::CHECK,
        Code::HeaderDisagrees => &header_disagrees::CHECK,
        Code::TooManyPayloads => &too_many_payloads::CHECK,
        Code::MoreFindings => &more_findings::CHECK,
        Code::MalformedHeader => &malformed_header::CHECK,
        Code::UnknownKind => &unknown_kind::CHECK,
        Code::KindDisagrees => &kind_disagrees::CHECK,
        Code::MissingData => &missing_data::CHECK,
        Code::DuplicatePayloadId => &duplicate_payload_id::CHECK,
        Code::EmptyDataname => &empty_dataname::CHECK,
        Code::DatanameBreaksLink => &dataname_breaks_link::CHECK,
        Code::UnknownTransport => &unknown_transport::CHECK,
        Code::TransportDisagrees => &transport_disagrees::CHECK,
        Code::UnknownEncoding => &unknown_encoding::CHECK,
        Code::EncodingDisagrees => &encoding_disagrees::CHECK,
        Code::RawJsonData => &raw_json_data::CHECK,
        Code::Base64UrlSafe => &base64_url_safe::CHECK,
        Code::Base64Unpadded => &base64_unpadded::CHECK,
        Code::Base64Whitespace => &base64_whitespace::CHECK,
        Code::Base64DataUrl => &base64_data_url::CHECK,
        Code::Base64TrailingBits => &base64_trailing_bits::CHECK,
        Code::BadBase64 => &bad_base64::CHECK,
        Code::SizeMismatch => &size_mismatch::CHECK,
        Code::BadSize => &bad_size::CHECK,
        Code::KindMismatch => &kind_mismatch::CHECK,
        Code::TextNotUtf8 => &text_not_utf8::CHECK,
        Code::BadDictionary => &bad_dictionary::CHECK,
        Code::TableIsJson => &table_is_json::CHECK,
        Code::BadJsonTable => &bad_jsontable::CHECK,
        Code::LinkNotFetched => &link_not_fetched::CHECK,
        Code::LinkNotHttp => &link_not_http::CHECK,
        Code::LinkLocalHost => &link_local_host::CHECK,
        Code::LinkPrivateHost => &link_private_host::CHECK,
        Code::LinkRefused => &link_refused::CHECK,
        Code::LinkGone => &link_gone::CHECK,
        Code::LinkUnreachable => &link_unreachable::CHECK,
        Code::LinkTooLarge => &link_too_large::CHECK,
        Code::LinkSizeMismatch => &link_size_mismatch::CHECK,
        Code::LinkEncoded => &link_encoded::CHECK,
        Code::PayloadTooLarge => &payload_too_large::CHECK,
        Code::OversizeDirect => &oversize_direct::CHECK,
        Code::PayloadUnreadable => &payload_unreadable::CHECK,
        Code::ArrowTruncated => &arrow_truncated::CHECK,
        Code::ArrowNoEndMark => &arrow_no_end_mark::CHECK,
        Code::ArrowTrailingBytes => &arrow_trailing_bytes::CHECK,
        Code::ArrowSeveralStreams => &arrow_several_streams::CHECK,
        Code::ArrowFileFraming => &arrow_file_framing::CHECK,
        Code::ArrowCompressed => &arrow_compressed::CHECK,
        Code::ArrowViewTypes => &arrow_view_types::CHECK,
        Code::ArrowDictionaryDelta => &arrow_dictionary_delta::CHECK,
        Code::ArrowDictionaryReplacement => &arrow_dictionary_replacement::CHECK,
        Code::ArrowFineTimes => &arrow_fine_times::CHECK,
        Code::ArrowUnknownZone => &arrow_unknown_zone::CHECK,
        Code::ArrowSmallDecimal => &arrow_small_decimal::CHECK,
        Code::ArrowWideInteger => &arrow_wide_integer::CHECK,
        Code::ArrowListView => &arrow_list_view::CHECK,
        Code::ArrowRunEndEncoded => &arrow_run_end_encoded::CHECK,
        Code::ArrowInterval => &arrow_interval::CHECK,
        Code::ArrowInvalid => &arrow_invalid::CHECK,
        Code::ArrowLimit => &arrow_limit::CHECK,
        Code::EmptyTable => &empty_table::CHECK,
        Code::DuplicateColumn => &duplicate_column::CHECK,
        Code::ImageInvalid => &image_invalid::CHECK,
        Code::ImageLimit => &image_limit::CHECK,
        Code::AudioInvalid => &audio_invalid::CHECK,
        Code::VideoInvalid => &video_invalid::CHECK,
        Code::ForeignKeys => &foreign_keys::CHECK,
        Code::ForeignKind => &foreign_kind::CHECK,
        Code::TableUnsupported => &table_unsupported::CHECK,
        Code::OverPeerLimit => &over_peer_limit::CHECK,
    }
}

/// Whether it keeps somebody from reading the message: nobody can, or some peer fails.
pub fn breaks(code: Code) -> bool {
    let fails = |effect: &super::contract::Effect| effect.reads == Reads::No;
    code.severity() == Severity::Error || check_of(code).effects.iter().any(fails)
}

#[cfg(test)]
mod tests {
    use super::*;

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
