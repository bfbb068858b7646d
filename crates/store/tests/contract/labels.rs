use domain::id::RobotId;
use domain::label::{Label, LabelCode};
use domain::ports::{LabelStore, StoreError};

pub async fn label_store(store: &dyn LabelStore) {
    let new = Label::new(LabelCode::new(1), RobotId::from_u128(1));
    assert_eq!(store.label(&new.code).await.unwrap(), None);
    store.put_label(&new, None).await.unwrap();
    let other = Label::new(LabelCode::new(1), RobotId::from_u128(2));
    let taken = store.put_label(&other, None).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
    let used_for = |certificate: &str| Label {
        admitted: Some(certificate.into()),
        ..new.clone()
    };
    let (first, second) = (used_for("first"), used_for("second"));
    let (one, two) = tokio::join!(
        store.put_label(&first, Some(&new)),
        store.put_label(&second, Some(&new))
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let won = if one.is_ok() { first } else { second };
    assert_eq!(store.label(&new.code).await.unwrap(), Some(won));
    assert_eq!(store.label(&LabelCode::new(2)).await.unwrap(), None);
}
