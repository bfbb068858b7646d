//! What the table looks like, and making one where no template does it.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
};
use domain::ports::StoreError;

use crate::TableStore;
use crate::error::{classify, misuse};

/// The shape of the table; all its keys are strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSpec {
    /// The attribute that is the partition key.
    pub partition_key: &'static str,
    /// The attribute that is the sort key.
    pub sort_key: &'static str,
    /// The attribute that says when an item expires, in seconds since the Unix epoch.
    pub ttl: &'static str,
    /// The only index.
    pub fleet: IndexSpec,
    /// What its change stream shows.
    pub stream_view: &'static str,
}

/// The shape of a global index, which holds keys alone so that a status report is not paid twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexSpec {
    /// Its name.
    pub name: &'static str,
    /// The attribute that is its partition key; items without it are not in the index.
    pub partition_key: &'static str,
    /// The attribute that is its sort key.
    pub sort_key: &'static str,
    /// Which attributes it holds.
    pub projection: &'static str,
}

/// The table that [`TableStore`] works on, wherever it is made.
pub const TABLE_SPEC: TableSpec = TableSpec {
    partition_key: "pk",
    sort_key: "sk",
    ttl: "ttl",
    fleet: IndexSpec {
        name: "fleet",
        partition_key: "fpk",
        sort_key: "fsk",
        projection: "KEYS_ONLY",
    },
    stream_view: "NEW_IMAGE",
};

impl TableStore {
    /// Makes the table of [`TABLE_SPEC`], on demand, with its stream and its expiry.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if there is one of this name, [`StoreError::Unavailable`] if the service does not answer.
    pub async fn create_table(&self) -> Result<(), StoreError> {
        let spec = TABLE_SPEC;
        let texts = [
            spec.partition_key,
            spec.sort_key,
            spec.fleet.partition_key,
            spec.fleet.sort_key,
        ];
        let attributes = texts
            .into_iter()
            .map(text_attribute)
            .collect::<Result<Vec<_>, _>>()?;
        let request = self
            .client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(key_schema(spec.partition_key, spec.sort_key)?))
            .set_attribute_definitions(Some(attributes))
            .global_secondary_indexes(index(&spec.fleet)?)
            .stream_specification(stream(spec.stream_view)?);
        request.send().await.map_err(classify)?;
        self.expire_items().await
    }

    async fn expire_items(&self) -> Result<(), StoreError> {
        let spec = TimeToLiveSpecification::builder()
            .attribute_name(TABLE_SPEC.ttl)
            .enabled(true);
        let spec = spec.build().map_err(misuse)?;
        let request = self
            .client
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(spec);
        request.send().await.map_err(classify)?;
        Ok(())
    }
}

fn text_attribute(name: &str) -> Result<AttributeDefinition, StoreError> {
    let attribute = AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S);
    attribute.build().map_err(misuse)
}

fn key_schema(partition_key: &str, sort_key: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    let element = |name: &str, kind| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
    };
    let elements = [
        element(partition_key, KeyType::Hash),
        element(sort_key, KeyType::Range),
    ];
    elements.into_iter().collect::<Result<_, _>>().map_err(misuse)
}

fn index(spec: &IndexSpec) -> Result<GlobalSecondaryIndex, StoreError> {
    let projection = Projection::builder()
        .projection_type(ProjectionType::from(spec.projection))
        .build();
    GlobalSecondaryIndex::builder()
        .index_name(spec.name)
        .set_key_schema(Some(key_schema(spec.partition_key, spec.sort_key)?))
        .projection(projection)
        .build()
        .map_err(misuse)
}

fn stream(view: &str) -> Result<StreamSpecification, StoreError> {
    let stream = StreamSpecification::builder().stream_enabled(true);
    stream
        .stream_view_type(StreamViewType::from(view))
        .build()
        .map_err(misuse)
}
