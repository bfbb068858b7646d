//! The HTTP API: router, extractors, OpenAPI, pages.
