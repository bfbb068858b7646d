use domain::claim::{CLAIM_VALID, Claim, ClaimCode, ClaimOutcome};
use domain::id::PairingId;
use domain::ports::{ClaimStore, StoreError};

use crate::local_table::LocalTable;
use crate::samples::{AT, claim};

fn claimed(claim: &Claim, certificate: &str) -> Claim {
    let outcome = ClaimOutcome {
        certificate_pem: certificate.into(),
        pairing: PairingId::new(AT, 1),
    };
    Claim {
        outcome: Some(outcome),
        ..claim.clone()
    }
}

pub async fn claim_store(store: &dyn ClaimStore) {
    let open = claim(1, 0x1234);
    assert_eq!(store.claim(open.id).await.unwrap(), None);
    assert_eq!(store.claim_by_code(&open.code).await.unwrap(), None);
    store.open_claim(&open).await.unwrap();
    assert_eq!(store.claim(open.id).await.unwrap(), Some(open.clone()));
    assert_eq!(store.claim_by_code(&open.code).await.unwrap(), Some(open.clone()));
    assert_eq!(store.claim_by_code(&ClaimCode::new(0x1235)).await.unwrap(), None);

    let same_code = claim(2, 0x1234);
    assert!(matches!(
        store.open_claim(&same_code).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(store.claim(same_code.id).await.unwrap(), None, "half a write");

    let (ours, theirs) = (claimed(&open, "ours"), claimed(&open, "theirs"));
    let (first, second) = tokio::join!(store.settle_claim(&ours), store.settle_claim(&theirs));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let won = if first.is_ok() { ours } else { theirs };
    assert_eq!(store.claim(open.id).await.unwrap(), Some(won));
    let unknown = claimed(&claim(3, 3), "certificate");
    assert!(matches!(
        store.settle_claim(&unknown).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(store.claim(unknown.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_code_is_free_again_after_its_end_and_the_robot_still_learns_of_it() {
    let table = LocalTable::start().await;
    let old = claim(1, 0x1234);
    table.store.open_claim(&old).await.unwrap();
    table.pass(CLAIM_VALID);
    assert_eq!(table.store.claim_by_code(&old.code).await.unwrap(), None);
    assert_eq!(table.store.claim(old.id).await.unwrap(), Some(old.clone()));

    let new = Claim {
        expires_at: old.expires_at.plus(CLAIM_VALID),
        ..claim(2, 0x1234)
    };
    table.store.open_claim(&new).await.unwrap();
    assert_eq!(table.store.claim_by_code(&old.code).await.unwrap(), Some(new));
}
