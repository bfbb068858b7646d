//! Members of homes: an item with the person, which every request reads, and its twin with the home, which is listed.
//! Invitations have a twin there as well, by which they go when the home goes.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::PersonId;
use domain::member::{Invitation, InvitationCode, Member};
use domain::page::{Page, PageRequest};
use domain::ports::{MemberChange, MemberStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, read, value};
use crate::keys::{Key, Listing};
use crate::lists::Order;
use crate::operations::{Read, Step};

const MEMBER: &str = "member";
const INVITATION: &str = "invitation";

#[async_trait]
impl MemberStore for TableStore {
    async fn members(&self, scope: &HomeScope, page: &PageRequest) -> Result<Page<Member>, StoreError> {
        let list = Listing::members(scope);
        self.consistent_page(MEMBER, &list, Order::Ascending, page, |item| read(MEMBER, item))
            .await
    }

    async fn member(&self, scope: &HomeScope, person: PersonId) -> Result<Option<Member>, StoreError> {
        let item = self.get(Key::member(scope, person), Read::Consistent).await?;
        item.map(|item| read(MEMBER, item)).transpose()
    }

    async fn change_members(&self, scope: &HomeScope, changes: &[MemberChange]) -> Result<(), StoreError> {
        let mut steps = Vec::new();
        for MemberChange { before, after } in changes {
            let unchanged = Expression::new("#role = :role").with("role", value(&before.role)?);
            steps.extend(match after {
                Some(after) => member_steps(scope, after, unchanged)?,
                None => [
                    Step::Delete(Key::membership(before.person, scope.home()), Some(unchanged)),
                    Step::Delete(Key::member(scope, before.person), None),
                ],
            });
        }
        self.transact(MEMBER, steps).await
    }

    async fn open_invitation(&self, invitation: &Invitation) -> Result<(), StoreError> {
        let scope = HomeScope::of_stored_record(invitation.home);
        let record = |key| {
            let record = Record::of(INVITATION, key, invitation)?;
            Ok::<_, StoreError>(record.expiring(invitation.expires_at))
        };
        let original = record(Key::invitation(&invitation.code))?;
        let copy = record(Key::home_invitation(&scope, &invitation.code))?;
        let steps = vec![
            Step::Put(original, Some(self.absent_or_expired())),
            Step::Put(copy, None),
        ];
        self.transact(INVITATION, steps).await
    }

    async fn invitation(&self, code: &InvitationCode) -> Result<Option<Invitation>, StoreError> {
        let item = self.get(Key::invitation(code), Read::Consistent).await?;
        item.map(|item| read(INVITATION, item)).transpose()
    }

    async fn accept_invitation(&self, invitation: &Invitation, member: &Member) -> Result<(), StoreError> {
        let scope = HomeScope::of_stored_record(invitation.home);
        let mut steps = Vec::from(member_steps(&scope, member, self.absent_or_expired())?);
        let key = Key::invitation(&invitation.code);
        steps.push(Step::Delete(key, Some(Expression::present())));
        let copy = Key::home_invitation(&scope, &invitation.code);
        steps.push(Step::Delete(copy, None));
        self.transact(INVITATION, steps).await
    }
}

/// Writes both items of a member if `condition` holds for the person's.
pub(crate) fn member_steps(
    scope: &HomeScope,
    member: &Member,
    condition: Expression,
) -> Result<[Step; 2], StoreError> {
    let record = |key| {
        let record = Record::of(MEMBER, key, member)?;
        Ok::<_, StoreError>(match member.ends_at {
            Some(ends_at) => record.expiring(ends_at),
            None => record,
        })
    };
    Ok([
        Step::Put(
            record(Key::membership(member.person, scope.home()))?,
            Some(condition),
        ),
        Step::Put(record(Key::member(scope, member.person))?, None),
    ])
}
