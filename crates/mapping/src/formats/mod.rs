//! Map formats of others, in and out.

pub mod geojson;
pub mod labelled;
pub mod pgm;
pub mod png_map;
pub mod ros;
pub mod valetudo;
mod valetudo_json;
