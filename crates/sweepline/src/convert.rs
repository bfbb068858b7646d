//! `sweepline convert`: a map of one format as a map of another.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use mapping::formats::geojson;
use mapping::formats::labelled::LabelledFloor;
use mapping::formats::png_map::{draw_view, read_floor_plan};
use mapping::formats::ros::{RosMap, RosMeta};
use mapping::formats::valetudo::{ValetudoMap, ValetudoVersion};

use crate::cli::ConvertArgs;

/// Pixels per cell in a picture.
const PICTURE_SCALE: usize = 2;

/// A map format, told by a file's ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Valetudo,
    GeoJson,
    Ros,
    Picture,
}

impl Format {
    fn of(file: &Path) -> anyhow::Result<Self> {
        let ending = file.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Ok(Self::Valetudo),
            Some("geojson") => Ok(Self::GeoJson),
            Some("yaml" | "yml") => Ok(Self::Ros),
            Some("png") => Ok(Self::Picture),
            _ => bail!(
                "{file:?}: must end in .json (ValetudoMap), .geojson, .yaml (ROS, with its picture beside it) or .png"
            ),
        }
    }
}

/// Reads the one file and writes the other; nothing is written when the first cannot be read.
pub fn run(args: &ConvertArgs) -> anyhow::Result<()> {
    let to = Format::of(&args.to)?;
    let version = match args.valetudo {
        1 => ValetudoVersion::One,
        _ => ValetudoVersion::Two,
    };
    for (file, bytes) in converted(&args.from, &args.to, to, version)? {
        std::fs::write(&file, bytes).with_context(|| format!("{file:?}: cannot be written"))?;
    }
    Ok(())
}

fn converted(
    from: &Path,
    to: &Path,
    format: Format,
    version: ValetudoVersion,
) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    // Layers may overlap, which no other format can say, so this format is not taken through cells.
    if (Format::of(from)?, format) == (Format::Valetudo, Format::Valetudo) {
        let map = ValetudoMap::read(&bytes(from)?).with_context(|| format!("{from:?}"))?;
        return Ok(vec![(to.to_owned(), map.write_as(version)?.into_bytes())]);
    }
    let floor = read(from).with_context(|| format!("{from:?}"))?;
    write(&floor, to, format, version)
}

fn read(file: &Path) -> anyhow::Result<LabelledFloor> {
    Ok(match Format::of(file)? {
        Format::Valetudo => LabelledFloor::from_valetudo(&ValetudoMap::read(&bytes(file)?)?)?,
        Format::GeoJson => LabelledFloor::from_features(&geojson::read(&bytes(file)?)?)?,
        Format::Ros => LabelledFloor::from_run(&ros(file)?.to_run()?)?,
        Format::Picture => LabelledFloor::from_plan(&read_floor_plan(&bytes(file)?)?)?,
    })
}

/// The picture lies beside its YAML, whatever folder the YAML names.
fn ros(file: &Path) -> anyhow::Result<RosMap> {
    let yaml = String::from_utf8(bytes(file)?).context("must be text")?;
    let image = RosMeta::read(&yaml)?.image;
    let name = Path::new(&image)
        .file_name()
        .context("image: must name a picture")?;
    let picture = file.with_file_name(name);
    Ok(RosMap::read(&bytes(&picture)?, &yaml)?)
}

fn write(
    floor: &LabelledFloor,
    to: &Path,
    format: Format,
    version: ValetudoVersion,
) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let to_file = |bytes: Vec<u8>| vec![(to.to_owned(), bytes)];
    Ok(match format {
        Format::Valetudo => to_file(floor.to_valetudo().write_as(version)?.into_bytes()),
        Format::GeoJson => to_file(geojson::write(&floor.features()).into_bytes()),
        Format::Picture => to_file(draw_view(&floor.view, PICTURE_SCALE)?),
        Format::Ros => {
            let picture = to.with_extension("pgm");
            let name = picture
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let map = RosMap::from_classes(&floor.classes(), &name.unwrap_or_default());
            vec![
                (picture, map.write_picture()),
                (to.to_owned(), map.write_yaml().into_bytes()),
            ]
        }
    })
}

fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{file:?}: cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(from: &Path, to: &Path) -> anyhow::Result<()> {
        run(&ConvertArgs {
            from: from.to_owned(),
            to: to.to_owned(),
            valetudo: 2,
        })
    }

    /// A room of 2 x 1 cells with a wall to its right.
    const FLOOR: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":"room_1","properties":{"kind":"room","name":"Hall"},"geometry":
            {"type":"Polygon","coordinates":[[[0,0],[0.1,0],[0.1,0.05],[0,0.05],[0,0]]]}},
        {"type":"Feature","properties":{"kind":"wall"},"geometry":
            {"type":"Polygon","coordinates":[[[0.1,0],[0.15,0],[0.15,0.05],[0.1,0.05],[0.1,0]]]}}]}"#;

    #[test]
    fn a_floor_comes_back_from_each_format() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("a.geojson"), FLOOR).unwrap();
        let floor = read(&file("a.geojson")).unwrap();
        convert(&file("a.geojson"), &file("b.json")).unwrap();
        convert(&file("b.json"), &file("c.geojson")).unwrap();
        assert_eq!(read(&file("c.geojson")).unwrap().view, floor.view);
        convert(&file("c.geojson"), &file("d.yaml")).unwrap();
        let classes = |floor: &LabelledFloor| floor.view.cells().map(|cell| cell.class);
        assert_eq!(classes(&read(&file("d.yaml")).unwrap()), classes(&floor));
        convert(&file("d.yaml"), &file("e.png")).unwrap();
        assert!(file("e.png").metadata().unwrap().len() > 0);
    }

    #[test]
    fn a_file_that_is_no_map_is_named_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.json"), folder.path().join("b.geojson"));
        std::fs::write(&from, "{}").unwrap();
        let error = format!("{:#}", convert(&from, &to).unwrap_err());
        assert!(
            error.contains("a.json") && error.contains("not valid JSON"),
            "{error}"
        );
        assert!(!to.exists());
        let error = convert(&from, &folder.path().join("b.dwg")).unwrap_err();
        assert!(error.to_string().contains("must end in .json"), "{error}");
    }
}
