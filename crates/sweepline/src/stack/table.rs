//! The table: as the template has it, made once.

use anyhow::{anyhow, ensure};
use dynoxide::Database;
use infra::Template;
use infra::table::KeySchema;
use store::{TABLE_SPEC, TableStore};

use super::TABLE;

/// Makes the table when it is not there; a template that wants another table than the store works on is refused.
pub async fn prepare(database: &Database, store: &TableStore, template: &Template) -> anyhow::Result<()> {
    let wanted = template.table();
    let has_keys = |keys: &KeySchema, partition: &str, sort: &str| {
        keys.partition.attribute == partition && keys.sort.as_ref().is_some_and(|key| key.attribute == sort)
    };
    let fleet = TABLE_SPEC.fleet;
    let indexes_match = matches!(wanted.indexes.as_slice(), [index]
        if index.name == fleet.name && has_keys(&index.keys, fleet.partition_key, fleet.sort_key));
    ensure!(
        has_keys(&wanted.keys, TABLE_SPEC.partition_key, TABLE_SPEC.sort_key)
            && indexes_match
            && wanted.ttl_attribute.as_deref() == Some(TABLE_SPEC.ttl)
            && wanted.stream,
        "infra/template.yaml: the table is not the one that the store works on"
    );
    if database
        .get_table_metadata(TABLE)
        .map_err(|error| anyhow!("{error}"))?
        .is_none()
    {
        store.create_table().await?;
    }
    Ok(())
}
