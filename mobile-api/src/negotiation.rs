//! Which of several forms a caller gets (RFC 9110 section 12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

use crate::feature_map::GEO_JSON;
use crate::problem::{Code, Problem};

/// The most entries of an `Accept` header that are looked at.
const MAX_RANGES: usize = 32;

/// The forms of a list of shapes.
#[derive(Clone, Copy)]
pub(crate) enum Shapes {
    Json,
    GeoJson,
}

impl Shapes {
    /// By the types that callers ask for.
    pub(crate) const FORMS: [(&'static str, Self); 2] =
        [("application/json", Self::Json), (GEO_JSON, Self::GeoJson)];

    /// One tag for each form, since equal tags mean equal bytes.
    pub(crate) fn tag(self, revision: u64) -> String {
        match self {
            Self::Json => format!("\"{revision}\""),
            Self::GeoJson => format!("\"{revision}-geojson\""),
        }
    }
}

/// The form that the caller likes best; of equals the first offered, and the first of all without an `Accept`.
pub(crate) fn negotiate<T: Copy>(headers: &HeaderMap, offers: &[(&'static str, T)]) -> Result<T, Problem> {
    let ranges: Vec<(String, f32)> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .take(MAX_RANGES)
        .map(range)
        .collect();
    let quality = |offered: &str| {
        if ranges.is_empty() {
            1.0
        } else {
            quality(offered, &ranges)
        }
    };
    let liked = offers.iter().map(|(name, form)| (quality(name), *form));
    let best = liked.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.filter(|(quality, _)| *quality > 0.0)
        .map(|(_, form)| form)
        .ok_or_else(|| {
            let names: Vec<&str> = offers.iter().map(|(name, _)| *name).collect();
            Problem::new(
                Code::NotAcceptable,
                format!("ask for one of {}", names.join(", ")),
            )
        })
}

fn range(text: &str) -> (String, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1.0), |weight| weight.parse().ok());
    (
        name,
        weight
            .filter(|weight| (0.0..=1.0).contains(weight))
            .unwrap_or(0.0),
    )
}

/// The weight of the most specific range that `offered` is in, 0 when there is none.
fn quality(offered: &str, ranges: &[(String, f32)]) -> f32 {
    let family = offered.split('/').next().unwrap_or_default();
    let specific = |range: &str| match range.split_once('/') {
        _ if range == offered => Some(3),
        Some((group, "*")) if group == family => Some(2),
        Some(("*", "*")) => Some(1),
        _ => None,
    };
    let fitting = ranges
        .iter()
        .filter_map(|(range, weight)| Some((specific(range)?, *weight)));
    fitting
        .max_by_key(|(specific, _)| *specific)
        .map_or(0.0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn chosen(accept: Option<&'static str>) -> Option<char> {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        negotiate(&headers, &[("application/json", 'j'), ("image/png", 'p')]).ok()
    }

    #[test]
    fn the_best_liked_form_is_chosen() {
        for (accept, form) in [
            (None, Some('j')),
            (Some("*/*"), Some('j')),
            (Some("image/*"), Some('p')),
            (Some("image/png, application/json;q=0.9"), Some('p')),
            (Some("image/png;q=0.1, */*"), Some('j')),
            (Some("*/*, application/json;q=0"), Some('p')),
            (Some("text/html"), None),
            (Some("image/png;q=nonsense"), None),
            (Some(""), None),
        ] {
            assert_eq!(chosen(accept), form, "{accept:?}");
        }
    }
}
